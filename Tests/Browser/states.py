"""What the service sends with pages, and the states a profile can be in. Needs no browser but for the last."""

import json
import re

import world as people
from visit import ABSENT, BARELY, EVIDENCE, NEWCOMER, PAGES, SEASONED, WITHDRAWN


def add(checks):
    @checks("hidden, absent and malformed handles get the same page, byte for byte, with 404")
    def alike(world):
        pages = [world.service.get(path) for path in (WITHDRAWN, ABSENT, "/p/NOT-A-HANDLE", f"{WITHDRAWN}/evidence")]
        assert [page.status for page in pages] == [404] * 4
        assert len({page.body for page in pages}) == 1
        names = [sorted(set(page.headers) - {"X-Request-Id", "Date"}) for page in pages]
        assert all(name == names[0] for name in names), names
        assert people.WITHDRAWN[1] not in pages[0].text and "noindex" in pages[0].text

    @checks("no evidence, too little of it and enough are three states, none of them low")
    def apart(world):
        new, barely, seasoned = (text(world, path) for path in (NEWCOMER, BARELY, SEASONED))
        assert "No independent evidence" in new and "look the same from here" in new
        assert "Not enough evidence" in barely and "Unknown is not low" in barely
        assert "level" not in re.search(r'class="card unknown".*?</article>', new, re.S)[0].replace("states a level", "")
        assert "No independent evidence" not in seasoned and "60</strong>" in seasoned

    @checks("a page is answered with 304 while nothing of it changed, and is gone at once when it is hidden")
    def fresh(world):
        first = world.service.get(SEASONED).expect(200)
        assert first.headers["Cache-Control"] == "no-cache"
        again = world.service.get(SEASONED, **{"If-None-Match": first.headers["ETag"]})
        assert again.status == 304 and again.body == b"" and again.headers["ETag"] == first.headers["ETag"]
        assert world.service.get(SEASONED).body == first.body
        session = world.sessions[people.BARELY[1]]
        assert world.service.get(BARELY).status == 200
        world.service.post("/v1/me/hide", {}, Authorization=f"Bearer {session}").expect(200)
        assert world.service.get(BARELY).status == 404 and world.service.get(f"{BARELY}/evidence").status == 404
        world.service.post(
            "/v1/me/publish", {"handle": people.BARELY[1], "discoverable": True},
            Authorization=f"Bearer {session}").expect(200)
        assert world.service.get(BARELY).status == 200

    @checks("the files pages refer to never change, and pages say by which hash they are held")
    def files(world):
        page = text(world, SEASONED)
        named = re.findall(r'(?:src|href)="(/assets/[^"]+)"(?: integrity="(sha256-[^"]+)")?', page)
        assert {name.rpartition(".")[2] for name, _ in named} == {"css", "js", "svg"}, named
        for name, integrity in named:
            answer = world.service.get(name).expect(200)
            assert "immutable" in answer.headers["Cache-Control"] and answer.headers["X-Content-Type-Options"] == "nosniff"
            assert integrity or name.endswith(".svg"), name

    @checks("the policy of every page lets nothing in from elsewhere and no script but ours")
    def policy(world):
        for path in PAGES.values():
            answer = world.service.get(path)
            said = answer.headers["Content-Security-Policy"]
            assert said.startswith("default-src 'none'") and "unsafe" not in said and "http" not in said, said
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "style=" not in answer.text and not re.search(r"<[^>]+ on[a-z]+=", answer.text)
            for script in re.findall(r"<script([^>]*)>", answer.text):
                assert 'src="/assets/' in script or script == ' type="application/ld+json"', script

    @checks("link previews get a title, a sentence and an address, programs get JSON-LD, and neither a score")
    def previews(world):
        page = text(world, SEASONED)
        for name in ("og:title", "og:description", "og:url", "og:type"):
            assert f'property="{name}"' in page, name
        picture = re.search(r'property="og:image" content="([^"]+)"', page)[1].removeprefix(world.service.base)
        drawn = world.service.get(picture).expect(200)
        assert drawn.headers["Content-Type"] == "image/png" and drawn.body.startswith(b"\x89PNG\r\n")
        assert (int.from_bytes(drawn.body[16:20]), int.from_bytes(drawn.body[20:24])) == (1200, 630)
        (world.shots / "card.png").write_bytes(drawn.body)
        assert world.service.get(f"{WITHDRAWN}/card.png").status == 404
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
        assert data["@type"] == "ProfilePage" and data["mainEntity"]["name"] == people.SEASONED[1]
        assert "atingValue" not in json.dumps(data) and data["url"] == world.service.base + SEASONED

    @checks("every address on the pages leads somewhere")
    def links(world):
        seen = set()
        for path in (*PAGES.values(), f"{EVIDENCE}?type=review_given&quarter=2021-Q3"):
            for name in re.findall(r'(?:href|src)="(/[^"#]*)', world.service.get(path).text):
                seen.add(name.replace("&amp;", "&"))
        broken = [name for name in sorted(seen) if world.service.get(name).status != 200]
        assert not broken and len(seen) > 100, broken

    @checks("a number of the timeline or of a domain opens to as many facts as it states")
    def numbers(world):
        page = text(world, SEASONED)
        cells = re.findall(r'<td><a href="(/p/[^"]+quarter=[^"]+)">(\d+)</a></td>', page)
        assert len(cells) > 40, len(cells)
        for address, n in cells[::9]:
            rows = world.service.get(address.replace("&amp;", "&")).expect(200).text.count("<tr id=")
            assert rows == int(n), (address, n, rows)
        assert world.service.get(f"{EVIDENCE}?type=nonsense").status == 422
        assert world.service.get(f"{EVIDENCE}?quarter=2021-Q5").status == 422
        assert world.service.get(f"{EVIDENCE}?color=red").status == 422

    @checks("all facts can be walked through, page by page, each once")
    def walk(world):
        address, seen = EVIDENCE, []
        while address:
            page = world.service.get(address).expect(200).text
            seen += re.findall(r'<tr id="e(\d+)"', page)
            following = re.search(r'class="button" href="([^"]+)"', page)
            address = following[1].replace("&amp;", "&") if following else None
        assert len(seen) == len(set(seen)) > 180, len(seen)


def text(world, path):
    return world.service.get(path).expect(200).text
