"""The socket calls of the service and of imports fail one after the other, by strace's fault injection.

The call of that number fails in every thread: on the way to the database, and of the service on the way to the client
too. A client that gets no answer has been promised nothing.
"""

import json
import re
import shutil
import subprocess

import archives
import facts
from checks import Skipped
from database import Cluster
from memory import Memory, stands_by
from service import Service

FAULTS = [  # (system call, what becomes of it, what that is)
    ("sendto", "error=ECONNRESET", "is reset while sending"),
    ("sendto", "error=EPIPE", "is gone when sending"),
    ("sendto", "retval=1", "loses all it is sent but is said to have taken one byte"),
    ("recvfrom", "error=ECONNRESET", "is reset while receiving"),
    ("recvfrom", "retval=0", "is closed while receiving"),
]
CALLS = 14  # that are broken for each fault, spread over those that a run makes
FILES = 8


def add(checks, world):
    for call, fault, what in FAULTS:
        checks(f"serve keeps its word when a connection {what}")(
            lambda world, call=call, fault=fault: serve(world, call, fault))
    for call, fault, what in FAULTS:
        checks(f"import keeps its word when its connection {what}")(
            lambda world, call=call, fault=fault: imports(world, call, fault))
    checks("imports that were cut off in their calls go on to the facts of an undisturbed one")(resumed)


def close(world):
    if hasattr(world, "broken"):
        world.broken.cluster.__exit__()


class Broken:
    """Ledgers in a database server of our own, which is out of strace's reach."""

    def __init__(self, world):
        require_strace(world.folder)
        self.binaries = world.binaries
        self.folder = world.folder / "faults"
        self.folder.mkdir()
        self.folder.chmod(0o711)
        self.cluster = Cluster(self.folder / "server").__enter__()
        self.database = self.cluster.create("standing")
        self.memory = Memory()
        self.left = archives.write(self.folder / "archive", FILES, projects=2)
        self.files = list(self.left)
        with self.service() as service:
            self.key = facts.ingest_key(service)

    def service(self, *before):
        return Service(
            self.binaries, self.folder / "state", environment={"STANDING_DATABASE": self.database.url},
            before=list(before), patience=5)


def require_strace(folder):
    if not shutil.which("strace"):
        raise Skipped("strace is not installed")
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", folder / "strace", "-e", "trace=getpid", "true"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Skipped(f"strace may not trace here: {done.stderr.strip()}")


def broken(world):
    if not hasattr(world, "broken"):
        world.broken = Broken(world)
    return world.broken


def strace(log, calls, *more):
    """The command that runs another one, which stays our own child, and writes its calls to `log`."""
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", str(log), "-e", f"trace={calls}", *more]


def broken_at(number, log, call, fault):
    """strace with `fault` in call `number` of each thread. A connection that cannot send any more cannot be waited for
    either: libpq would wait for what the server says last, which over a socket that is whole is nothing."""
    unreachable = ["-e", f"inject=poll:error=EBADF:when={number + 1}+"] if call == "sendto" and "error" in fault else []
    return strace(log, f"{call},poll", "-e", f"inject={call}:{fault}:when={number}", *unreachable)


def most_calls(log, call):
    """How many of `call` the busiest thread made."""
    threads = re.findall(rf"^(\d+) +{call}\(", log.read_text(errors="replace"), re.MULTILINE)
    return max(map(threads.count, set(threads)), default=0)


def spread(last):
    """Numbers from 1 to `last`: nearly all of the first ones, and the later ones further and further apart."""
    return sorted({1 + round((last - 1) * (step / (CALLS - 1)) ** 1.5) for step in range(CALLS)})


def serve(world, call, fault):
    env = broken(world)
    log = env.folder / "calls"
    with env.service(*strace(log, call)) as service:
        script(env, service, f"{call}-{fault}-whole")
    for number in spread(most_calls(log, call)):
        faulty = env.service(*broken_at(number, log, call, fault))
        try:
            with faulty:
                if not script(env, faulty, f"{call}-{fault}-{number}"):
                    faulty.kill()
        except AssertionError:
            pass  # it did not start or stop in time, and has promised neither
    still_good(world)


def script(env, service, series):
    """What a client does while calls fail: facts one by one, batches, a look; false when it gave up waiting."""
    ingest = facts.Ingest(service, env.key, timeout=1)
    try:
        for number in range(6):
            tell(env.memory, series, [number], lambda n=number: ingest.one(series, n, "integrated"))
        for start in (100, 200):
            numbers = range(start, start + 40)
            tell(env.memory, series, numbers, lambda n=numbers: ingest.batch(series, n, "integrated"))
        answer = service.get("/evidence/checkpoint")
        if answer.status == 200:
            env.memory.saw(answer.body)
    except TimeoutError:
        return False
    except OSError:
        pass
    finally:
        ingest.close()
    return True


def tell(memory, series, numbers, post):
    try:
        status, body = post()
    except TimeoutError:
        raise
    except OSError:
        return
    if status in (200, 201):
        answer = json.loads(body)
        for number, result in zip(numbers, answer.get("results", [answer]), strict=True):
            memory.heard((series, number), result)
    elif status != 503 and not (status == 500 and "retval=1" in series):  # garbled, and the database says so
        memory.broken.append(f"{status} in {series}: {body[:300]}")


def still_good(world):
    env = broken(world)
    with env.service() as service:
        stands_by(world, service, env.memory, everything=True)


def imports(world, call, fault):
    env = broken(world)
    log = env.folder / "calls"
    run_import(env, *strace(log, call))
    for number in spread(most_calls(log, call)):
        run_import(env, *broken_at(number, log, call, fault))
    still_good(world)


def run_import(env, *before):
    """Goes on with the first file that is left; one that an import said it read to its end is not read again."""
    importing = archives.start(env.service(), env.left[0], *before)
    try:
        status = importing.wait(timeout=5)
    except subprocess.TimeoutExpired:
        importing.kill()
        status = importing.wait()
    if status == 0 and len(env.left) > 1:
        env.left.pop(0)


def resumed(world):
    env = broken(world)
    calm = env.cluster.create("calm")
    for files, state, database in ((env.left, "state", env.database), (env.files, "calm", calm)):
        service = Service(env.binaries, env.folder / state, environment={"STANDING_DATABASE": database.url})
        for file in files:
            service.run("import", "gharchive", file)
    assert archives.imported(env.database) == archives.imported(calm)
    still_good(world)
