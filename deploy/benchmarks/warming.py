"""What is read into memory after a start: pages and indexes by the embedded PostgreSQL, tiles by the service."""

import re
import time

DONE = re.compile(r"autoprewarm successfully prewarmed (\d+) of \d+ previously-loaded blocks")
INDEXES = re.compile(r'"bytes":(\d+),.*"message":"read the indexes in"')
TILES = re.compile(r"^standing_tile_cache_bytes (\d+)$", re.MULTILINE)
BLOCK = 8192


def wait(service):
    """Waits for all; the bytes of each, and how long after `service` was ready the last was in."""
    began = time.monotonic()
    pages, indexes = wait_for_pages(service), wait_for_indexes(service)
    return {"pages": pages, "indexes": indexes, "tiles": wait_for_tiles(service), "s": round(time.monotonic() - began, 1)}


def wait_for_pages(service, seconds=120):
    """PostgreSQL says it in its log, unless it has no `pg_prewarm` or was never stopped in order before."""
    data = service.database_process.parent
    if not has_prewarming(data) or not (data / "autoprewarm.blocks").exists():
        return 0
    return said(data.parent / "log", "starting PostgreSQL", DONE, seconds) * BLOCK


def wait_for_indexes(service, seconds=120):
    """The service says it in its log, unless its PostgreSQL has no `pg_prewarm`."""
    if not has_prewarming(service.database_process.parent):
        return 0
    return said(service.log, '"message":"serving"', INDEXES, seconds)


def has_prewarming(data):
    return "pg_prewarm" in (data.parent / "standing.conf").read_text()


def said(path, start, pattern, seconds):
    """The number in what `pattern` finds in a log behind the last `start`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        log = path.read_text()
        if found := pattern.search(log, log.rindex(start)):
            return int(found[1])
        time.sleep(0.1)
    raise AssertionError(f"{seconds} s after the start {path} does not have {pattern.pattern}")


def wait_for_tiles(service):
    """Nobody asks for any meanwhile, so the service has read them once a second adds nothing."""
    before = -1
    while (now := kept_tiles(service)) != before:
        before = now
        time.sleep(1)
    return now


def kept_tiles(service):
    return int(TILES.search(service.get("/metrics").expect(200).text)[1])
