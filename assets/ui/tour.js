// The tour: a card that walks from one element of the page to the next. Any element with `data-tour` starts it.
(() => {
  "use strict";
  let walk = null;

  const make = (tag, kind, text) => {
    const element = document.createElement(tag);
    element.className = kind;
    if (text) element.textContent = text;
    return element;
  };
  const button = (text, kind, press) => {
    const made = make("button", `tour-act ${kind}`, text);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  };
  const seen = (selector) => [...document.querySelectorAll(selector)].find((one) => one.getClientRects().length > 0);

  function begin(opener) {
    if (walk) end();
    walk = { steps: JSON.parse(opener.dataset.tour), at: 0, opener, ring: make("div", "tour-ring"), card: make("div", "tour-card") };
    walk.ring.setAttribute("aria-hidden", "true");
    walk.card.setAttribute("role", "dialog");
    walk.card.setAttribute("aria-modal", "false");
    walk.card.setAttribute("aria-labelledby", "tour-title");
    walk.card.setAttribute("aria-describedby", "tour-text");
    document.body.append(walk.ring, walk.card);
    show();
  }

  function show() {
    const { steps, at, card } = walk, step = steps[at], last = at === steps.length - 1;
    const title = make("h2", "tour-title", step.title), acts = make("div", "tour-acts");
    title.id = "tour-title";
    title.tabIndex = -1;
    const text = make("p", "tour-text", step.text);
    text.id = "tour-text";
    acts.append(button(last ? "Close" : "Leave the tour", "quiet", end));
    if (at) acts.append(button("Back", "plain", () => turn(-1)));
    acts.append(last ? button("Done", "onward", end) : button("Next", "onward", () => turn(1)));
    if (last) acts.firstChild.remove();
    card.replaceChildren(make("div", "tour-count", `Step ${at + 1} of ${steps.length}`), title, text, acts);
    place();
    title.focus({ preventScroll: true });
  }

  function turn(by) {
    walk.at = Math.min(Math.max(walk.at + by, 0), walk.steps.length - 1);
    show();
  }

  // Beside what is pointed at where there is room, else above or below it; never over it, never off the screen.
  function place() {
    if (!walk) return;
    const target = seen(walk.steps[walk.at].at), { ring, card } = walk, gap = 12, edge = 8;
    ring.hidden = !target;
    const wide = Math.min(340, innerWidth - 2 * edge);
    card.style.width = `${wide}px`;
    const high = card.offsetHeight;
    let left = (innerWidth - wide) / 2, top = (innerHeight - high) / 2;
    if (target) {
      target.scrollIntoView({ block: "nearest", inline: "nearest" });
      const box = target.getBoundingClientRect();
      Object.assign(ring.style, { left: `${box.left - 4}px`, top: `${box.top - 4}px`, width: `${box.width + 8}px`, height: `${box.height + 8}px` });
      if (innerWidth - box.right > wide + gap + edge && box.width < innerWidth / 2) [left, top] = [box.right + gap, box.top];
      else if (innerHeight - box.bottom > high + gap + edge) [left, top] = [box.left, box.bottom + gap];
      else [left, top] = [box.left, box.top - high - gap];
    }
    card.style.left = `${Math.min(Math.max(left, edge), innerWidth - wide - edge)}px`;
    card.style.top = `${Math.min(Math.max(top, edge), innerHeight - high - edge)}px`;
  }

  function end() {
    const { opener, ring, card } = walk;
    walk = null;
    ring.remove();
    card.remove();
    if (opener.isConnected) {
      opener.focus();
      opener.dispatchEvent(new CustomEvent("toured", { detail: null }));
    }
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-tour]");
    if (opener) begin(opener);
  });
  // The meaning of a word stays inside the window, wherever in the line the word stands.
  for (const entered of ["pointerover", "focusin"]) document.addEventListener(entered, (event) => {
    const term = event.target.closest?.(".glossed");
    const meaning = term?.querySelector(":scope > .meaning");
    if (!meaning || term.contains(event.relatedTarget)) return;
    term.classList.remove("told");
    meaning.style.left = "";
    const over = meaning.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (over > 0) meaning.style.left = `${-over}px`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll(".glossed").forEach((one) => one.classList.add("told"));
    if (!walk) return;
    if (event.key === "Escape") end();
    else if (event.key === "ArrowRight" && walk.at < walk.steps.length - 1) turn(1);
    else if (event.key === "ArrowLeft") turn(-1);
    else if (event.key === "Tab") keep(event);
  });

  // Tab goes round among the buttons of the card; a press outside leaves it, and the page stays usable.
  function keep(event) {
    if (!walk.card.contains(document.activeElement)) return;
    const stops = [...walk.card.querySelectorAll("button")], now = stops.indexOf(document.activeElement);
    const next = event.shiftKey ? (now <= 0 ? stops.length - 1 : now - 1) : (now + 1) % stops.length;
    event.preventDefault();
    stops[next].focus();
  }

  // A meaning that was put away with Escape is shown again when one comes back to its word.
  for (const name of ["focusin", "mouseover"]) document.addEventListener(name, (event) => {
    const word = event.target.closest?.(".glossed");
    document.querySelectorAll(".glossed.told").forEach((one) => { if (one !== word || name === "focusin") one.classList.remove("told"); });
  });

  // The page of a term is opened at its entry, also when the entry is drawn after the page.
  const point = (tries) => {
    if (!location.pathname.startsWith("/help/") && location.pathname !== "/settings") return;
    const id = decodeURIComponent(location.hash.slice(1)), entry = id && document.getElementById(id);
    if (entry) { entry.scrollIntoView({ block: "start" }); if (entry.tabIndex === -1) entry.focus({ preventScroll: true }); }
    else if (id && tries) setTimeout(() => point(tries - 1), 100);
  };
  addEventListener("load", () => point(30));
  addEventListener("hashchange", () => point(5));
  for (const name of ["resize", "scroll"]) addEventListener(name, place, { passive: true, capture: true });
})();
