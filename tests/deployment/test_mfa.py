"""The MFA policy, as both languages deploy it, against a table of decisions.

The decisions in `mfa_decisions.tsv` were written down from what the policy is for; iam-simulate, an implementation of
IAM's evaluation that knows nothing of this project, makes them once more from the documents.
"""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from conftest import BASELINT, Generate, Note
from stack import Stack, read

HERE = Path(__file__).parent
ACCOUNT = "123456789012"
USERS = {"alice": "user/alice", "carol": "user/team/carol"}
ADMINISTRATOR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

with (HERE / "mfa_decisions.tsv").open(newline="", encoding="utf-8") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))

Document = dict[str, Any]


def from_terraform(generate: Generate) -> Document:
    """As baselint evaluates the data source, in an account whose number is known."""
    directory = generate("terraform", [])
    known = f'locals {{\n  account_id = "{ACCOUNT}"\n  partition  = "aws"\n}}\n'
    (directory / "account_override.tf").write_text(known)
    inspect = [BASELINT, "inspect", ".", "--format", "json"]
    output = subprocess.run(inspect, cwd=directory, check=True, timeout=60, capture_output=True).stdout
    resources = [resource for root in json.loads(output)["roots"] for resource in root["resources"]]
    (document,) = [r["values"]["json"] for r in resources if r["address"] == "data.aws_iam_policy_document.mfa"]
    return json.loads(document)


def from_cloudformation(generate: Generate) -> Document:
    """As moto's CloudFormation puts it into the account."""
    template = read(generate("cloudformation", []) / "baseline.yaml")
    template["Resources"] = {"MfaPolicy": template["Resources"]["MfaPolicy"]}
    people = {name: "x@example.org" for name, p in template["Parameters"].items() if "Default" not in p}

    def client(service: str, region: str):
        return boto3.client(service, region_name=region)

    with mock_aws():
        Stack(template, "us-east-1", client).deploy(people)
        iam = client("iam", "us-east-1")
        (policy,) = iam.list_policies(Scope="Local")["Policies"]
        version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        return version["PolicyVersion"]["Document"]


@pytest.fixture(scope="module")
def documents(generate: Generate) -> dict[str, Document]:
    return {"terraform": from_terraform(generate), "cloudformation": from_cloudformation(generate)}


def normal(value: Any, key: str = "") -> Any:
    """A document without the ways to write the same: lists in order, single values as lists."""
    if key == "Statement":
        return sorted((normal(statement) for statement in value), key=lambda statement: statement["Sid"])
    if isinstance(value, dict):
        return {name: normal(item, name) for name, item in value.items()}
    if key in ("Effect", "Sid", "Version"):
        return value
    return sorted(value) if isinstance(value, list) else [value]


def test_both_languages_say_the_same(documents: dict[str, Document]) -> None:
    assert normal(documents["terraform"]) == normal(documents["cloudformation"])


def request(row: dict[str, str]) -> dict[str, Any]:
    """A row as a request. `own` is the user who asks; a resource without `arn:` is one of IAM in the account."""
    me = f"arn:aws:iam::{ACCOUNT}:{USERS[row['user']]}"
    resource = me if row["resource"] == "own" else row["resource"]
    if resource != "*" and not resource.startswith("arn:"):
        resource = f"arn:aws:iam::{ACCOUNT}:{resource}"
    context = {"aws:username": row["user"]}
    if row["mfa"] != "absent":
        context["aws:MultiFactorAuthPresent"] = row["mfa"]
    return {
        "action": row["action"],
        "principal": me,
        "resource": {"resource": resource, "accountId": ACCOUNT},
        "contextVariables": context,
    }


@pytest.fixture(scope="module")
def simulator() -> Path:
    """Where the simulator is installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no node and npm on the PATH, which the simulator takes")
    directory = Path(os.environ["DEPLOYMENT_NODE"])
    assert (directory / "node_modules").is_dir(), f"tests/deployment/run installs the simulator in {directory}"
    return directory


@pytest.mark.parametrize("language", ["terraform", "cloudformation"])
def test_the_decisions(documents: dict[str, Document], simulator: Path, note: Note, language: str) -> None:
    policies = [{"name": "mfa", "policy": documents[language]}]
    beside = {"nothing": [], "administrator": [{"name": "AdministratorAccess", "policy": ADMINISTRATOR}]}
    asked = [{"request": request(row), "policies": policies + beside[row["beside"]]} for row in ROWS]
    decide = ["node", str(HERE / "decide.mjs")]
    given = json.dumps(asked).encode()
    answer = subprocess.run(decide, input=given, cwd=simulator, check=True, timeout=120, capture_output=True)
    decisions = json.loads(answer.stdout)
    assert len(decisions) == len(ROWS)
    made = zip(ROWS, decisions, strict=True)
    wrong = [f"{' '.join(row.values())}: {decision}" for row, decision in made if decision != row["decision"]]
    assert not wrong, "\n".join(wrong)
    note(f"the MFA policy of {language}: {len(ROWS)} decisions of iam-simulate are those of the table")


def test_the_table_asks_for_what_matters() -> None:
    assert len(ROWS) >= 25 and all(row["reason"] for row in ROWS)
    assert len({tuple(row.values())[:5] for row in ROWS}) == len(ROWS), "a row stands twice"
    assert {row["mfa"] for row in ROWS} == {"absent", "false", "true"}
