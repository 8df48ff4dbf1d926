// The explorer's grid: its rows, its cells, its keys. Everything from a file or a module is written as text.
(() => {
  "use strict";

  const make = (tag, kind, text) => {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const view = () => document.querySelector("[data-explorer]");
  const tell = (name, detail) => view()?.dispatchEvent(new CustomEvent(name, { detail }));
  const post = async (address, body) => {
    const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.message);
    return said;
  };

  let api = null;
  let unfolded = new Set();
  let asking = "";
  let marked = null; // number of the row that a jump found
  let served = 0; // answers that the grid was given

  const asked = (more) => {
    const { sample, text, where, sites, genes } = api.getGridOption("context");
    return { sample, text, where, sites, filter: api.getFilterModel() ?? {}, unfolded: genes ? [...unfolded] : null, ...more };
  };
  const columns = () => api.getAllDisplayedColumns().map((one) => one.getColId()).filter((name) => !name.startsWith("ag-"));

  // --- rows --------------------------------------------------------------------------------------------
  const rows = {
    async getRows(wanted) {
      const body = asked({ sort: wanted.sortModel, columns: columns(), start: wanted.startRow, end: wanted.endRow });
      const { start, end, columns: _, ...rest } = body;
      const mine = JSON.stringify(rest);
      asking = mine;
      try {
        const said = await post("/api/explore/rows", body);
        wanted.successCallback(said.rows, said.matched);
        served += 1;
        if (asking === mine) tell("counted", { matched: said.matched, beside: said.beside, total: said.total, genes: said.genes, filter: body.filter, sort: body.sort });
      } catch (error) {
        wanted.failCallback();
        tell("trouble", String(error.message || error));
      }
    },
  };

  // --- cells -------------------------------------------------------------------------------------------
  const figures = (value) => value.toLocaleString("en-GB", Number.isInteger(value) ? {} : { maximumSignificantDigits: 5 });
  const share = (value) => {
    if (value === 0) return "0";
    if (value >= 0.001) return `${figures(Number((100 * value).toPrecision(3)))} %`;
    return `1 in ${figures(Math.round(1 / value))}`;
  };
  const stars = (value) => {
    const cell = make("span", "stars", "★".repeat(value) + "☆".repeat(Math.max(0, 4 - value)));
    cell.setAttribute("aria-label", `${value} of 4 stars`);
    return cell;
  };
  const links = (value, template) => {
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
  const evidence = (value, { words, shapes }) => {
    const cell = make("span", "evidence");
    cell.append(make("span", `shape ${shapes[value] ?? ""}`), make("span", "", words[value] ?? value));
    return cell;
  };
  const drawn = {
    evidence,
    number: (value) => make("span", "figure-cell", typeof value === "number" ? figures(value) : value),
    frequency: (value) => Object.assign(make("span", "figure-cell", share(value)), { title: String(value) }),
    flag: (value) => make("span", "", value ? "yes" : "no"),
    stars: (value) => stars(value),
    chip: (value) => make("span", "cell-chip", value),
    list: (value) => {
      const cell = make("span", "cell-chips");
      for (const part of String(value).split(";").filter(Boolean)) cell.append(make("span", "cell-chip", part.trim()));
      return cell;
    },
    link: (value, { template }) => links(value, template),
    text: (value) => make("span", "words", value),
  };
  const UNSAID = "No answer is shown here: some of this module's answers stay closed until you ask";
  const unsaid = (kind) => Object.assign(make("span", "closed-cell", kind === "evidence" ? "none shown" : ""), { title: UNSAID });
  const cell = (params) => {
    const { data, value } = params;
    if (!data || data._gene !== undefined) return make("span", "");
    if (params.module && data._unsaid?.includes(params.module)) return unsaid(params.kind);
    if (params.module && data._closed?.includes(params.module)) return make("span", "closed-cell", "closed");
    if (value === null || value === undefined || value === "") {
      return make("span", "absent", params.kind === "evidence" && data.row_kind !== "site" ? params.nothing : "");
    }
    return (drawn[params.kind] ?? drawn.text)(value, params);
  };
  const isHeading = ({ rowNode }) => rowNode.data?._gene !== undefined;
  const heading = ({ data }) => {
    const line = make("button", "gene-heading");
    line.type = "button";
    line.setAttribute("aria-expanded", String(data._unfolded));
    line.append(make("span", "fold", data._unfolded ? "▾" : "▸"), make("span", "strong", data._gene || "No gene named"), make("span", "faint", `${figures(data._rows)} ${data._rows === 1 ? "row" : "rows"}`));
    line.onclick = () => fold(data._gene);
    const around = make("div", "gene-cell"); // a row of a grid holds cells alone
    around.setAttribute("role", "gridcell");
    around.append(line);
    return around;
  };
  const fold = (gene) => {
    if (!unfolded.delete(gene)) unfolded.add(gene);
    api.refreshInfiniteCache();
    setTimeout(() => api?.redrawRows(), 0);
  };

  // --- keys, clicks, copying ---------------------------------------------------------------------------
  const copy = async (text, what) => {
    await navigator.clipboard.writeText(text);
    tell("copied", what);
  };
  const rowText = (data) => columns().map((name) => data[name] ?? "").join("\t");
  const key = (event) => {
    const pressed = event.event;
    if (pressed.key === "Enter" && event.data) return event.data._gene !== undefined ? fold(event.data._gene) : tell("opened", event.data._row);
    if ((pressed.ctrlKey || pressed.metaKey) && pressed.key.toLowerCase() === "c" && event.data && !String(getSelection())) {
      pressed.preventDefault();
      if (pressed.shiftKey) copy(rowText(event.data), "The row is copied.");
      else copy(String(event.value ?? ""), "The cell is copied.");
    }
  };
  const click = (event) => {
    if (event.event?.target?.closest?.("a, button") || String(getSelection())) return;
    if (event.data && event.data._gene === undefined) tell("opened", event.data._row);
  };

  // --- what is kept ------------------------------------------------------------------------------------
  let later = 0, pending = null;
  const narrow = () => innerWidth < 640; // nothing is pinned, and what is kept stays as a wider window left it
  const layout = () => api.getColumnState().filter((one) => !one.colId.startsWith("ag-")).map((one) => ({
    name: one.colId, shown: !one.hide, width: Math.round(one.width ?? 150), pinned: one.pinned === true ? "left" : one.pinned || null, sort: one.sort ?? null, sort_index: one.sortIndex ?? null,
  }));
  const changed = (event) => {
    if (event.finished === false) return;
    clearTimeout(later);
    if (!narrow()) later = setTimeout(() => api && tell("layout", layout()), event.type === "sortChanged" ? 0 : 300);
    if (event.type === "columnVisible" && event.visible !== false) refresh();
  };
  const ready = (event) => {
    api = event.api;
    if (narrow()) api.applyColumnState({ defaultState: { pinned: null } });
    if (pending) { api.setGridOption("context", pending); pending = null; }
    unfolded = new Set();
    for (const name of ["filterChanged", "sortChanged"]) api.addEventListener(name, () => { marked = null; });
    for (const name of ["columnMoved", "columnResized", "columnPinned", "columnVisible", "sortChanged"]) api.addEventListener(name, changed);
  };
  const refresh = () => api?.purgeInfiniteCache();
  const context = (told) => {
    if (!api || api.isDestroyed()) { pending = told; return; }
    marked = null;
    api.setGridOption("context", told);
    api.ensureIndexVisible(0, "top");
    refresh();
  };
  const use = (state) => {
    api.applyColumnState({ state: state.map((one) => ({ colId: one.name, hide: !one.shown, width: one.width, pinned: one.pinned, sort: one.sort, sortIndex: one.sort_index })), applyOrder: true });
    refresh();
  };
  const address = (query) => history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}`);
  const scroll = (index) => {
    api.ensureIndexVisible(index, "middle");
    marked = index;
    const first = api.getAllDisplayedColumns()[0];
    api.setFocusedCell(index, first);
    api.redrawRows();
  };
  const rowClass = (params) => (params.node.rowIndex === marked ? "jumped-to" : params.data?.row_kind === "site" ? "site-row" : params.data?.row_kind === "further" ? "further-row" : "");

  // Tick boxes with the values that the column has, fetched when they are looked at.
  class ValueFilter {
    init(params) {
      this.params = params;
      this.chosen = new Set();
      this.box = make("div", "set-filter");
      this.column = params.column.getColId();
    }
    async afterGuiAttached() {
      if (this.params.values) return this.draw(this.params.values.map(([value, words]) => [value, words, null]));
      const { [this.column]: _, ...others } = api.getFilterModel() ?? {};
      this.box.replaceChildren(make("span", "faint", "Looking…"));
      try {
        const said = await post("/api/explore/values", asked({ filter: others, unfolded: null, column: this.column }));
        this.draw(said.values.map(([value, rows]) => [value, value, rows]));
      } catch (error) {
        this.box.replaceChildren(make("span", "", String(error.message)));
      }
    }
    draw(values) {
      this.box.replaceChildren();
      if (!values.length) this.box.append(make("span", "faint", "Too many values to choose from: use Filter."));
      for (const [value, words, rows] of values) {
        const line = make("label"), tick = make("input");
        tick.type = "checkbox";
        tick.checked = this.chosen.has(value);
        tick.onchange = () => { tick.checked ? this.chosen.add(value) : this.chosen.delete(value); this.params.filterChangedCallback(); };
        line.append(tick, make("span", "grow", words));
        if (rows !== null) line.append(make("span", "faint", figures(rows)));
        this.box.append(line);
      }
    }
    getGui() { return this.box; }
    isFilterActive() { return this.chosen.size > 0; }
    doesFilterPass() { return true; }
    getModel() { return this.isFilterActive() ? { filterType: "set", values: [...this.chosen] } : null; }
    setModel(model) { this.chosen = new Set(model?.values ?? []); }
    getModelAsString() { return [...this.chosen].map((value) => this.params.values?.find(([one]) => one === value)?.[1] ?? value).join(", "); }
  }

  window.explorer = { rows, cell, isHeading, heading, key, click, ready, context, refresh, use, address, scroll, rowClass, ValueFilter, state: () => ({ api, served }) };
})();
