"""What goes wrong at the edge: each case gets a problem document or a non-zero exit that names what and where."""

import gzip
import json

from claim import challenge, prove
from flow import LOGIN


def add(checks):
    checks("every refusal is a problem document")(problems)
    checks("a body over the limit is refused with 413")(too_large)
    checks("a malformed signature is refused with 4xx")(malformed_signature)
    checks("a corrupt archive fails, names the file, and stores nothing")(corrupt_archive)
    checks("malformed lines are put aside, named, and make the exit 1")(malformed_line)
    checks("a path that is no repository fails and is named")(no_repository)
    checks("a port in use is said and exits 1")(port_in_use)
    checks("an unknown command exits 2")(usage)


def problems(world):
    service = world.service
    answers = [
        service.get("/v1/nothing-here"),
        service.get("/v1/profiles/nobody-of-that-name"),
        service.request("POST", "/v1/challenges", b"{", {"Content-Type": "application/json"}),
        service.post("/v1/challenges", {"platform": "github"}),
        service.post("/v1/challenges", {"platform": "github", "login": "x", "unknown": 1}),
        service.request("DELETE", "/v1/evaluate"),
    ]
    for answer in answers:
        assert 400 <= answer.status < 500, answer.status
        assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers
        assert {"type", "title", "status"} <= answer.json.keys(), answer.json
        assert answer.json["instance"] == answer.headers["X-Request-Id"], answer.headers


def too_large(world):
    body = b'{"platform":"' + b"x" * (4 << 20) + b'"}'
    try:
        answer = world.service.request("POST", "/v1/challenges", body, {"Content-Type": "application/json"})
    except OSError:  # refused on the declared length and closed while we were still sending: as good
        world.service.get("/healthz").expect(200)
    else:
        answer.expect(413)


def malformed_signature(world):
    for signature in ("", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n", "U1NIU0lH"):
        asked = challenge(world.service, LOGIN)
        assert 400 <= prove(world.service, asked, signature).status < 500


def checkpoint(world):
    return world.service.get("/evidence/checkpoint").expect(200).body


def corrupt_archive(world):
    whole = sorted((world.folder / "archive").glob("*.gz"))[0].read_bytes()
    broken = world.folder / "2031-01-01-1.json.gz"
    broken.write_bytes(whole[: len(whole) // 2])
    before = checkpoint(world)
    done = world.service.run("import", "gharchive", broken, expect=1)
    assert broken.name in done.stderr, done.stderr
    assert checkpoint(world) == before


def malformed_line(world):
    path = world.folder / "2031-01-01-2.json.gz"
    path.write_bytes(gzip.compress(b'{"id":"1","type":\n{"type":"WatchEvent"}\n[]\n'))
    done = world.service.run("--json", "import", "gharchive", path, expect=1)
    assert json.loads(done.stdout)["quarantined"] == 3, done.stdout
    assert path.name in done.stderr, done.stderr


def no_repository(world):
    done = world.service.run("import", "git", world.folder / "archive", expect=1)
    assert "archive" in done.stderr, done.stderr


def port_in_use(world):
    done = world.service.run("serve", "--listen", f"127.0.0.1:{world.service.port}", expect=1)
    assert str(world.service.port) in done.stderr, done.stderr


def usage(world):
    world.service.run("no-such-command", expect=2)
