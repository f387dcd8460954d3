"""The generated code as such: what cfn-lint, Checkov and terraform have to say about it.

What the program's own check says, and that the same arguments give the same bytes, is asked in tests/generate.rs.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import CHECKED_VALUES, Generate, Note
from terraform import Terraform, plugins_or_skip

# The default values, and a second set that leads through the other branches of the templates.
VALUES = {
    "default": [],
    "other": [
        "other_regions=eu-west-1,ap-southeast-2",
        "groups=administrators,billing",
        "name_prefix=acme",
        "guardduty_features=S3_DATA_EVENTS",
        "password_maximum_age_days=0",
    ],
}


@pytest.fixture(params=VALUES)
def values(request: pytest.FixtureRequest) -> list[str]:
    return VALUES[request.param]


def test_cfn_lint_has_nothing_to_say(generate: Generate, values: list[str]) -> None:
    directory = generate("cloudformation", values)
    templates = sorted(str(path) for path in directory.glob("*.yaml"))
    assert templates
    # Informational messages are wanted as well.
    arguments = ["cfn-lint", "--include-checks", "I", "--regions", "us-east-1", "eu-west-1", "--template", *templates]
    linted = subprocess.run(arguments, capture_output=True, text=True, timeout=120)
    assert (linted.returncode, linted.stdout) == (0, ""), linted.stdout + linted.stderr


def test_terraform_would_not_format_it_otherwise(generate: Generate, values: list[str]) -> None:
    terraform = Terraform(generate("terraform", values))
    terraform.run("fmt", "-check", "-recursive", "-diff", seconds=60)


def test_terraform_finds_it_valid(generate: Generate, values: list[str]) -> None:
    plugins_or_skip()
    terraform = Terraform(generate("terraform", values))
    terraform.init()
    validated = json.loads(terraform.run("validate", "-json", seconds=120).stdout)
    assert (validated["valid"], validated["diagnostics"]) == (True, [])


@pytest.mark.parametrize("language", ["terraform", "cloudformation"])
def test_checkov_finds_nothing(generate: Generate, note: Note, language: str) -> None:
    directory = generate(language, CHECKED_VALUES)
    reports = checkov(directory, language)
    failed = [f"{c['check_id']} {c['resource']}: {c['check_name']}" for r in reports for c in r["failed_checks"]]
    assert not failed, "\n".join(failed)
    skipped = [check for report in reports for check in report["skipped_checks"]]
    unreasoned = [check["check_id"] for check in skipped if not check["check_result"]["suppress_comment"].strip()]
    assert not unreasoned, f"skipped without a reason: {unreasoned}"
    passed = sum(len(report["passed_checks"]) for report in reports)
    assert passed > 50, "it has looked at next to nothing"
    note(f"Checkov on {language}: {passed} passed, {len(skipped)} skipped with a reason, none failed")


def checkov(directory: Path, language: str) -> list[dict]:
    """Checkov's results. It is installed apart, in the directory that tests/deployment/run names."""
    binary = Path(os.environ["DEPLOYMENT_CHECKOV"]) / "bin/checkov"
    options = f"--framework {language} --directory . --output json --compact --skip-download --soft-fail"
    command = [binary, *options.split()]
    run = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-4000:]
    reports = json.loads(run.stdout)
    reports = reports if isinstance(reports, list) else [reports]
    for report in reports:
        assert not report["results"]["parsing_errors"], report["results"]["parsing_errors"]
    return [report["results"] for report in reports]
