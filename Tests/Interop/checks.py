"""A list of named checks, run in order; each may use what earlier ones left in the world it is given."""

import traceback
from dataclasses import dataclass, field


class Skipped(Exception):
    """What a check needs is not to be had on this machine. Never for anything about the service under test."""


@dataclass
class Tally:
    """What came of running checks."""

    passed: int = 0
    failed: int = 0
    skipped: list = field(default_factory=list)  # (sentence, reason)

    def close(self):
        """Names what was skipped, whatever was printed before, prints the closing line, and gives the exit status."""
        for sentence, reason in self.skipped:
            print(f"SKIPPED  {sentence}: {reason}")
        more = f", {len(self.skipped)} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{more}", flush=True)
        return 1 if self.failed or not self.passed else 0


class Checks:
    """Register with `@checks("sentence")`, run with `checks.run(world)`."""

    def __init__(self):
        self.all = []

    def __call__(self, sentence):
        def register(body):
            self.all.append((sentence, body))
            return body
        return register

    def run(self, world):
        """Runs every check and returns the tally; one that fails does not stop the others."""
        tally = Tally()
        for sentence, body in self.all:
            try:
                body(world)
            except Skipped as reason:
                tally.skipped.append((sentence, str(reason)))
                print(f"SKIPPED {sentence}", flush=True)
            except Exception as error:  # noqa: BLE001 (whatever a check throws is its failure)
                tally.failed += 1
                print(f"FAILED  {sentence}")
                print("        " + "\n        ".join(describe(error).splitlines()), flush=True)
            else:
                tally.passed += 1
                print(f"ok      {sentence}", flush=True)
        return tally


def describe(error):
    where = traceback.extract_tb(error.__traceback__)
    line = next((frame for frame in reversed(where) if "/Tests/" in frame.filename), where[-1])
    return f"{line.filename.rpartition('/')[2]}:{line.lineno}: {type(error).__name__}: {error}"
