"""Deploys a template to moto.

moto's own CloudFormation makes what it knows, and resolves the intrinsic functions of everything else: each stands as
an output in the template that moto is given. What moto's CloudFormation does not know, whole types and single
properties, is then made by the service's own API, with the properties that the template gives. So boto3 checks every
parameter's name and type, and the service's own implementation its value.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import cfnlint.decode
from botocore.model import Shape
from moto.cloudformation.parsing import get_model_map

import custom_resource

Client = Callable[[str, str], Any]

# Properties of types that moto's CloudFormation makes, but without looking at these, or not as AWS does: the policies
# of keys and roles it keeps in a form that it cannot read itself.
UNREAD_PROPERTIES: dict[str, list[str]] = {
    "AWS::IAM::Role": ["Policies"],
    "AWS::KMS::Key": ["KeyPolicy"],
    "AWS::Logs::LogGroup": ["KmsKeyId", "RetentionInDays"],
    "AWS::S3::Bucket": [
        "BucketEncryption",
        "LifecycleConfiguration",
        "LoggingConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "VersioningConfiguration",
    ],
}


def read(path: Path) -> dict[str, Any]:
    """A template with its intrinsic functions in their long form."""
    template, errors = cfnlint.decode.decode(str(path))
    assert not errors, errors
    # cfn-lint's nodes know their place in the file; plain ones are wanted here.
    return json.loads(json.dumps(template))


def is_intrinsic(value: Any) -> bool:
    """Whether a value is a function call."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def intrinsics(value: Any) -> list[dict[str, Any]]:
    """The outermost function calls in a value."""
    if is_intrinsic(value):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [found for item in items for found in intrinsics(item)]


def coerced(shape: Shape, value: Any) -> Any:
    """Text as the number or truth value that the API takes, as CloudFormation converts it. Everything else stays."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {k: coerced(shape.members[k], v) if k in shape.members else v for k, v in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [coerced(shape.member, item) for item in value]
    if isinstance(value, str) and shape.type_name in ("integer", "long"):
        return int(value)
    if isinstance(value, str) and shape.type_name in ("double", "float"):
        return float(value)
    if isinstance(value, str) and shape.type_name == "boolean":
        return {"true": True, "false": False}[value]
    if isinstance(value, int) and not isinstance(value, bool) and shape.type_name == "string":
        return str(value)
    return value


def needed_by(resource: dict[str, Any], names: Iterable[str]) -> set[str]:
    """The resources that must be there before this one: in DependsOn, and where a function call names them."""
    depends = resource.get("DependsOn", [])
    named = {depends} if isinstance(depends, str) else set(depends)
    for call in intrinsics(resource["Properties"]):
        for function, argument in call.items():
            if function == "Ref":
                named.add(argument)
            elif function == "Fn::GetAtt":
                named.add(argument[0])
            else:
                named.update(re.findall(r"\$\{(\w+)[.}]", json.dumps(argument)))
    return named.intersection(names)


@dataclass
class Stack:
    """A template in a region, as far as it is deployed."""

    template: dict[str, Any]
    region: str
    client: Client
    by_cloudformation: list[str] = field(default_factory=list)
    """The logical ids of what moto's CloudFormation made."""
    by_api: list[str] = field(default_factory=list)
    """What was made by the services' own APIs: logical id, type or property, and the calls."""
    _values: dict[str, str] = field(default_factory=dict)
    _calls: list[str] = field(default_factory=list)

    def deploy(self, parameters: dict[str, str]) -> None:
        """Makes everything in the template."""
        known = {name for name, model in get_model_map().items() if model is not None}
        resources = self.template["Resources"]
        by_hand = {
            name: resource["Properties"] if resource["Type"] not in known else unread(name, resource)
            for name, resource in resources.items()
        }
        self._create({name: r for name, r in resources.items() if r["Type"] in known}, by_hand, parameters)
        needed = {name: needed_by(resource, resources) for name, resource in resources.items()}
        for name in TopologicalSorter(needed).static_order():
            if by_hand[name]:
                self._make(name, resources[name]["Type"], self._resolved(by_hand[name]))

    def _create(self, resources: dict[str, Any], by_hand: dict[str, Any], parameters: dict[str, str]) -> None:
        """The part that moto's CloudFormation makes, with an output for each function call in the rest."""
        made = {name: {k: v for k, v in resource.items() if k != "DependsOn"} for name, resource in resources.items()}
        calls = list({json.dumps(call): call for call in intrinsics(by_hand)}.values())
        outputs = {f"Value{at}": {"Value": call} for at, call in enumerate(calls)}
        template = {"Parameters": self.template["Parameters"], "Resources": made, "Outputs": outputs}
        cloudformation = self.client("cloudformation", self.region)
        name = "account-baseline"
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack
        values = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        self._values = {json.dumps(call): values[f"Value{at}"] for at, call in enumerate(calls)}
        described = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        self.by_cloudformation = [resource["LogicalResourceId"] for resource in described]
        assert sorted(self.by_cloudformation) == sorted(made)

    def _resolved(self, value: Any) -> Any:
        if is_intrinsic(value):
            return self._values[json.dumps(value)]
        if isinstance(value, dict):
            return {key: self._resolved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._resolved(item) for item in value]
        return value

    def _call(self, service: str, method: str, **parameters: Any) -> dict[str, Any]:
        client = self.client(service, self.region)
        operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
        self._calls.append(f"{service} {operation.name}")
        return getattr(client, method)(**coerced(operation.input_shape, parameters))

    def _make(self, name: str, kind: str, properties: dict[str, Any]) -> None:
        """One resource, by its service's own API. A property that nobody has taken at the end is an error."""
        self._calls = []
        left = dict(properties)
        make = getattr(self, "_" + kind.replace("::", "_").lower(), None)
        assert make is not None, f"{name}: moto's CloudFormation does not know {kind}, and neither does this test"
        make(name, left)
        assert not left, f"{name}: nobody has set {', '.join(left)}"
        part = f"{kind}, here only {', '.join(UNREAD_PROPERTIES[kind])}" if "PhysicalId" in properties else kind
        self.by_api.append(f"{name} ({part}): {', '.join(dict.fromkeys(self._calls))}")

    def _aws_iam_group(self, _: str, p: dict[str, Any]) -> None:
        group = p.pop("GroupName")
        self._call("iam", "create_group", GroupName=group)
        for arn in p.pop("ManagedPolicyArns"):
            self._call("iam", "attach_group_policy", GroupName=group, PolicyArn=arn)

    def _aws_cloudtrail_trail(self, _: str, p: dict[str, Any]) -> None:
        name, selectors, logging = p.pop("TrailName"), p.pop("EventSelectors"), p.pop("IsLogging")
        key = p.pop("KMSKeyId")
        self._call("cloudtrail", "create_trail", Name=name, KmsKeyId=key, **{key: p.pop(key) for key in list(p)})
        self._call("cloudtrail", "put_event_selectors", TrailName=name, EventSelectors=selectors)
        if logging:
            self._call("cloudtrail", "start_logging", Name=name)

    def _aws_guardduty_detector(self, _: str, p: dict[str, Any]) -> None:
        self._call("guardduty", "create_detector", **{key: p.pop(key) for key in list(p)})

    def _aws_iam_role(self, _: str, p: dict[str, Any]) -> None:
        role = p.pop("PhysicalId")
        for policy in p.pop("Policies"):
            written = {"PolicyName": policy["PolicyName"], "PolicyDocument": json.dumps(policy["PolicyDocument"])}
            self._call("iam", "put_role_policy", RoleName=role, **written)

    def _aws_kms_key(self, _: str, p: dict[str, Any]) -> None:
        document = json.dumps(p.pop("KeyPolicy"))
        self._call("kms", "put_key_policy", KeyId=p.pop("PhysicalId"), PolicyName="default", Policy=document)

    def _aws_logs_loggroup(self, _: str, p: dict[str, Any]) -> None:
        # moto cannot give a key to a log group that is there: it is made once more.
        group = {"logGroupName": p.pop("PhysicalId")}
        self._call("logs", "delete_log_group", **group)
        self._call("logs", "create_log_group", **group, kmsKeyId=p.pop("KmsKeyId"))
        self._call("logs", "put_retention_policy", **group, retentionInDays=p.pop("RetentionInDays"))

    def _aws_s3_bucketpolicy(self, _: str, p: dict[str, Any]) -> None:
        document = json.dumps(p.pop("PolicyDocument"))
        self._call("s3", "put_bucket_policy", Bucket=p.pop("Bucket"), Policy=document)

    def _aws_s3_bucket(self, _: str, p: dict[str, Any]) -> None:
        bucket = p.pop("PhysicalId")
        encrypted = p.pop("BucketEncryption")
        rules = [api_encryption_rule(rule) for rule in encrypted["ServerSideEncryptionConfiguration"]]
        encryption = {"Rules": rules}
        self._call("s3", "put_bucket_encryption", Bucket=bucket, ServerSideEncryptionConfiguration=encryption)
        closed = p.pop("PublicAccessBlockConfiguration")
        self._call("s3", "put_public_access_block", Bucket=bucket, PublicAccessBlockConfiguration=closed)
        owned = p.pop("OwnershipControls")
        self._call("s3", "put_bucket_ownership_controls", Bucket=bucket, OwnershipControls=owned)
        versioned = p.pop("VersioningConfiguration")
        self._call("s3", "put_bucket_versioning", Bucket=bucket, VersioningConfiguration=versioned)
        rules = [api_lifecycle_rule(rule) for rule in p.pop("LifecycleConfiguration")["Rules"]]
        lifecycle = {"Rules": rules}
        self._call("s3", "put_bucket_lifecycle_configuration", Bucket=bucket, LifecycleConfiguration=lifecycle)
        if logging := p.pop("LoggingConfiguration", None):
            enabled = {"TargetBucket": logging["DestinationBucketName"], "TargetPrefix": logging["LogFilePrefix"]}
            status = {"LoggingEnabled": enabled}
            self._call("s3", "put_bucket_logging", Bucket=bucket, BucketLoggingStatus=status)

    def _aws_sns_subscription(self, _: str, p: dict[str, Any]) -> None:
        self._call("sns", "subscribe", **{key: p.pop(key) for key in list(p)})

    def _aws_sns_topicpolicy(self, _: str, p: dict[str, Any]) -> None:
        document = json.dumps(p.pop("PolicyDocument"))
        for topic in p.pop("Topics"):
            attribute = {"AttributeName": "Policy", "AttributeValue": document}
            self._call("sns", "set_topic_attributes", TopicArn=topic, **attribute)

    def _aws_budgets_budget(self, _: str, p: dict[str, Any]) -> None:
        account = self.client("sts", self.region).get_caller_identity()["Account"]
        self._call("budgets", "create_budget", AccountId=account, **{key: p.pop(key) for key in list(p)})

    def _custom_accountsettings(self, name: str, p: dict[str, Any]) -> None:
        function = self.client("lambda", self.region).get_function(FunctionName=p.pop("ServiceToken"))["Configuration"]
        assert int(p.pop("ServiceTimeout")) > function["Timeout"], "CloudFormation gives up too early"
        code = self.template["Resources"]["AccountSettingsFunction"]["Properties"]["Code"]["ZipFile"]
        module = custom_resource.load(code)
        with custom_resource.ResponseEndpoint() as endpoint:
            properties = {key: p.pop(key) for key in list(p)}
            module.handler(custom_resource.event("Create", endpoint.url, properties), custom_resource.Context())
        assert [answer["Status"] for answer in endpoint.answers] == ["SUCCESS"], endpoint.answers
        self._calls.append("its own function")


def unread(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    """The properties of a resource that moto's CloudFormation makes without looking at them, and what it is called."""
    properties = resource["Properties"]
    found = {key: properties[key] for key in UNREAD_PROPERTIES.get(resource["Type"], []) if key in properties}
    return {"PhysicalId": {"Ref": name}, **found} if found else {}


def api_encryption_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of a bucket's encryption as S3's own API writes it; CloudFormation's names differ."""
    rule = dict(rule)
    return {"ApplyServerSideEncryptionByDefault": rule.pop("ServerSideEncryptionByDefault"), **rule}


def api_lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle rule as S3's own API writes it; CloudFormation's names differ."""
    rule = dict(rule)
    api = {"ID": rule.pop("Id"), "Status": rule.pop("Status"), "Filter": {"Prefix": ""}}
    api["Expiration"] = {"Days": int(rule.pop("ExpirationInDays"))}
    transitions = rule.pop("Transitions", [])
    if transitions:
        api["Transitions"] = [{"Days": t["TransitionInDays"], "StorageClass": t["StorageClass"]} for t in transitions]
    # The others are named alike.
    return {**api, **rule}
