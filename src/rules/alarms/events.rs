//! Events that somebody must be told of, by the fields that filters look at.

use super::pattern::Event;

/// Events of a kind: a filter must match them all. Source: CIS Amazon Web Services Foundations Benchmark, "Monitoring".
pub(super) type Events = &'static [&'static Event<'static>];

pub(super) const UNAUTHORIZED_CALLS: Events = &[
    &[("errorCode", "AccessDenied"), ("eventName", "ListBuckets"), ("sourceIPAddress", "203.0.113.9")],
    &[
        ("errorCode", "Client.UnauthorizedOperation"),
        ("eventName", "DescribeInstances"),
        ("sourceIPAddress", "203.0.113.9"),
    ],
];

pub(super) const SIGN_IN_WITHOUT_MFA: Events = &[&[
    ("eventName", "ConsoleLogin"),
    ("additionalEventData.MFAUsed", "No"),
    ("userIdentity.type", "IAMUser"),
    ("responseElements.ConsoleLogin", "Success"),
]];

pub(super) const ROOT_USE: Events = &[
    &[("userIdentity.type", "Root"), ("eventType", "AwsApiCall"), ("eventName", "CreateAccessKey")],
    &[("userIdentity.type", "Root"), ("eventType", "AwsConsoleSignIn"), ("eventName", "ConsoleLogin")],
];

pub(super) const IAM_CHANGES: Events = &[
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DeleteGroupPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DeleteRolePolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DeleteUserPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "PutGroupPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "PutRolePolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "PutUserPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "CreatePolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DeletePolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "CreatePolicyVersion")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DeletePolicyVersion")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "AttachRolePolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DetachRolePolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "AttachUserPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DetachUserPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "AttachGroupPolicy")],
    &[("eventSource", "iam.amazonaws.com"), ("eventName", "DetachGroupPolicy")],
];

pub(super) const TRAIL_CHANGES: Events = &[
    &[("eventSource", "cloudtrail.amazonaws.com"), ("eventName", "CreateTrail")],
    &[("eventSource", "cloudtrail.amazonaws.com"), ("eventName", "UpdateTrail")],
    &[("eventSource", "cloudtrail.amazonaws.com"), ("eventName", "DeleteTrail")],
    &[("eventSource", "cloudtrail.amazonaws.com"), ("eventName", "StartLogging")],
    &[("eventSource", "cloudtrail.amazonaws.com"), ("eventName", "StopLogging")],
];

pub(super) const SIGN_IN_FAILURES: Events =
    &[&[("eventName", "ConsoleLogin"), ("errorMessage", "Failed authentication")]];

pub(super) const KEY_DELETION: Events = &[
    &[("eventSource", "kms.amazonaws.com"), ("eventName", "DisableKey")],
    &[("eventSource", "kms.amazonaws.com"), ("eventName", "ScheduleKeyDeletion")],
];

pub(super) const BUCKET_POLICY_CHANGES: Events = &[
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "PutBucketAcl")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "PutBucketPolicy")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "PutBucketCors")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "PutBucketLifecycle")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "PutBucketReplication")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "DeleteBucketPolicy")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "DeleteBucketCors")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "DeleteBucketLifecycle")],
    &[("eventSource", "s3.amazonaws.com"), ("eventName", "DeleteBucketReplication")],
];

pub(super) const CONFIG_CHANGES: Events = &[
    &[("eventSource", "config.amazonaws.com"), ("eventName", "StopConfigurationRecorder")],
    &[("eventSource", "config.amazonaws.com"), ("eventName", "DeleteDeliveryChannel")],
    &[("eventSource", "config.amazonaws.com"), ("eventName", "PutDeliveryChannel")],
    &[("eventSource", "config.amazonaws.com"), ("eventName", "PutConfigurationRecorder")],
];

pub(super) const SECURITY_GROUP_CHANGES: Events = &[
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "AuthorizeSecurityGroupIngress")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "AuthorizeSecurityGroupEgress")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "RevokeSecurityGroupIngress")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "RevokeSecurityGroupEgress")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateSecurityGroup")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteSecurityGroup")],
];

pub(super) const NACL_CHANGES: Events = &[
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateNetworkAcl")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateNetworkAclEntry")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteNetworkAcl")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteNetworkAclEntry")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "ReplaceNetworkAclEntry")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "ReplaceNetworkAclAssociation")],
];

pub(super) const GATEWAY_CHANGES: Events = &[
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateCustomerGateway")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteCustomerGateway")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "AttachInternetGateway")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateInternetGateway")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteInternetGateway")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DetachInternetGateway")],
];

pub(super) const ROUTE_CHANGES: Events = &[
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateRoute")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateRouteTable")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "ReplaceRoute")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "ReplaceRouteTableAssociation")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteRouteTable")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteRoute")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DisassociateRouteTable")],
];

pub(super) const VPC_CHANGES: Events = &[
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateVpc")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteVpc")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "ModifyVpcAttribute")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "AcceptVpcPeeringConnection")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "CreateVpcPeeringConnection")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "DeleteVpcPeeringConnection")],
    &[("eventSource", "ec2.amazonaws.com"), ("eventName", "RejectVpcPeeringConnection")],
];

pub(super) const ORGANIZATION_CHANGES: Events = &[
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "AcceptHandshake")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "AttachPolicy")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "CreateAccount")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "CreateOrganizationalUnit")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "CreatePolicy")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "DeclineHandshake")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "DeleteOrganization")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "DeleteOrganizationalUnit")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "DeletePolicy")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "DetachPolicy")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "DisablePolicyType")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "EnablePolicyType")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "InviteAccountToOrganization")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "LeaveOrganization")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "MoveAccount")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "RemoveAccountFromOrganization")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "UpdateOrganizationalUnit")],
    &[("eventSource", "organizations.amazonaws.com"), ("eventName", "UpdatePolicy")],
];
