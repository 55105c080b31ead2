"""What people meet who do not see the page, do not use a mouse, enlarge it, or turn scripts off."""

import json
from importlib.util import find_spec
from pathlib import Path

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def axe():
    """The text of axe-core, which the pinned package carries beside code that is not used here."""
    package = Path(find_spec("axe_playwright_python").origin).parent
    return (package / "axe.min.js").read_text()


def violations(tab):
    """What axe-core has against the page: rule, element and reason of each."""
    tab.run(axe() + ";0")
    found = tab.run(f"axe.run(document, {{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}})")
    return [
        f"{violation['id']}: {node['target'][0]}: {node['failureSummary']}"
        for violation in found["violations"] for node in violation["nodes"]]


OUTLINE = """[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => [Number(h.tagName[1]), h.textContent.trim()])"""
LANDMARKS = """['header', 'nav', 'main', 'footer'].map(name => document.querySelectorAll(`body ${name}`).length)"""
FOCUSED = """(() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    name: (element.getAttribute('aria-label') ?? element.textContent).trim(), tag: element.localName,
    top: Math.round(box.top + scrollY), left: Math.round(box.left), column: element.closest('.card, td, li')?.tagName,
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  };
})()"""


def tab_order(tab, most=400):
    """The elements the Tab key leads to, in order, until it leaves the page."""
    stops = []
    for _ in range(most):
        tab.press("Tab")
        stop = tab.run(FOCUSED)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"the Tab key does not leave the page in {most} steps")


def sideways(tab):
    """By how many pixels the page is wider than the screen, and what sticks out."""
    return tab.run("""(() => {
      const over = document.documentElement.scrollWidth - innerWidth;
      return over <= 0 ? [] : [...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('pre, .scroll'))
        .map(e => `${e.localName}.${e.className} by ${Math.round(e.getBoundingClientRect().right - innerWidth)}`)
        .slice(0, 5).concat([`by ${over} pixels`]);
    })()""")
