// What the browser itself must do: send a file with true progress, ask for rows, draw cells.
// Everything that comes from a file or a module is written as text, never as markup.
(() => {
  "use strict";

  const tell = (element, name, detail) => element.dispatchEvent(new CustomEvent(name, { detail }));

  // --- outside links open in a new tab, and only over https -------------------------------------------
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.origin === location.origin) return;
    event.preventDefault();
    if (link.protocol === "https:") window.open(link.href, "_blank", "noopener,noreferrer");
  });

  // --- drop zone -----------------------------------------------------------------------------------------
  const inFlight = new WeakMap();
  const readable = (bytes) => {
    const units = ["bytes", "kB", "MB", "GB", "TB"];
    let n = bytes, unit = 0;
    while (n >= 1000 && unit < units.length - 1) { n /= 1000; unit += 1; }
    return `${unit ? n.toFixed(n < 10 ? 1 : 0) : n} ${units[unit]}`;
  };

  function send(zone, file) {
    if (!file || inFlight.has(zone)) return;
    const words = zone.querySelector(".sending .words"), bar = zone.querySelector(".sending .track > div");
    const request = new XMLHttpRequest();
    const over = (name, detail) => { inFlight.delete(zone); zone.classList.remove("busy"); tell(zone, name, detail); };
    inFlight.set(zone, request);
    zone.classList.add("busy");
    words.textContent = file.name;
    bar.style.width = "0%";
    request.open("PUT", "/api/uploads");
    request.setRequestHeader("x-file-name", encodeURIComponent(file.name));
    request.upload.onprogress = (e) => {
      bar.style.width = `${e.total ? (100 * e.loaded) / e.total : 0}%`;
      words.textContent = `${file.name}: ${readable(e.loaded)} of ${readable(e.total)}`;
    };
    request.onload = () => {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* the guard answers in plain text */ }
      if (request.status === 200) over("uploaded", said.handle);
      else over("refused", said.message || request.responseText || `The app answered ${request.status}.`);
    };
    request.onerror = () => over("refused", "The connection to the app was lost.");
    request.onabort = () => over("stopped", "");
    request.send(file);
  }
  const zoneOf = (event) => event.target.closest?.(".drop");
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".drop input[type=file]")) { send(zoneOf(event), event.target.files[0]); event.target.value = ""; }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".drop .stop")) inFlight.get(zoneOf(event))?.abort();
  });
  // What drop.js does not take (words or links that were dragged) must not replace the page.
  for (const name of ["dragover", "dragenter", "drop"]) document.addEventListener(name, (event) => event.preventDefault());

  // --- grid ------------------------------------------------------------------------------------------------
  const make = (tag, kind, text) => {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // One datasource for every grid: the grid's `context` says whose rows.
  const rows = {
    async getRows(asked) {
      const { sample, module, text, where, smart } = asked.context;
      const body = { sample, module, text, where: where ?? null, smart, start: asked.startRow, end: asked.endRow, sort: asked.sortModel, filter: asked.filterModel };
      // Answers may overtake each other: only one to what was asked last may say what the table shows (and exports).
      const asking = JSON.stringify([text, where, smart, asked.sortModel, asked.filterModel]);
      rows.asking = asking;
      try {
        const answer = await fetch("/api/rows", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
        const said = await answer.json();
        if (!answer.ok) throw new Error(said.message);
        const view = document.querySelector("[data-rows-of]");
        if (view && rows.asking === asking) tell(view, "counted", { matched: said.matched, total: said.total, filter: asked.filterModel, sort: asked.sortModel });
        asked.successCallback(said.rows, said.matched);
      } catch (error) {
        asked.failCallback();
        const view = document.querySelector("[data-rows-of]");
        if (view) tell(view, "trouble", String(error.message || error));
      }
    },
  };

  // `silent`: what it means that a module has no answer in this row (absent, failed, not looked up): never an empty cell.
  const evidence = ({ data, value, silent }) => {
    const cell = make("span", "evidence");
    if (!data) return cell;
    if (data._hidden) return make("span", "hidden-answer", value ?? "");
    if (silent && (value === null || value === undefined || value === "")) {
      cell.append(make("span", `shape ${silent.shape}`), make("span", "no-answer", silent.text));
      cell.title = silent.why;
      return cell;
    }
    const shape = (silent && silent.shapes?.[value]) ?? data._shape ?? "";
    cell.append(make("span", `shape ${shape}`), make("span", "", (silent && silent.names?.[value]) ?? value ?? ""));
    if (data.filtered === true) cell.append(make("span", "filtered-flag", "· filtered"));
    return cell;
  };
  const text = ({ data, value }) => data?._hidden && value === data._hidden ? make("span", "hidden-answer", value) : make("span", "words", value ?? "");
  // Where a module has no sentence, the cell says why instead of standing empty.
  const prose = ({ data, value }) => data && !value ? make("span", "words no-answer", data._why ?? "") : text({ data, value });
  const stars = ({ value }) => {
    if (value === null || value === undefined || typeof value !== "number") return make("span", "", value ?? "");
    const cell = make("span", "stars", "★".repeat(value) + "☆".repeat(Math.max(0, 4 - value)));
    cell.setAttribute("aria-label", `${value} of 4 stars`);
    return cell;
  };
  const link = ({ value, template, data }) => {
    if (value === null || value === undefined || value === "" || value === data?._hidden) return text({ value, data });
    const cell = make("span", "links");
    for (const part of String(value).split(";").map((one) => one.trim()).filter(Boolean)) {
      const address = template.replace("{}", encodeURIComponent(part));
      if (cell.childNodes.length) cell.append(", ");
      const anchor = make(address.startsWith("https://") ? "a" : "span", "link", part);
      Object.assign(anchor, { href: address, target: "_blank", rel: "noopener noreferrer", title: "Opens a page on the internet" });
      cell.append(anchor);
    }
    return cell;
  };
  // Whole numbers (positions above all) are written out; only fractions are rounded.
  const figures = (value) => value.toLocaleString("en-GB", Number.isInteger(value) ? {} : { maximumSignificantDigits: 6 });
  const number = ({ value }) => typeof value === "number" ? figures(value) : (value ?? "");
  const flag = ({ value }) => value === true ? "yes" : value === false ? "no" : (value ?? "");

  const open = (event) => {
    if (event.event?.target?.closest?.("a")) return;
    if (event.event?.key && event.event.key !== "Enter") return;
    const view = event.event?.target?.closest?.("[data-rows-of]");
    if (view && event.data) tell(view, "opened", event.data._row);
  };

  // Tick boxes for a category: the community grid has no such filter.
  class SetFilter {
    init(params) {
      this.params = params;
      this.chosen = new Set();
      this.box = make("div", "set-filter");
      for (const [value, words] of params.values) {
        const line = make("label"), tick = make("input");
        tick.type = "checkbox";
        tick.value = value;
        tick.onchange = () => { tick.checked ? this.chosen.add(value) : this.chosen.delete(value); params.filterChangedCallback(); };
        line.append(tick, make("span", "", words));
        this.box.append(line);
      }
    }
    getGui() { return this.box; }
    isFilterActive() { return this.chosen.size > 0; }
    doesFilterPass() { return true; }
    getModel() { return this.isFilterActive() ? { filterType: "set", values: [...this.chosen] } : null; }
    setModel(model) {
      this.chosen = new Set(model?.values ?? []);
      for (const tick of this.box.querySelectorAll("input")) tick.checked = this.chosen.has(tick.value);
    }
    getModelAsString() {
      return this.params.values.filter(([value]) => this.chosen.has(value)).map(([, words]) => words).join(", ");
    }
  }

  window.genoteca = { rows, evidence, text, prose, stars, link, number, flag, open, SetFilter };
})();
