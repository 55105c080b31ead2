"""The service's log followed by `standing monitor`, and the copy it keeps read by other people's tools."""

import functools
import http.server
import subprocess
import threading
from contextlib import contextmanager

from tamper import flipped_bit
from transparency import log, vkey


def add(checks):
    checks("standing monitor follows the log with the key that the service states")(follows)
    checks("Go's sumdb opens the copy that the monitor keeps, from any file server")(copied)
    checks("standing monitor raises an alarm for a log in which one tile's bit is changed")(changed_tile)


def look(world, url, state, *options):
    return subprocess.run(
        [world.service.binaries / "standing", "monitor", url, "--state", world.folder / state, *options],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


@contextmanager
def served(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def follows(world):
    done = look(world, world.service.base, "monitor.json", "--keep", world.folder / "copy")
    assert done.returncode == 0 and done.stdout.endswith("\nNo alarm.\n"), done.stdout + done.stderr
    assert "  credential  " in done.stdout and "  identity  " in done.stdout, done.stdout


def copied(world):
    with served(functools.partial(Files, directory=world.folder / "copy")) as url:
        world.tools.passes("ledger", vkey(world.service), log(url), world.old_checkpoint)
        again = look(world, world.service.base, "monitor.json", "--mirror", url)
    assert again.returncode == 0 and f"mirror {url}/evidence: " in again.stdout, again.stdout + again.stderr


def changed_tile(world):
    with flipped_bit(world.service, "/evidence/tile/0/") as url:
        done = look(world, url, "tampered.json")
    assert done.returncode == 1 and "ALARM tile: " in done.stdout, done.stdout + done.stderr
    assert not (world.folder / "tampered.json").exists()
