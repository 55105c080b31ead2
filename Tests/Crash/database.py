"""The database as its operator sees it: processes, rows, and a cluster of one's own."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


def programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1]


def children(parent):
    """Processes that `parent` started, with their command lines."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue  # it ended meanwhile
            if int(status.rpartition(")")[2].split()[1]) == parent:
                found[int(folder.name)] = command
    return found


@dataclass
class Database:
    """A database at a Unix socket, asked as its owner."""

    socket: str
    name: str = "standing"

    def query(self, sql):
        """The rows: a list of lists of text."""
        done = subprocess.run(
            ["psql", "-X", "-At", "-F", "\t", "-h", self.socket, "-U", "standing_owner", "-d", self.name, "-c", sql],
            capture_output=True, text=True, check=True, timeout=60)
        return [row.split("\t") for row in done.stdout.splitlines()]

    @property
    def url(self):
        return f"postgresql://standing_owner@/{self.name}?host={quote(str(self.socket), safe='')}"


class Embedded(Database):
    """The one a service runs for itself."""

    def __init__(self, service):
        self.pid_file = service.database_process
        super().__init__(self._lines()[4])

    def _lines(self):
        return self.pid_file.read_text().split("\n")

    @property
    def postmaster(self):
        return int(self._lines()[0])

    @property
    def backends(self):
        """Its processes that serve a connection."""
        return [pid for pid, command in children(self.postmaster).items() if "[local]" in command]


class Cluster:
    """A PostgreSQL server of our own, on a Unix socket in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        folder.mkdir(mode=0o755)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _run(self, program, *arguments):
        step = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            [programs() / program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, **step)
        assert done.returncode == 0, f"{program}: {done.stdout}"

    def __enter__(self):
        self._run("initdb", "-D", "data", "-U", "standing_owner", "--auth=trust", "--encoding=UTF8", "--locale=C")
        # The server must not keep the pipe of the program that started it.
        self._run("pg_ctl", "start", "--wait", "--silent", "-D", "data", "--log=log", "-o",
                  f"-c listen_addresses='' -c unix_socket_directories={self.folder}")
        Database(self.folder, "postgres").query("CREATE ROLE standing_service")
        Database(self.folder, "postgres").query("GRANT standing_service TO standing_owner")
        return self

    def create(self, name):
        Database(self.folder, "postgres").query(f"CREATE DATABASE {name} OWNER standing_owner")
        return Database(self.folder, name)

    def __exit__(self, *_):
        self._run("pg_ctl", "stop", "--wait", "--silent", "-D", "data", "--mode=immediate")
