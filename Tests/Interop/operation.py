"""Starting, stopping and starting again."""

from flow import HANDLE


def add(checks):
    checks("health, readiness and metrics answer")(answers)
    checks("told to stop, the service exits 0 and takes its database along")(stops)
    checks("started again it serves the same profile and continues its ledger")(starts_again)
    checks("killed outright it starts again without repair")(killed)
    checks("a key that others can read is refused")(exposed_key)


def answers(world):
    world.service.get("/healthz").expect(200)
    world.service.get("/readyz").expect(200)
    metrics = world.service.get("/metrics").expect(200).text
    assert "standing_ledger_size" in metrics and "# TYPE" in metrics, metrics[:400]


def served(world):
    return [world.service.get(path).expect(200).body for path in (f"/v1/profiles/{HANDLE}", "/evidence/checkpoint")]


def stops(world):
    world.before = served(world)
    assert world.service.stop() == 0, world.service.log_tail()
    assert not world.service.database_process.exists()


def starts_again(world):
    world.service.__enter__()
    assert served(world) == world.before


def killed(world):
    world.service.kill()
    world.service.__enter__()
    assert served(world) == world.before
    world.service.run("check")


def exposed_key(world):
    key = world.service.state / "keys" / "ledger.ed25519"
    key.chmod(0o644)
    try:
        done = world.service.run("check", expect=1)
    finally:
        key.chmod(0o600)
    assert key.name in done.stderr and "644" in done.stderr, done.stderr
