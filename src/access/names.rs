//! Names that resources of the code will have once they are deployed.

use crate::model::kinds::{log_group, managed_policy, oidc_provider, role};
use crate::model::{Account, Attribute, Category, Default, Resource};
use crate::value::Symbol;

use super::homes::is_own;

/// The partition of AWS's public regions, where the code does not say another one.
pub(super) const PARTITION: &str = "aws";

/// The region, where the code does not say one.
const REGION: &str = "us-east-1";

/// Where the code is deployed, as far as names need it.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The account's resources.
    pub account: &'a Account<'a>,
    /// The account's id.
    pub id: &'a str,
}

impl Names<'_> {
    /// The ARN that a resource will have, for the kinds whose ARN follows from their name. A resource that AWS or the
    /// engine names is called by its place in the code; a region that the code does not say is us-east-1.
    pub fn arn(&self, resource: &Resource) -> Option<String> {
        let shape = shape_of(resource)?;
        let name = if shape.kind.0 == "aws_iam_openid_connect_provider" {
            let url = resource.setting(&oidc_provider::URL).as_str().ok().flatten()?;
            url.strip_prefix("https://").unwrap_or(&url).to_owned()
        } else {
            name(resource, shape)
        };
        let path = || match resource.setting(&role::PATH).as_str() {
            Ok(Some(path)) => path,
            _ => "/".to_owned(),
        };
        let region = || {
            let region = self.account.root.region(resource);
            region.and_then(|region| Some(region.as_str()?.to_owned())).unwrap_or_else(|| REGION.to_owned())
        };
        let mut arn = format!("arn:{PARTITION}:");
        for (at, part) in shape.arn.split(['{', '}']).enumerate() {
            match (at % 2 == 1).then_some(part) {
                Some("region") => arn.push_str(&region()),
                Some("account") => arn.push_str(self.id),
                Some("path") => arn.push_str(&path()),
                Some(_) => arn.push_str(&name),
                None => arn.push_str(part),
            }
        }
        Some(arn)
    }

    /// What a symbol of the code stands for, where that follows from names and from the account.
    pub fn of_symbol(&self, symbol: &Symbol) -> Option<String> {
        match symbol.name() {
            name if is_own(name, None) => return Some(self.id.to_owned()),
            "AWS::Partition" => return Some(PARTITION.to_owned()),
            "AWS::Region" => return Some(REGION.to_owned()),
            _ => {}
        }
        // What the look-ups of partition and region expand to.
        if is_of_provider(symbol) {
            match symbol.name().rsplit('.').next() {
                Some("partition") => return Some(PARTITION.to_owned()),
                Some("region") => return Some(REGION.to_owned()),
                _ => {}
            }
        }
        let reference = symbol.reference()?;
        let (address, attribute) = (&*reference.address, &*reference.attribute);
        let kind = address.rsplit("data.").next().unwrap_or_default().split('.').next().unwrap_or_default();
        if kind == "aws_partition" && matches!(attribute, "partition" | "id") {
            return Some(PARTITION.to_owned());
        }
        let resource = self.account.at(address)?;
        let shape = shape_of(resource)?;
        let is_policy = managed_policy::KIND.is(resource);
        match attribute {
            // AWS CloudFormation Template Reference, "AWS::Logs::LogGroup": the ARN is that of the group's streams.
            "Arn" if log_group::KIND.is(resource) => self.arn(resource).map(|arn| format!("{arn}:*")),
            "arn" | "Arn" => self.arn(resource),
            "name" | "id" | "bucket" => Some(name(resource, shape)).filter(|_| !is_policy),
            // `Ref` gives the ARN of a policy, and the name of most others.
            "" if is_policy => self.arn(resource),
            "" => Some(name(resource, shape)),
            _ => None,
        }
    }
}

/// Whether a symbol is something that the configuration of a provider decides: `provider.aws.account_id`.
pub(super) fn is_of_provider(symbol: &Symbol) -> bool {
    symbol.reference().is_none() && (symbol.name().starts_with("provider.") || symbol.name().contains(".provider."))
}

/// The name that the code gives, or one that stands for nothing else.
fn name(resource: &Resource, shape: &Shape) -> String {
    let named = Attribute { terraform: shape.name.0, cloudformation: shape.name.1, default: Default::None };
    let given = resource.explicit(&named).and_then(|setting| setting.as_str().ok().flatten());
    // No name has these characters.
    given.unwrap_or_else(|| resource.address.replace(['.', '[', ']', '"', '/', ':', '*', '?'], "-"))
}

/// How the ARNs of a kind are made.
pub(super) struct Shape {
    /// Its type in Terraform and in CloudFormation.
    pub(super) kind: (&'static str, &'static str),
    /// What names it in each; empty where AWS makes up an id.
    pub(super) name: (&'static str, &'static str),
    /// What follows the partition: `{name}`, `{region}`, `{account}`, and `{path}` of IAM's, which is `/` by default.
    pub(super) arn: &'static str,
}

/// Source: AWS service authorization reference, "Resource types defined by …".
const SHAPES: &[Shape] = &[
    Shape {
        kind: ("aws_iam_openid_connect_provider", "AWS::IAM::OIDCProvider"),
        name: ("url", "Url"),
        arn: "iam::{account}:oidc-provider/{name}",
    },
    Shape {
        kind: ("aws_iam_role", "AWS::IAM::Role"),
        name: ("name", "RoleName"),
        arn: "iam::{account}:role{path}{name}",
    },
    Shape {
        kind: ("aws_iam_user", "AWS::IAM::User"),
        name: ("name", "UserName"),
        arn: "iam::{account}:user{path}{name}",
    },
    Shape {
        kind: ("aws_iam_group", "AWS::IAM::Group"),
        name: ("name", "GroupName"),
        arn: "iam::{account}:group{path}{name}",
    },
    Shape {
        kind: ("aws_iam_policy", "AWS::IAM::ManagedPolicy"),
        name: ("name", "ManagedPolicyName"),
        arn: "iam::{account}:policy{path}{name}",
    },
    Shape {
        kind: ("aws_iam_instance_profile", "AWS::IAM::InstanceProfile"),
        name: ("name", "InstanceProfileName"),
        arn: "iam::{account}:instance-profile{path}{name}",
    },
    Shape {
        kind: ("aws_iam_saml_provider", "AWS::IAM::SAMLProvider"),
        name: ("name", "Name"),
        arn: "iam::{account}:saml-provider/{name}",
    },
    Shape { kind: ("aws_s3_bucket", "AWS::S3::Bucket"), name: ("bucket", "BucketName"), arn: "s3:::{name}" },
    Shape {
        kind: ("aws_cloudtrail", "AWS::CloudTrail::Trail"),
        name: ("name", "TrailName"),
        arn: "cloudtrail:{region}:{account}:trail/{name}",
    },
    Shape {
        kind: ("aws_cloudwatch_log_group", "AWS::Logs::LogGroup"),
        name: ("name", "LogGroupName"),
        arn: "logs:{region}:{account}:log-group:{name}",
    },
    Shape {
        kind: ("aws_codebuild_project", "AWS::CodeBuild::Project"),
        name: ("name", "Name"),
        arn: "codebuild:{region}:{account}:project/{name}",
    },
    Shape {
        kind: ("aws_dynamodb_table", "AWS::DynamoDB::Table"),
        name: ("name", "TableName"),
        arn: "dynamodb:{region}:{account}:table/{name}",
    },
    Shape {
        kind: ("aws_ecr_repository", "AWS::ECR::Repository"),
        name: ("name", "RepositoryName"),
        arn: "ecr:{region}:{account}:repository/{name}",
    },
    Shape {
        kind: ("aws_ecs_cluster", "AWS::ECS::Cluster"),
        name: ("name", "ClusterName"),
        arn: "ecs:{region}:{account}:cluster/{name}",
    },
    Shape {
        kind: ("aws_eks_cluster", "AWS::EKS::Cluster"),
        name: ("name", "Name"),
        arn: "eks:{region}:{account}:cluster/{name}",
    },
    Shape {
        kind: ("aws_kinesis_stream", "AWS::Kinesis::Stream"),
        name: ("name", "Name"),
        arn: "kinesis:{region}:{account}:stream/{name}",
    },
    Shape { kind: ("aws_kms_key", "AWS::KMS::Key"), name: ("", ""), arn: "kms:{region}:{account}:key/{name}" },
    Shape {
        kind: ("aws_kms_alias", "AWS::KMS::Alias"),
        name: ("name", "AliasName"),
        arn: "kms:{region}:{account}:{name}",
    },
    Shape {
        kind: ("aws_lambda_function", "AWS::Lambda::Function"),
        name: ("function_name", "FunctionName"),
        arn: "lambda:{region}:{account}:function:{name}",
    },
    Shape {
        kind: ("aws_sfn_state_machine", "AWS::StepFunctions::StateMachine"),
        name: ("name", "StateMachineName"),
        arn: "states:{region}:{account}:stateMachine:{name}",
    },
    Shape {
        kind: ("aws_sns_topic", "AWS::SNS::Topic"),
        name: ("name", "TopicName"),
        arn: "sns:{region}:{account}:{name}",
    },
    Shape {
        kind: ("aws_sqs_queue", "AWS::SQS::Queue"),
        name: ("name", "QueueName"),
        arn: "sqs:{region}:{account}:{name}",
    },
];

/// How the ARNs of a resource's kind are made, where its name tells them.
pub(super) fn shape_of(resource: &Resource) -> Option<&'static Shape> {
    if resource.category != Category::Managed {
        return None;
    }
    let is_terraform = resource.framework().is_terraform();
    SHAPES.iter().find(|shape| *resource.kind == *if is_terraform { shape.kind.0 } else { shape.kind.1 })
}
