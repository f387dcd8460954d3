//! GuardDuty detectors and their protection plans.

use crate::model::{Attribute, Category, Default, Kind};

/// A detector.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_guardduty_detector"],
    cloudformation: &["AWS::GuardDuty::Detector"],
};

/// A protection plan as a resource of its own.
pub const FEATURE: Kind =
    Kind { category: Category::Managed, terraform: &["aws_guardduty_detector_feature"], cloudformation: &[] };

/// Whether it is on. Required in CloudFormation.
pub const ENABLE: Attribute = Attribute { terraform: "enable", cloudformation: "Enable", default: Default::Bool(true) };

/// Protection plans on the detector itself (CloudFormation only).
pub const FEATURES: Attribute = Attribute { terraform: "", cloudformation: "Features", default: Default::None };

/// The name of a protection plan.
pub const FEATURE_NAME: Attribute = Attribute { terraform: "name", cloudformation: "Name", default: Default::None };

/// `ENABLED` or `DISABLED`.
pub const FEATURE_STATUS: Attribute =
    Attribute { terraform: "status", cloudformation: "Status", default: Default::None };

/// The older switch for S3.
pub const S3_LOGS: Attribute = Attribute {
    terraform: "datasources.s3_logs.enable",
    cloudformation: "DataSources.S3Logs.Enable",
    default: Default::None,
};

/// The older switch for Kubernetes audit logs.
pub const KUBERNETES: Attribute = Attribute {
    terraform: "datasources.kubernetes.audit_logs.enable",
    cloudformation: "DataSources.Kubernetes.AuditLogs.Enable",
    default: Default::None,
};

/// The older switch for malware scans.
pub const MALWARE: Attribute = Attribute {
    terraform: "datasources.malware_protection.scan_ec2_instance_with_findings.ebs_volumes.enable",
    cloudformation: "DataSources.MalwareProtection.ScanEc2InstanceWithFindings.EbsVolumes",
    default: Default::None,
};

/// The detector that a protection plan belongs to.
pub const DETECTOR: Attribute = Attribute { terraform: "detector_id", cloudformation: "", default: Default::None };

/// The name: detectors have none, and are referred to only.
pub const NAME: Attribute = Attribute { terraform: "", cloudformation: "", default: Default::None };

/// How often findings that go on are published. Source: Amazon `GuardDuty` API reference,
/// `CreateDetector`.
pub const PUBLISHING_FREQUENCY: Attribute = Attribute {
    terraform: "finding_publishing_frequency",
    cloudformation: "FindingPublishingFrequency",
    default: Default::Text("SIX_HOURS"),
};

/// What hides findings.
pub const FILTER: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_guardduty_filter"],
    cloudformation: &["AWS::GuardDuty::Filter"],
};

/// `ARCHIVE` hides them.
pub const FILTER_ACTION: Attribute =
    Attribute { terraform: "action", cloudformation: "Action", default: Default::Text("NOOP") };

/// Which, by fields, in Terraform.
pub const FILTER_CRITERIA: Attribute = Attribute {
    terraform: "finding_criteria.criterion",
    cloudformation: "FindingCriteria.Criterion",
    default: Default::None,
};

/// The field of a criterion, in Terraform.
pub const CRITERION_FIELD: Attribute = Attribute { terraform: "field", cloudformation: "", default: Default::None };

/// How the accounts of an organization take part.
pub const ORGANIZATION: Kind =
    Kind { category: Category::Managed, terraform: &["aws_guardduty_organization_configuration"], cloudformation: &[] };

/// Which accounts take part by themselves.
pub const AUTO_ENABLE: Attribute =
    Attribute { terraform: "auto_enable_organization_members", cloudformation: "", default: Default::None };

/// The same, the older way.
pub const AUTO_ENABLE_NEW: Attribute =
    Attribute { terraform: "auto_enable", cloudformation: "", default: Default::None };
