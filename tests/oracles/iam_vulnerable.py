#!/usr/bin/env python3
"""Scans each path of iam-vulnerable alone: every one must give an escalation finding of high or critical severity, its
false-negative cases too, and its false-positive cases none.

    tests/oracles/iam_vulnerable.py [CHECKOUT]

Without a checkout, the pinned revision is fetched into target/. Exit code: 0 all right, 1 not.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

REPOSITORY = "https://github.com/BishopFox/iam-vulnerable"
REVISION = "0f298666f9b7cfa01488b86912afdb211773188a"
ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "debug" / "baselint"
# What the other files need, and no path by themselves.
SHARED = {"variables.tf", "service-linked-role-common.tf"}
# Groups whose findings say that somebody becomes administrator, or somebody else.
GROUPS = {"administrator", "privilege-escalation"}


def checkout():
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1])
    place = ROOT / "target" / "iam-vulnerable"
    if not place.exists():
        subprocess.run(["git", "clone", "--quiet", REPOSITORY, place], check=True)
        subprocess.run(["git", "-C", place, "checkout", "--quiet", REVISION], check=True)
    return place


def groups():
    listed = subprocess.run([PROGRAM, "rules", "--format", "json"], capture_output=True, text=True, check=True)
    return {rule["id"]: rule["group"] for rule in json.loads(listed.stdout)["rules"]}


def scanned_alone(file, group_of):
    with tempfile.TemporaryDirectory() as tree:
        for name in (file, file.parent / "variables.tf"):
            shutil.copy(name, tree)
        done = subprocess.run([PROGRAM, "check", "--format", "json", tree], capture_output=True, text=True)
        findings = json.loads(done.stdout)["findings"]
    return [
        finding
        for finding in findings
        if group_of[finding["rule"]] in GROUPS and finding["severity"] in ("critical", "high")
    ]


def main():
    free = checkout() / "modules" / "free-resources"
    group_of = groups()
    wrong = 0
    count = 0
    for file in sorted(free.glob("*/*.tf")):
        # Trust in the whole account is no path by itself.
        if file.name in SHARED or file.name == "privesc-permissive-role-trust.tf":
            continue
        count += 1
        rules = sorted({finding["rule"] for finding in scanned_alone(file, group_of)})
        is_right = not rules if file.name.startswith("fp") else bool(rules)
        wrong += not is_right
        print(f"{'ok   ' if is_right else 'WRONG'} {file.name}: {', '.join(rules) or 'nothing'}")
    print(f"{count - wrong} of {count} are right")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
