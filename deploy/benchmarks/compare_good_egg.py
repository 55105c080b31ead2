#!/usr/bin/env python3
"""good-egg's own code (PyPI, 2.0.0) and merge/1 on one replay of labelled pull requests.

    compare_good_egg.py FILE.csv.gz [--bin DIR] [--json FILE]      DIR holds standingd; .build/release unless told

standingd exports the replay, event by event; here every event is applied in turn and good-egg's TrustScorer scores each
requester for the project from what was merged and closed before, at the time of the proposal. Versions 1 and 3 are
scored; 2 needs the age of accounts, which the data set does not have. Known contributors are scored too, as in
good-egg's own validation, although its default is to pass over them; its limit of 500 fetched merges is not applied.
Prints the areas under the ROC curve, and how far the formulas in standingd lie from good-egg's own results.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = Path(__file__).with_name("good-egg.txt")
VENV = ROOT / ".build" / "good-egg-venv"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("file", type=Path)
    options.add_argument("--bin", type=Path, default=ROOT / ".build" / "release")
    options.add_argument("--json", type=Path)
    arguments = options.parse_args()
    if Path(sys.prefix) != VENV:
        enter(VENV)
    with tempfile.TemporaryDirectory(prefix="standing-good-egg-") as folder:
        export, result = Path(folder) / "replay.csv", Path(folder) / "result.json"
        subprocess.run(
            [arguments.bin / "standingd", "evaluate-model", "pullreqs", arguments.file, "--export-replay", export,
             "--json", result], check=True, stdout=subprocess.DEVNULL)
        cases, scores = replay(export)
        own = json.loads(result.read_text())
    report = {"cases": len(cases), "merge/1 (" + own["model"]["weights"] + ")": own["auc"]}
    for version in ("v1", "v3"):
        report[f"good-egg {version}"] = areas(cases, scores[version])
        report[f"good-egg {version}, difference of standingd's formula"] = max(
            (abs(a - float(case["good_egg_" + version])) for a, case in zip(scores[version], cases)), default=0)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")
    for name, value in report.items():
        print(f"{name:55}", value if not isinstance(value, dict) else
              "  ".join(f"{key} {number:.3f}" for key, number in value.items() if number is not None))


def enter(venv):
    """Starts again in a virtual environment with what is pinned; makes it when it is not there."""
    if not (venv / PINNED.name).exists() or (venv / PINNED.name).read_text() != PINNED.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        # It asks for Python 3.12 and runs on Debian 12's 3.11 all the same.
        subprocess.run(
            [venv / "bin" / "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python", "-r", PINNED],
            check=True)
        (venv / PINNED.name).write_text(PINNED.read_text())
    sys.exit(subprocess.run([venv / "bin" / "python", __file__, *sys.argv[1:]]).returncode)


def replay(export):
    """The decided cases, and good-egg's score of each by version."""
    from good_egg.config import GoodEggConfig
    from good_egg.models import MergedPR, RepoMetadata, UserContributionData, UserProfile
    from good_egg.scorer import TrustScorer
    clock = set_clock()
    scorers = {version: TrustScorer(GoodEggConfig(scoring_model=version)) for version in ("v1", "v3")}
    people, projects, proposed = {}, {}, {}
    cases, scores = [], {version: [] for version in scorers}
    with open(export, newline="", encoding="utf-8") as file:
        for event in csv.DictReader(file):
            moment = datetime.fromtimestamp(int(event["time"]), timezone.utc)
            if event["event"] != "propose":
                person, project = proposed.pop(event["case"])
                if event["event"] == "merge":
                    person.merged_prs.append(MergedPR(repo_name_with_owner=project, title="", merged_at=moment))
                    person.contributed_repos[project] = projects[project]
                else:
                    person.closed_pr_count += 1
                continue
            clock.moment, name, project = moment, event["requester"], event["project"]
            if project not in projects:
                projects[project] = RepoMetadata(
                    name_with_owner=project, primary_language=event["language"].capitalize())
            projects[project].stargazer_count = int(event["watchers"])
            if name not in people:
                people[name] = UserContributionData(profile=UserProfile(login=name, created_at=moment))
            proposed[event["case"]] = people[name], project
            if event["merged"] == "":
                continue
            cases.append(event)
            for version, scorer in scorers.items():
                scores[version].append(scorer.score(people[name], project).normalized_score)
    return cases, scores


def set_clock():
    """Makes good-egg's models believe it is the time of the replay."""
    import good_egg.models

    class Clock(datetime):
        moment = None

        @classmethod
        def now(cls, tz=None):
            return cls.moment

    good_egg.models.datetime = Clock
    return Clock


def areas(cases, scores):
    """Areas under the ROC curve, as standingd has them; scores that differ by less than a billionth are ties."""
    import numpy
    scores = numpy.round(numpy.array(scores), 9)
    labels = numpy.array([case["merged"] == "1" for case in cases])
    names = sorted({case["project"] for case in cases})
    groups = numpy.array([names.index(case["project"]) for case in cases])
    newcomers = numpy.array([case["newcomer"] == "1" for case in cases])
    return {
        "pooled": area(labels, scores), "within_project": within(labels, scores, groups),
        "newcomers": area(labels[newcomers], scores[newcomers]),
        "newcomers_within_project": within(labels[newcomers], scores[newcomers], groups[newcomers]),
    }


def pairs(labels, scores):
    """Pairs of unlike labels in the right order, ties half; and all pairs."""
    from scipy.stats import rankdata
    merged, declined = int(labels.sum()), int((~labels).sum())
    return float(rankdata(scores)[labels].sum()) - merged * (merged + 1) / 2, merged * declined


def area(labels, scores):
    right, total = pairs(labels, scores)
    return right / total if total else None


def within(labels, scores, groups):
    found = [pairs(labels[groups == group], scores[groups == group]) for group in set(groups.tolist())]
    total = sum(count for _, count in found)
    return sum(right for right, _ in found) / total if total else None


if __name__ == "__main__":
    main()
