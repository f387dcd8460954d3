"""Terraform with the real AWS provider, kept away from AWS: its endpoints are moto's server."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

# What the baseline's resources and the provider itself speak to.
SERVICES = [
    "account",
    "budgets",
    "cloudtrail",
    "cloudwatchlogs",
    "ec2",
    "events",
    "guardduty",
    "iam",
    "kms",
    "s3",
    "s3control",
    "sns",
    "sts",
]


def binary_or_skip() -> str:
    """Terraform's path; skips the test where there is none."""
    path = shutil.which("terraform")
    if path is None:
        pytest.skip("there is no terraform on the PATH")
    return path


def plugins_or_skip() -> Path:
    """The directory that holds the AWS provider, laid out as `init -plugin-dir` takes it; skips where there is none.

    `TF_PLUGIN_DIR` names one. Otherwise it is looked for where Terraform itself looks (its documentation, "Implied
    Local Mirror Directories"), in the plugin cache, and in the directories of /opt.
    """
    named = os.environ.get("TF_PLUGIN_DIR")
    home = Path.home()
    roots = [
        *([Path(named)] if named else []),
        *([Path(os.environ["TF_PLUGIN_CACHE_DIR"])] if "TF_PLUGIN_CACHE_DIR" in os.environ else []),
        home / ".terraform.d/plugins",
        home / ".terraform.d/plugin-cache",
        home / ".local/share/terraform/plugins",
        Path("/usr/local/share/terraform/plugins"),
        Path("/usr/share/terraform/plugins"),
        *sorted(Path("/opt").glob("*")),
    ]
    for root in roots:
        if any(root.glob("registry.terraform.io/hashicorp/aws/5.*/*/terraform-provider-aws*")):
            return root
    pytest.skip(f"there is no plugin of the AWS provider, version 5, in {', '.join(map(str, roots))}")


class Terraform:
    """A configuration in a directory. Every command has a time after which it and its plugins are killed."""

    def __init__(self, directory: Path, environment: dict[str, str] | None = None) -> None:
        self.directory = directory
        self._binary = binary_or_skip()
        # No settings of the machine, and no proxy: what leaves 127.0.0.1 must fail.
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        kept |= {"TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        self._environment = kept | (environment or {})

    def run(self, *arguments: str, seconds: int, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Runs a command; fails on any other exit code, and when its time is over."""
        process = subprocess.Popen(
            [self._binary, *arguments],
            cwd=self.directory,
            env=self._environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A group of its own, so that the plugins are killed with it.
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            pytest.fail(f"terraform {arguments[0]} took more than {seconds} seconds:\n{output[-4000:]}")
        if process.returncode not in codes:
            pytest.fail(f"terraform {arguments[0]} ended with {process.returncode}:\n{output[-8000:]}")
        return subprocess.CompletedProcess(arguments, process.returncode, output)

    def init(self) -> None:
        """Initialises the directory with the plugin that is installed."""
        self.run("init", "-input=false", "-no-color", f"-plugin-dir={plugins_or_skip()}", seconds=60)


def use_moto(directory: Path, port: int, aliases: list[str]) -> dict[str, str]:
    """Lets every provider of a configuration speak to moto's server; gives the environment that it takes besides.

    The override file adds to the provider blocks. Account-wide calls of S3 go to a host named after the account, which
    no resolver knows: moto's server is the proxy for whatever is not 127.0.0.1.
    """
    settings = {
        "access_key": "testing",
        "secret_key": "testing",
        "skip_credentials_validation": True,
        "skip_metadata_api_check": True,
        "skip_requesting_account_id": False,
        "s3_use_path_style": True,
        # Its connections break now and then where a machine has much to do.
        "max_retries": 10,
        "endpoints": dict.fromkeys(SERVICES, f"http://127.0.0.1:{port}"),
    }
    providers = [settings, *({"alias": alias, **settings} for alias in aliases)]
    (directory / "moto_override.tf.json").write_text(json.dumps({"provider": {"aws": providers}}))
    return {"HTTP_PROXY": f"http://127.0.0.1:{port}"}
