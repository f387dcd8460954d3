"""The Terraform baseline, applied by terraform and the real provider to moto's server, and read back."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

import account
from conftest import CHECKED_VALUES, HOME_VALUES, Generate, Note
from moto_extensions import TAUGHT
from terraform import Terraform, plugins_or_skip, use_moto

# A plan takes 5 seconds, an apply 70: the provider waits for a bucket's lifecycle rules to settle, whatever it speaks
# to. What takes several times as long hangs.
PLAN_SECONDS = 120
APPLY_SECONDS = 400


@dataclass(frozen=True)
class Applied:
    """A baseline that is in place."""

    terraform: Terraform
    account: account.Account


def apply(terraform: Terraform) -> list[str]:
    """Plans and applies a configuration that must only add to what is there; gives what it has added."""
    terraform.init()
    terraform.run("plan", "-input=false", "-no-color", "-out=baseline.plan", seconds=PLAN_SECONDS)
    plan = json.loads(terraform.run("show", "-json", "baseline.plan", seconds=PLAN_SECONDS).stdout)
    changes = [change for change in plan["resource_changes"] if change["mode"] == "managed"]
    changed = {change["address"]: change["change"]["actions"] for change in changes}
    added = [address for address, actions in changed.items() if actions == ["create"]]
    touched = {address: actions for address, actions in changed.items() if actions not in (["create"], ["no-op"])}
    assert not touched
    terraform.run("apply", "-input=false", "-no-color", "baseline.plan", seconds=APPLY_SECONDS)
    return added


@pytest.fixture(scope="module")
def applied(generate: Generate, note: Note) -> Iterator[Applied]:
    plugins_or_skip()
    directory = generate("terraform", HOME_VALUES)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()

        def client(service: str, region: str):
            # Account-wide calls of S3 go to a host named after the account, which no resolver knows.
            url = f"http://127.0.0.1:{port}"
            return boto3.client(service, region_name=region, endpoint_url=url, config=Config(proxies={"http": url}))

        client("iam", account.HOME_REGION).create_user(UserName="somebody")
        terraform = Terraform(directory, use_moto(directory, port, []))
        home = apply(terraform)
        # A region that is added later must not move what is there.
        generate("terraform", CHECKED_VALUES, over=directory)
        alias = account.OTHER_REGION.replace("-", "_")
        use_moto(directory, port, [alias])
        added = apply(terraform)
        assert all(address.startswith(f"module.{alias}.") for address in added), added
        state = terraform.run("state", "list", seconds=PLAN_SECONDS).stdout.splitlines()
        created = [address for address in state if not re.search(r"(^|\.)data\.", address)]
        assert sorted(created) == sorted([*home, *added])
        counts = f"{len(home)} resources planned and created, then {len(added)} in a region more"
        note(f"Terraform: {counts}; left out: none")
        note("moto was taught, to make that possible:")
        for behaviour in TAUGHT:
            note(f"  {behaviour}")
        yield Applied(terraform, account.Account(client))
    finally:
        server.stop()


@pytest.mark.parametrize("check", account.CHECKS, ids=lambda check: check.__name__)
def test_what_is_in_the_account(applied: Applied, check) -> None:
    check(applied.account)


def test_a_second_plan_is_empty(applied: Applied) -> None:
    arguments = ("plan", "-input=false", "-no-color", "-detailed-exitcode")
    planned = applied.terraform.run(*arguments, seconds=PLAN_SECONDS, codes=(0, 2))
    assert planned.returncode == 0, planned.stdout[-8000:]
