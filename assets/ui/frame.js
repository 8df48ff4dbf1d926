// What every page needs of the browser: dialogs that say their name, and the way to a setting that was searched for.
(() => {
  "use strict";

  // A dialog is named by its heading, else by the first words on it: a screen reader then says what has opened.
  let number = 0;
  function name(dialog) {
    // what it shows may have been replaced since, as in a drawer of rows, and its heading with it
    if (document.getElementById(dialog.getAttribute("aria-labelledby")) || dialog.hasAttribute("aria-label")) return;
    const heading = dialog.querySelector("[role=heading], h1, h2, h3");
    if (!heading) return;
    heading.id ||= `dialog-name-${++number}`;
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  function named(node) {
    if (!(node instanceof Element)) return;
    for (const dialog of node.matches("[role=dialog]") ? [node] : node.querySelectorAll("[role=dialog]")) name(dialog);
    const around = node.closest("[role=dialog]");
    if (around) name(around);
  }

  // `#theme` on the page of settings leads to the field of that setting once it is drawn.
  let wanted = decodeURIComponent(location.hash.slice(1));
  function shown() {
    const place = wanted && document.querySelector(`[data-setting="${CSS.escape(wanted)}"]`);
    if (!place) return;
    wanted = "";
    place.scrollIntoView({ block: "center" });
    (place.matches("input, button") ? place : place.querySelector("input, button, [tabindex]") ?? place).focus();
  }
  addEventListener("hashchange", () => { wanted = decodeURIComponent(location.hash.slice(1)); shown(); });

  // Quasar's line of light above the page is a progress bar without a name.
  function loading(node) {
    if (!(node instanceof Element)) return;
    for (const bar of [node, ...node.querySelectorAll(".q-loading-bar")]) {
      if (bar.classList.contains("q-loading-bar")) bar.setAttribute("aria-label", "Loading");
    }
  }

  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) { named(node); loading(node); }
    if (wanted) shown();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
