"""A million made-up facts: some people do most of the work, some projects have most of it, as everywhere."""

import itertools
import json
import random

KINDS = (("change_merged", 45), ("review_given", 30), ("issue_triaged", 15), ("change_declined", 10))
OUTCOMES = {"change_merged": "merged", "review_given": "approved", "issue_triaged": "completed",
            "change_declined": "declined"}
ROLES = {"change_merged": "merger", "review_given": "author", "issue_triaged": "author", "change_declined": "closer"}
MEASURES = {"change_merged": {"additions": 40, "deletions": 7, "review_comments": 1}, "review_given": {"inline_comments": 2}}


class World:
    """`facts` facts about `accounts` accounts; the same numbers give the same facts."""

    def __init__(self, facts, accounts=50_000, projects=5_000, seed=1):
        self.facts, self.accounts, self.projects = facts, accounts, projects
        self.chance = random.Random(seed)
        self.people = list(itertools.accumulate(1 / (1 + place) ** 0.8 for place in range(accounts)))
        self.homes = list(itertools.accumulate(1 / (1 + place) ** 0.9 for place in range(projects)))

    def lines(self):
        """The facts in the form `POST /v1/evidence:batch` takes; everybody has one at least."""
        chance, names = self.chance, [kind for kind, _ in KINDS]
        weights = [weight for _, weight in KINDS]
        for number in range(self.facts):
            subject = number if number < self.accounts else chance.choices(
                range(self.accounts), cum_weights=self.people)[0]
            home = chance.choices(range(self.projects), cum_weights=self.homes)[0]
            yield self.line(number, subject, home, chance.choices(names, weights)[0], chance.randrange(4_000))

    def line(self, number, subject, home, kind, age):
        """One fact: `age` days before the year 2026."""
        team = 3 + home % 8
        if ROLES[kind] in ("merger", "closer"):
            other = (home * 37 + self.chance.randrange(team)) % self.accounts
        else:
            other = self.chance.randrange(self.accounts)
        if other == subject:
            other = (other + 1) % self.accounts
        year, day = 2025 - age // 365, age % 365
        fact = {
            "v": 1, "type": kind, "account": self.account(subject),
            "project": {"platform": "github", "id": str(8_000_000 + home), "name": f"reed-{home}/mill",
                        "owner": {"platform": "github", "id": str(8_500_000 + home)}},
            "object": {"id": f"o{number}", "unit": f"u{number}"},
            "occurred_at": f"{year}-{1 + day // 31:02}-{1 + day % 28:02}T10:00:00Z",
            "counterparties": [{"account": self.account(other), "role": ROLES[kind]}], "flags": [],
            "measures": MEASURES.get(kind, {}), "outcome": OUTCOMES[kind],
            "source": {"adapter": "bench", "class": "forge", "locator": "made-up", "digest": f"{number:064x}"},
        }
        return json.dumps(fact, sort_keys=True, separators=(",", ":"))

    @staticmethod
    def account(place):
        return {"platform": "github", "id": str(7_000_000 + place), "login": f"wren-{place}", "kind": "user"}
