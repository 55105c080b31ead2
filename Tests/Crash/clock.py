"""The machine's clock is set back."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import facts
from checks import Skipped
from memory import Memory, stands_by
from service import Service


DAYS, MOMENT = 2 * 86_400, 4  # seconds


def add(checks, world):
    checks("with the clock two days back nothing starts that would sign, and it says why")(days_back)
    checks("with the clock a moment back the ledger goes on, and published stays published")(moment_back)
    checks("with the clock right again it goes on as well")(right_again)


def close(world):
    pass


def service(world, behind=0):
    """The service, with its clock `behind` seconds slow."""
    environment = {"LD_PRELOAD": str(build(world.folder, behind))} if behind else {}
    return Service(world.binaries, world.folder / "clock", environment=environment)


def days_back(world):
    build(world.folder, DAYS)  # where it cannot be had, before anything is started
    world.clock = Memory()
    with service(world) as right:
        world.clock_key = facts.ingest_key(right)
        post(world, right, "before")
    for command in (["serve", "--listen", "127.0.0.1:0"], ["rebuild"]):
        done = service(world, DAYS).run(*command, expect=1)
        assert "clock" in done.stderr and "'The clock' in deploy/README.md" in done.stderr, done.stderr


def moment_back(world):
    with service(world) as right:
        post(world, right, "just-before")
        asked_right = now(right) - datetime.now(UTC)
    with service(world, MOMENT) as behind:
        assert now(behind) - datetime.now(UTC) < asked_right - timedelta(seconds=MOMENT - 2), "the clock is not back"
        post(world, behind, "back")
        stands_by(world, behind, world.clock, everything=True)


def right_again(world):
    with service(world) as right:
        post(world, right, "after")
        stands_by(world, right, world.clock, everything=True)


def build(folder, behind):
    """The library that sets a program's clock back, made by the compiler of the Swift toolchain."""
    clang = shutil.which("clang")
    if not clang:
        raise Skipped("there is no clang beside swift")
    library = folder / f"setback-{behind}.so"
    subprocess.run(
        [clang, "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-DSETBACK={behind}", "-o", library,
         Path(__file__).parent / "setback.c"], check=True)
    library.chmod(0o755)
    return library


def now(service):
    """What the service takes the time to be: it says so when a challenge of it ends."""
    asked = service.post("/v1/challenges", {"platform": "github", "login": "nobody-at-all"}).expect(201).json
    return datetime.fromisoformat(asked["expires_at"])


def post(world, service, series):
    """Posts facts until they are published, and looks at the checkpoint that covers them."""
    ingest = facts.Ingest(service, world.clock_key)
    for number in range(5):
        status, body = ingest.one(series, number, "published")
        assert status == 201, f"{status}: {body}"
        world.clock.heard((series, number), json.loads(body))
        world.clock.saw(service.get("/evidence/checkpoint").expect(200).body)
    ingest.close()
