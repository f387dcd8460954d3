//! Settings of the account that stand in resources of their own. CloudFormation has no such types; the generated
//! baseline's custom resource `Custom::AccountSettings` takes them, each in a section of its properties.

use crate::model::{Attribute, Category, Default, Kind};

/// Whether new volumes of a region are encrypted.
pub const EBS_ENCRYPTION: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_ebs_encryption_by_default"],
    cloudformation: &["Custom::AccountSettings#EncryptedVolumeRegions"],
};

/// Whether it is on.
pub const EBS_ENCRYPTION_ENABLED: Attribute =
    Attribute { terraform: "enabled", cloudformation: "", default: Default::Bool(true) };

/// The regions in which it is on (CloudFormation only).
pub const EBS_ENCRYPTION_REGIONS: Attribute =
    Attribute { terraform: "", cloudformation: "EncryptedVolumeRegions", default: Default::None };

/// Somebody whom AWS may write to beside root.
pub const ALTERNATE_CONTACT: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_account_alternate_contact"],
    cloudformation: &["Custom::AccountSettings#SecurityContact"],
};

/// What about: `BILLING`, `OPERATIONS` or `SECURITY`.
pub const CONTACT_TYPE: Attribute =
    Attribute { terraform: "alternate_contact_type", cloudformation: "", default: Default::Text("SECURITY") };

/// The address.
pub const CONTACT_EMAIL: Attribute =
    Attribute { terraform: "email_address", cloudformation: "SecurityContact.EmailAddress", default: Default::None };

/// Whether new volumes are encrypted, as the resource says it.
pub const EBS_ENABLED: Attribute = Attribute { terraform: "enabled", cloudformation: "", default: Default::Bool(true) };

/// Security Hub.
pub const SECURITY_HUB: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_securityhub_account"],
    cloudformation: &["AWS::SecurityHub::Hub"],
};

/// IAM Access Analyzer.
pub const ANALYZER: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_accessanalyzer_analyzer"],
    cloudformation: &["AWS::AccessAnalyzer::Analyzer"],
};

/// What it looks for.
pub const ANALYZER_TYPE: Attribute =
    Attribute { terraform: "type", cloudformation: "Type", default: Default::Text("ACCOUNT") };
