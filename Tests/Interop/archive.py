"""A made-up event archive: five years of one reviewer's work among people who do not exist.

Hours are written as GH Archive has them (`2021-03-02-10.json.gz`, one event a line, the shape of 2015 to 2025).
"""

import gzip
import json
from datetime import datetime, timedelta, timezone

REVIEWER = (9_100_001, "mira-quill")  # the developer whose profile the checks publish
AUTHORS = [(9_100_010 + n, name) for n, name in enumerate(
    ["oswin-tarn", "petra-lull", "jory-fenn", "ilse-marrow", "corin-vale", "hedda-sloe"])]
STRANGER = (9_100_099, "nib-wander")
PROJECTS = [  # (repository id, name, owner id, owner)
    (9_200_001, "orchard-works/cider-press", 9_300_001, "orchard-works"),
    (9_200_002, "lanternfish/glow", 9_300_002, "lanternfish"),
    (9_200_003, "quarry-tools/chisel", 9_300_003, "quarry-tools"),
    (9_200_004, "tidewrack/ledgerline", 9_300_004, "tidewrack"),
]


class Hours:
    """Events by hour, numbered as they come."""

    def __init__(self):
        self.next_id = 40_000_000_001
        self.by_hour = {}

    def add(self, kind, actor, project, at, payload):
        event = {
            "id": str(self.next_id),
            "type": kind,
            "actor": {"id": actor[0], "login": actor[1], "url": f"https://api.github.com/users/{actor[1]}"},
            "repo": {"id": project[0], "name": project[1], "url": f"https://api.github.com/repos/{project[1]}"},
            "payload": payload,
            "public": True,
            "created_at": stamp(at),
            "org": {"id": project[2], "login": project[3]},
        }
        self.next_id += 1
        self.by_hour.setdefault(at.strftime("%Y-%m-%d-") + str(at.hour), []).append(event)

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for hour, events in self.by_hour.items():
            lines = "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)
            (folder / f"{hour}.json.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
        return sum(len(events) for events in self.by_hour.values())


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def user(person):
    return {"id": person[0], "login": person[1], "type": "User"}


def pull_request(project, number, author, created, merger=None, merged=None):
    name = project[1]
    return {
        "id": project[0] * 1000 + number,
        "number": number,
        "url": f"https://api.github.com/repos/{name}/pulls/{number}",
        "html_url": f"https://github.com/{name}/pull/{number}",
        "state": "closed" if merged else "open",
        "title": f"Change {number}",
        "user": user(author),
        "body": "What it changes, and why.",
        "created_at": stamp(created),
        "updated_at": stamp(merged or created),
        "closed_at": stamp(merged) if merged else None,
        "merged_at": stamp(merged) if merged else None,
        "merged": merged is not None,
        "merged_by": user(merger) if merger else None,
        "author_association": "CONTRIBUTOR",
        "commits": 2, "additions": 40 + number % 60, "deletions": 7 + number % 20, "changed_files": 1 + number % 5,
        "comments": 1, "review_comments": 2,
        "base": {"ref": "main", "repo": {
            "id": project[0], "name": name.split("/")[1], "full_name": name,
            "owner": {"id": project[2], "login": project[3], "type": "Organization"}}},
        "head": {"ref": f"change-{number}", "sha": f"{number:040x}"},
    }


def reviewed_change(hours, project, number, author, reviewer, opened):
    """One change: opened by `author`, reviewed by `reviewer`, pushed to after the review, merged by the reviewer."""
    change = lambda **state: pull_request(project, number, author, opened, **state)  # noqa: E731
    hours.add("PullRequestEvent", author, project, opened, {
        "action": "opened", "number": number, "pull_request": change()})
    looked = opened + timedelta(hours=3)
    hours.add("PullRequestReviewEvent", reviewer, project, looked, {
        "action": "created",
        "review": {
            "id": project[0] * 10 + number, "user": user(reviewer), "body": "Two questions inline.",
            "state": "changes_requested" if number % 3 else "approved", "submitted_at": stamp(looked),
            "commit_id": f"{number:040x}", "author_association": "MEMBER",
            "html_url": f"https://github.com/{project[1]}/pull/{number}#pullrequestreview-{number}",
        },
        "pull_request": change()})
    merged = opened + timedelta(hours=27)
    hours.add("PullRequestEvent", reviewer, project, merged, {
        "action": "closed", "number": number, "pull_request": change(merger=reviewer, merged=merged)})


def closed_issue(hours, project, number, reporter, closer, opened):
    """One issue: opened by `reporter`, closed as completed by `closer`."""
    def issue(state, closed=None):
        return {
            "id": project[0] * 1000 + number, "number": number, "title": f"Issue {number}", "user": user(reporter),
            "labels": [{"name": "bug"}], "state": state, "state_reason": "completed" if closed else None,
            "created_at": stamp(opened), "closed_at": stamp(closed) if closed else None,
            "author_association": "NONE", "html_url": f"https://github.com/{project[1]}/issues/{number}",
        }
    hours.add("IssuesEvent", reporter, project, opened, {"action": "opened", "issue": issue("open")})
    closed = opened + timedelta(hours=50)
    hours.add("IssuesEvent", closer, project, closed, {"action": "closed", "issue": issue("closed", closed)})


def write(folder):
    """Writes the archive into `folder` and returns how many events it holds."""
    hours = Hours()
    start = datetime(2020, 9, 1, 9, tzinfo=timezone.utc)
    for n in range(60):  # a change every five weeks for nearly six years, over four projects and six authors
        project = PROJECTS[n % len(PROJECTS)]
        author = AUTHORS[n % len(AUTHORS)]
        opened = start + timedelta(days=35 * n, minutes=7 * n)
        reviewed_change(hours, project, 100 + n, author, REVIEWER, opened)
        reviewed_change(hours, project, 200 + n, REVIEWER, author, opened + timedelta(days=9))
        closed_issue(hours, project, 400 + n, author, REVIEWER, opened + timedelta(days=17))
    opened = start + timedelta(days=1900)
    hours.add("PullRequestEvent", STRANGER, PROJECTS[0], opened, {
        "action": "opened", "number": 901, "pull_request": pull_request(PROJECTS[0], 901, STRANGER, opened)})
    return hours.write(folder)
