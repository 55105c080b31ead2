"""Readers: a grant and its log, a search among the discoverable, a maintainer's question."""

import archive
from flow import HANDLE, LOGIN
from service import bearer


def add(checks):
    checks("a grant's link reads the profile, and the look is in the access log")(grant)
    checks("a revoked grant is gone as if it had never been")(revoked)
    checks("a recruiter's key finds the discoverable developer, who sees the look")(search)
    checks("a search without a key is refused")(keyless_search)
    checks("an evaluation gives an outcome with reasons, and says unknown for a stranger")(evaluate)
    checks("standing check answers on a terminal")(terminal)


def looks(world):
    return world.service.get("/v1/me/access-log", **bearer(world.session)).expect(200).json["looks"]


def grant(world):
    made = world.service.post(
        "/v1/grants", {"facets": ["reviewing"], "audience": "Gable & Finch", "expires_in_days": 7}, **bearer(world.session))
    world.grant = made.expect(201).json
    before = len(looks(world))
    read = world.service.get(f"/v1/grants/{world.grant['token']}").expect(200).json
    assert [facet["name"] for facet in read["facets"]] == ["reviewing"], read
    assert len(looks(world)) == before + 1


def revoked(world):
    world.service.delete(f"/v1/grants/{world.grant['id']}", **bearer(world.session)).expect(204)
    gone = world.service.get(f"/v1/grants/{world.grant['token']}").expect(404).json
    never = world.service.get("/v1/grants/grant_never-was-one").expect(404).json
    assert {**gone, "instance": None} == {**never, "instance": None}, gone


def search(world):
    key = world.service.run("apikey", "create", "--scope", "recruiter").stdout.strip().splitlines()[-1]
    before = len(looks(world))
    found = world.service.get("/v1/search?facet=reviewing", **bearer(key)).expect(200).json
    assert HANDLE in [developer["handle"] for developer in found["developers"]], found
    assert len(looks(world)) == before + 1


def keyless_search(world):
    world.service.get("/v1/search?facet=reviewing").expect(401)


def evaluate(world):
    def ask(login):
        return world.service.post("/v1/evaluate", {"account": {"platform": "github", "login": login}}).expect(200).json

    known, stranger, nobody = ask(LOGIN), ask(archive.STRANGER[1]), ask("nobody-anywhere")
    assert known["outcome"] == "allow" and known["reasons"], known
    assert stranger["outcome"] == "insufficient_evidence", stranger
    assert nobody["outcome"] == "insufficient_evidence", nobody


def terminal(world):
    said = world.service.standing("--server", world.service.base, "check", f"github/{LOGIN}")
    assert "review as usual" in said and LOGIN in said, said
