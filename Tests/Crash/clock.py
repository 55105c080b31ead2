"""The machine's clock is set back."""

import json
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import facts
from checks import Skipped
from memory import Memory, stands_by
from service import Service


SETBACK = 2 * 86_400  # seconds


def add(checks, world):
    checks("with the clock two days back the ledger goes on, and published stays published")(back)
    checks("with the clock right again it goes on as well")(right_again)


def close(world):
    pass


def back(world):
    library = build(world.folder)
    world.clock = Memory()
    with Service(world.binaries, world.folder / "clock") as service:
        world.clock_key = facts.ingest_key(service)
        right = now(service)
        post(world, service, "before")
    with Service(world.binaries, world.folder / "clock", environment={"LD_PRELOAD": str(library)}) as service:
        assert now(service) < right - timedelta(seconds=SETBACK - 60), "the clock is not back"
        post(world, service, "back")
        stands_by(world, service, world.clock, everything=True)


def build(folder):
    """The library that sets a program's clock back, made by the compiler of the Swift toolchain."""
    clang = shutil.which("clang")
    if not clang:
        raise Skipped("there is no clang beside swift")
    library = folder / "setback.so"
    subprocess.run(
        [clang, "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-DSETBACK={SETBACK}", "-o", library,
         Path(__file__).parent / "setback.c"], check=True)
    library.chmod(0o755)
    return library


def now(service):
    """What the service takes the time to be: it says so when a challenge of it ends."""
    asked = service.post("/v1/challenges", {"platform": "github", "login": "nobody-at-all"}).expect(201).json
    return datetime.fromisoformat(asked["expires_at"])


def right_again(world):
    if not hasattr(world, "clock"):
        raise Skipped("the clock was not set back")
    with Service(world.binaries, world.folder / "clock") as service:
        post(world, service, "after")
        stands_by(world, service, world.clock, everything=True)


def post(world, service, series):
    """Posts facts until they are published, and looks at the checkpoint that covers them."""
    ingest = facts.Ingest(service, world.clock_key)
    for number in range(5):
        status, body = ingest.one(series, number, "published")
        assert status == 201, f"{status}: {body}"
        world.clock.heard((series, number), json.loads(body))
        world.clock.saw(service.get("/evidence/checkpoint").expect(200).body)
    ingest.close()
