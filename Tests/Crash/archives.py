"""Event archives to import, and what came of importing them."""

import gzip
import json
import subprocess
from datetime import datetime, timedelta, timezone

import archive
import facts


def write(folder, files, *, projects):
    """The paths of `files` archives of some 1,000 facts for each of their projects, no two facts alike."""
    folder.mkdir(parents=True)
    return [write_one(folder, file, projects) for file in range(files)]


def write_one(folder, file, projects):
    hours = archive.Hours()
    hours.next_id += file * 1_000_000
    opened = datetime(2021, 3, 1, 10, tzinfo=timezone.utc) + timedelta(days=file)
    for place in range(projects):
        number = 100 + file * projects + place
        owner = (9_700_000 + number, f"mill-race-{number}")
        project = (9_600_000 + number, f"{owner[1]}/sluice", *owner)
        for change in range(1, 900):
            author = archive.AUTHORS[change % len(archive.AUTHORS)]
            archive.reviewed_change(hours, project, change, author, archive.REVIEWER, opened)
    events = [event for hour in hours.by_hour.values() for event in hour]
    path = folder / f"{opened:%Y-%m-%d}-10.json.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(event) + "\n" for event in events).encode(), 1, mtime=0))
    return path


def start(service, file, *before):
    """An import beside the service, as a child of ours."""
    with service.log.open("ab") as log:
        return subprocess.Popen(
            [*before, str(service.binaries / "standingd"), "--state", str(service.state), "import", "gharchive", file],
            env=service.child_environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def imported(database):
    """How many facts of each type were imported."""
    return dict(database.query(
        f"SELECT type, count(*) FROM evidence WHERE type <> '{facts.KIND}' GROUP BY type ORDER BY type"))
