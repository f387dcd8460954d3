#!/usr/bin/env python3
"""Compares `baselint check` with parliament and cfn-lint on policies that are made up by mutation.

    tests/oracles/policies.py [--baselint FILE] [--policies N] [--seed N] [--all]

Every finding of parliament about an action, a condition key, a value's type, an ARN or a resource that does not match
must be ours too, or be one of the differences that JUSTIFIED names with the reason; cfn-lint's faults of a policy's
form (E3510 and its like) likewise. What only we find is counted and, with --all, shown. Needs the packages of
requirements.txt; the binary is the one that cargo builds where none is named.
"""

import argparse
import collections
import fnmatch
import json
import logging
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ACTIONS = ROOT / "src/iam/catalogue/actions.txt"
MANAGED = ROOT / "src/iam/catalogue/managed_policies.txt"

# What parliament calls a fault, and the rules that tell the same.
OURS = {
    "UNKNOWN_ACTION": {"policy-unknown-action"},
    "UNKNOWN_PREFIX": {"policy-unknown-action"},
    "UNKNOWN_CONDITION_FOR_ACTION": {
        "policy-condition-key-unsupported",
        "policy-unknown-condition-key",
        "policy-unknown-action",
    },
    "UNKNOWN_OPERATOR": {"policy-condition-invalid"},
    "MISMATCHED_TYPE": {"policy-condition-invalid"},
    "MISMATCHED_TYPE_BUT_USABLE": {"policy-condition-invalid"},
    "BAD_PATTERN_FOR_MFA": {"mfa-deny-skips-missing-key", "mfa-allow-accepts-missing-key"},
    "RESOURCE_MISMATCH": {"policy-resource-never-matches", "policy-unknown-action", "policy-resource-arn-malformed"},
    "RESOURCE_POLICY_PRIVILEGE_ESCALATION": set(),
    "INVALID_ARN": {"policy-resource-arn-malformed", "policy-syntax-error"},
    "MALFORMED": {"policy-syntax-error", "policy-element-unsupported", "policy-unknown-action", "policy-condition-invalid"},
    "DUPLICATE_SID": {"policy-syntax-error"},
    "INVALID_SID": {"policy-syntax-error"},
    "NO_VERSION": {"policy-version-old"},
    "INVALID_VERSION": {"policy-syntax-error"},
    "JSON": {"policy-syntax-error"},
}

# Faults of the policy's form that cfn-lint tells of.
CFN_LINT = {"E3510", "E3512", "E3514"}
FORM = {
    "policy-syntax-error",
    "policy-element-unsupported",
    "policy-condition-invalid",
    "policy-resource-arn-malformed",
    "policy-unknown-action",
    "policy-principal-invalid",
}


def listed():
    """The actions of our list, in lower case."""
    names, service = set(), ""
    for line in ACTIONS.read_text().splitlines():
        if line.startswith("= "):
            service = line[2:].split("\t")[0]
        elif line[:2] in ("L ", "R ", "W ", "T ", "P "):
            names.add(f"{service}:{line[2:].split(chr(9))[0]}".lower())
    return names


def is_listed(pattern, names):
    """Whether an action, or a pattern of actions, is in our list."""
    return any(fnmatch.fnmatchcase(name, pattern.lower()) for name in names)


def justified(issue, detail, policy, change, names):
    """Why a finding of parliament is none of ours; nothing for one that should be."""
    actions = [action for statement in as_list(policy["Statement"]) for action in as_list(statement.get("Action", []))]
    if issue == "UNKNOWN_ACTION" and is_listed(detail.rsplit(" ", 1)[-1], names):
        return "the action is in our newer list"
    if issue == "UNKNOWN_PREFIX":
        prefix = detail.rsplit(" ", 1)[-1]
        if is_listed(f"{prefix}:*", names):
            return "the service is in our newer list"
    if issue == "UNKNOWN_CONDITION_FOR_ACTION" and len(actions) > 1:
        return "other actions of the statement take the key; parliament asks each alone, and we tell those by name"
    if issue == "UNKNOWN_CONDITION_FOR_ACTION" and change.startswith("published"):
        return "the key is in our newer list"
    if issue == "RESOURCE_MISMATCH" and change.startswith("published"):
        return "an action about several types, each named in a statement of its own, or a type of our newer list"
    if issue == "RESOURCE_MISMATCH" and "ec2:RunInstances" in actions:
        return "the other types that RunInstances needs are given by other statements"
    if issue == "INVALID_ARN" and change.startswith("published"):
        return "parliament takes no pattern for an account"
    if issue in ("MISMATCHED_TYPE", "MISMATCHED_TYPE_BUT_USABLE") and change.startswith("published"):
        return "StringLike and StringEquals compare ARNs as text"
    return None


def as_list(value):
    return value if isinstance(value, list) else [value]


BASE = [
    {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::reports/*"},
    {"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::reports", "Condition": {"StringLike": {"s3:prefix": "a/*"}}},
    {"Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/worker",
     "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},
    {"Action": ["ec2:StartInstances", "ec2:StopInstances"], "Resource": "arn:aws:ec2:eu-west-1:111122223333:instance/*",
     "Condition": {"StringEquals": {"ec2:ResourceTag/team": "a"}}},
    {"Action": "ec2:DescribeInstances", "Resource": "*"},
    {"Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders"},
    {"Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:111122223333:alarms",
     "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    {"Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
    {"Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:job"},
    {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "arn:aws:kms:eu-west-1:111122223333:key/1234",
     "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}},
    {"Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-*"},
    {"Action": "iam:DeleteRole", "Resource": "arn:aws:iam::111122223333:role/x",
     "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}},
    {"Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::reports/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
    {"Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:eu-west-1:111122223333:instance/*",
     "Condition": {"DateLessThan": {"aws:CurrentTime": "2199-01-01T00:00:00Z"}}},
    {"Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:eu-west-1:111122223333:log-group:a:log-stream:b"},
]


def misspell(random_, text):
    at = random_.randrange(text.index(":") + 1, len(text)) if ":" in text else random_.randrange(len(text))
    return text[:at] + random_.choice("xqz") + text[at:]


def mutate(random_, statement):
    """One change that breaks something, and what it was."""
    statement = json.loads(json.dumps(statement))
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    choice = random_.choice(
        ["none", "action", "prefix", "service", "resource", "partial-arn", "kind", "operator", "value", "key", "foreign-key",
         "element", "effect", "missing", "type", "sid"]
    )
    if choice == "action":
        actions[random_.randrange(len(actions))] = misspell(random_, random_.choice(actions))
        statement["Action"] = actions
    elif choice == "prefix":
        statement["Action"] = random_.choice(actions).replace(":", random_.choice(["", ".", "x:"]), 1)
    elif choice == "service":
        statement["Resource"] = random_.choice(["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:s3:::b", "arn:aws:s3:::b/k"])
    elif choice == "resource":
        statement["Resource"] = random_.choice(["reports", "arn:aws:s3", "s3:::reports", "aws:s3:::x", ""])
    elif choice == "partial-arn":
        statement["Resource"] = str(statement["Resource"]).rsplit(":", random_.randrange(1, 4))[0]
    elif choice == "kind":
        statement["Resource"] = str(statement["Resource"]).replace("role/", "user/").replace("/*", "").replace(":table/", ":index/")
    elif choice == "operator":
        statement["Condition"] = {random_.choice(["StringIs", "StringEqual", "Boolean", "DateAfter"]): {"aws:username": "a"}}
    elif choice == "value":
        statement["Condition"] = random_.choice([
            {"IpAddress": {"aws:SourceIp": "home"}}, {"Bool": {"aws:SecureTransport": "yes"}},
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "an hour"}}, {"DateLessThan": {"aws:CurrentTime": "tomorrow"}},
            {"StringEquals": {"aws:SourceIp": "203.0.113.7"}}, {"ArnLike": {"aws:PrincipalArn": "role"}},
            {"Bool": {"s3:prefix": "true"}},
        ])
    elif choice == "key":
        statement["Condition"] = {"StringEquals": {random_.choice(["aws:Foo", "s3:foo", "ec2:foo", "foo:bar"]): "x"}}
    elif choice == "foreign-key":
        statement["Condition"] = {"StringEquals": {random_.choice(["iam:PassedToService", "s3:prefix", "ec2:Region"]): "x"}}
    elif choice == "element":
        statement["Conditions"] = {}
    elif choice == "effect":
        statement["Effect"] = random_.choice(["allow", "Permit", ""])
    elif choice == "missing":
        statement.pop(random_.choice(["Action", "Resource", "Effect"]), None)
    elif choice == "type":
        statement[random_.choice(["Action", "Resource"])] = random_.choice([{"a": "b"}, [["x"]]])
    elif choice == "sid":
        statement["Sid"] = random_.choice(["with space", "under_score", "da-sh"])
    return statement, choice


def corpus(count, seed):
    """Policies with what was done to them: those that AWS publishes as they are, then ours with one change each."""
    random_ = random.Random(seed)
    for line in MANAGED.read_text().splitlines():
        if not line.startswith("#"):
            name, _, body = line.split("\t")
            yield json.loads(body), f"published {name}"
    for _ in range(count):
        statement, change = mutate(random_, {"Effect": random_.choice(["Allow", "Deny"]), **random_.choice(BASE)})
        yield {"Version": "2012-10-17", "Statement": [statement]}, change


def ours(baselint, policies, place):
    for index, (policy, _) in enumerate(policies):
        directory = place / f"{index:04}"
        directory.mkdir()
        text = json.dumps(policy).replace("${", "$${").replace("%{", "%%{")
        resource = {"resource": {"aws_iam_policy": {"p": {"policy": text}}}}
        (directory / "main.tf.json").write_text(json.dumps(resource))
    command = [baselint, "check", str(place), "--pedantic", "--severity", "info", "--format", "json"]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    found = collections.defaultdict(set)
    for finding in report["findings"]:
        found[int(finding["location"]["path"].split("/")[-2])].add(finding["rule"])
    return found


def of_parliament(policy):
    import parliament

    try:
        analysed = parliament.analyze_policy_string(json.dumps(policy))
    except Exception as error:  # It ends in errors of its own where elements are of the wrong type.
        return [("CRASH", repr(error))]
    return [(finding.issue, str(finding.detail)) for finding in analysed.findings]


def of_cfn_lint(policies, place):
    files = []
    for index, (policy, _) in enumerate(policies):
        template = {"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}}}
        file = place / f"{index:04}.json"
        file.write_text(json.dumps(template))
        files.append(str(file))
    found = collections.defaultdict(set)
    for start in range(0, len(files), 50):
        command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", "--regions", "us-east-1", "--", *files[start : start + 50]]
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        for finding in json.loads(output or "[]"):
            if finding["Rule"]["Id"] in CFN_LINT:
                found[int(Path(finding["Filename"]).stem)].add(finding["Rule"]["Id"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--baselint", default=str(ROOT / "target/debug/baselint"))
    parser.add_argument("--policies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    policies = list(corpus(arguments.policies, arguments.seed))
    with tempfile.TemporaryDirectory() as temporary:
        mine, theirs = Path(temporary) / "ours", Path(temporary) / "cfn"
        mine.mkdir(), theirs.mkdir()
        found = ours(arguments.baselint, policies, mine)
        lint = of_cfn_lint(policies[-arguments.policies :], theirs)
    names = listed()
    agreed, excused, missed = collections.Counter(), collections.Counter(), []
    for index, (policy, change) in enumerate(policies):
        for issue, detail in of_parliament(policy):
            if issue not in OURS or not OURS[issue]:
                continue
            if OURS[issue] & found[index]:
                agreed[f"parliament {issue}"] += 1
            elif (why := justified(issue, detail, policy, change, names)) is not None:
                excused[f"parliament {issue}: {why}"] += 1
                if arguments.all:
                    print(f"excused: {change}: {issue} {detail[:160]}")
            else:
                missed.append(f"{change}: parliament {issue} {detail}; ours {sorted(found[index])}: {json.dumps(policy)[:300]}")
    offset = len(policies) - arguments.policies
    for index, ids in lint.items():
        policy, change = policies[index + offset]
        if found[index + offset] & FORM:
            agreed["cfn-lint"] += 1
        else:
            missed.append(f"{change}: cfn-lint {sorted(ids)}; ours {sorted(found[index + offset])}: {json.dumps(policy)[:300]}")
    silent = sum(1 for index, (_, change) in enumerate(policies) if change not in ("none",) and index >= offset and not found[index])
    print(f"{len(policies)} policies")
    for name, count in sorted(agreed.items()):
        print(f"  {count:5} both: {name}")
    for name, count in sorted(excused.items()):
        print(f"  {count:5} theirs alone, justified: {name}")
    print(f"  {silent:5} with a change and without any finding of ours")
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
