"""The page verifies itself in the browser, and names the step at which something is wrong."""

import base64
import json
import re

import forgery
import world as people
from visit import ABSENT, BARELY, NEWCOMER, SEASONED, visit

STEPS = [
    "format", "signature", "claims", "issuer key", "validity", "status", "subject", "model", "log key", "disclosures",
    "entries", "checkpoint", "consistency", "inclusion", "page"]
RESULT = """Object.fromEntries([...document.querySelectorAll('#verification-steps > li')].map(
  step => [step.dataset.step, [step.dataset.outcome, step.querySelector('.detail').textContent]]))"""


def verify(tab):
    """Presses the button; each step with its outcome and what was said of it."""
    tab.run("document.getElementById('verify-now').click()")
    tab.until(lambda: tab.run("document.getElementById('verification').dataset.state") not in (None, "running"),
              "the verification to end")
    return tab.run(RESULT)


def state(tab):
    return tab.run("document.getElementById('verification').dataset.state")


def said(tab):
    return tab.run("document.getElementById('verification-status').textContent")


def failing(results):
    return [name for name, (outcome, _) in results.items() if outcome == "failed"]


def changed(change):
    """An answer in place of the service's: the same status, and what `change` makes of the body."""
    return lambda status, body: (status, change(body.decode()).encode())


def in_bundle(change):
    def spoil(text):
        bundle = json.loads(text)
        change(bundle)
        return json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    return changed(spoil)


def flipped(text, at):
    """`text` with another character of its alphabet at `at`."""
    return text[:at] + ("B" if text[at] != "B" else "C") + text[at + 1:]


def flip(*path, at):
    """Flips a character of the text at `path` of the bundle; `at` is a place, or a way to find one."""
    def change(bundle):
        holder = bundle
        for name in path[:-1]:
            holder = holder[name]
        text = holder[path[-1]]
        holder[path[-1]] = flipped(text, at(text) if callable(at) else at)
    return in_bundle(change)


def of_note(text):
    """A place in the root hash of a proof's checkpoint."""
    return text.index("\n\n") + 2 + text[text.index("\n\n") + 2:].index("\n") + 12


def of_log_signature(text):
    return len(text) - 20


BUNDLE = forgery.BUNDLE
SPOILED = {  # what is spoiled -> (where, how, the step that must name it)
    "a space in the file": (BUNDLE, changed(lambda text: text.replace('":', '": ', 1)), "format"),
    "the version of the format": (BUNDLE, changed(lambda text: text.replace("bundle/1", "bundle/2")), "format"),
    "the token's header": (BUNDLE, flip("credential", at=12), "signature"),
    "the token's payload": (BUNDLE, flip("credential", at=lambda text: text.index(".") + 400), "signature"),
    "the token's signature": (BUNDLE, flip("credential", at=lambda text: len(text) - 40), "signature"),
    "the issuer's key": (BUNDLE, flip("jwks", "keys", 0, "x", at=7), "signature"),
    "what the key is for": (BUNDLE, flip("jwks", "keys", 0, "use", at=0), "signature"),
    "the keys the issuer publishes": (
        "/.well-known/jwks.json", changed(lambda text: json.dumps({"keys": []})), "issuer key"),
    "the weights the model is published with": (
        "/v1/models/standing-1", changed(lambda text: re.sub(r"(\d)(\d\d\d)", r"\g<2>\g<1>", text)), "model"),
    "the bundle's status list": (BUNDLE, flip("status", at=lambda text: text.index(".") + 30), "status"),
    "the list of the revoked that the issuer publishes": (
        "/status/revocation/1", changed(lambda text: flipped(text, text.index(".") + 30)), "status"),
    "the list of the suspended that the issuer publishes": (
        "/status/suspension/1", changed(lambda text: flipped(text, len(text) - 30)), "status"),
    "the log's key": (BUNDLE, flip("vkey", at=lambda text: len(text) - 9), "log key"),
    "a salt": (BUNDLE, flip("disclosures", 3, "disclosure", at=9), "disclosures"),
    "a fact": (BUNDLE, flip("disclosures", 5, "disclosure", at=120), "disclosures"),
    "a commitment": (BUNDLE, flip("disclosures", 7, "commitment", at=20), "disclosures"),
    "the root of a checkpoint": (BUNDLE, flip("disclosures", 2, "proof", at=of_note), "checkpoint"),
    "the log's signature": (BUNDLE, flip("disclosures", 2, "proof", at=of_log_signature), "checkpoint"),
    "a hash on the way to the root": (BUNDLE, flip("disclosures", 4, "proof", at=50), "inclusion"),
    "the index of an entry": (
        BUNDLE, in_bundle(lambda bundle: bundle["disclosures"][4].update(proof=re.sub(
            r"index \d+", "index 7", bundle["disclosures"][4]["proof"]))), "inclusion"),
    "the proof that the log only grew": (
        None, changed(lambda text: re.sub(
            r'\["(.)', lambda found: '["' + ("B" if found[1] != "B" else "C"), text)), "consistency"),
    "a number on the page": (SEASONED, changed(lambda text: text.replace(
        'data-claim="facets/reviewing/n">60<', 'data-claim="facets/reviewing/n">61<')), "page"),
    "the end of an interval on the page": (SEASONED, changed(lambda text: re.sub(
        r'(data-claim="facets/reviewing/interval/1">)\d+', r"\g<1>99", text, count=1)), "page"),
    "the size of the ledger on the page": (SEASONED, changed(lambda text: re.sub(
        r'(data-claim="ledger/size">)(\d+)', lambda found: f"{found[1]}{int(found[2]) - 1}", text)), "page"),
    "the day of a fact on the page": (SEASONED, changed(lambda text: re.sub(
        r'(<li data-commitment="[^"]+" data-kind="review_given">.*?datetime=")\d{4}', r"\g<1>2019", text, count=1)), "page"),
    "the project of a fact on the page": (SEASONED, changed(lambda text: text.replace(
        'data-fact="project">orchard-works', 'data-fact="project">orchard-jerks', 1)), "page"),
}

FORGED = {  # the same, changed and signed anew
    "a member of what is signed": (BUNDLE, forgery.a_claim, "claims"),
    "the bit in the bundle's status list": (BUNDLE, forgery.a_bit_of_the_token_list, "status"),
    "the bit in the issuer's list of the revoked": ("/status/revocation/1", forgery.a_bit_of_the_bitstring_list, "status"),
    "the schema of a fact": (BUNDLE, forgery.a_fact, "entries"),
}


def add(checks):
    @checks("a page that says what was signed verifies in the browser, each step by its name")
    def passes(world):
        with visit(world, SEASONED) as tab:
            before = tab.run("document.querySelectorAll('.is-proved').length")
            results = verify(tab)
            assert list(results) == STEPS, list(results)
            assert not failing(results), results
            open_ends = {name for name, (outcome, _) in results.items() if outcome == "skipped"}
            assert not open_ends and "3 lists" in results["status"][1], results
            assert state(tab) == "passed" and "olds" in said(tab), said(tab)
            proved = tab.run("document.querySelectorAll('.is-proved').length")
            assert before == 0 and proved == tab.run("document.querySelectorAll('[data-commitment]').length") > 20
            tab.screenshot(world.shots / "verified-1280-light.png")
            verify(tab)
            assert tab.run("document.querySelectorAll('#verification-steps > li').length") == len(STEPS), "twice as long"

    @checks("pages of people with little or nothing to show verify too")
    def little(world):
        for path in (BARELY, NEWCOMER):
            with visit(world, path) as tab:
                results = verify(tab)
                assert not failing(results) and state(tab) == "passed", results

    for what, (where, how, step) in SPOILED.items():
        add_spoiled(checks, what, where, lambda _, how=how: how, step)
    for what, (where, forge, step) in FORGED.items():
        add_spoiled(checks, f"{what}, signed anew,", where, forge, step)

    @checks("a page that is withdrawn while it is open cannot be verified any more, and is gone when it is asked for again")
    def withdrawn(world):
        handle = people.BARELY[1]
        session = {"Authorization": f"Bearer {world.sessions[handle]}"}
        with visit(world, BARELY) as tab:
            world.service.post("/v1/me/hide", {}, **session).expect(200)
            try:
                assert verify(tab) == {} and state(tab) == "unchecked", said(tab)
                assert "Nothing was checked" in said(tab) and "nothing at" in said(tab), said(tab)
                tab.open(world.service.base + BARELY)
                gone = tab.run("document.querySelector('main').textContent")
                tab.open(world.service.base + ABSENT)
                assert gone == tab.run("document.querySelector('main').textContent") and handle not in gone, gone
            finally:
                world.service.post("/v1/me/publish", {"handle": handle, "discoverable": True}, **session).expect(200)
            tab.complaints.clear()  # of the two answers that are not there

    @checks("somebody else's bundle fails at the subject, an old one at its validity")
    def another(world):
        other = world.service.get(f"{BARELY}/bundle").text
        with visit(world, SEASONED, answers={BUNDLE: changed(lambda _: other)}) as tab:
            assert "subject" in failing(verify(tab))
        with visit(world, SEASONED) as tab:
            tab.run("(now => { Date.now = () => now + 91 * 86_400_000 })(Date.now())")
            results = verify(tab)
            assert "validity" in failing(results) and "expired" in results["validity"][1], results

    @checks("an answer that does not come is no failure of the profile, and is said")
    def unanswered(world):
        with visit(world, SEASONED, answers={BUNDLE: lambda *_: (404, b"")}) as tab:
            assert verify(tab) == {} and state(tab) == "unchecked", said(tab)
            assert "Nothing was checked" in said(tab)
            tab.complaints.clear()
        with visit(world, SEASONED, answers={"/.well-known/jwks.json": lambda *_: (503, b"")}) as tab:
            results = verify(tab)
            assert results["issuer key"][0] == "skipped" and "503" in results["issuer key"][1], results
            assert not failing(results) and "issuer key" in said(tab), said(tab)
            tab.complaints.clear()

    @checks("a bundle of another making, with anything in its place, is refused and breaks nothing")
    def garbage(world):
        for body in (b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"format":"standing-bundle/1"}', b"[" * 100_000,
                     base64.b64encode(bytes(200_000))):
            with visit(world, SEASONED, answers={BUNDLE: lambda *_, body=body: (200, body)}) as tab:
                results = verify(tab)
                assert failing(results) == ["format"] and len(results) == len(STEPS), (body[:40], results)


def add_spoiled(checks, what, where, make, step):
    @checks(f"with {what} spoiled it fails at: {step}")
    def fails(world):
        path = where or consistency_path(world)
        with visit(world, SEASONED, answers={path: make(world)}) as tab:
            results = verify(tab)
            assert step in failing(results) and state(tab) == "failed", results
            before = STEPS[:STEPS.index(step)]
            assert not set(failing(results)) & set(before), results
            assert step in said(tab) and len(results[step][1]) > len(step) + 5, said(tab)
            if what == "a fact":
                tab.screenshot(world.shots / "failed-1280-light.png")


def consistency_path(world):
    """What the page asks to see that the tree only grew."""
    bundle = world.service.get(BUNDLE).json
    payload = bundle["credential"].split(".")[1]
    signed = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    shown = int(bundle["disclosures"][0]["proof"].split("\n\n")[1].split("\n")[1])
    return f"/v1/ledger/proof/consistency?from={signed['credentialSubject']['ledger']['size']}&to={shown}"
