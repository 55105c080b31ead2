"""The database as its operator sees it: processes, rows, and a cluster of one's own."""

import os
import pwd
import subprocess
from pathlib import Path


def programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1]


def postmaster(service):
    return int(service.database_process.read_text().split("\n")[0])


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


def backends(service):
    """Processes of the embedded database that serve a connection."""
    return [pid for pid, command in children(postmaster(service)).items() if "[local]" in command]


def socket(service):
    return service.database_process.read_text().split("\n")[4]


def query(service, sql):
    """Rows of the embedded database, as its owner: a list of lists of text."""
    done = subprocess.run(
        ["psql", "-X", "-At", "-F", "\t", "-h", socket(service), "-U", "standing_owner", "-d", "standing", "-c", sql],
        capture_output=True, text=True, check=True, timeout=60)
    return [row.split("\t") for row in done.stdout.splitlines()]


class Cluster:
    """A PostgreSQL that the service is given a URL of, on a Unix socket in `folder`."""

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
        self.sql("postgres", "CREATE ROLE standing_service; GRANT standing_service TO standing_owner")
        self.sql("postgres", "CREATE DATABASE standing OWNER standing_owner")
        return self

    def sql(self, database, text):
        for statement in text.split(";"):
            self._run("psql", "-X", "-q", "-h", self.folder, "-U", "standing_owner", "-d", database, "-c", statement)

    @property
    def url(self):
        return f"postgresql://standing_owner@/standing?host={str(self.folder).replace('/', '%2F')}"

    def __exit__(self, *_):
        self._run("pg_ctl", "stop", "--wait", "--silent", "-D", "data", "--mode=immediate")
