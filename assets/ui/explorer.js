// The explorer's grid: its rows, its cells, its keys. Everything from a file or a module is written as text.
(() => {
  "use strict";

  const { make, figures, share, stars, links, known } = window.cells;

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
  let counted = false; // whether the grid knows how many rows the view has
  let wanted = null; // row to be brought into sight once it does
  const awaiting = []; // the first rows are asked for before the grid is ready
  let said = ""; // what was told of the rows last: turning a page changes none of it

  const asked = (more) => {
    const { sample, text, where, sites, genes } = api.getGridOption("context");
    return { sample, text, where, sites, filter: api.getFilterModel() ?? {}, unfolded: genes ? [...unfolded] : null, ...more };
  };
  const OTHERS = /^(ag|failed)-/; // columns of the grid itself, and of modules that failed: the table has none of them
  const columns = () => api.getAllDisplayedColumns().map((one) => one.getColId()).filter((name) => !OTHERS.test(name));
  // What a cell needs to be drawn truly is fetched with it: what kind of row it is in, and whether the call was filtered.
  const fetched = () => {
    const drawing = api.getAllDisplayedColumns().map((one) => one.getColDef().cellRendererParams?.filtered);
    return [...new Set([...columns(), "row_kind", ...drawing.filter(Boolean)])];
  };

  // --- rows --------------------------------------------------------------------------------------------
  // The grid asks for a block only after it has painted its empty rows: what such a row lacks is asked for meanwhile.
  const BLOCK = 100, AT_ONCE = 2, FRESH = 1000;
  const ahead = new Map(); // what was asked for already, to its answer
  const sorted = () => api.getColumnState().filter((one) => one.sort).sort((a, b) => a.sortIndex - b.sortIndex);
  const question = (sort, start, end) => asked({ sort: sort.map(({ colId, sort }) => ({ colId, sort })), columns: fetched(), start, end });
  const early = (index) => {
    if (!api || api.isDestroyed() || ahead.size >= AT_ONCE) return;
    const start = index - (index % BLOCK);
    const body = question(sorted(), start, start + BLOCK);
    const text = JSON.stringify(body);
    if (ahead.has(text)) return;
    const answer = post("/api/explore/rows", body);
    // told where the grid asks for it; where it does not yet, it asks anew
    answer.catch(() => ahead.get(text) === answer && ahead.delete(text));
    ahead.set(text, answer);
    setTimeout(() => ahead.get(text) === answer && ahead.delete(text), FRESH);
  };
  const answered = (body) => {
    const text = JSON.stringify(body), answer = ahead.get(text);
    ahead.delete(text);
    return answer ?? post("/api/explore/rows", body);
  };
  const rows = {
    async getRows(block) {
      if (!api || api.isDestroyed()) await new Promise((go) => awaiting.push(go));
      const body = question(block.sortModel, block.startRow, block.endRow);
      const { start, end, columns: _, ...rest } = body;
      const mine = JSON.stringify(rest);
      asking = mine;
      try {
        const page = await answered(body);
        block.successCallback(page.rows, page.matched);
        served += 1;
        if (asking !== mine) return;
        counted = true;
        if (wanted !== null) scroll(wanted);
        const { rows: _rows, ...counts } = page;
        const told = JSON.stringify([rest, counts]);
        if (told === said) return;
        said = told;
        tell("counted", { ...counts, filter: body.filter, sort: body.sort });
      } catch (error) {
        block.failCallback();
        tell("trouble", String(error.message || error));
      }
    },
  };

  // --- cells -------------------------------------------------------------------------------------------
  const evidence = (value, { words, shapes, filtered, data }) =>
    known({ text: words[value] ?? value, shape: shapes[value], filtered: data[filtered] === true });
  const drawn = {
    evidence,
    stars: (value) => stars(value),
    chip: (value) => make("span", "cell-chip", value),
    list: (value) => {
      const cell = make("span", "cell-chips");
      for (const part of String(value).split(";").filter(Boolean)) cell.append(make("span", "cell-chip", part.trim()));
      return cell;
    },
    link: (value, { template }) => links(value, template),
  };
  // Cells that hold a text alone are written by the grid itself: it builds nothing for them, and refreshes them in place.
  const written = {
    number: (value) => (typeof value === "number" ? figures(value) : String(value)),
    frequency: share,
    flag: (value) => (value ? "yes" : "no"),
    text: String,
  };
  const stays = (data, module) => Boolean(module && data?._closed?.includes(module));
  const text = ({ data, value, colDef }) => {
    if (!data || data._gene !== undefined) return "";
    const { module, kind } = colDef.context;
    if (stays(data, module)) return "closed";
    return value === null || value === undefined ? "" : written[kind](value);
  };
  const isClosed = ({ data, colDef }) => stays(data, colDef.context.module);
  const UNSAID = "No answer is shown here: some of this module's answers stay closed until you ask";
  const unsaid = (kind) => Object.assign(make("span", "closed-cell", kind === "evidence" ? "none shown" : ""), { title: UNSAID });
  const cell = (params) => {
    const { data, value } = params;
    if (!data || data._gene !== undefined) return make("span", "");
    if (params.module && data._unsaid?.includes(params.module)) return unsaid(params.kind);
    if (stays(data, params.module)) return make("span", "closed-cell", "closed");
    if (value === null || value === undefined || value === "") {
      return params.silent ? known(params.silent[data.row_kind] ?? params.silent.variant) : make("span", "");
    }
    return drawn[params.kind](value, params);
  };
  const failed = ({ data, text, shape, why }) => (data && data._gene === undefined ? known({ text, shape, why }) : make("span", ""));
  // A row that is still fetched is one empty cell over the whole width: drawing each of its cells takes as long as the row.
  const isWhole = ({ rowNode: { data } }) => !data || data._gene !== undefined;
  const whole = ({ data }) => {
    const around = make("div", "gene-cell"); // a row of a grid holds cells alone
    around.setAttribute("role", "gridcell");
    if (data) around.append(heading(data));
    return around;
  };
  const heading = (data) => {
    const line = make("button", "gene-heading");
    line.type = "button";
    line.setAttribute("aria-expanded", String(data._unfolded));
    line.append(make("span", "fold", data._unfolded ? "▾" : "▸"), make("span", "strong", data._gene || "No gene named"), make("span", "faint", `${figures(data._rows)} ${data._rows === 1 ? "row" : "rows"}`));
    line.onclick = () => fold(data._gene);
    return line;
  };
  const fold = (gene) => {
    if (!unfolded.delete(gene)) unfolded.add(gene);
    api.refreshInfiniteCache();
    setTimeout(() => api?.redrawRows(), 0);
  };

  // --- what is said where a person stops: at a cell what it cannot hold, at a title what it means -------
  const pointed = ({ target }) => {
    const box = target.closest?.(".ag-cell");
    if (!box || !api || api.isDestroyed() || box.querySelector("[title]")) return;
    const data = api.getDisplayedRowAtIndex(Number(box.closest(".ag-row")?.getAttribute("row-index")))?.data;
    const name = box.getAttribute("col-id"), { kind, module } = api.getColumn(name)?.getColDef().context ?? {};
    const value = data?.[name];
    if (module && data?._unsaid?.includes(module)) box.title = UNSAID;
    else if (kind === "frequency" && typeof value === "number") box.title = String(value);
    else box.title = box.scrollWidth > box.clientWidth ? box.textContent : "";
  };
  const meaning = make("div", "title-meaning");
  Object.assign(meaning, { id: "title-meaning", hidden: true });
  meaning.setAttribute("role", "tooltip");
  let explained = null, soon = 0; // the title that is explained
  const explain = (title) => {
    const said = api && !api.isDestroyed() && api.getColumn(title.getAttribute("col-id"))?.getColDef().context?.meaning;
    if (!said || (!said.about && !said.short)) return;
    explained?.removeAttribute("aria-describedby");
    meaning.replaceChildren(make("strong", "", said.name));
    if (said.short) {
      const more = Object.assign(make("a", "", "In the glossary"), { href: said.href });
      const line = make("p", "", said.term === said.name ? `${said.short} ` : `${said.term}: ${said.short} `);
      line.append(more);
      meaning.append(line);
    }
    if (said.about) meaning.append(make("p", "aside", said.about));
    if (said.short && title.matches(":focus-visible")) meaning.append(make("p", "aside", "Press ? to go to the glossary, Escape to come back."));
    (explained = title).setAttribute("aria-describedby", meaning.id);
    view().append(meaning);
    meaning.hidden = false;
    const { left, bottom } = title.getBoundingClientRect();
    meaning.style.left = `${Math.max(8, Math.min(left, innerWidth - meaning.offsetWidth - 8))}px`;
    meaning.style.top = `${bottom + 2}px`;
  };
  const leave = () => {
    clearTimeout(soon);
    explained?.removeAttribute("aria-describedby");
    meaning.hidden = true;
    explained = null;
  };
  const stop = (event, delay) => {
    const title = event.target.closest?.(".explorer .ag-header-row-column .ag-header-cell");
    clearTimeout(soon);
    if (meaning.contains(event.target)) return;
    if (title) { if (title !== explained) soon = setTimeout(explain, delay, title); }
    else if (explained) soon = setTimeout(leave, 250);
  };
  document.addEventListener("mouseover", (event) => { stop(event, 450); pointed(event); });
  document.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) stop(event, 0); });
  for (const name of ["mousedown", "wheel"]) document.addEventListener(name, ({ target }) => { if (!meaning.contains(target)) leave(); }, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (!explained) return;
    const from = explained;
    if (event.key === "?" && meaning.querySelector("a")) { event.preventDefault(); meaning.querySelector("a").focus(); }
    else if (event.key === "Escape") { from.focus(); leave(); } // last: coming back to the title does not explain it again
  }, true);

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
  const narrow = () => innerWidth < 760; // nothing is pinned, and what is kept stays as a wider window left it
  const layout = () => api.getColumnState().filter((one) => !OTHERS.test(one.colId)).map((one) => ({
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
    counted = false;
    said = "";
    if (narrow()) api.applyColumnState({ defaultState: { pinned: null } });
    if (pending) { api.setGridOption("context", pending); pending = null; }
    unfolded = new Set();
    for (const name of ["filterChanged", "sortChanged"]) api.addEventListener(name, () => { marked = null; counted = false; api.ensureIndexVisible(0, "top"); });
    for (const name of ["columnMoved", "columnResized", "columnPinned", "columnVisible", "sortChanged"]) api.addEventListener(name, changed);
    for (const go of awaiting.splice(0)) go();
  };
  const refresh = () => { counted = false; ahead.clear(); api?.purgeInfiniteCache(); };
  // The grid draws the row in focus wherever it is: of other rows, or in another order, it would be fetched from afar.
  const leaveRows = () => { if (api && !api.isDestroyed()) api.clearFocusedCell(); };
  for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, ({ target }) => { if (target.closest?.(".explorer .ag-header")) leaveRows(); }, true);
  const context = (told) => {
    if (!api || api.isDestroyed()) { pending = told; return; }
    marked = wanted = null;
    leaveRows();
    api.setGridOption("context", told);
    api.ensureIndexVisible(0, "top");
    refresh();
  };
  const use = (state) => {
    leaveRows();
    api.applyColumnState({ state: state.map((one) => ({ colId: one.name, hide: !one.shown, width: one.width, pinned: one.pinned, sort: one.sort, sortIndex: one.sort_index })), applyOrder: true });
    refresh();
  };
  const scroll = (index) => {
    wanted = index;
    if (!api || !counted) return;
    wanted = null;
    const rowNodes = [marked, index].map((one) => one !== null && api.getDisplayedRowAtIndex(one)).filter(Boolean);
    marked = index;
    api.redrawRows({ rowNodes }); // those in sight; others are drawn with their mark once they come
    api.ensureIndexVisible(index, "middle");
    api.setFocusedCell(index, api.getAllDisplayedColumns()[0]);
  };
  // What the screen asks for arrives as an attribute of the grid's box, and is done once.
  const orders = { context, refresh, use, scroll };
  new MutationObserver((changes) => {
    const told = new Map(changes.map(({ attributeName, target }) => [attributeName, target.getAttribute(attributeName)]));
    for (const [name, order] of told) if (order) orders[name.slice("data-".length)](JSON.parse(order).what);
  }).observe(document, { subtree: true, attributes: true, attributeFilter: Object.keys(orders).map((name) => `data-${name}`) });
  const kinds = { site: "site-row", further: "further-row" };
  const rowClass = ({ data, node }) => {
    if (!data) early(node.rowIndex); // the grid asks for the class of a row while it draws it, before all else
    return node.rowIndex === marked ? "jumped-to" : kinds[data?.row_kind] ?? "";
  };

  class ValueFilter extends window.cells.ValueFilter {
    async lookUp() {
      const column = this.params.column.getColId();
      const { [column]: _, ...others } = api.getFilterModel() ?? {};
      const said = await post("/api/explore/values", asked({ filter: others, unfolded: null, column }));
      return said.values.map(([value, rows]) => [value, value, rows]);
    }
  }

  window.explorer = { rows, cell, failed, text, isClosed, isWhole, whole, key, click, ready, rowClass, ValueFilter, state: () => ({ api, served }) };
})();
