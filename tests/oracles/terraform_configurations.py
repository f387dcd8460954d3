#!/usr/bin/env python3
"""Holds the answers in testdata/terraform/configurations against the terraform on the PATH.

usage: terraform_configurations.py [--write]

Each configuration is planned once: no network, nothing is applied. Those with the AWS provider are planned where its
plugin lies in the directory that TF_PLUGIN_DIRECTORY names (default: /opt/tf-plugins), and passed over elsewhere.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parents[2] / "testdata" / "terraform" / "configurations"
PLUGINS = os.environ.get("TF_PLUGIN_DIRECTORY", "/opt/tf-plugins")
ENVIRONMENT = dict(os.environ, CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1")


def terraform(directory, *arguments):
    result = subprocess.run(
        ["terraform", *arguments], cwd=directory, capture_output=True, text=True, env=ENVIRONMENT
    )
    if result.returncode:
        raise RuntimeError(f"terraform {arguments[0]}:\n{result.stdout[-4000:]}{result.stderr[-4000:]}")
    return result.stdout


def prepare(source, root):
    """Copies a configuration to where it can be planned."""
    shutil.copytree(source, root)
    # Version control and other tools pass over the name that Terraform uses.
    if (root / "dot.terraform").exists():
        (root / "dot.terraform").rename(root / ".terraform")
    # OpenTofu reads its own files in place of Terraform's.
    for own in [*root.glob("*.tofu"), *root.glob("*.tofu.json")]:
        own.replace(root / own.name.replace(".tofu", ".tf"))


def resources(module):
    for resource in module.get("resources", []):
        if resource["type"] == "terraform_data":
            yield resource["address"], resource["values"].get("input")
    for child in module.get("child_modules", []):
        yield from resources(child)


def answer_or_error(source):
    try:
        return answer(source)
    except RuntimeError as error:
        return str(error)


def answer(source):
    """What terraform plans: outputs, what it does not know of them, and the inputs of all terraform_data."""
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch) / "root"
        prepare(source, root)
        arguments = (source / "arguments").read_text().splitlines() if (source / "arguments").exists() else []
        if arguments[:1] == ["--workspace"]:
            arguments = []
        if not (root / ".terraform" / "modules").exists():
            has_provider = any("hashicorp/aws" in path.read_text() for path in root.rglob("*.tf"))
            plugins = [f"-plugin-dir={PLUGINS}"] if has_provider else []
            terraform(root, "init", "-input=false", "-no-color", *plugins)
        plan = ["plan", "-input=false", "-refresh=false", "-lock=false", "-no-color", "-out=plan"]
        terraform(root, *plan, *arguments)
        plan = json.loads(terraform(root, "show", "-json", "plan"))
    outputs = plan["planned_values"].get("outputs", {})
    return {
        "outputs": {name: output["value"] for name, output in sorted(outputs.items()) if "value" in output},
        "unknown": sorted(name for name, output in outputs.items() if "value" not in output),
        "resources": dict(sorted(resources(plan["planned_values"]["root_module"]))),
    }


def main():
    if not shutil.which("terraform"):
        print("skipped: terraform is not on the PATH")
        return
    write = "--write" in sys.argv[1:]
    found = sorted(path for path in HERE.iterdir() if path.is_dir())
    if not os.path.isdir(PLUGINS):
        with_provider = [path for path in found if "hashicorp/aws" in (path / "main.tf").read_text()]
        print(f"skipped: {len(with_provider)} configurations with the AWS provider, which is not in {PLUGINS}")
        found = [path for path in found if path not in with_provider]
    differences = 0
    with ThreadPoolExecutor() as pool:
        for path, planned in zip(found, pool.map(answer_or_error, found)):
            stored = path / "answers.json"
            if isinstance(planned, str):
                differences += 1
                print(f"{path.name}: {planned}")
                continue
            text = json.dumps(planned, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
            if stored.exists() and stored.read_text() == text:
                continue
            differences += 1
            if write:
                stored.write_text(text)
            else:
                print(f"{path.name}: terraform plans\n{text}")
    print(f"{len(found)} configurations, {differences} answers {'changed' if write else 'differ'}")
    sys.exit(1 if differences and not write else 0)


main()
