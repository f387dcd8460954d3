"""What moto and cfn-lint make of the templates in testdata/cloudformation/intrinsics: the resolved properties of each
resource, one JSON file beside each template. cfn-lint unrolls loops; moto resolves what it knows, with the names and
ARNs of resources that it really makes; cfn-lint's own resolution answers for the rest. A property that neither resolves
is left out. With --check, nothing is written, and a difference is an error. Needs requirements.txt."""

import json
import logging
import os
import pathlib
import sys

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")

from cfnlint.context.context import create_context_for_template  # noqa: E402
from cfnlint.decode import decode  # noqa: E402
from cfnlint.jsonschema import CfnTemplateValidator  # noqa: E402
from cfnlint.template import Template  # noqa: E402
from moto import mock_aws  # noqa: E402
from moto.cloudformation.parsing import ResourceMap, clean_json  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402

logging.disable(logging.CRITICAL)
CASES = pathlib.Path(__file__).parent.parent.parent / "testdata" / "cloudformation" / "intrinsics"
ACCOUNT, REGION = "123456789012", "us-east-1"
FUNCTIONS = {"Ref", "Condition"}


def is_call(value):
    return isinstance(value, dict) and len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))


def holds_call(value):
    if isinstance(value, dict):
        return any(key == "Ref" or key.startswith("Fn::") for key in value) or any(map(holds_call, value.values()))
    return isinstance(value, list) and any(map(holds_call, value))


class Unresolved(Exception):
    pass


def by_linter(value, validator):
    if is_call(value):
        found = [answer for answer, _, error in validator.resolve_value(value) if error is None]
        if len(found) != 1:
            raise Unresolved
        return by_linter(found[0], validator)
    if isinstance(value, dict):
        return {key: by_linter(inner, validator) for key, inner in value.items()}
    if isinstance(value, list):
        return [by_linter(inner, validator) for inner in value]
    return value


def resolved(value, resources, validator):
    try:
        answer = clean_json(json.loads(json.dumps(value, default=str)), resources)
        if not holds_call(answer):
            return answer
    except Exception:  # Whatever moto does not know it fails at in its own way.
        pass
    return by_linter(value, validator)


def answers(path):
    template, problems = decode(str(path))
    if problems:
        sys.exit(f"{path}: {problems}")
    linted = Template(str(path), template, [REGION])
    if "AWS::LanguageExtensions" in str(template.get("Transform")):
        from cfnlint.template.transforms._language_extensions import language_extension

        problems, transformed = language_extension(linted)
        if problems:
            sys.exit(f"{path}: {problems}")
        linted = Template(str(path), transformed or linted.template, [REGION])
        template = linted.template
    validator = CfnTemplateValidator({}).evolve(context=create_context_for_template(linted), cfn=linted)
    template = json.loads(json.dumps(template, default=str))
    # The names that moto makes up are the same each time.
    mock_random.seed(0)
    with mock_aws():
        defaults = {name: str(body["Default"]) for name, body in template.get("Parameters", {}).items() if "Default" in body}
        resources = ResourceMap("arn:aws:cloudformation:::stack", "baselint", defaults, {}, REGION, ACCOUNT, template, {})
        resources.load()
        answer = {}
        for name, resource in template["Resources"].items():
            condition = resource.get("Condition")
            if condition and not resources.lazy_condition_map[condition]:
                answer[name] = None
                continue
            properties = {}
            for key, value in resource.get("Properties", {}).items():
                try:
                    properties[key] = resolved(value, resources, validator)
                except Unresolved:
                    pass
            answer[name] = properties
    return json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


wrong = 0
for template in sorted([*CASES.glob("*.yaml"), *CASES.glob("*.template.json")]):
    stored = template.parent / (template.name.split(".")[0] + ".answer.json")
    answer = answers(template)
    if "--check" not in sys.argv:
        stored.write_text(answer)
    elif not stored.exists() or stored.read_text() != answer:
        wrong += 1
        print(f"{stored}: the oracles say something else now", file=sys.stderr)
sys.exit(1 if wrong else 0)
