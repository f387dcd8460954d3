"""What AWS's own translator makes of the SAM templates in testdata/cloudformation/sam: one JSON template beside each.
With --check, nothing is written, and a difference is an error. Needs requirements.txt."""

import json
import os
import pathlib
import sys

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

from samtranslator.model.exceptions import InvalidDocumentException  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

CASES = pathlib.Path(__file__).parent.parent.parent / "testdata" / "cloudformation" / "sam"


class NoPolicies:
    """The translator brings its own list of AWS's managed policies; it may ask an account for more."""

    def load(self):
        return {}


def translated(template):
    try:
        document = transform(yaml_parse(template.read_text()), {}, NoPolicies())
    except InvalidDocumentException as error:
        sys.exit(f"{template}: {[cause.message for cause in error.causes]}")
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


wrong = 0
for template in sorted(CASES.glob("*.yaml")):
    stored = template.with_suffix(".json")
    answer = translated(template)
    if "--check" not in sys.argv:
        stored.write_text(answer)
    elif not stored.exists() or stored.read_text() != answer:
        wrong += 1
        print(f"{stored}: the translator says something else now", file=sys.stderr)
sys.exit(1 if wrong else 0)
