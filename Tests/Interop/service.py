"""A Standing service on loopback with a state directory of its own, and its commands."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Answer:
    """What an HTTP request came back with, whatever its status."""

    status: int
    headers: Message  # looked up without regard to case
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def expect(self, status):
        assert self.status == status, f"status {self.status}, not {status}: {self.text[:400]}"
        return self


@dataclass
class Service:
    """`standingd serve` as a child process; `with` stops it and its database."""

    binaries: Path
    state: Path
    environment: dict = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    before: list = field(default_factory=list)  # a command that runs the service, with its options
    patience: int = 120  # seconds it may take to be ready, and half of that to stop
    log_to: Path | None = None  # beside the state otherwise
    process: subprocess.Popen | None = None
    ready_in: float = 0  # seconds from its start to its first 200 of /readyz

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return self.log_to or self.state.with_suffix(".log")

    def __enter__(self):
        # Made here so that the embedded database's user can pass through: else its data would stand elsewhere and stay.
        self.state.mkdir(mode=0o711, exist_ok=True)
        started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.before, *self._standingd("serve", "--listen", f"127.0.0.1:{self.port}")],
                env=self.child_environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            self.wait_until_ready(self.patience)
            self.ready_in = time.monotonic() - started
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def stop(self):
        """Tells the service to stop; that it does, and with which status it ends, is the caller's to look at."""
        self.process.terminate()
        try:
            return self.process.wait(timeout=self.patience / 2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            said = f"the service did not stop within {self.patience / 2:g} s of SIGTERM:\n{self.log_tail()}"
            raise AssertionError(said) from None

    def kill(self):
        """Ends the service as a crash would."""
        self.process.kill()
        self.process.wait()

    @property
    def database_process(self):
        """The file that names the embedded database's process, there while it runs."""
        return self.state / "postgres/cluster/data/postmaster.pid"

    def wait_until_ready(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended with {self.process.returncode}:\n{self.log_tail()}")
            if self.answers("/readyz"):
                return
            time.sleep(0.005)
        raise AssertionError(f"not ready within {seconds} s:\n{self.log_tail()}")

    def answers(self, path):
        """Whether there is an answer, and a good one."""
        try:
            return self.get(path).status == 200
        except OSError:
            return False

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    @property
    def child_environment(self):
        settings = {"STANDING_PUBLIC_URL": self.base, **self.environment}
        return {**{name: value for name, value in os.environ.items() if not name.startswith("STANDING_")}, **settings}

    def _standingd(self, *arguments):
        return [str(self.binaries / "standingd"), "--state", str(self.state), *map(str, arguments)]

    def run(self, *arguments, expect=0):
        """A `standingd` command beside the running service, as it ended."""
        return self._run(self._standingd(*arguments), expect)

    def standing(self, *arguments, expect=0):
        """A `standing` command; what it printed, both streams."""
        done = self._run([str(self.binaries / "standing"), *map(str, arguments)], expect)
        return done.stdout + done.stderr

    def standing_ended(self, *arguments):
        """The exit status of a `standing` command, and what it printed to be read by a program."""
        done = self._run([str(self.binaries / "standing"), *map(str, arguments)], None)
        return done.returncode, done.stdout

    def _run(self, command, expect):
        done = subprocess.run(
            command, env=self.child_environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        assert expect is None or done.returncode == expect, (
            f"{' '.join(command[:1] + command[3:])}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return done

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, value, **headers):
        return self.request("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})

    def delete(self, path, **headers):
        return self.request("DELETE", path, headers=headers)

    def request(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.base + path, data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())


def bearer(token):
    """The header that presents a session, an API key or a grant."""
    return {"Authorization": f"Bearer {token}"}
