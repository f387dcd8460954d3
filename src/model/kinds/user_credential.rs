//! Credentials of IAM users other than passwords and access keys.

use crate::model::{Attribute, Category, Default, Kind};

/// A virtual device for a second factor.
pub const MFA_DEVICE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_virtual_mfa_device"],
    cloudformation: &["AWS::IAM::VirtualMFADevice"],
};

/// A password or key for one service.
pub const SERVICE_SPECIFIC: Kind =
    Kind { category: Category::Managed, terraform: &["aws_iam_service_specific_credential"], cloudformation: &[] };

/// A certificate for servers.
pub const SERVER_CERTIFICATE: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_iam_server_certificate"],
    cloudformation: &["AWS::IAM::ServerCertificate"],
};

/// Its text.
pub const CERTIFICATE: Attribute =
    Attribute { terraform: "certificate_body", cloudformation: "CertificateBody", default: Default::None };
