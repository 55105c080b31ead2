"""Every form of a credential x every way of being bad x every verifier, as checks and as the table of what each said.

No cell is left open: a verifier decides it itself; or with somebody else's reader beside it, which is named; or what is tried
is beyond what that program looks at. That is not taken on trust either: it has to take the specimen, or the reason is void.
"""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import foreign
import specimens
from checks import Skipped

CASES = list(specimens.SIGNED)
HEADS = ["good", "tampered", "expired", "revoked", "wrong key", "aud/nonce", "missing", "extra"]


class Matrix:
    """What each verifier said of each case of each form, in the order of the rows."""

    def __init__(self):
        self.rows = {}  # (form, verifier) -> {case: word}
        self.notes = []

    def add(self, checks):
        for form in specimens.CASES:
            own = [Own("standing verify", form, by_tool), Own("POST /v1/verify", form, by_service)]
            for verifier in [*own, *(Foreign(one) for one in foreign.ALL if one.form == form)]:
                row = self.rows[form, verifier.name] = dict.fromkeys(CASES, "not run")
                for case in CASES:
                    self.add_cell(checks, verifier, case, row)

    def add_cell(self, checks, verifier, case, row):
        @checks(f"{verifier.name}: {verifier.form}, {case}")
        def cell(world):
            row[case] = "FAILED"
            words = []
            for name, step in specimens.CASES[verifier.form][case].items():
                try:
                    words.append(verifier.judge(world.issuer, name, step))
                except Skipped:
                    row[case] = "skipped"
                    raise
            marks = [self.note(reason) for reason in verifier.reasons(case)]
            row[case] = "/".join(dict.fromkeys(words)) + "".join(f" {mark}" for mark in marks)

    def note(self, reason):
        if reason not in self.notes:
            self.notes.append(reason)
        return f"[{self.notes.index(reason) + 1}]"

    def print(self):
        """The table, and what its notes say."""
        names = [f"{form}: {name}" for form, name in self.rows]
        widths = [max(map(len, names)), *(
            max(len(head), *(len(row[case]) for row in self.rows.values())) for head, case in zip(HEADS, CASES))]
        print("\nEvery form x case x verifier: what each decided")
        for cells in [("", *HEADS), *([name, *row.values()] for name, row in zip(names, self.rows.values()))]:
            print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())
        for number, reason in enumerate(self.notes, 1):
            print(f"[{number}] {reason}")
        print("n/a: beyond what that program looks at; it was given the specimen all the same, and took it.\n", flush=True)


class Foreign:
    """A verifier of other people's, as a row."""

    def __init__(self, verifier):
        self.verifier, self.name, self.form = verifier, verifier.name, verifier.form

    def reasons(self, case):
        tried = specimens.CASES[self.form][case]
        return [
            *([self.verifier.helped[case]] if case in self.verifier.helped else []),
            *dict.fromkeys(reason for name, reason in self.verifier.beyond.items() if name in tried)]

    def judge(self, issuer, name, step):
        text, known = specimens.specimen(issuer, self.form, name)
        beyond = name in self.verifier.beyond
        try:
            claims = self.verifier.verify(text, known)
        except Skipped:
            raise
        except Exception as error:  # noqa: BLE001 (however a verifier refuses)
            assert step is not None, f"refused what is good ({name}): {type(error).__name__}: {error}"
            assert not beyond, f"it does look at this: {name}: {error}"
            return "refused"
        assert step is None or beyond, f"{self.name} took {name}"
        if claims is not None and self.form in specimens.PRESENTED:
            shown(name, json.dumps(claims))
        return "n/a" if beyond else "taken"


def shown(name, claims):
    """What was withheld is not among the claims, nor is what was never signed; what was shown is."""
    first = specimens.ACCOUNT if '"accounts"' in claims else f"{specimens.ISSUER}/p/{specimens.HANDLE}"
    assert (f'"{first}"' in claims) == (name != "withheld by the holder"), f"{name}: {claims}"
    assert '"eve"' not in claims, claims


class Own(SimpleNamespace):
    """A verifier of ours, which has to refuse at the step that is named."""

    def __init__(self, name, form, verify):
        super().__init__(name=name, form=form, verify=verify)

    def reasons(self, case):
        return []

    def judge(self, issuer, name, step):
        text, known = specimens.specimen(issuer, self.form, name)
        found = self.verify(issuer, self.form, text, known)
        failed = next((one["name"] for one in found["steps"] if one["outcome"] == "failed"), None)
        assert failed == step and found["valid"] == (step is None), f"{name}: {failed}, not {step}: {found['steps']}"
        looked = next(one for one in found["steps"] if one["name"] == "status")
        assert step is not None or looked["outcome"] == "passed", f"{name}: the status was not looked at: {looked}"
        return "refused" if step else "taken"


def by_tool(issuer, form, text, known):
    with tempfile.TemporaryDirectory(dir=issuer.folder) as folder:
        file, keys = Path(folder) / "credential", Path(folder) / "jwks.json"
        file.write_text(text)
        keys.write_text(json.dumps(known.jwks))
        command = ["--json", "verify", file, "--key-file", keys]
        for kind in () if form == "bundle" else ("tsl",) if form != "eddsa-jcs-2022" else ("revocation", "suspension"):
            list_ = Path(folder) / kind
            list_.write_bytes(known.get(f"/status/{kind}/1"))
            command += ["--status", list_]
        if known.audience:
            command += ["--audience", known.audience, "--nonce", known.nonce]
        ended, said = issuer.service.standing_ended(*command)
        found = json.loads(said)
        assert ended == (0 if found["valid"] else 1), (ended, found)
        return found


def by_service(issuer, form, text, known):
    asked = {"audience": known.audience, "nonce": known.nonce} if known.audience else {}
    return issuer.service.post("/v1/verify", {"credential": text, **asked}).expect(200).json
