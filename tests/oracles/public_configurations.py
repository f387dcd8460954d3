#!/usr/bin/env python3
"""Holds `baselint inspect` against what terraform and the AWS provider plan for public configurations.

usage: public_configurations.py BINARY [--only WORD] [--show]

A command for maintainers, not part of the tests: it fetches the pinned repositories with git, plans each configuration
with terraform and the provider's plugin (from the directory that TF_PLUGIN_DIRECTORY names, default: /opt/tf-plugins),
with mock credentials and moto's server (`moto_server`, from the PyPI package moto[server]) as AWS. It prints how many
planned arguments are equal here, unknown here, and wrong, and exits with 1 where one is wrong. Repositories that are
there already can stand in for the network: git's own `url.<base>.insteadOf` settings hold.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PLUGINS = os.environ.get("TF_PLUGIN_DIRECTORY", "/opt/tf-plugins")

# Repository, revision, directory, and values for the variables without one.
CONFIGURATIONS = [
    ("BishopFox/iam-vulnerable", "0f298666f9b7cfa01488b86912afdb211773188a", "", {}),
    ("nozaq/terraform-aws-secure-baseline", "6b2d679cf480093ec279450d7d0a90affe3ddc43", "examples/simple", {"audit_s3_bucket_name": "audit", "region": "us-east-1"}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "apigw-vpclink-pvt-alb-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "apigw-dynamodb-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "cloudmap-fargate-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "sns-sqs-fanout-tf", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "apigw-sqs-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "s3-eventbridge-sfn-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "eventbridge-sfn-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "dynamodb-glue-s3-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "eventbridge-schedule-to-eventbridge-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "eventbridge-schedule-to-ec2-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "eventbridge-schedule-to-cloudwatch-alarm-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "eventbridge-schedule-to-sns-tf", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "eventbridge-pipes-sqs-to-stepfunctions-terraform", {}),
    ("aws-samples/serverless-patterns", "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", "cloudwatch-metric-streams-firehose-terraform", {}),
]

# Repositories of which single directories are enough.
STAND_ALONE = {"aws-samples/serverless-patterns"}

VERSION = re.compile(r'^(\s*(?:required_)?version\s*=\s*)"[~<>=!., 0-9]+"', re.M)
QUOTED_TYPE = re.compile(r'^(\s*type\s*=\s*)"(string|number|bool|list|map)"\s*$', re.M)

# Nothing of a made-up account is like this in AWS; both sides are given the same.
OVERRIDE = 'terraform {\n  backend "local" {}\n}\n'


def fetch(repository, revision, into):
    """The tree of a revision; of one whose directories stand alone, those that are asked for."""
    git = ["git", "-C", str(into), "-c", "advice.detachedHead=false"]
    alone = [f"/{directory}/" for other, _, directory, _ in CONFIGURATIONS if other == repository]
    sparse = [[*git, "sparse-checkout", "set", "--no-cone", *alone]] if repository in STAND_ALONE else []
    for command in (
        ["git", "init", "-q", str(into)],
        [*git, "remote", "add", "origin", f"https://github.com/{repository}"],
        [*git, "fetch", "-q", "--depth", "1", *(["--filter=blob:none"] if sparse else []), "origin", revision],
        *sparse,
        [*git, "checkout", "-q", "FETCH_HEAD"],
    ):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for path in into.rglob("*.tf"):
        text = path.read_text(errors="surrogateescape")
        # Planned with the provider that is there, and read by a terraform that knows no quoted types.
        changed = VERSION.sub(r'\1">= 0"', text)
        changed = QUOTED_TYPE.sub(r"\1\2", changed)
        if changed != text:
            path.write_text(changed, errors="surrogateescape")


def serve():
    """moto's server on a free port: the process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, MOTO_IAM_LOAD_MANAGED_POLICIES="true"),
    )
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.2)
    server.terminate()
    sys.exit("moto's server does not answer")


def terraform(directory, environment, *arguments):
    result = subprocess.run(
        ["terraform", *arguments], cwd=directory, capture_output=True, text=True, env=environment, timeout=240
    )
    if result.returncode:
        raise RuntimeError(f"terraform {arguments[0]}:\n{result.stderr[-2000:]}")
    return result.stdout


def planned(root, environment, variables):
    """What terraform plans for each managed resource: values, and what it does not know of them."""
    (root / "zz_baselint_override.tf").write_text(OVERRIDE)
    given = [f"-var={name}={value}" for name, value in variables.items()]
    try:
        terraform(root, environment, "init", "-input=false", "-no-color", f"-plugin-dir={PLUGINS}")
        terraform(root, environment, "plan", "-input=false", "-no-color", "-lock=false", "-out=plan.bin", *given)
        plan = json.loads(terraform(root, environment, "show", "-json", "plan.bin"))
    finally:
        for made in (".terraform", ".terraform.lock.hcl", "plan.bin", "zz_baselint_override.tf"):
            path = root / made
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return {
        change["address"]: (change["change"]["after"] or {}, change["change"].get("after_unknown") or {})
        for change in plan.get("resource_changes", [])
        if change["mode"] == "managed" and change["change"]["actions"] != ["delete"]
    }


def inspected(binary, root, variables):
    given = [f"--var={name}={value}" for name, value in variables.items()]
    result = subprocess.run(
        [binary, "inspect", "--format", "json", "--workspace", "default", *given, "."],
        cwd=root, capture_output=True, text=True, timeout=300,
    )
    roots = json.loads(result.stdout)["roots"]
    return next(found for found in roots if found["path"] == ".")["resources"]


def scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def document(value):
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return None
    return None


def is_empty(value):
    return value is None or value == [] or value == {} or value == ""


def equal(ours, theirs, unknown):
    """Whether what is known here is in the plan. Blocks have what the provider adds; what neither knows is passed over."""
    if unknown is True:
        return True
    if is_empty(ours) and is_empty(theirs):
        return True
    if isinstance(ours, dict):
        # A block that may stand once is an object in the code and a list in some plans.
        if isinstance(theirs, list) and len(theirs) == 1:
            theirs, unknown = theirs[0], (unknown[0] if isinstance(unknown, list) and unknown else {})
        if not isinstance(theirs, dict):
            return False
        inner = unknown if isinstance(unknown, dict) else {}
        return all(equal(value, theirs.get(name), inner.get(name)) for name, value in ours.items())
    if isinstance(ours, list):
        if not isinstance(theirs, list):
            return False
        inner = unknown if isinstance(unknown, list) else []
        ours = [item for item in ours if item is not None] if len(ours) != len(theirs) else ours
        if len(ours) != len(theirs):
            return bool(inner)
        pairs = zip(ours, theirs, inner + [None] * (len(theirs) - len(inner)))
        return all(equal(*pair) for pair in pairs)
    if isinstance(ours, str) and document(ours) is not None:
        return document(ours) == document(theirs)
    if isinstance(ours, (int, float)) and not isinstance(ours, bool) and isinstance(theirs, (int, float)):
        return float(ours) == float(theirs)
    return scalar(ours) == scalar(theirs)


def same_in_another_order(ours, theirs, unknown):
    """Sets come in an order of their own in a plan."""
    if not (isinstance(ours, list) and isinstance(theirs, list)):
        return False
    rest = list(theirs)
    for item in ours:
        found = next((other for other in rest if agrees(item, other, unknown)), None)
        if found is None and found not in rest:
            return False
        rest.remove(found)
    return True


def agrees(ours, theirs, unknown):
    if equal(ours, theirs, unknown if unknown is True else None):
        return True
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(agrees(value, theirs.get(name), None) for name, value in ours.items())
    return same_in_another_order(ours, theirs, None)


def has_unknown(mask):
    if isinstance(mask, dict):
        return any(map(has_unknown, mask.values()))
    if isinstance(mask, list):
        return any(map(has_unknown, mask))
    return bool(mask)


def compare(plan, resources, tally, show):
    here = {resource["address"]: resource for resource in resources if not resource["address"].startswith("data.")}
    for address, (values, mask) in plan.items():
        tally["resources"] += 1
        if address not in here:
            tally["missing"].append(address)
            continue
        resource = here[address]
        partly = {path.split(".")[0].split("[")[0] for path in resource["unknown"]}
        for name in sorted(set(resource["values"]) | partly):
            if name not in values and name not in mask:
                # What the provider keeps to itself: timeouts, write-only arguments.
                continue
            theirs, unknown = values.get(name), mask.get(name)
            if has_unknown(unknown) and (unknown is True or name in partly):
                tally["unknown in both" if name in partly else "known ahead"] += 1
            elif name in partly:
                tally["unknown"].append(f"{address}.{name}")
            elif equal(resource["values"][name], theirs, unknown):
                tally["equal"] += 1
            elif agrees(resource["values"][name], theirs, unknown):
                tally["equal in another order"] += 1
            else:
                tally["wrong"].append(f"{address}.{name}\n      plan: {theirs!r}\n      here: {resource['values'][name]!r}")


def main():
    binary = os.path.abspath(sys.argv[1])
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    server, address = serve()
    environment = dict(
        os.environ, CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", AWS_ACCESS_KEY_ID="mock", AWS_SECRET_ACCESS_KEY="mock",
        AWS_ENDPOINT_URL=address, AWS_REGION="eu-west-1", AWS_EC2_METADATA_DISABLED="true",
    )
    total = {"configurations": 0, "resources": 0, "equal": 0, "equal in another order": 0, "unknown in both": 0,
             "known ahead": 0, "unknown": [], "missing": [], "wrong": []}
    try:
        with tempfile.TemporaryDirectory() as scratch:
            profiles = pathlib.Path(scratch) / "aws"
            profiles.write_text("[default]\naws_access_key_id = mock\naws_secret_access_key = mock\n")
            environment |= {"AWS_CONFIG_FILE": str(profiles), "AWS_SHARED_CREDENTIALS_FILE": str(profiles)}
            trees = {}
            for repository, revision, directory, variables in CONFIGURATIONS:
                if only not in f"{repository}/{directory}":
                    continue
                name = f"{repository}/{directory}"
                if repository not in trees:
                    trees[repository] = pathlib.Path(scratch) / str(len(trees))
                    try:
                        fetch(repository, revision, trees[repository])
                    except subprocess.CalledProcessError as error:
                        print(f"{name}: not fetched: {error}")
                        trees[repository] = None
                if trees[repository] is None:
                    continue
                root = trees[repository] / directory
                try:
                    plan = planned(root, environment, variables)
                except (RuntimeError, subprocess.TimeoutExpired) as error:
                    print(f"{name}: not planned: {error}")
                    continue
                tally = {key: type(value)() for key, value in total.items()}
                compare(plan, inspected(binary, root, variables), tally, "--show" in sys.argv)
                tally["configurations"] = 1
                counts = {key: len(value) if isinstance(value, list) else value for key, value in tally.items()}
                print(name, ", ".join(f"{count} {key}" for key, count in counts.items() if count and key != "configurations"))
                for key in ("wrong", *(["unknown", "missing"] if "--show" in sys.argv else [])):
                    for place in tally[key]:
                        print(f"  {key}: {place}")
                for key, value in tally.items():
                    total[key] += value
    finally:
        server.terminate()
    counts = {key: len(value) if isinstance(value, list) else value for key, value in total.items()}
    print("together:", ", ".join(f"{count} {key}" for key, count in counts.items()))
    sys.exit(1 if total["wrong"] or not total["configurations"] else 0)


main()
