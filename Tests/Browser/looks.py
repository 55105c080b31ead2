"""How the pages look and work: sizes, light and dark, keyboard, screen readers, no scripts, paper."""

import io

import accessibility
from checks import Skipped
from visit import PAGES, SEASONED, visit

SCREENS = {"phone": 390, "desktop": 1280}


def add(checks):
    for name, path in PAGES.items():
        add_page(checks, name, path)

    @checks("a profile is walked through by keyboard: every stop has a name and an outline, in reading order")
    def keyboard(world):
        with visit(world, SEASONED, width=390) as tab:
            stops = accessibility.tab_order(tab)
            assert len(stops) > 25 and stops[0]["name"] == "Skip to content", (len(stops), stops[:2])
            nameless = [stop for stop in stops if not stop["name"]]
            assert not nameless, nameless
            unmarked = [stop for stop in stops if not stop["outlined"]]
            assert not unmarked, unmarked
            for before, after in zip(stops[1:], stops[2:]):
                assert after["top"] >= before["top"] - 60, (before, after)

    @checks("the skip link leads past the bar, and Enter on a facet opens its facts")
    def skip(world):
        with visit(world, SEASONED) as tab:
            tab.press("Tab")
            assert tab.run("document.activeElement.getBoundingClientRect().top") >= 0, "the skip link stays out of sight"
            tab.run("document.querySelector('.opened summary').focus()")
            tab.press("Enter")
            assert tab.run("document.querySelector('.opened').open")

    @checks("nothing hangs out of the screen from 320 pixels on, nor with text twice as large")
    def narrow(world):
        for path in PAGES.values():
            for width in (320, 390, 640, 1280):
                with visit(world, path, width=width) as tab:
                    tab.run("document.querySelectorAll('details').forEach(d => d.open = true)")
                    assert not accessibility.sideways(tab), (path, width, accessibility.sideways(tab))
            with visit(world, path, width=640) as tab:
                tab.run("document.documentElement.style.fontSize = '200%'")
                assert not accessibility.sideways(tab), (path, accessibility.sideways(tab))

    @checks("the badge is there, with words")
    def badge(world):
        with visit(world, SEASONED) as tab:
            tab.run("document.querySelector('.badge img').decode()")
            width, words = tab.run("(i => [i.naturalWidth, i.alt])(document.querySelector('.badge img'))")
            assert width > 150 and words.startswith("standing: "), (width, words)

    @checks("text that comes from outside cannot run on a page, whoever would put it there")
    def sealed(world):
        with visit(world, SEASONED) as tab:
            refused = tab.run("""(() => {
              try { const s = document.createElement('script'); s.text = 'window.ran = 1'; document.body.append(s) }
              catch (error) { return error.name }
            })()""")
            assert refused == "TypeError" and tab.run("window.ran === undefined"), refused
            tab.complaints.clear()  # the browser says that it refused

    @checks("without scripts everything is there but the check, and nothing complains")
    def without_scripts(world):
        with visit(world, SEASONED, scripts=False) as tab:
            document = tab.call("DOM.getDocument")["root"]["nodeId"]
            def hidden(selector):
                node = tab.call("DOM.querySelector", nodeId=document, selector=selector)["nodeId"]
                try:
                    tab.call("DOM.getBoxModel", nodeId=node)
                except Exception:  # noqa: BLE001 (the protocol's way to say that there is no box)
                    return True
                return False
            assert hidden("#verification") and hidden("button.copy")
            for selector in (".headline", ".cards", ".timeline", "#packages table", "#reviews table", ".opened summary",
                             "#verify .button", "#coverage table", "#badge-html"):
                assert not hidden(selector), selector
            tab.screenshot(world.shots / "profile-1280-without-scripts.png")

    @checks("on paper every section is whole: nothing is cut, and what was folded is open")
    def paper(world):
        try:
            from pypdf import PdfReader
        except ImportError as missing:
            raise Skipped("pypdf is not installed") from missing
        with visit(world, SEASONED) as tab:
            data = tab.pdf()
            (world.shots / "profile.pdf").write_bytes(data)
            words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
            words = " ".join(words.split())
            titles = tab.run("[...document.querySelectorAll('h1, h2, h3')].map(h => h.textContent.trim())")
            titles = [title for title in titles if title != "Show it elsewhere"]
            missing = [title for title in titles if title not in words]
            assert not missing, missing
            facts = tab.run(
                "[...document.querySelectorAll('.fact-list time')].map(t => t.textContent)")
            unseen = [day for day in facts if day not in words]
            assert not unseen, unseen[:3]
            tab.media(kind="print")
            tab.screen(718)  # A4 within its margins, at 96 pixels an inch
            assert not accessibility.sideways(tab), accessibility.sideways(tab)
            tab.screenshot(world.shots / "profile-paper.png")


def add_page(checks, name, path):
    @checks(f"the {name} page is sound on a phone and on a desk, in the light and in the dark")
    def sound(world):
        for screen, width in SCREENS.items():
            for dark in (False, True):
                with visit(world, path, width=width, dark=dark) as tab:
                    scheme = "dark" if dark else "light"
                    tab.screenshot(world.shots / f"{name}-{width}-{scheme}.png")
                    check(tab, f"{screen}, {scheme}")


def check(tab, where):
    tab.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = accessibility.violations(tab)
    assert not found, f"{where}: {found[:4]}"
    outline = tab.run(accessibility.OUTLINE)
    levels = [level for level, _ in outline]
    assert levels.count(1) == 1 and levels[0] == 1, outline
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:])), outline
    assert all(words for _, words in outline), outline
    header, nav, main, footer = tab.run(accessibility.LANDMARKS)
    assert (header, main, footer) == (1, 1, 1) and nav >= 1, (header, nav, main, footer)
