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
  const { make, figures, share, known, ValueFilter } = window.cells;

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

  const evidence = ({ data, value }) => {
    if (!data) return make("span", "evidence");
    if (data._hidden) return make("span", "hidden-answer", value ?? "");
    return known({ text: value ?? "", shape: data._shape, filtered: data.filtered === true });
  };
  const text = ({ data, value }) => data?._hidden && value === data._hidden ? make("span", "hidden-answer", value) : make("span", "words", value ?? "");
  // Where a module has no sentence, the cell says why instead of standing empty.
  const prose = ({ data, value }) => data && !value ? make("span", "words no-answer", data._why ?? "") : text({ data, value });
  const stars = ({ value }) => typeof value === "number" ? window.cells.stars(value) : make("span", "", value ?? "");
  const link = ({ value, template, data }) => {
    const none = value === null || value === undefined || value === "" || value === data?._hidden;
    return none ? text({ value, data }) : window.cells.links(value, template);
  };
  const number = ({ value }) => typeof value === "number" ? figures(value) : (value ?? "");
  const frequency = ({ value }) => typeof value === "number" ? share(value) : (value ?? "");
  const flag = ({ value }) => value === true ? "yes" : value === false ? "no" : (value ?? "");

  const open = (event) => {
    if (event.event?.target?.closest?.("a")) return;
    if (event.event?.key && event.event.key !== "Enter") return;
    const view = event.event?.target?.closest?.("[data-rows-of]");
    if (view && event.data) tell(view, "opened", event.data._row);
  };

  window.genoteca = { rows, evidence, text, prose, stars, link, number, frequency, flag, open, ValueFilter };
})();
