"""Archive files for the import benchmark, made of one hour of the public event archive."""

import gzip
import json
import shutil

# An evidence event's own object, by event type: what gets another id in each copy.
OBJECTS = {
    "PullRequestEvent": "pull_request", "PullRequestReviewEvent": "review",
    "PullRequestReviewCommentEvent": "comment", "IssuesEvent": "issue", "ReleaseEvent": "release",
}
ENDINGS = {"closed", "merged", "reopened", "published", "created", "submitted"}
# Addresses of API calls are half of an event and are read by nobody.
DROPPED = ("_url", "_links")


def repeated(hour, folder, events):
    """The hour, as often as it takes to hold `events`, as members of one gzip file: the very bytes of the archive."""
    with gzip.open(hour) as lines:
        count = sum(1 for _ in lines)
    copies = -(-events // count)
    path = folder / "repeated.json.gz"
    with path.open("wb") as target:
        for _ in range(copies):
            with hour.open("rb") as source:
                shutil.copyfileobj(source, target)
    return path, copies * count


def dense(hour, folder, rows):
    """Events that are evidence and nothing else, each copy of one about another object; at most `rows` lines."""
    with gzip.open(hour) as lines:
        kept = [event for event in map(json.loads, lines) if ends_something(event)]
    path, written = folder / "dense.json.gz", 0
    with gzip.open(path, "wb", compresslevel=1) as target:
        while written < rows:
            for event in kept[:rows - written]:
                target.write(json.dumps(copy_of(event, written), separators=(",", ":")).encode() + b"\n")
                written += 1
    return path, written


def ends_something(event):
    if event["type"] not in OBJECTS or not isinstance(event["payload"], dict):
        return False
    payload = event["payload"]
    what = payload.get(OBJECTS[event["type"]])
    if not isinstance(what, dict) or payload.get("action", "created") not in ENDINGS:
        return False
    author = (what.get("user") or {}).get("login")
    return event["type"] not in ("PullRequestEvent", "IssuesEvent") or (
        payload["action"] != "reopened" and (what.get("merged") or author != event["actor"]["login"]))


def copy_of(event, number):
    payload = event["payload"]
    own = OBJECTS[event["type"]]
    changed = {name: slim(value) for name, value in payload.items()}
    changed[own]["id"] = 10_000_000_000 + number
    if "pull_request" in changed:
        changed["pull_request"] |= {"id": 20_000_000_000 + number, "number": 1_000_000 + number}
    return {**event, "id": str(number), "payload": changed}


def slim(value):
    """`value` without the addresses of API calls."""
    if isinstance(value, dict):
        return {name: slim(inner) for name, inner in value.items() if not name.endswith(DROPPED) or name == "html_url"}
    if isinstance(value, list):
        return [slim(inner) for inner in value]
    return value
