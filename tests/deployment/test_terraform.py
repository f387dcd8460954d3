"""The Terraform baseline, applied by terraform and the real provider to moto's server, and read back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import account
import boto3
import pytest
from botocore.config import Config
from conftest import CHECKED_VALUES, Generate, Note
from moto.server import ThreadedMotoServer
from moto_extensions import TAUGHT
from terraform import Terraform, plugins_or_skip, use_moto

# A plan takes 5 seconds, an apply 70: the provider waits for a bucket's lifecycle rules to settle, whatever it speaks to.
# What takes several times as long hangs.
PLAN_SECONDS = 120
APPLY_SECONDS = 400


@dataclass(frozen=True)
class Applied:
    """A baseline that is in place."""

    terraform: Terraform
    account: account.Account


@pytest.fixture(scope="module")
def applied(generate: Generate, note: Note) -> Iterator[Applied]:
    plugins_or_skip()
    directory = generate("terraform", CHECKED_VALUES)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()

        def client(service: str, region: str):
            # Account-wide calls of S3 go to a host named after the account, which no resolver knows.
            url = f"http://127.0.0.1:{port}"
            return boto3.client(service, region_name=region, endpoint_url=url, config=Config(proxies={"http": url}))

        client("iam", account.HOME_REGION).create_user(UserName="somebody")
        environment = use_moto(directory, port, [account.OTHER_REGION.replace("-", "_")])
        terraform = Terraform(directory, environment)
        terraform.init()
        terraform.run("plan", "-input=false", "-no-color", "-out=baseline.plan", seconds=PLAN_SECONDS)
        plan = json.loads(terraform.run("show", "-json", "baseline.plan", seconds=PLAN_SECONDS).stdout)
        changes = [change for change in plan["resource_changes"] if change["mode"] == "managed"]
        assert all(change["change"]["actions"] == ["create"] for change in changes)
        terraform.run("apply", "-input=false", "-no-color", "baseline.plan", seconds=APPLY_SECONDS)
        types = {change["type"] for change in changes}
        created = terraform.run("state", "list", seconds=PLAN_SECONDS).stdout.splitlines()
        created = [address for address in created if not address.startswith("data.") and ".data." not in address]
        assert sorted(created) == sorted(change["address"] for change in changes)
        note(f"Terraform: {len(changes)} resources of {len(types)} types planned, {len(created)} created; left out: none")
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
