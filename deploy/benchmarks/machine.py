"""What this machine can do at best: the disk's fsync, hashes and signatures of the library the service uses, new memory; and
when its host lets it."""

import mmap
import os
import re
import statistics
import time
from pathlib import Path

from programs import output

# A second of work on every processor lost at most this share to the host, so many times in a row. What a copy of gigabytes brings
# about on a host may begin late: after five calm seconds up to a seventh of the processors was lost within the next stages.
CALM, SECONDS_CALM = 0.01, 20
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


def first_touch(megabytes=2048, at_once=128):
    """Microseconds a page of 4 KiB took that nobody had touched before, the least and the most of means over `at_once`
    megabytes; of a quarter of what is free at most.

    Measured last, for what is touched and freed here is memory that tables would not have to wait for.
    """
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    parts, means = max(1, min(megabytes, free // 4) // at_once), []
    with mmap.mmap(-1, parts * at_once << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        for part in range(parts):
            began = time.perf_counter()
            for page in range(part * at_once << 20, (part + 1) * at_once << 20, 4096):
                memory[page] = 1
            means.append((time.perf_counter() - began) * 1e6 / (at_once << 20) * 4096)
    return [round(min(means), 2), round(max(means), 2)]


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
