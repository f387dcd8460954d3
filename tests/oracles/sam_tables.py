"""Writes the tables of src/cloudformation/sam from the installed aws-sam-translator: what each policy template and
each connector grants, and below which path AWS keeps its managed policies. Run it after raising the version in
requirements.txt, and look at the difference."""

import importlib.metadata
import json
import pathlib
import re

import samtranslator

HOUSE = pathlib.Path(__file__).parent.parent.parent / "src" / "cloudformation" / "sam"
PACKAGE = pathlib.Path(samtranslator.__file__).parent


def read(path):
    return json.loads((PACKAGE / path).read_text())


def plain(value):
    """Every function call as a text with placeholders: ${Parameter}, ${AWS::Region}, ${Source.Arn}."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"%\{([^}]+)\}", r"${\1}", value)
    if not isinstance(value, dict):
        return value
    if list(value) == ["Ref"]:
        return "${" + value["Ref"] + "}"
    if list(value) == ["Fn::Sub"]:
        text, names = value["Fn::Sub"], {}
        if isinstance(text, list):
            text, names = text
        for name, given in names.items():
            text = text.replace("${" + name + "}", plain(given))
        return text
    assert not any(key.startswith("Fn::") for key in value), value
    return {key: plain(inner) for key, inner in value.items() if key != "_comment"}


def write(name, table):
    version = importlib.metadata.version("aws-sam-translator")
    head = {"source": f"aws-sam-translator {version}, by tests/oracles/sam_tables.py"}
    text = json.dumps({**head, **table}, indent=1)
    # Lists of texts on one line each.
    text = re.sub(r"\[\s*((?:\"[^\"]*\",?\s*)+)\]", lambda m: "[" + re.sub(r",\s+", ", ", m[1].strip()) + "]", text)
    (HOUSE / name).write_text(text + "\n")


templates = read("policy_templates_data/policy_templates.json")["Templates"]
write("policy_templates.json", {"templates": {name: plain(t["Definition"]["Statement"]) for name, t in sorted(templates.items())}})

profiles = read("model/connector_profiles/profiles.json")
connectors = {
    source: {
        destination: {
            "kind": profile["Type"],
            "on": "source" if profile["Properties"]["SourcePolicy"] else "destination",
            "access": {
                category: plain(access.get("Statement", access))
                for category, access in profile["Properties"]["AccessCategories"].items()
            },
        }
        for destination, profile in destinations.items()
    }
    for source, destinations in profiles["Permissions"].items()
}
write("connectors.json", {"connectors": connectors})

policies = read("internal/data/aws_managed_policies.json")["aws"]
paths = {}
for name, arn in sorted(policies.items()):
    path, _, last = arn.split(":policy/")[1].rpartition("/")
    assert last == name, arn
    if path:
        paths.setdefault(path, []).append(name)
write("managed_policy_paths.json", {"paths": paths})
