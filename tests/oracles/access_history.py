"""Compares each of the last commits of a git repository with its parent, as a reviewer of each would have: how many
change access, how long each takes, and what does not end well. A maintenance command; the repository is not part of
this one.

    python3 tests/oracles/access_history.py URL_OR_DIRECTORY [COMMITS] [--binary target/release/baselint] [--show DIR]

Clones without a work tree being touched elsewhere; `--show` keeps the text of each comparison that shows something.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def git(directory, *arguments):
    return subprocess.run(["git", "-C", directory, *arguments], check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("repository")
    parser.add_argument("commits", nargs="?", type=int, default=300)
    parser.add_argument("--binary", default="target/release/baselint")
    parser.add_argument("--show", type=pathlib.Path)
    options = parser.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["git", "clone", "--quiet", options.repository, directory], check=True)
        history = git(directory, "log", "--first-parent", f"--max-count={options.commits}", "--format=%H").split()
        times, changed, gaining, undecided, failed = [], 0, 0, 0, []
        for commit in history:
            if not git(directory, "rev-list", "--parents", "--max-count=1", commit).split()[1:]:
                continue
            start = time.monotonic()
            command = [binary, "access", "diff", "--since", f"{commit}^", "--until", commit, "--quiet"]
            run = subprocess.run([*command, "--format", "json"], cwd=directory, capture_output=True, text=True)
            times.append(time.monotonic() - start)
            try:
                report = json.loads(run.stdout)
            except json.JSONDecodeError:
                failed.append((commit, run.stderr.strip()[:200]))
                continue
            summary = report["summary"]
            undecided += summary["undecided"] > 0
            if summary["changed"]:
                changed += 1
                gaining += summary["gained"] > 0
                if options.show:
                    options.show.mkdir(parents=True, exist_ok=True)
                    text = subprocess.run(command, cwd=directory, capture_output=True, text=True).stdout
                    subject = git(directory, "log", "--max-count=1", "--format=%s", commit)
                    (options.show / f"{commit[:12]}.txt").write_text(f"{subject}\n{text}")
        print(f"{len(times)} commits, {changed} change access, {gaining} grant something, {undecided} with something undecided")
        if times:
            print(f"seconds a commit: median {statistics.median(times):.2f}, worst {max(times):.2f}")
        for commit, message in failed:
            print(f"failed: {commit} {message}")
        sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
