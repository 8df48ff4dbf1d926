// How values stand in the cells of every grid. Everything from a file or a module is written as text, never as markup.
(() => {
  "use strict";

  const make = (tag, kind, text) => {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // As numbers are written everywhere else (src/genoteca/model/formats.py); the page says which way was chosen.
  const NARROW_SPACE = "\u202f";
  const written = (english) => {
    const formats = document.body.dataset.formats;
    if (formats !== "iso" && formats !== "iso-comma") return english;
    const apart = english.replaceAll(",", NARROW_SPACE);
    return formats === "iso" ? apart : apart.replaceAll(".", ",");
  };
  // Whole numbers (positions above all) are written out; only fractions are rounded.
  const whole = new Intl.NumberFormat("en-GB"), fraction = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 6 });
  const figures = (value) => written((Number.isInteger(value) ? whole : fraction).format(value));
  const share = (value) => {
    if (!value) return "0 %";
    if (value >= 0.0001) return `${figures(Number((100 * value).toPrecision(3)))} %`;
    return `1 in ${figures(Math.round(1 / value))}`;
  };
  const stars = (value) => {
    const cell = make("span", "stars", "★".repeat(value) + "☆".repeat(Math.max(0, 4 - value)));
    cell.setAttribute("role", "img");
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

  // How an answer is known, or why there is none (`why`, shown when pointed at): never an empty cell.
  const known = ({ text, shape, filtered, why }) => {
    const cell = make("span", "evidence");
    if (shape) cell.append(make("span", `shape ${shape}`));
    cell.append(make("span", why ? "no-answer" : "", text));
    if (why) cell.title = why;
    if (filtered) cell.append(make("span", "filtered-flag", "· filtered"));
    return cell;
  };

  // Tick boxes: the community grid has no such filter. `values` are given, or looked up each time it is opened.
  class ValueFilter {
    init(params) {
      this.params = params;
      this.chosen = new Set();
      this.box = make("div", "set-filter");
    }
    async afterGuiAttached() {
      if (this.params.values) return this.draw(this.params.values.map(([value, words]) => [value, words, null]));
      this.box.replaceChildren(make("span", "faint", "Looking…"));
      try {
        this.draw(await this.lookUp());
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

  window.cells = { make, figures, share, stars, links, known, ValueFilter };
})();
