//! S3 buckets and what decides whether they are public. In CloudFormation much of it stands on the bucket itself.

use crate::model::{Attribute, Category, Default, Kind};

/// A bucket.
pub const BUCKET: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket"], cloudformation: &["AWS::S3::Bucket"] };

/// A bucket policy.
pub const POLICY: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_s3_bucket_policy"],
    cloudformation: &["AWS::S3::BucketPolicy"],
};

/// An access control list as a resource of its own.
pub const ACL: Kind = Kind { category: Category::Managed, terraform: &["aws_s3_bucket_acl"], cloudformation: &[] };

/// Who owns the objects, as a resource of its own.
pub const OWNERSHIP: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket_ownership_controls"], cloudformation: &[] };

/// What shields one bucket, as a resource of its own.
pub const PUBLIC_ACCESS_BLOCK: Kind =
    Kind { category: Category::Managed, terraform: &["aws_s3_bucket_public_access_block"], cloudformation: &[] };

/// What shields all buckets of the account.
pub const ACCOUNT_PUBLIC_ACCESS_BLOCK: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_s3_account_public_access_block"],
    cloudformation: &["Custom::AccountSettings#PublicAccessBlock"],
};

/// The name.
pub const NAME: Attribute = Attribute { terraform: "bucket", cloudformation: "BucketName", default: Default::None };

/// The bucket that a policy, list or block belongs to.
pub const TARGET: Attribute = Attribute { terraform: "bucket", cloudformation: "Bucket", default: Default::None };

/// The bucket policy.
pub const POLICY_DOCUMENT: Attribute =
    Attribute { terraform: "policy", cloudformation: "PolicyDocument", default: Default::None };

/// A canned access control list.
pub const CANNED_ACL: Attribute =
    Attribute { terraform: "acl", cloudformation: "AccessControl", default: Default::Text("private") };

/// Who owns objects, on a resource of its own (Terraform) or on the bucket (CloudFormation).
pub const OBJECT_OWNERSHIP: Attribute = Attribute {
    terraform: "rule.object_ownership",
    cloudformation: "OwnershipControls.Rules.ObjectOwnership",
    default: Default::Text("BucketOwnerEnforced"),
};

/// Whether public lists have no effect. On the bucket itself since April 2023 unless the code says otherwise; the resource's own default is off.
pub const IGNORE_PUBLIC_ACLS: Attribute = Attribute {
    terraform: "ignore_public_acls",
    cloudformation: "PublicAccessBlockConfiguration.IgnorePublicAcls",
    default: Default::Bool(false),
};

/// Whether public policies let in nobody from outside.
pub const RESTRICT_PUBLIC_BUCKETS: Attribute = Attribute {
    terraform: "restrict_public_buckets",
    cloudformation: "PublicAccessBlockConfiguration.RestrictPublicBuckets",
    default: Default::Bool(false),
};

/// Whether public lists are refused.
pub const BLOCK_PUBLIC_ACLS: Attribute = Attribute {
    terraform: "block_public_acls",
    cloudformation: "PublicAccessBlockConfiguration.BlockPublicAcls",
    default: Default::Bool(false),
};

/// Whether public policies are refused.
pub const BLOCK_PUBLIC_POLICY: Attribute = Attribute {
    terraform: "block_public_policy",
    cloudformation: "PublicAccessBlockConfiguration.BlockPublicPolicy",
    default: Default::Bool(false),
};

/// The block on the bucket itself (CloudFormation only).
pub const BLOCK: Attribute =
    Attribute { terraform: "", cloudformation: "PublicAccessBlockConfiguration", default: Default::None };

/// Whether public lists have no effect, in the whole account.
pub const IGNORE_PUBLIC_ACLS_OF_ACCOUNT: Attribute = Attribute {
    terraform: "ignore_public_acls",
    cloudformation: "PublicAccessBlock.IgnorePublicAcls",
    default: Default::Bool(false),
};

/// Whether public policies let in nobody from outside, in the whole account.
pub const RESTRICT_PUBLIC_BUCKETS_OF_ACCOUNT: Attribute = Attribute {
    terraform: "restrict_public_buckets",
    cloudformation: "PublicAccessBlock.RestrictPublicBuckets",
    default: Default::Bool(false),
};

/// Whether public lists are refused, in the whole account.
pub const BLOCK_PUBLIC_ACLS_OF_ACCOUNT: Attribute = Attribute {
    terraform: "block_public_acls",
    cloudformation: "PublicAccessBlock.BlockPublicAcls",
    default: Default::Bool(false),
};

/// Whether public policies are refused, in the whole account.
pub const BLOCK_PUBLIC_POLICY_OF_ACCOUNT: Attribute = Attribute {
    terraform: "block_public_policy",
    cloudformation: "PublicAccessBlock.BlockPublicPolicy",
    default: Default::Bool(false),
};

/// An object.
pub const OBJECT: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_s3_bucket_object", "aws_s3_object", "aws_s3_object_copy"],
    cloudformation: &[],
};

/// Grants of a list that is written out: on the bucket itself, in older versions of the provider, or on a copied object.
pub const GRANTS: Attribute = Attribute { terraform: "grant", cloudformation: "", default: Default::None };

/// Grants of a list that is written out, on a resource of its own.
pub const GRANTS_OF_LIST: Attribute =
    Attribute { terraform: "access_control_policy.grant", cloudformation: "", default: Default::None };

/// Within a grant: the group that it is for.
pub const GRANTEE: Attribute = Attribute { terraform: "uri", cloudformation: "", default: Default::None };

/// Within a grant of a list on a resource of its own: the group that it is for.
pub const GRANTEE_OF_LIST: Attribute =
    Attribute { terraform: "grantee.uri", cloudformation: "", default: Default::None };

/// Within a grant: `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP`, `FULL_CONTROL`.
pub const PERMISSIONS: Attribute = Attribute { terraform: "permissions", cloudformation: "", default: Default::None };

/// Within a grant of a list on a resource of its own: one of the same.
pub const PERMISSION: Attribute = Attribute { terraform: "permission", cloudformation: "", default: Default::None };

/// Access points, of one region or of several.
pub const ACCESS_POINT: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_s3_access_point", "aws_s3control_multi_region_access_point"],
    cloudformation: &["AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint"],
};

const fn of_access_point(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::Bool(true) }
}

/// The switches of an access point's block, which are on by default.
pub const BLOCK_OF_ACCESS_POINT: [Attribute; 8] = [
    of_access_point(
        "public_access_block_configuration.block_public_acls",
        "PublicAccessBlockConfiguration.BlockPublicAcls",
    ),
    of_access_point(
        "public_access_block_configuration.block_public_policy",
        "PublicAccessBlockConfiguration.BlockPublicPolicy",
    ),
    of_access_point(
        "public_access_block_configuration.ignore_public_acls",
        "PublicAccessBlockConfiguration.IgnorePublicAcls",
    ),
    of_access_point(
        "public_access_block_configuration.restrict_public_buckets",
        "PublicAccessBlockConfiguration.RestrictPublicBuckets",
    ),
    of_access_point("details.public_access_block.block_public_acls", ""),
    of_access_point("details.public_access_block.block_public_policy", ""),
    of_access_point("details.public_access_block.ignore_public_acls", ""),
    of_access_point("details.public_access_block.restrict_public_buckets", ""),
];
