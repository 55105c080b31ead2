"""What this machine can do at best: the disk's fsync, hashes and signatures of the library the service uses."""

import os
import re
import statistics
import time

from programs import output


def limits(folder):
    hashes = output("openssl", "speed", "-seconds", "1", "-bytes", "65", "-evp", "sha256")
    signatures = output("openssl", "speed", "-seconds", "1", "ed25519")
    sign, verify = re.search(r"Ed25519\)?\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", signatures).groups()
    return {
        "cores": os.cpu_count(), "load": os.getloadavg()[0], "fsync_us": round(fsync(folder) * 1e6),
        # openssl says thousands of bytes a second.
        "sha256_per_s": round(float(re.search(r"^sha256\s+([\d.]+)k", hashes, re.MULTILINE | re.I)[1]) * 1000 / 65),
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
