"""A list of named checks, run in order; each may use what earlier ones left in the world it is given."""

import traceback


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
        """Runs every check and returns how many passed and failed; one that fails does not stop the others."""
        passed = failed = 0
        for sentence, body in self.all:
            try:
                body(world)
            except Exception as error:  # noqa: BLE001 (whatever a check throws is its failure)
                failed += 1
                print(f"FAILED  {sentence}")
                print("        " + "\n        ".join(describe(error).splitlines()), flush=True)
            else:
                passed += 1
                print(f"ok      {sentence}", flush=True)
        return passed, failed


def describe(error):
    where = traceback.extract_tb(error.__traceback__)
    line = next((frame for frame in reversed(where) if "/Tests/Interop/" in frame.filename), where[-1])
    return f"{line.filename.rpartition('/')[2]}:{line.lineno}: {type(error).__name__}: {error}"
