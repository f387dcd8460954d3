//! What starts the builds of CodeBuild. In CloudFormation it stands on the project.

use crate::model::{Attribute, Category, Default, Kind};

/// A webhook of a source host (Terraform only).
pub const WEBHOOK: Kind =
    Kind { category: Category::Managed, terraform: &["aws_codebuild_webhook"], cloudformation: &[] };

/// A project with its triggers (CloudFormation only).
pub const PROJECT: Kind =
    Kind { category: Category::Managed, terraform: &[], cloudformation: &["AWS::CodeBuild::Project"] };

/// Whether events of the source host start builds.
pub const WEBHOOK_ON: Attribute =
    Attribute { terraform: "", cloudformation: "Triggers.Webhook", default: Default::Bool(false) };

/// Groups of filters, one of which must match.
pub const FILTER_GROUPS: Attribute =
    Attribute { terraform: "filter_group", cloudformation: "Triggers.FilterGroups", default: Default::None };

/// A pattern of branches, the older way.
pub const BRANCH_FILTER: Attribute =
    Attribute { terraform: "branch_filter", cloudformation: "", default: Default::None };

/// Within a filter: `EVENT`, `ACTOR_ACCOUNT_ID`, `HEAD_REF`, `BASE_REF`, …
pub const FILTER_TYPE: Attribute = Attribute { terraform: "type", cloudformation: "Type", default: Default::None };

/// Within a filter: a list of events, or a regular expression.
pub const FILTER_PATTERN: Attribute =
    Attribute { terraform: "pattern", cloudformation: "Pattern", default: Default::None };

/// Within a filter: whether what matches is left out.
pub const FILTER_EXCLUDES: Attribute = Attribute {
    terraform: "exclude_matched_pattern",
    cloudformation: "ExcludeMatchedPattern",
    default: Default::Bool(false),
};
