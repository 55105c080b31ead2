"""What this machine can do at best: the disk's fsync, hashes and signatures of the library the service uses; and how its host is
kept from what is measured, with its memory and with its processors."""

import mmap
import os
import re
import statistics
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from programs import output

# A second of work on every processor lost at most this share to the host, so many times in a row. What a copy of gigabytes brings
# about on a host may begin late: after five calm seconds up to a seventh of the processors was lost within the next stages.
CALM, SECONDS_CALM = 0.01, 20
# Of so many pages of memory one is held; hosts take free memory in runs of hundreds.
PAGE, HELD = mmap.PAGESIZE, 64
TICKS = os.sysconf("SC_CLK_TCK")


def limits(folder):
    digests = output("openssl", "speed", "-seconds", "1", "-bytes", "65", "-evp", "sha256")
    signatures = output("openssl", "speed", "-seconds", "1", "ed25519")
    sign, verify = re.search(r"Ed25519\)?\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", signatures).groups()
    return {
        "cores": os.cpu_count(), "load": os.getloadavg()[0], "fsync_us": round(fsync(folder) * 1e6),
        "sha256_per_s": hashes(digests),
        "ed25519_sign_per_s": round(float(sign)), "ed25519_verify_per_s": round(float(verify)),
    }


def fsync(folder, rounds=500):
    """The median time to overwrite 8 KiB of a file, as the database's log does, and have it on disk."""
    path, page, times = folder / "fsync", os.urandom(8192), []
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.write(file, page * 64)
        os.fsync(file)
        for turn in range(rounds):
            began = time.perf_counter()
            os.pwrite(file, page, turn % 64 * 8192)
            os.fdatasync(file)
            times.append(time.perf_counter() - began)
    finally:
        os.close(file)
        path.unlink()
    return statistics.median(times)


@contextmanager
def memory_held():
    """Has free memory as it is on a server that was in use, as long as this lasts; gives how much that is in GB, how many seconds
    it took, and the microseconds the first touch of a page took, the least and the most of means over a quarter of a GB.

    Some hosts take back memory that is free, give it again page by page when it is touched, and have the whole machine wait for
    both. So pages are touched here, which brings them back, and freed, all but one in `HELD`: what is between those is used by
    whoever needs memory, and hardly any run of free pages is so long that a host takes it.
    """
    began, part, means = time.monotonic(), 1 << 28, []
    size = free_memory() * 7 // 8 // part * part
    with mmap.mmap(-1, max(size, part), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        with suppress(OSError):  # of a kernel that has no huge pages
            memory.madvise(mmap.MADV_NOHUGEPAGE)
        for start in range(0, size, part):
            touched = time.monotonic()
            for page in range(start, start + part, PAGE):
                memory[page] = 1
            means.append((time.monotonic() - touched) * 1e6 / part * PAGE)
        for held in range(0, size, HELD * PAGE):
            memory.madvise(mmap.MADV_DONTNEED, held + PAGE, (HELD - 1) * PAGE)
        yield {
            "gb": size / 2**30, "s": round(time.monotonic() - began),
            "page_us": [round(min(means), 2), round(max(means), 2)] if means else None,
        }


def free_memory():
    """Bytes that nobody uses; half of what a container may have (cgroups(7)), where that is less."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        if limit.exists() and (most := limit.read_text().strip()).isdigit():
            free = min(free, int(most) // 2)
    return free


def settle(at_most=180):
    """Waits until the host leaves the processors to this machine, as it does not for a minute after gigabytes were copied.

    Returns the seconds that took, hashes a second of all processors at once in the last of them, and the most that was stolen
    in one of the last `SECONDS_CALM`: over `CALM` when `at_most` seconds did not bring so many calm ones in a row.
    """
    began, shares = time.monotonic(), []
    while True:
        before, start = stolen_seconds(), time.monotonic()
        said = output("openssl", "speed", "-multi", os.cpu_count(), "-seconds", "1", "-bytes", "65", "-evp", "sha256")
        took = time.monotonic() - start
        shares.append((stolen_seconds() - before) / took / os.cpu_count())
        waited, most = time.monotonic() - began, max(shares[-SECONDS_CALM:])
        if (len(shares) >= SECONDS_CALM and most <= CALM) or waited > at_most:
            return {"s": round(waited), "sha256_per_s": hashes(said), "stolen": round(most, 4)}


def hashes(said):
    """Of 65 bytes, a second; openssl says thousands of bytes a second."""
    return round(float(re.search(r"^sha256\s+([\d.]+)k", said, re.MULTILINE | re.I)[1]) * 1000 / 65)


def stolen_seconds():
    """What the host kept from this machine's processors so far (proc(5), `steal`), all of them together."""
    return int(Path("/proc/stat").read_text().split(maxsplit=9)[8]) / TICKS
