#!/usr/bin/env python3
"""Holds the answers in testdata/terraform/expressions against the terraform on the PATH.

usage: terraform_expressions.py [--write]

All expressions are outputs of one configuration that is planned once: no provider, no network, nothing is applied.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[2] / "testdata" / "terraform" / "expressions"
ANSWER = re.compile(r"^=([>?+]) ?(.*)$")
ENVIRONMENT = dict(os.environ, CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1")


def cases(text):
    """The expressions of a file: (expression, line of the answer), counted from 0."""
    expression = []
    for number, line in enumerate(text.split("\n")):
        if ANSWER.match(line):
            yield "\n".join(expression), number
            expression = []
        elif expression or (line.strip() and not line.startswith("#")):
            expression.append(line)
    if "".join(expression).strip():
        sys.exit(f"an expression has no answer: {expression}")


def terraform(directory, *arguments):
    result = subprocess.run(
        ["terraform", *arguments, "-no-color"], cwd=directory, capture_output=True, text=True, env=ENVIRONMENT
    )
    if result.returncode:
        sys.exit(f"terraform {arguments[0]}:\n{result.stdout[-4000:]}{result.stderr[-4000:]}")
    return result.stdout


def answers(expressions):
    """What terraform makes of them, each as the file writes it."""
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch) / "root"
        shutil.copytree(HERE / "surroundings", root)
        outputs = (
            f'output "o{number}" {{\n  sensitive = true\n  value = try(jsonencode({expression}\n), "ERROR")\n}}\n'
            for number, expression in enumerate(expressions)
        )
        (root / "outputs.tf").write_text("".join(outputs))
        terraform(root, "init", "-backend=false", "-input=false")
        terraform(root, "plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan")
        plan = json.loads(terraform(root, "show", "-json", "plan"))
    values = plan["planned_values"]["outputs"]
    return [values[f"o{number}"].get("value", "UNKNOWN") for number in range(len(expressions))]


def main():
    if not shutil.which("terraform"):
        print("skipped: terraform is not on the PATH")
        return
    write = "--write" in sys.argv[1:]
    files = {path: path.read_text() for path in sorted(HERE.glob("*.txt"))}
    found = [(path, expression, line) for path, text in files.items() for expression, line in cases(text)]
    differences = 0
    lines = {path: text.split("\n") for path, text in files.items()}
    for (path, expression, line), answer in zip(found, answers([expression for _, expression, _ in found])):
        mark, stored = ANSWER.match(lines[path][line]).groups()
        if mark == "+" and answer == "UNKNOWN":
            continue
        if stored != answer:
            differences += 1
            lines[path][line] = f"={'>' if mark == '+' else mark} {answer}"
            print(f"{path.name}:{line + 1}: {expression}\n  stored:    {stored}\n  terraform: {answer}")
    if write:
        for path, changed in lines.items():
            path.write_text("\n".join(changed))
    print(f"{len(found)} expressions, {differences} answers {'changed' if write else 'differ'}")
    sys.exit(1 if differences and not write else 0)


main()
