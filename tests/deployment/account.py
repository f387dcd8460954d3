"""What an account must look like once the baseline is deployed, read back through the services' own APIs.

Both languages are held to it: each check takes an `Account` and raises AssertionError where the account differs.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PROTECTION_PLANS = {
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
}
RUNTIME_AGENTS = {"EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"}
ALL_CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)

ALERT_EMAIL = "alerts@example.org"
SECURITY_EMAIL = "security@example.org"
SECURITY_PHONE = "+44 20 0000 0000"
# None that anything takes by default.
HOME_REGION = "eu-central-1"
OTHER_REGION = "ap-southeast-2"


@dataclass(frozen=True)
class Account:
    """An account with a baseline in it."""

    client: Callable[[str, str], Any]
    """Makes a client of a service in a region."""
    id: str = "123456789012"
    prefix: str = "baseline"

    def home(self, service: str) -> Any:
        """A client of a service in the home region."""
        return self.client(service, HOME_REGION)

    @property
    def trail_arn(self) -> str:
        """The trail that all policies must name."""
        return f"arn:aws:cloudtrail:{HOME_REGION}:{self.id}:trail/{self.prefix}-trail"

    def trail(self) -> dict[str, Any]:
        """The one trail."""
        trails = self.home("cloudtrail").describe_trails()["trailList"]
        assert len(trails) == 1, trails
        return trails[0]

    def access_log_bucket(self) -> str:
        """Where the accesses to the trail's bucket are logged."""
        logging = self.home("s3").get_bucket_logging(Bucket=self.trail()["S3BucketName"])
        return logging["LoggingEnabled"]["TargetBucket"]


def as_list(value: Any) -> list[Any]:
    """What a policy may give alone or in a list."""
    return value if isinstance(value, list) else [value]


def statements(policy: str | dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a policy, as text or read."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    return as_list(document["Statement"])


def denies_plain_http(policy: str, bucket: str) -> bool:
    """Whether a bucket's policy denies everything to everybody without TLS."""
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and as_list(statement["Action"]) == ["s3:*"]
        and set(as_list(statement["Resource"])) == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in statements(policy)
    )


def the_trail_records_every_region(account: Account) -> None:
    trail = account.trail()
    assert trail["TrailARN"] == account.trail_arn
    assert trail["HomeRegion"] == HOME_REGION
    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True
    assert trail["LogFileValidationEnabled"] is True
    cloudtrail = account.home("cloudtrail")
    assert cloudtrail.get_trail_status(Name=trail["Name"])["IsLogging"] is True
    selectors = cloudtrail.get_event_selectors(TrailName=trail["Name"])["EventSelectors"]
    assert [(s["ReadWriteType"], s["IncludeManagementEvents"]) for s in selectors] == [("All", True)]


def the_trail_has_a_rotating_key_of_its_own(account: Account) -> None:
    kms = account.home("kms")
    key = account.trail()["KmsKeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert kms.describe_key(KeyId=f"alias/{account.prefix}-trail")["KeyMetadata"]["Arn"] == key
    policy = statements(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    cloudtrail = [s for s in policy if s["Principal"] == {"Service": "cloudtrail.amazonaws.com"}]
    assert len(cloudtrail) == 2
    for statement in cloudtrail:
        assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == account.trail_arn, statement
    logs = [s for s in policy if s["Principal"] == {"Service": f"logs.{HOME_REGION}.amazonaws.com"}]
    groups = as_list(logs[0]["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"])
    assert f"arn:aws:logs:{HOME_REGION}:{account.id}:log-group:/aws/cloudtrail/{account.prefix}-trail" in groups
    root = [s for s in policy if s["Principal"] == {"AWS": f"arn:aws:iam::{account.id}:root"}]
    assert len(policy) == len(cloudtrail) + len(logs) + len(root), "nobody else may use the key"


def the_buckets_are_closed(account: Account) -> None:
    s3 = account.home("s3")
    for bucket in (account.trail()["S3BucketName"], account.access_log_bucket()):
        assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == ALL_CLOSED, bucket
        rules = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}], bucket
        assert denies_plain_http(s3.get_bucket_policy(Bucket=bucket)["Policy"], bucket), bucket


def the_buckets_keep_what_is_in_them(account: Account) -> None:
    s3 = account.home("s3")
    for bucket in (account.trail()["S3BucketName"], account.access_log_bucket()):
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled", bucket
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert [(rule["Status"], rule["Expiration"]["Days"]) for rule in rules] == [("Enabled", 730)], bucket


def the_trails_bucket_is_encrypted_under_the_trails_key(account: Account) -> None:
    encryption = account.home("s3").get_bucket_encryption(Bucket=account.trail()["S3BucketName"])
    rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    default = rules[0]["ApplyServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": account.trail()["KmsKeyId"]}
    assert rules[0]["BucketKeyEnabled"] is True


def only_the_trail_writes_to_its_bucket(account: Account) -> None:
    bucket = account.trail()["S3BucketName"]
    policy = statements(account.home("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    allowed = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert {action for statement in allowed for action in as_list(statement["Action"])} == {
        "s3:GetBucketAcl",
        "s3:PutObject",
    }
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}, statement
        assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == account.trail_arn, statement
    others = [s for s in policy if s["Effect"] == "Deny" and "s3:PutObject" in as_list(s["Action"])]
    assert len(others) == 1
    assert set(as_list(others[0]["Action"])) == {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"}
    assert others[0]["Principal"] in ("*", {"AWS": "*"})
    assert others[0]["Condition"] == {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


def the_trails_events_reach_cloudwatch_logs(account: Account) -> None:
    trail = account.trail()
    name = f"/aws/cloudtrail/{account.prefix}-trail"
    groups = account.home("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [group["logGroupName"] for group in groups] == [name]
    assert trail["CloudWatchLogsLogGroupArn"].removesuffix(":*") == groups[0]["arn"].removesuffix(":*")
    assert groups[0]["retentionInDays"] == 365
    assert groups[0]["kmsKeyId"] == trail["KmsKeyId"]
    iam = account.home("iam")
    role = trail["CloudWatchLogsRoleArn"].rsplit("/", 1)[1]
    trust = statements(iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])
    assert [statement["Principal"] for statement in trust] == [{"Service": "cloudtrail.amazonaws.com"}]
    assert trust[0]["Condition"]["ArnLike"]["aws:SourceArn"] == account.trail_arn
    policy = iam.get_role_policy(RoleName=role, PolicyName="write-to-log-group")["PolicyDocument"]
    granted = statements(policy)
    assert len(granted) == 1
    assert set(as_list(granted[0]["Action"])) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert as_list(granted[0]["Resource"]) == [
        f"arn:aws:logs:{HOME_REGION}:{account.id}:log-group:{name}:log-stream:{account.id}_CloudTrail_{HOME_REGION}*"
    ]


def permissions_are_on_groups_only(account: Account) -> None:
    iam = account.home("iam")
    details = iam.get_account_authorization_details(Filter=["User", "Group"])
    users = details["UserDetailList"]
    assert users, "somebody must be there, or nothing is asked"
    for user in users:
        assert not user.get("UserPolicyList") and not user.get("AttachedManagedPolicies"), user
    attached = {
        group["GroupName"].removeprefix(f"{account.prefix}-"): {
            policy["PolicyName"].removeprefix(f"{account.prefix}-") for policy in group["AttachedManagedPolicies"]
        }
        for group in details["GroupDetailList"]
    }
    assert attached == {
        "administrators": {"AdministratorAccess", "mfa"},
        "developers": {"ViewOnlyAccess", "developers", "mfa"},
        "auditors": {"SecurityAudit", "auditors", "mfa"},
        "billing": {"Billing", "mfa"},
    }


def passwords_are_strong(account: Account) -> None:
    policy = account.home("iam").get_account_password_policy()["PasswordPolicy"]
    assert policy["MinimumPasswordLength"] == 14
    for setting in ("Lowercase", "Uppercase"):
        assert policy[f"Require{setting}Characters"] is True, setting
    assert policy["RequireNumbers"] is True and policy["RequireSymbols"] is True
    assert policy["PasswordReusePrevention"] == 24 and policy["MaxPasswordAge"] == 90
    assert policy["AllowUsersToChangePassword"] is True and policy.get("HardExpiry", False) is False


def guardduty_watches_each_region(account: Account) -> None:
    for region in (HOME_REGION, OTHER_REGION):
        guardduty = account.client("guardduty", region)
        detectors = guardduty.list_detectors()["DetectorIds"]
        assert len(detectors) == 1, region
        detector = guardduty.get_detector(DetectorId=detectors[0])
        assert detector["Status"] == "ENABLED"
        assert detector["FindingPublishingFrequency"] == "FIFTEEN_MINUTES"
        features = {feature["Name"]: feature for feature in detector["Features"]}
        assert set(features) == PROTECTION_PLANS, region
        assert all(feature["Status"] == "ENABLED" for feature in features.values()), features
        agents = features["RUNTIME_MONITORING"]["AdditionalConfiguration"]
        assert {agent["Name"] for agent in agents if agent["Status"] == "ENABLED"} == RUNTIME_AGENTS


def findings_reach_a_person_in_each_region(account: Account) -> None:
    for region in (HOME_REGION, OTHER_REGION):
        events, sns, kms = (account.client(service, region) for service in ("events", "sns", "kms"))
        rule = events.describe_rule(Name=f"{account.prefix}-guardduty-findings")
        assert rule["State"] == "ENABLED"
        assert json.loads(rule["EventPattern"]) == {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", 4]}]},
        }
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert len(targets) == 1
        topic = sns.get_topic_attributes(TopicArn=targets[0]["Arn"])["Attributes"]
        published = statements(topic["Policy"])
        assert [(s["Effect"], s["Principal"], as_list(s["Action"]), as_list(s["Resource"])) for s in published] == [
            ("Allow", {"Service": "events.amazonaws.com"}, ["sns:Publish"], [targets[0]["Arn"]])
        ]
        key = topic["KmsMasterKeyId"]
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
        users = statements(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        assert {"Service": "events.amazonaws.com"} in [statement["Principal"] for statement in users]
        subscriptions = sns.list_subscriptions_by_topic(TopicArn=targets[0]["Arn"])["Subscriptions"]
        assert [(s["Protocol"], s["Endpoint"]) for s in subscriptions] == [("email", ALERT_EMAIL)]


def no_bucket_can_be_public(account: Account) -> None:
    block = account.home("s3control").get_public_access_block(AccountId=account.id)
    assert block["PublicAccessBlockConfiguration"] == ALL_CLOSED


def volumes_are_encrypted_in_each_region(account: Account) -> None:
    for region in (HOME_REGION, OTHER_REGION):
        assert account.client("ec2", region).get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True, region


def spending_raises_an_alarm(account: Account) -> None:
    budgets = account.home("budgets")
    found = budgets.describe_budgets(AccountId=account.id)["Budgets"]
    assert [(b["BudgetName"], b["BudgetType"], b["TimeUnit"]) for b in found] == [
        (f"{account.prefix}-monthly", "COST", "MONTHLY")
    ]
    limit = found[0]["BudgetLimit"]
    assert (float(limit["Amount"]), limit["Unit"]) == (100, "USD")
    name = {"AccountId": account.id, "BudgetName": found[0]["BudgetName"]}
    notifications = budgets.describe_notifications_for_budget(**name)["Notifications"]
    assert sorted((n["NotificationType"], n["ComparisonOperator"], n["Threshold"]) for n in notifications) == [
        ("ACTUAL", "GREATER_THAN", 80),
        ("FORECASTED", "GREATER_THAN", 100),
    ]
    for notification in notifications:
        told = budgets.describe_subscribers_for_notification(**name, Notification=notification)["Subscribers"]
        assert told == [{"SubscriptionType": "EMAIL", "Address": ALERT_EMAIL}]


def aws_knows_whom_to_call(account: Account) -> None:
    contact = account.home("account").get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"]
    assert (contact["EmailAddress"], contact["PhoneNumber"]) == (SECURITY_EMAIL, SECURITY_PHONE)
    assert (contact["Name"], contact["Title"]) == ("Security team", "Security")


CHECKS = [
    the_trail_records_every_region,
    the_trail_has_a_rotating_key_of_its_own,
    the_buckets_are_closed,
    the_buckets_keep_what_is_in_them,
    the_trails_bucket_is_encrypted_under_the_trails_key,
    only_the_trail_writes_to_its_bucket,
    the_trails_events_reach_cloudwatch_logs,
    permissions_are_on_groups_only,
    passwords_are_strong,
    guardduty_watches_each_region,
    findings_reach_a_person_in_each_region,
    no_bucket_can_be_public,
    volumes_are_encrypted_in_each_region,
    spending_raises_an_alarm,
    aws_knows_whom_to_call,
]
