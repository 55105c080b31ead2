"""Opening a page of the service, and what must hold of every visit."""

from contextlib import contextmanager

import world as people
from checks import Skipped

SEASONED, BARELY, NEWCOMER, WITHDRAWN = (
    f"/p/{person[1]}" for person in (people.SEASONED, people.BARELY, people.NEWCOMER, people.WITHDRAWN))
EVIDENCE = f"{SEASONED}/evidence"
ABSENT = "/p/nobody-at-all"
PAGES = {  # the name of a screenshot -> the page
    "index": "/", "profile": SEASONED, "thin": BARELY, "newcomer": NEWCOMER, "evidence": EVIDENCE, "absent": ABSENT,
    "withdrawn": WITHDRAWN}


@contextmanager
def visit(world, path, **options):
    """The page at `path` in a tab of its own; whatever is done there, it complains of nothing and asks nobody else."""
    if world.browser is None:
        raise Skipped("there is no Chromium on this machine")
    with world.browser.tab(**options) as tab:
        tab.open(world.service.base + path)
        yield tab
        complaints = [said for said in tab.complaints if not (
            path in said and "404" in said and path in (ABSENT, WITHDRAWN))]
        assert not complaints, complaints
        elsewhere = [url for url in tab.requests if not url.startswith((world.service.base + "/", "data:"))]
        assert not elsewhere, elsewhere
