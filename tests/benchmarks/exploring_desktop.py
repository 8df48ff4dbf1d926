"""What a person waits for in the explorer, in a real browser: from the act to the painted rows, as JSON.

`uv run python tests/benchmarks/exploring_desktop.py HOME USER/SAMPLE`: a data folder with a genome that was read and
asked about; its desktop must not be open. The table is made first where it is not there.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Page, sync_playwright

TIMES = 20
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
MADE = 30 * 60_000
"""Milliseconds within which the table is made."""
COUNTED = "explorer.state().served > 0 && explorer.state().api.getDisplayedRowAtIndex(0)?.data !== undefined"
"""Whether the first rows are there, and with them how many there are."""
UNSORTED = "explorer.state().api.applyColumnState({ defaultState: { sort: null } })"
"""What a data folder was sorted by last stays."""
AGAIN = 2
"""How often every act is done again, to see whether the app's memory grows on."""
TURNED = 200
"""Pages that are turned after it."""
CHOSEN = """
async (index) => {
  const { api } = explorer.state();
  api.ensureIndexVisible(index, "middle");
  while (!api.getDisplayedRowAtIndex(index)?.data) await new Promise((go) => setTimeout(go, 5));
  return api.getDisplayedRowAtIndex(index).data;
}
"""
TIMED = """
async ([act, argument]) => {
  const state = explorer.state, { api } = state(), before = state().served;
  const acts = {
    page: (index) => { api.ensureIndexVisible(index, "top"); return index; },
    where: (where) => {
      const what = { ...api.getGridOption("context"), where };
      document.querySelector("[data-explorer]").setAttribute("data-context", JSON.stringify({ what }));
      return 0;
    },
    sort: ([colId, sort]) => {
      api.clearFocusedCell(); // as a press on a column's title does
      api.applyColumnState({ state: [{ colId, sort }], defaultState: { sort: null } });
      return 0;
    },
  };
  const begun = performance.now();
  const index = acts[act](argument);
  const drawn = () => api.getDisplayedRowAtIndex(index)?.data || api.getDisplayedRowCount() === 0;
  const there = () => (act === "page" || state().served > before) && drawn();
  while (!there()) {
    if (performance.now() - begun > 60000) throw new Error(`${act} ${JSON.stringify(argument)}: no rows`);
    await new Promise((go) => setTimeout(go, 2));
  }
  await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  return performance.now() - begun;
}
"""


def main() -> None:
    """Open the desktop, measure, print."""
    home, key = Path(sys.argv[1]), sys.argv[2]
    for order in (home / "cache" / "explore").rglob("order-*.npy"):
        order.unlink()  # of an earlier measurement: a first sort would find it
    command = [sys.executable, "-m", "genoteca", "--home", str(home), "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("the desktop has no output")
        url = next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\S+", line)))
        sys.stdout.write(json.dumps(_measured(url, key, psutil.Process(process.pid)), indent=2) + "\n")
    finally:
        process.terminate()
        process.wait(30)


def _measured(url: str, key: str, app: psutil.Process) -> dict[str, Any]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
        page.goto(url)
        begun = time.perf_counter()
        page.goto(f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/explore/{key}")
        page.locator(".explorer .ag-row .ag-cell").first.wait_for(timeout=MADE)
        page.wait_for_function(COUNTED, timeout=MADE)
        opened = time.perf_counter() - begun
        rows = int(page.evaluate("explorer.state().api.getDisplayedRowCount()"))
        memory = [app.memory_info().rss]
        found = _acts(page, rows)
        memory.append(app.memory_info().rss)
        for _ in range(AGAIN):
            page.evaluate(TIMED, ["where", None])
            _acts(page, rows)
            memory.append(app.memory_info().rss)
        page.evaluate(TIMED, ["where", None])
        for number in range(TURNED):
            page.evaluate(TIMED, ["page", number * 7919 * 100 % rows])
        memory.append(app.memory_info().rss)
        browser.close()
    load = round(psutil.getloadavg()[0], 1)
    return {
        "seconds_to_open": round(opened, 1),
        "rows": rows,
        "load": load,
        "memory_mb_at_first_after_every_act_again_and_after_200_pages": [round(one / 1e6) for one in memory],
        "milliseconds": found,
    }


JUMP = "Jump to a gene, an rsID, a place or a variant"
JUMPED = """
async (place) => {
  const { api } = explorer.state();
  const there = () => document.querySelector(".explorer .ag-row.jumped-to .ag-cell")
    && api.getDisplayedRowAtIndex(api.getFocusedCell()?.rowIndex)?.data?.pos === place;
  while (!there()) {
    if (performance.now() - window.jumpBegun > 60000) throw new Error(`jump to ${place}: no rows`);
    await new Promise((go) => setTimeout(go, 2));
  }
  await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  return performance.now() - window.jumpBegun;
}
"""
"""Milliseconds from Enter in the field to the painted rows at the place."""


def _jumps(page: Page, rows: int) -> list[float]:
    """Go to places all over the genome, as a person does: by typing one and pressing Enter."""
    places = []
    for number in range(TIMES):
        chosen = page.evaluate(CHOSEN, (number * 104_729 * 11 + 5) % rows)
        places.append((str(chosen["chrom"]), int(chosen["pos"])))
    field, taken = page.get_by_label(JUMP), []
    page.evaluate("document.addEventListener('keydown', () => { window.jumpBegun = performance.now(); }, true)")
    for chrom, pos in places:
        page.evaluate(TIMED, ["page", 0])
        field.fill(f"{chrom}:{pos}")
        field.press("Enter")
        taken.append(float(page.evaluate(JUMPED, pos)))
    return taken


def _acts(page: Page, rows: int) -> dict[str, dict[str, float]]:
    names = page.evaluate("explorer.state().api.getColumns().map((one) => one.getColId())")
    page.evaluate(UNSORTED)
    page.wait_for_timeout(2000)
    number = [name for name in names if name not in ("row", "pos", "chrom", "key")]

    def timed(act: str, arguments: list[Any], between: Any = None) -> dict[str, float]:
        taken = []
        for argument in arguments:
            taken.append(float(page.evaluate(TIMED, [act, argument])))
            if between is not None:
                page.evaluate(TIMED, between)
        return _percentiles(taken)

    step = max(rows // (TIMES + 1), 1)
    pages = [step * (n + 1) - 1 for n in range(TIMES)]
    regions = [_region(n) for n in range(TIMES)]
    quick = [{"and": [_is("depth", ">=", 40 + n), _is("zygosity", "=", "homozygous")]} for n in range(TIMES)]
    found = {
        "page": timed("page", pages),
        "jump": _percentiles(_jumps(page, rows)),
        "region": timed("where", regions),
        "filter": timed("where", quick),
    }
    page.evaluate(TIMED, ["where", None])
    found["first_sort"] = timed("sort", [[name, "desc"] for name in number[:TIMES]])
    orders = [[name, way] for way in ("desc", "asc") for name in ("depth", "qual")]
    for order in orders:
        page.evaluate(TIMED, ["sort", order])
    time.sleep(5)  # until all of them lie beside the table
    found["repeated_sort"] = timed("sort", orders * 5)
    page.evaluate(TIMED, ["where", quick[3]])
    found["filter_and_sort"] = timed("sort", [[name, "asc"] for name in number[:12]])
    return found


def _is(column: str, op: str, value: Any) -> dict[str, Any]:
    return {"column": column, "op": op, "value": value}


def _region(number: int) -> dict[str, Any]:
    start = 5_000_000 + number * 1_300_000
    return {"and": [_is("chrom", "=", str(number + 1)), _is("pos", ">=", start), _is("pos", "<=", start + 1_000_000)]}


def _percentiles(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    last = ordered[round(0.95 * (len(ordered) - 1))]
    return {"p50": round(statistics.median(ordered), 1), "p95": round(last, 1)}


if __name__ == "__main__":
    main()
