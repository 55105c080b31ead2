"""Other people's measuring programs: wrk in front of the service, pgbench in front of its database."""

import re
import subprocess
from pathlib import Path

UNITS = {"us": 0.001, "ms": 1, "s": 1000}


def output(*command, timeout=600):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{command[0]} exited {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def wrk(url, connections, seconds, script=None, *arguments):
    """Requests a second and the 99th percentile in milliseconds; any answer but 2xx is a failure."""
    said = output(
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *(["-s", script] if script else []), url,
        *(["--", *arguments] if arguments else []))
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    amount, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(amount) * UNITS[unit]


def pgbench(service, connections, seconds, script, **variables):
    """Transactions a second of the statements in `script`, prepared, over the database's own socket."""
    said = output(
        newest_program("pgbench"), "-h", socket_folder(service), "-U", "standing_service", "-M", "prepared",
        f"-c{connections}", "-j1", "-n", f"-T{seconds}",
        *[f"-D{name}={value}" for name, value in variables.items()], "-f", script, "standing")
    return float(re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)[1])


def newest_program(name):
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return found[-1] if found else name


def socket_folder(service):
    """Where the embedded server listens: line 5 of its pid file."""
    return service.database_process.read_text().splitlines()[4]
