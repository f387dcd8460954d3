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
