// The command palette: Ctrl-K or Cmd-K, a few letters, Enter. What is found is written as text, never as markup.
(() => {
  "use strict";

  const ICONS = {
    place: "place", gene: "biotech", note: "edit_note", action: "bolt", page: "web_asset", sample: "fingerprint",
    module: "extension", setting: "tune", help: "help_outline", term: "menu_book",
  };
  const KINDS = {
    place: "Place", gene: "Gene", note: "Note", action: "Do", page: "Page", sample: "Genome",
    module: "Module", setting: "Setting", help: "Help", term: "Word",
  };
  const WAIT = 40; // milliseconds of stillness before it is asked
  const make = (tag, kind, text) => {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const icon = (name) => {
    const drawn = make("i", "q-icon notranslate material-icons", name);
    drawn.setAttribute("aria-hidden", "true");
    return drawn;
  };
  const mac = /Mac|iP(hone|ad)/.test(navigator.platform);

  let dialog, input, list, said, from, asked = 0, waiting = 0, found = [], at = -1;

  function build() {
    dialog = make("dialog", "palette");
    dialog.setAttribute("aria-label", "Find anything");
    const ask = make("div", "ask");
    input = make("input");
    for (const [name, value] of Object.entries({
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
      "aria-label": "Find a gene, an rsID, a region, a module, a genome, a note of yours, a setting or something to do",
      placeholder: "BRCA1, rs4988235, chr17:43,000,000-43,100,000, a module …", autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", maxlength: "200",
    })) input.setAttribute(name, value);
    const close = make("button", "close");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.append(make("kbd", "", "Esc"));
    close.onclick = () => dialog.close();
    ask.append(icon("search"), input, close);
    list = make("div");
    list.id = "palette-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Found");
    said = make("div", "nothing");
    said.setAttribute("role", "status");
    const keys = make("div", "keys");
    for (const [key, what] of [["↑ ↓", "choose"], ["Enter", "go there"], ["Esc", "close"]]) {
      const one = make("span");
      one.append(make("kbd", "", key), ` ${what}`);
      keys.append(one);
    }
    dialog.append(ask, list, said, keys);
    document.body.append(dialog);
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT); });
    dialog.addEventListener("keydown", pressed);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => { clearTimeout(waiting); from?.focus?.(); });
    list.addEventListener("mousemove", (event) => choose(placeOf(event)));
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => { choose(placeOf(event)); go(event.ctrlKey || event.metaKey); });
  }
  const placeOf = (event) => {
    const option = event.target.closest?.("[role=option]");
    return option ? [...list.children].indexOf(option) : at;
  };

  function open() {
    if (!dialog) build();
    if (dialog.open) { dialog.close(); return; }
    from = document.activeElement;
    input.value = "";
    show([], "");
    dialog.showModal();
    input.focus();
    look();
  }

  async function look() {
    const number = ++asked, text = input.value;
    try {
      const answer = await fetch(`/api/find?text=${encodeURIComponent(text)}`);
      if (!answer.ok) throw new Error(`The app answered ${answer.status}.`);
      const offers = await answer.json();
      if (number === asked) show(offers, text);
    } catch (error) {
      if (number === asked) show([], text, `It could not be searched: ${error.message}`);
    }
  }

  function show(offers, text, trouble) {
    found = offers;
    list.replaceChildren(...offers.map((one, place) => {
      const option = make("div");
      option.id = `palette-${place}`;
      option.setAttribute("role", "option");
      option.append(icon(ICONS[one.kind]), make("span", "label", one.label), make("span", "kind", KINDS[one.kind]), make("span", "detail", one.detail));
      return option;
    }));
    list.hidden = !offers.length;
    said.hidden = !trouble && (offers.length > 0 || !text);
    said.textContent = trouble || (text && !offers.length ? "Nothing of that name. Genes are known once a module that names them is installed." : "");
    input.setAttribute("aria-expanded", String(offers.length > 0));
    at = -1;
    choose(offers.length ? 0 : -1);
  }

  function choose(place) {
    if (at === place) return;
    at = place;
    [...list.children].forEach((option, one) => option.setAttribute("aria-selected", String(one === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", `palette-${place}`);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
  }

  async function go(beside) {
    if (waiting) { clearTimeout(waiting); waiting = 0; }
    const one = found[at];
    if (!one) return;
    dialog.close();
    if (beside) window.open(one.target, "_blank", "noopener");
    else location.href = one.target;
  }

  async function pressed(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
    if (event.key in steps && found.length) {
      event.preventDefault();
      const far = Math.abs(steps[event.key]) > 1, next = at + steps[event.key];
      choose(far ? Math.min(Math.max(next, 0), found.length - 1) : (next + found.length) % found.length);
    } else if (event.key === "Enter" && event.target === input && !event.isComposing) {
      event.preventDefault();
      clearTimeout(waiting);
      await look(); // what stands there now may be what was asked for before the last letter
      go(event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      dialog.close();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.(".find-button")) open(); });
  if (mac) document.documentElement.classList.add("mac");
})();
