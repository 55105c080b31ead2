"""The evaluation of the models, as a program that reads files: its figures computed again here from what it exports."""

import csv
import gzip
import json
import random
import subprocess

COLUMNS = [
    "pull_req_id", "project_name", "lang", "created_at", "merged_at", "closed_at", "watchers", "requester",
    "prev_pullreqs", "main_team_member",
]
DAY = 86400


def add(checks):
    checks("the areas of the model are those of its exported scores")(areas)
    checks("the same file gives the same bytes twice")(repeatable)
    checks("a labelled file with missing columns is refused naming them")(missing_columns)
    checks("a labelled file that is cut is refused and named")(cut)
    checks("a clone's history is evaluated at a day, its mailmap and MAINTAINERS respected")(history)
    checks("evaluate-model without a day, a file or a known word exits 2")(usage)


def evaluate(world, *arguments, expect=0):
    done = subprocess.run(
        [world.service.binaries / "standingd", "evaluate-model", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == expect, (done.returncode, done.stderr)
    return done


def table(path, columns=COLUMNS, cases=400):
    """Made-up pull requests: some projects merge more than others, some people's changes more often."""
    chance = random.Random(11)
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for case in range(cases):
            project, person = chance.randrange(8), chance.randrange(30)
            created = 1400000000 + case * DAY // 3
            closed = created + chance.randrange(20 * DAY)
            merged = chance.random() < 0.3 + project / 20 + person / 100
            writer.writerow({
                "pull_req_id": case, "project_name": f"kite/p{project}", "lang": "ruby", "created_at": created,
                "merged_at": closed if merged else "", "closed_at": closed, "watchers": 5,
                "requester": f"person-{person}", "prev_pullreqs": 0, "main_team_member": "false",
            })
    return path


def areas(world):
    file, export, result = (world.folder / name for name in ("cases.csv.gz", "replay.csv", "result.json"))
    card, plot = world.folder / "card.md", world.folder / "plot.svg"
    table(file)
    done = evaluate(
        world, "pullreqs", file, "--json", result, "--export-replay", export, "--card", card, "--svg", plot)
    assert "merge/1" in done.stdout, done.stdout
    auc = json.loads(result.read_text())["auc"]
    with open(export, newline="") as lines:
        cases = [event for event in csv.DictReader(lines) if event["event"] == "propose"]
    newcomers = [case for case in cases if case["newcomer"] == "1"]
    for name, members in (("pooled", cases), ("newcomers", newcomers)):
        assert abs(auc[name] - area(members, lambda one, other: True)) < 2e-6, name
    within = area(cases, lambda one, other: one["project"] == other["project"])
    assert abs(auc["within_project"] - within) < 2e-6
    assert "## Negative results" in card.read_text() and plot.read_text().startswith("<svg")


def area(cases, alike):
    """The share of pairs of a merged case and one that was not whose scores are in order; ties are half."""
    right = total = 0
    for one in cases:
        for other in cases:
            if one["merged"] == "1" and other["merged"] == "0" and alike(one, other):
                total += 1
                right += (float(one["score"]) > float(other["score"])) + (one["score"] == other["score"]) / 2
    return right / total


def repeatable(world):
    file = table(world.folder / "again.csv.gz")
    first, second = (evaluate(world, "pullreqs", file, "--json", "-").stdout for _ in range(2))
    assert first == second and json.loads(first)["sample"]["cases"] == 400


def missing_columns(world):
    file = table(world.folder / "narrow.csv.gz", [name for name in COLUMNS if name not in ("requester", "closed_at")])
    said = evaluate(world, "pullreqs", file, expect=1).stderr
    assert "closed_at" in said and "requester" in said and "merged_at" not in said, said


def cut(world):
    whole = table(world.folder / "whole.csv.gz").read_bytes()
    file = world.folder / "cut.csv.gz"
    file.write_bytes(whole[:len(whole) // 2])
    assert "cut.csv.gz" in evaluate(world, "pullreqs", file, expect=1).stderr


def history(world):
    clone = world.folder / "kites"
    subprocess.run(["git", "init", "-q", "-b", "main", clone], check=True)

    def commit(author, year, month, reviewer=None):
        when = f"{year}-{month:02}-10T12:00:00Z"
        message = f"change\n\nReviewed-by: Rev <{reviewer}>\n" if reviewer else "change\n"
        subprocess.run(
            ["git", "-C", clone, "-c", "user.name=" + author, "-c", f"user.email={author.lower()}@example.org",
             "commit", "-q", "--allow-empty", "--date", when, "-m", message], check=True,
            env={"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": when, "GIT_CONFIG_GLOBAL": "/dev/null"})

    for month in range(1, 7):
        commit("Ada", 2018, month, reviewer="cleo@old.example.org")
        commit("Ben", 2017, month)
    for month in range(1, 13):
        commit("Ada", 2020, month, reviewer="cleo@example.org")
    (clone / ".mailmap").write_text("Cleo <cleo@example.org> <cleo@old.example.org>\n")
    maintainers = world.folder / "MAINTAINERS"
    maintainers.write_text("KITE\nM:\tAda <ada@example.org>\n")
    result = world.folder / "history.json"
    evaluate(world, "git", clone, "--cutoff", "2019-01-01", "--maintainers", maintainers, "--json", result)
    found = json.loads(result.read_text())
    # Ada and Ben committed, Cleo reviewed: three people, and only together are her addresses a case.
    assert found["cutoffs"][0]["sample"]["people"] == 3, found
    assert found["auc"]["later_reviewers"] == 1.0, found["auc"]
    assert found["cutoffs"][0]["questions"]["maintainers"]["sought"] == 1, found
    assert "signals" in found["means"]["later_reviewers"]


def usage(world):
    for arguments in ([], ["git", world.folder], ["git", world.folder, "--cutoff", "soon"], ["pullreqs"], ["guess", "x"]):
        assert "usage: standingd evaluate-model" in evaluate(world, *arguments, expect=2).stderr, arguments
