"""What is read into memory after a start: pages by the embedded PostgreSQL, tiles by the service."""

import re
import time

DONE = re.compile(r"autoprewarm successfully prewarmed (\d+) of \d+ previously-loaded blocks")
TILES = re.compile(r"^standing_tile_cache_bytes (\d+)$", re.MULTILINE)
BLOCK = 8192


def wait(service):
    """Waits for both; the bytes of each, and how long after `service` was ready the last was in."""
    began = time.monotonic()
    pages = wait_for_pages(service)
    return {"pages": pages, "tiles": wait_for_tiles(service), "s": round(time.monotonic() - began, 1)}


def wait_for_pages(service, seconds=120):
    """PostgreSQL says it in its log, unless it has no `pg_prewarm` or was never stopped in order before."""
    data = service.database_process.parent
    if "pg_prewarm" not in (data.parent / "standing.conf").read_text() or not (data / "autoprewarm.blocks").exists():
        return 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        log = (data.parent / "log").read_text()
        done = DONE.search(log, log.rindex("starting PostgreSQL"))
        if done:
            return int(done[1]) * BLOCK
        time.sleep(0.1)
    raise AssertionError(f"PostgreSQL had not read in its pages {seconds} s after the start: {data.parent / 'log'}")


def wait_for_tiles(service):
    """Nobody asks for any meanwhile, so the service has read them once a second adds nothing."""
    before = -1
    while (now := kept_tiles(service)) != before:
        before = now
        time.sleep(1)
    return now


def kept_tiles(service):
    return int(TILES.search(service.get("/metrics").expect(200).text)[1])
