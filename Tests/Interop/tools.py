"""The log tools the checks run: Go's own sumdb always, those of Debian's newer suite where they can be had."""

import subprocess
import sys

import debian
import golang
from checks import Skipped


class Tools:
    """Programs by name; asking for one that is not to be had skips the check that asks."""

    def __init__(self, cache):
        self.paths = {"ledger": golang.build_ledger(cache)}
        self.missing = ""
        try:
            self._debian(debian.install(cache), cache)
        except Skipped as reason:
            self.missing = str(reason)
            print(f"SKIPPED  everything with other people's log tools but Go's sumdb: {reason}", file=sys.stderr)

    def _debian(self, packages, cache):
        for package in packages.drift:
            print(f"not the pinned version: {package}", file=sys.stderr)
        for name in ("fsck", "merkle", "torchwood"):
            self.paths[name] = golang.build_tool(cache, name, packages)
        for name in ("litewitness", "witnessctl"):
            self.paths[name] = packages.program(name)

    def path(self, name):
        if name not in self.paths:
            raise Skipped(self.missing)
        return self.paths[name]

    def run(self, name, *arguments):
        """The program as it ended."""
        return subprocess.run(
            [self.path(name), *map(str, arguments)],
            capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)

    def passes(self, name, *arguments):
        """What the program printed, which has to end with 0."""
        done = self.run(name, *arguments)
        assert done.returncode == 0, f"{name}: exit {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def refuses(self, name, *arguments):
        """Why the program refused, which has to end with 1."""
        done = self.run(name, *arguments)
        assert done.returncode == 1, f"{name}: exit {done.returncode}: {done.stdout}{done.stderr}"
        return done.stderr
