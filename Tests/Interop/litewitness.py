"""litewitness, the witness of the torchwood project, as a server on loopback."""

import base64
import hashlib
import socket
import subprocess
import time

from service import free_port


class Witness:
    """litewitness with a key in an agent of its own."""

    def __init__(self, tools, name, folder):
        self.tools, self.name, self.folder, self.port = tools, name, folder, free_port()
        self.folder.mkdir()
        self.processes = []
        self.output = (self.folder / "log").open("ab")
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.folder / "key"], check=True,
            stdin=subprocess.DEVNULL)
        self.start("ssh-agent", "-D", "-a", self.folder / "agent")
        self.until(lambda: (self.folder / "agent").exists())
        subprocess.run(
            ["ssh-add", "-q", self.folder / "key"], check=True, env={"SSH_AUTH_SOCK": str(self.folder / "agent")},
            stdin=subprocess.DEVNULL, capture_output=True)
        self.server = None

    def start(self, *command):
        process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        self.processes.append(process)
        return process

    def until(self, done):
        """Waits for what a process of ours is about to do."""
        deadline = time.monotonic() + 20
        while not done():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.02)

    @property
    def public(self):
        """The key as SSH writes it: a blob whose last 32 bytes are the key itself."""
        return base64.b64decode((self.folder / "key.pub").read_text().split()[1])

    @property
    def vkey(self):
        """The verifier key of its cosignatures (C2SP signed-note, type 4)."""
        named = b"\x04" + self.public[-32:]
        digest = hashlib.sha256(self.name.encode() + b"\n" + named).digest()
        return f"{self.name}+{digest[:4].hex()}+{base64.b64encode(named).decode()}"

    def follow(self, origin, key):
        """Makes it take the checkpoints of the log that is called `origin` and signs with `key`."""
        for words in (("add-log",), ("add-key", "-key", key)):
            subprocess.run(
                [self.tools.path("witnessctl"), words[0], "-db", self.folder / "db", "-origin", origin, *words[1:]],
                check=True, stdin=subprocess.DEVNULL, capture_output=True)

    def up(self):
        fingerprint = base64.b64encode(hashlib.sha256(self.public).digest()).decode().rstrip("=")
        self.server = self.start(
            self.tools.path("litewitness"), "-db", self.folder / "db", "-name", self.name,
            "-key", f"SHA256:{fingerprint}", "-ssh-agent", self.folder / "agent", "-listen", f"127.0.0.1:{self.port}")
        self.until(self.listens)

    def listens(self):
        assert self.server.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def down(self):
        self.server.terminate()
        self.server.wait(timeout=20)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=20)
        self.output.close()
