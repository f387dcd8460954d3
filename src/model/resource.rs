//! What an evaluator gives: resources with their evaluated arguments.

use std::sync::Arc;

use crate::source::{InputError, Span};
use crate::value::{Value, Why};

/// The language that a root is written in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Framework {
    /// Terraform or OpenTofu configuration.
    Terraform,
    /// A CloudFormation or SAM template.
    CloudFormation,
    /// A Terraform plan in JSON.
    TerraformPlan,
}

impl Framework {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
            Self::TerraformPlan => "terraform-plan",
        }
    }

    /// Whether resources are spelled as the AWS provider for Terraform spells them.
    pub fn is_terraform(self) -> bool {
        matches!(self, Self::Terraform | Self::TerraformPlan)
    }
}

/// What sort of block declares a resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Category {
    /// Created and managed by the code.
    Managed,
    /// Looked up or computed by the code (`data`).
    Data,
    /// The configuration of a provider; the kind is the provider's name.
    Provider,
    /// Where state is kept; the kind is the backend's name.
    Backend,
}

/// Whether a declared resource will exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Existence {
    /// It will.
    Certain,
    /// It depends on something unknown: a `count`, a `for_each`, a condition.
    Possible(Why),
}

/// One resource, or one instance of a resource that is declared several times over.
#[derive(Clone, Debug)]
pub struct Resource {
    /// As `terraform show` prints it (`module.ci["a"].aws_iam_role.r[0]`), or the logical id.
    /// A provider is `provider.aws` or `provider.aws.alias`, a backend `terraform.backend.s3`.
    pub address: Arc<str>,
    /// The type: `aws_iam_role`, `AWS::IAM::Role`.
    pub kind: Arc<str>,
    /// The address of the configuration of the provider that it uses: `provider.aws.west`. `None` in CloudFormation, and
    /// where the code does not say which.
    pub provider: Option<Arc<str>>,
    /// What sort of block declares it.
    pub category: Category,
    /// The evaluated arguments: always a map. Nested blocks are lists of maps.
    pub attributes: Value,
    /// The place to show for the resource as a whole: the block's header, or the logical id.
    pub span: Span,
    /// Everything that declares it, for comments that stand inside.
    pub block: Span,
    /// Whether it will exist.
    pub existence: Existence,
    /// CloudFormation's `Metadata`, where suppressions may stand.
    pub metadata: Option<Value>,
    /// What else CloudFormation's template says of it besides its properties: `DependsOn`, `DeletionPolicy`,
    /// `UpdateReplacePolicy`.
    pub policies: Option<Value>,
}

impl Resource {
    /// The construct of the CDK that a template was made from, and where the template names it. AWS CDK developer
    /// guide: the metadata `aws:cdk:path`.
    pub fn construct(&self) -> Option<(&str, Option<Span>)> {
        let path = self.metadata.as_ref()?.get("aws:cdk:path")?;
        let name = path.as_str()?;
        // The last part is the plain resource within the construct that people write.
        Some((name.strip_suffix("/Resource").unwrap_or(name), path.origin))
    }
}

/// What is deployed together: a root module with all that it calls, or one template.
#[derive(Clone, Debug)]
pub struct Root {
    /// The root module's directory or the template's path, as reports print it.
    pub path: String,
    /// Its language.
    pub framework: Framework,
    /// The resources, in an order that depends on the code alone.
    pub resources: Vec<Resource>,
    /// The outputs, by name.
    pub outputs: Vec<(String, Value)>,
    /// What the code says has another address than before.
    pub moved: Vec<Move>,
    /// What could not be read, parsed or evaluated as the engine would accept it.
    pub errors: Vec<InputError>,
}

/// A resource or module that has another address than before: Terraform's block `moved`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    /// The address that it had, from the root: `aws_iam_role.a`, `module.a`.
    pub from: String,
    /// The address that it has.
    pub to: String,
}

impl Root {
    /// The region that a resource will be in, as far as the code says: its own argument, or its provider's.
    pub fn region(&self, resource: &Resource) -> Option<Value> {
        let own = resource.attributes.get("region").filter(|region| !region.is_null());
        own.cloned().or_else(|| {
            let provider = self.resources.iter().find(|provider| {
                provider.category == Category::Provider && Some(&provider.address) == resource.provider.as_ref()
            })?;
            provider.attributes.get("region").filter(|region| !region.is_null()).cloned()
        })
    }

    /// What the code manages or looks up: all but the configuration of providers and backends.
    pub fn declared(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|resource| matches!(resource.category, Category::Managed | Category::Data))
    }
}
