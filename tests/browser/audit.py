"""What keeps people out of a page, as axe-core finds it, and what makes one scroll sideways."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

__all__ = ["barriers", "hurried", "sideways", "unmarked"]

SERIOUS = ("serious", "critical")
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"


def hurried(page: Page) -> None:
    """Take away what fades in: half-way its colours are nobody's."""
    page.add_style_tag(content=STILL)


def barriers(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """Give the serious and critical findings of the page as it stands: rule, element, and why.

    `without`: rules that are left out.
    """
    told = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{page.url.split('/', 3)[3]}: {one['id']} ({one['impact']}): {node['html'][:160]}: {node['failureSummary']}"
        for one in told["violations"]
        if one["impact"] in SERIOUS and one["id"] not in without
        for node in one["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Name what reaches over the right edge of a page that would have to be scrolled sideways; none: it need not."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
           [...document.body.querySelectorAll('*')]
           .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
           .slice(0, 5).map((one) => one.outerHTML.slice(0, 120))"""
    )
    return found


def unmarked(page: Page) -> list[str]:
    """Name what the keyboard can reach on a page without anything that shows it: no outline, no ring, no border.

    Cells of a grid are left out: it marks its own.
    """
    page.keyboard.press("Tab")  # from then on the browser shows where the focus is
    found: list[str] = page.evaluate(
        """() => {
           const ring = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
             || style.boxShadow !== 'none';
           const marked = (one) => {
             one.focus({ focusVisible: true, preventScroll: true });
             const control = one.closest('.q-field')?.querySelector('.q-field__control');
             return document.activeElement === one && (ring(getComputedStyle(one))
               || (control && parseFloat(getComputedStyle(control, '::after').borderTopWidth) >= 2));
           };
           return [...document.querySelectorAll('a[href], button, input, textarea, [tabindex="0"]')]
             .filter((one) => one.offsetParent && !one.disabled && one.tabIndex >= 0)
             .filter((one) => !one.closest('.ag-root-wrapper'))
             .filter((one) => !marked(one)).slice(0, 5).map((one) => one.outerHTML.slice(0, 160));
        }"""
    )
    return [f"{page.url.split('/', 3)[3]}: not shown where the focus is: {one}" for one in found]
