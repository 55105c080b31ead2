"""What a developer does at a terminal: sign a challenge with `ssh-keygen`, then publish."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from service import bearer


@dataclass
class Key:
    """An SSH key pair made for one run."""

    path: Path

    @classmethod
    def make(cls, folder, kind="ed25519"):
        path = folder / f"id_{kind}"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(path)], check=True, stdin=subprocess.DEVNULL)
        return cls(path)

    @property
    def public(self):
        return self.path.with_suffix(".pub").read_text().strip()

    def sign(self, text, namespace):
        """The armoured signature `ssh-keygen -Y sign` makes of `text`."""
        done = subprocess.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-f", str(self.path), "-n", namespace],
            input=text.encode(), capture_output=True, check=True)
        return done.stdout.decode()


def challenge(service, login, platform="github"):
    return service.post("/v1/challenges", {"platform": platform, "login": login}).expect(201).json


def prove(service, asked, signature):
    return service.post(f"/v1/challenges/{asked['id']}/proof", {"signature": signature})


def claim(service, login, key):
    """Proves control of `login` and returns the session it opened."""
    asked = challenge(service, login)
    return prove(service, asked, key.sign(asked["text"], asked["namespace"])).expect(201).json["session"]


def publish(service, session, handle):
    return service.post("/v1/me/publish", {"handle": handle, "discoverable": True}, **bearer(session)).expect(200).json
