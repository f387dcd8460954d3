//! What is handed to other accounts, or shown to everyone, without a policy document.

use crate::model::{Attribute, Category, Default, Kind};

const fn kind(terraform: &'static [&'static str], cloudformation: &'static [&'static str]) -> Kind {
    Kind { category: Category::Managed, terraform, cloudformation }
}

const fn attribute(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// Snapshots of databases (Terraform only).
pub const DATABASE_SNAPSHOT: Kind =
    kind(&["aws_db_cluster_snapshot", "aws_db_snapshot", "aws_db_snapshot_copy", "aws_rds_cluster_snapshot_copy"], &[]);

/// The accounts that may restore a snapshot; `all` is everyone.
pub const SNAPSHOT_ACCOUNTS: Attribute = attribute("shared_accounts", "");

/// Leave to start machines from an image (Terraform only).
pub const IMAGE_PERMISSION: Kind = kind(&["aws_ami_launch_permission"], &[]);

/// The group that may; `all` is everyone.
pub const IMAGE_GROUP: Attribute = attribute("group", "");

/// The account that may.
pub const IMAGE_ACCOUNT: Attribute = attribute("account_id", "");

/// Whether snapshots of volumes, and images, may be made public in this region.
pub const PUBLIC_SHARING: Kind = kind(
    &["aws_ebs_snapshot_block_public_access", "aws_ec2_image_block_public_access"],
    &["AWS::EC2::SnapshotBlockPublicAccess"],
);

/// `unblocked`, or how it is blocked.
pub const PUBLIC_SHARING_STATE: Attribute = attribute("state", "State");

/// Documents of Systems Manager.
pub const DOCUMENT: Kind = kind(&["aws_ssm_document"], &[]);

/// The accounts that may use a document; `All` is everyone.
pub const DOCUMENT_ACCOUNTS: Attribute = attribute("permissions.account_ids", "");

/// Resource shares of RAM.
pub const SHARE: Kind = kind(&["aws_ram_resource_share"], &["AWS::RAM::ResourceShare"]);

/// Whether a share may be joined from outside the organization.
pub const SHARE_EXTERNAL: Attribute = Attribute {
    terraform: "allow_external_principals",
    cloudformation: "AllowExternalPrincipals",
    default: Default::Bool(true),
};

/// Portfolios of Service Catalog that another account gets.
pub const PORTFOLIO: Kind = kind(&["aws_servicecatalog_portfolio_share"], &["AWS::ServiceCatalog::PortfolioShare"]);

/// The account that gets a portfolio.
pub const PORTFOLIO_ACCOUNT: Attribute = attribute("principal_id", "AccountId");

/// Endpoint services: what others reach through PrivateLink.
pub const ENDPOINT_SERVICE: Kind = kind(&["aws_vpc_endpoint_service"], &["AWS::EC2::VPCEndpointService"]);

/// Whether each connection must be accepted.
pub const ACCEPTANCE: Attribute =
    Attribute { terraform: "acceptance_required", cloudformation: "AcceptanceRequired", default: Default::Bool(true) };

/// Who may connect to an endpoint service, as a resource of its own.
pub const ENDPOINT_PERMISSION: Kind =
    kind(&["aws_vpc_endpoint_service_allowed_principal"], &["AWS::EC2::VPCEndpointServicePermissions"]);

/// Who may connect: ARNs, or `*`.
pub const ENDPOINT_PRINCIPALS: Attribute = attribute("allowed_principals", "AllowedPrincipals");

/// Who may connect, one ARN.
pub const ENDPOINT_PRINCIPAL: Attribute = attribute("principal_arn", "");

/// The endpoint service of a permission.
pub const ENDPOINT_SERVICE_ID: Attribute = attribute("vpc_endpoint_service_id", "ServiceId");

/// Build projects.
pub const BUILD_PROJECT: Kind = kind(&["aws_codebuild_project"], &["AWS::CodeBuild::Project"]);

/// Who may see logs and artifacts: `PRIVATE` or `PUBLIC_READ`.
pub const BUILD_VISIBILITY: Attribute = attribute("project_visibility", "Visibility");

/// Whether EMR refuses clusters that the internet can reach (Terraform only).
pub const CLUSTER_BLOCK: Kind = kind(&["aws_emr_block_public_access_configuration"], &[]);

/// Whether it does.
pub const CLUSTER_BLOCK_ON: Attribute = attribute("block_public_security_group_rules", "");

/// Ports that it lets pass all the same.
pub const CLUSTER_PORTS: Attribute = attribute("permitted_public_security_group_rule_range", "");

/// Within such ports: the first.
pub const FIRST_PORT: Attribute = attribute("min_range", "");

/// Within such ports: the last.
pub const LAST_PORT: Attribute = attribute("max_range", "");
