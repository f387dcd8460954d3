"""The CloudFormation baseline, deployed to moto and read back."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

import account
from conftest import CHECKED_VALUES, Generate, Note
from stack import Stack, read


def client(service: str, region: str):
    return boto3.client(service, region_name=region)


@pytest.fixture(scope="module")
def deployed(generate: Generate, note: Note) -> Iterator[account.Account]:
    directory = generate("cloudformation", CHECKED_VALUES)
    with mock_aws():
        client("iam", account.HOME_REGION).create_user(UserName="somebody")
        home = Stack(read(directory / "baseline.yaml"), account.HOME_REGION, client)
        home.deploy({})
        other = Stack(read(directory / "region.yaml"), account.OTHER_REGION, client)
        other.deploy({})
        for stack in (home, other):
            made = f"{len(stack.by_cloudformation)} resources by moto's CloudFormation"
            note(f"CloudFormation in {stack.region}: {made}; by the services' own APIs:")
            for line in stack.by_api:
                note(f"  {line}")
        yield account.Account(client)


@pytest.mark.parametrize("check", account.CHECKS, ids=lambda check: check.__name__)
def test_what_is_in_the_account(deployed: account.Account, check) -> None:
    check(deployed)
