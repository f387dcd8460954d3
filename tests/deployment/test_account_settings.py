"""The inline function behind the CloudFormation baseline's custom resource: every request, and all that can fail.

Its calls go to moto, and its answers to a server that stands for CloudFormation.
"""

import time
import types
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import custom_resource
import stack
from conftest import Generate
from custom_resource import Context, ResponseEndpoint

ACCOUNT = "123456789012"

Settings = dict[str, Any]

SETTINGS: Settings = {
    "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:baseline-account-settings",
    "AccountId": ACCOUNT,
    "PasswordPolicy": {
        "MinimumPasswordLength": 14,
        "RequireLowercaseCharacters": True,
        "RequireUppercaseCharacters": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "PasswordReusePrevention": 24,
        "MaxPasswordAge": 90,
        "AllowUsersToChangePassword": True,
        "HardExpiry": False,
    },
    "PublicAccessBlock": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    },
    "EncryptedVolumeRegions": ["us-east-1", "eu-west-1"],
    "SecurityContact": {
        "Name": "Security team",
        "Title": "Security",
        "EmailAddress": "security@example.org",
        "PhoneNumber": "+44 20 0000 0000",
    },
}

SECTIONS = ["PasswordPolicy", "PublicAccessBlock", "EncryptedVolumeRegions", "SecurityContact"]


@pytest.fixture(scope="module")
def template(generate: Generate) -> dict[str, Any]:
    return stack.read(generate("cloudformation", []) / "baseline.yaml")


@pytest.fixture
def function(template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """The function in an account without any setting."""
    # Only the settings are asked for here; without AWS's own policies moto begins at once.
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
    properties = template["Resources"]["AccountSettingsFunction"]["Properties"]
    assert properties["Handler"] == "index.handler"
    with mock_aws():
        yield custom_resource.load(properties["Code"]["ZipFile"])


def send(function: types.ModuleType, request_type: str, properties: Settings, **context: float) -> dict[str, Any]:
    """One request, and its one answer."""
    with ResponseEndpoint() as endpoint:
        function.handler(custom_resource.event(request_type, endpoint.url, properties), Context(**context))
    assert len(endpoint.answers) == 1, endpoint.answers
    answer = endpoint.answers[0]
    assert set(answer) == {"Status", "Reason", "PhysicalResourceId", "StackId", "RequestId", "LogicalResourceId"}
    # Another id would make CloudFormation delete what it takes for the old resource.
    assert answer["PhysicalResourceId"] == "account-settings"
    return answer


def found() -> dict[str, Any]:
    """What is set in the account, by section; what is not set is left out."""
    readers = {
        "PasswordPolicy": lambda: boto3.client("iam").get_account_password_policy()["PasswordPolicy"],
        "PublicAccessBlock": lambda: boto3.client("s3control").get_public_access_block(AccountId=ACCOUNT)[
            "PublicAccessBlockConfiguration"
        ],
        "EncryptedVolumeRegions": lambda: [
            region
            for region in ("us-east-1", "eu-west-1", "eu-central-1")
            if boto3.client("ec2", region_name=region).get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
        ],
        "SecurityContact": lambda: boto3.client("account").get_alternate_contact(AlternateContactType="SECURITY")[
            "AlternateContact"
        ],
    }
    settings = {}
    for section, read in readers.items():
        try:
            value = read()
        except ClientError:
            continue
        if value:
            settings[section] = value
    return settings


def holds(settings: Settings) -> None:
    """What is set in the account is what was asked for, and nothing else."""
    there = found()
    assert list(there) == [section for section in SECTIONS if section in settings]
    for section, value in there.items():
        if isinstance(value, dict):
            value = {key: value[key] for key in settings[section]}
        assert value == settings[section], section


def without(section: str, key: str | None = None) -> dict[str, Any]:
    """The settings without a section, or without one entry of it."""
    settings = {name: dict(v) if isinstance(v, dict) else v for name, v in SETTINGS.items()}
    if key is None:
        del settings[section]
    else:
        del settings[section][key]
    return settings


def with_password_policy(**changed: Any) -> dict[str, Any]:
    return {**SETTINGS, "PasswordPolicy": {**SETTINGS["PasswordPolicy"], **changed}}


def test_the_template_asks_for_these_sections(template: dict[str, Any]) -> None:
    properties = template["Resources"]["AccountSettings"]["Properties"]
    assert set(properties) == {*SETTINGS, "ServiceTimeout"}
    for section in ("PasswordPolicy", "PublicAccessBlock", "SecurityContact"):
        assert set(properties[section]) == set(SETTINGS[section])


def test_create_applies_all(function: types.ModuleType) -> None:
    assert found() == {}
    assert send(function, "Create", SETTINGS)["Status"] == "SUCCESS"
    holds(SETTINGS)


def test_create_once_more_changes_nothing(function: types.ModuleType) -> None:
    for _ in range(2):
        assert send(function, "Create", SETTINGS)["Status"] == "SUCCESS"
        holds(SETTINGS)


def test_update_applies_what_changed(function: types.ModuleType) -> None:
    send(function, "Create", SETTINGS)
    changed = with_password_policy(MinimumPasswordLength=20)
    assert send(function, "Update", changed)["Status"] == "SUCCESS"
    holds(changed)


def test_passwords_that_never_expire(function: types.ModuleType) -> None:
    send(function, "Create", SETTINGS)
    assert send(function, "Update", with_password_policy(MaxPasswordAge=0))["Status"] == "SUCCESS"
    policy = found()["PasswordPolicy"]
    assert policy["ExpirePasswords"] is False and not policy.get("MaxPasswordAge")


def test_delete_changes_nothing(function: types.ModuleType) -> None:
    send(function, "Create", SETTINGS)
    assert send(function, "Delete", SETTINGS)["Status"] == "SUCCESS"
    holds(SETTINGS)


def test_delete_of_what_was_never_made(function: types.ModuleType) -> None:
    # CloudFormation sends this after a Create that failed.
    assert send(function, "Delete", {})["Status"] == "SUCCESS"
    assert found() == {}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_left_out_is_left_alone(function: types.ModuleType, section: str) -> None:
    settings = without(section)
    assert send(function, "Create", settings)["Status"] == "SUCCESS"
    holds(settings)
    # Nor does it take back what somebody else, or an earlier version of the stack, has set.
    send(function, "Update", SETTINGS)
    assert send(function, "Update", settings)["Status"] == "SUCCESS"
    holds(SETTINGS)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (with_password_policy(MinimumPasswordLength=5000), "minimumPasswordLength"),
        (with_password_policy(MinimumPasswordLength="long"), "ValueError"),
        (with_password_policy(RequireSymbols="perhaps"), "ValueError"),
        (with_password_policy(Minimum=14), "Minimum"),
        ({**SETTINGS, "PublicAccessBlock": {"BlockAll": True}}, "BlockAll"),
        ({**SETTINGS, "EncryptedVolumeRegions": ["nowhere at all"]}, "nowhere at all"),
        (without("SecurityContact", "EmailAddress"), "EmailAddress"),
        (without("AccountId"), "AccountId"),
    ],
)
def test_a_property_that_fails_is_told(function: types.ModuleType, settings: dict[str, Any], told: str) -> None:
    answer = send(function, "Create", settings)
    assert answer["Status"] == "FAILED"
    assert told.lower() in answer["Reason"].lower()
    assert len(answer["Reason"]) <= 1000, "CloudFormation takes an answer of at most 4096 bytes"


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not yet"}}, "UpdateAccountPasswordPolicy")


def test_a_role_that_does_not_hold_yet_is_waited_for(function: types.ModuleType) -> None:
    calls = []

    def call(**parameters: Any) -> None:
        calls.append(parameters)
        if len(calls) < 4:
            raise refused("AccessDenied")

    function.WAIT_SECONDS = 0
    function.allowed(call, x=1)
    assert calls == [{"x": 1}] * 4
    with pytest.raises(ClientError):
        function.allowed(lambda: (_ for _ in ()).throw(refused("AccessDenied")))
    # Anything else is no matter of waiting.
    function.WAIT_SECONDS = 60
    with pytest.raises(ClientError):
        function.allowed(lambda: (_ for _ in ()).throw(refused("ValidationError")))


def test_the_end_of_its_time_is_answered(function: types.ModuleType) -> None:
    function.client = lambda *_, **__: types.SimpleNamespace(update_account_password_policy=lambda **_: time.sleep(30))
    started = time.monotonic()
    answer = send(function, "Create", SETTINGS, seconds=function.ANSWER_SECONDS + 1)
    assert answer["Status"] == "FAILED" and "time" in answer["Reason"]
    assert time.monotonic() - started < 10


def test_the_end_of_its_time_in_the_midst_of_a_request(function: types.ModuleType) -> None:
    """boto3 catches every Exception of a request and tries again; the end of the time must come through."""

    def hang(**_: Any) -> None:
        time.sleep(30)

    make = function.client

    def hanging(service: str, **more: Any) -> Any:
        client = make(service, **more)
        client.meta.events.register_first("before-send", hang)
        return client

    function.client = hanging
    started = time.monotonic()
    answer = send(function, "Update", SETTINGS, seconds=1)
    assert answer["Status"] == "FAILED" and "time" in answer["Reason"]
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_an_answer_that_does_not_arrive_is_sent_again(function: types.ModuleType, request_type: str) -> None:
    with ResponseEndpoint(refusals=2) as endpoint:
        function.handler(custom_resource.event(request_type, endpoint.url, SETTINGS), Context())
    assert [answer["Status"] for answer in endpoint.answers] == ["SUCCESS"]
    assert endpoint.requests == 3


def test_lambda_learns_of_an_answer_that_never_arrives(function: types.ModuleType) -> None:
    # Lambda calls the function again when it fails.
    with ResponseEndpoint(refusals=9) as endpoint, pytest.raises(OSError):
        function.handler(custom_resource.event("Delete", endpoint.url, SETTINGS), Context())
    assert endpoint.answers == []
