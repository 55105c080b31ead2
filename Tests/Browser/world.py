"""The people whose pages are looked at, none of whom exists, and their ledger: made through the programs alone."""

import json

import archive
from claim import Key, claim, publish
from facts import Ingest, ingest_key
from service import bearer

SEASONED = archive.REVIEWER  # five years of reviews, changes and triage, packages that others depend on, a credit
BARELY = archive.AUTHORS[0]  # some work, and too little of any kind to state a level of all
NEWCOMER = (9_100_201, "alder-newcome")  # no evidence at all
WITHDRAWN = (9_100_202, "fen-withheld")  # published once, and hidden since

PACKAGES = [("pypi", "cider-press", 46, 2021), ("pypi", "glowworm", 7, 2022), ("npm", "chisel-core", 1, 2023)]


def seed(service, forge, folder):
    """Imports, claims and publishes; the session of each person, by handle."""
    archive.write(folder / "archive")
    service.run("import", "gharchive", *sorted(str(path) for path in (folder / "archive").iterdir()))
    post(service, [*packages(), *credits(), *discussions()])
    sessions = {}
    for number, login in (SEASONED, BARELY, NEWCOMER, WITHDRAWN):
        (folder / login).mkdir()
        key = Key.make(folder / login)
        forge.add(login, number, key.public)
        sessions[login] = claim(service, login, key)
        publish(service, sessions[login], login)
    service.post("/v1/me/hide", {}, **bearer(sessions[WITHDRAWN[1]])).expect(200)
    return sessions


def post(service, documents):
    ingest = Ingest(service, ingest_key(service))
    text = "".join(json.dumps(document) + "\n" for document in documents)
    status, body = ingest.post("/v1/evidence:batch?wait=published", text, "application/x-ndjson")
    ingest.close()
    assert status == 200, body.decode()


def fact(kind, number, project, at, **more):
    person = SEASONED
    return {
        "v": 1, "type": kind,
        "account": {"platform": "github", "id": str(person[0]), "login": person[1], "kind": "user"},
        "project": project, "object": {"id": f"{kind}-{number}", "unit": f"{kind}-{number}"},
        "occurred_at": at, "observed_at": "2026-06-01T10:00:00Z", "counterparties": [], "flags": [], "measures": {},
        "source": {"adapter": "made-up", "class": "forge", "locator": "browser checks", "digest": f"{number:064x}"},
        **more,
    }


def colleague(number, role, association="MEMBER"):
    person = archive.AUTHORS[number % len(archive.AUTHORS)]
    return {"account": {"platform": "github", "id": str(person[0]), "login": person[1], "kind": "user"},
            "role": role, "association": association}


def packages():
    for number, (registry, name, dependents, since) in enumerate(PACKAGES):
        for year in range(since, 2027):
            project = {"platform": registry, "id": name, "name": name}
            yield fact(
                "package_maintained", 100 * number + year, project, f"{year}-02-03T08:00:00Z", outcome="maintainer",
                object={"id": f"{name}-{year}", "unit": name, "url": f"https://registry.example/{name}"},
                measures={"direct_external_dependents": dependents, "maintainers": 2},
                source={"adapter": "made-up", "class": "registry", "locator": f"index of {year}",
                        "digest": f"{number:064x}"})


def github(project):
    return {"platform": "github", "id": str(project[0]), "name": project[1],
            "owner": {"platform": "github", "id": str(project[2])}}


def credits():
    for number in range(2):
        yield fact(
            "security_credit", number, github(archive.PROJECTS[number]), f"202{3 + number}-09-14T12:00:00Z",
            counterparties=[colleague(number, "maintainer", "OWNER")])


def discussions():
    for number in range(2):
        yield fact(
            "design_discussion", number, github(archive.PROJECTS[2]), f"2024-0{number + 3}-11T12:00:00Z",
            counterparties=[colleague(0, "reviewer"), colleague(1, "reviewer")], measures={"comments": 9})
