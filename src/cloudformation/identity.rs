//! What AWS calls a resource: the names and ARNs that `Ref` and `Fn::GetAtt` give, as far as the template determines
//! them. AWS: the "Return values" of each type in the "CloudFormation template reference", and "Actions, resources, and
//! condition keys for AWS services" for the shapes of ARNs.

use crate::value::{Kind, Symbol, Text, Value};

use super::evaluate::Evaluator;
use super::sam;
use super::tree::NodeId;

/// How one type is called.
struct Identity {
    kind: &'static str,
    /// The property that names it; without one, AWS makes up a name.
    name: &'static str,
    /// What `Ref` gives; empty for an id that AWS makes up.
    reference: &'static str,
    /// What attributes give.
    attributes: &'static [(&'static str, &'static str)],
}

/// In texts, `$P`, `$R` and `$A` stand for partition, region and account, `$N` for the name, `$F` for the path
/// (`/` or what the property `Path` says), `$I` for what `Ref` gives.
const IDENTITIES: [Identity; 33] = [
    id(
        "AWS::Backup::BackupVault",
        "BackupVaultName",
        "$N",
        &[("BackupVaultArn", "arn:$P:backup:$R:$A:backup-vault:$N"), ("BackupVaultName", "$N")],
    ),
    id("AWS::CloudTrail::Trail", "TrailName", "$N", &[("Arn", "arn:$P:cloudtrail:$R:$A:trail/$N")]),
    id("AWS::CloudWatch::Alarm", "AlarmName", "$N", &[("Arn", "arn:$P:cloudwatch:$R:$A:alarm:$N")]),
    id("AWS::CodeBuild::Project", "Name", "$N", &[("Arn", "arn:$P:codebuild:$R:$A:project/$N")]),
    id("AWS::CodeCommit::Repository", "RepositoryName", "", &[("Arn", "arn:$P:codecommit:$R:$A:$N"), ("Name", "$N")]),
    id("AWS::CodePipeline::Pipeline", "Name", "$N", &[]),
    id("AWS::Cognito::UserPool", "", "", &[("Arn", "arn:$P:cognito-idp:$R:$A:userpool/$I"), ("UserPoolId", "$I")]),
    id("AWS::DynamoDB::Table", "TableName", "$N", &[("Arn", "arn:$P:dynamodb:$R:$A:table/$N")]),
    id("AWS::ECR::Repository", "RepositoryName", "$N", &[("Arn", "arn:$P:ecr:$R:$A:repository/$N")]),
    id("AWS::ECS::Cluster", "ClusterName", "$N", &[("Arn", "arn:$P:ecs:$R:$A:cluster/$N")]),
    id(
        "AWS::EFS::FileSystem",
        "",
        "",
        &[("Arn", "arn:$P:elasticfilesystem:$R:$A:file-system/$I"), ("FileSystemId", "$I")],
    ),
    id("AWS::Events::EventBus", "Name", "$N", &[("Arn", "arn:$P:events:$R:$A:event-bus/$N"), ("Name", "$N")]),
    id("AWS::IAM::Group", "GroupName", "$N", &[("Arn", "arn:$P:iam::$A:group$F$N")]),
    id("AWS::IAM::InstanceProfile", "InstanceProfileName", "$N", &[("Arn", "arn:$P:iam::$A:instance-profile$F$N")]),
    id("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "arn:$P:iam::$A:policy$F$N", &[("PolicyArn", "$I")]),
    id("AWS::IAM::Role", "RoleName", "$N", &[("Arn", "arn:$P:iam::$A:role$F$N")]),
    id("AWS::IAM::SAMLProvider", "Name", "arn:$P:iam::$A:saml-provider/$N", &[("Arn", "$I")]),
    id("AWS::IAM::User", "UserName", "$N", &[("Arn", "arn:$P:iam::$A:user$F$N")]),
    id("AWS::KMS::Alias", "AliasName", "$N", &[]),
    id("AWS::KMS::Key", "", "", &[("Arn", "arn:$P:kms:$R:$A:key/$I"), ("KeyId", "$I")]),
    id("AWS::Kinesis::Stream", "Name", "$N", &[("Arn", "arn:$P:kinesis:$R:$A:stream/$N")]),
    id(
        "AWS::KinesisFirehose::DeliveryStream",
        "DeliveryStreamName",
        "$N",
        &[("Arn", "arn:$P:firehose:$R:$A:deliverystream/$N")],
    ),
    id("AWS::Lambda::Function", "FunctionName", "$N", &[("Arn", "arn:$P:lambda:$R:$A:function:$N")]),
    id("AWS::Logs::LogGroup", "LogGroupName", "$N", &[("Arn", "arn:$P:logs:$R:$A:log-group:$N:*")]),
    id("AWS::S3::Bucket", "BucketName", "$N", &[("Arn", "arn:$P:s3:::$N")]),
    id("AWS::SNS::Topic", "TopicName", "arn:$P:sns:$R:$A:$N", &[("TopicArn", "$I"), ("TopicName", "$N")]),
    id(
        "AWS::SQS::Queue",
        "QueueName",
        "https://sqs.$R.$U/$A/$N",
        &[("Arn", "arn:$P:sqs:$R:$A:$N"), ("QueueName", "$N"), ("QueueUrl", "$I")],
    ),
    id("AWS::SSM::Parameter", "Name", "$N", &[]),
    id("AWS::Serverless::Function", "FunctionName", "$N", &[("Arn", "arn:$P:lambda:$R:$A:function:$N")]),
    id("AWS::Serverless::SimpleTable", "TableName", "$N", &[("Arn", "arn:$P:dynamodb:$R:$A:table/$N")]),
    id(
        "AWS::Serverless::StateMachine",
        "Name",
        "arn:$P:states:$R:$A:stateMachine:$N",
        &[("Arn", "$I"), ("Name", "$N")],
    ),
    id(
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        "arn:$P:states:$R:$A:stateMachine:$N",
        &[("Arn", "$I"), ("Name", "$N")],
    ),
    id(
        "AWS::OpenSearchService::Domain",
        "DomainName",
        "$N",
        &[("Arn", "arn:$P:es:$R:$A:domain/$N"), ("DomainArn", "arn:$P:es:$R:$A:domain/$N")],
    ),
];

const fn id(
    kind: &'static str,
    name: &'static str,
    reference: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Identity {
    Identity { kind, name, reference, attributes }
}

impl Evaluator<'_> {
    /// The symbol of an attribute, or with an empty one of `Ref`, with what is known of it. `id` is without the scope.
    pub(super) fn symbol_of(&mut self, id: &str, attribute: &str) -> Symbol {
        let symbol = Symbol::of_resource(format!("{}{id}", self.scope()), attribute);
        let identity = self.identity(id);
        let written = identity.and_then(|identity| match attribute {
            "" => Some(identity.reference).filter(|text| !text.is_empty()),
            _ => identity.attributes.iter().find(|(name, _)| *name == attribute).map(|(_, text)| *text),
        });
        let (Some(identity), Some(written)) = (identity, written) else { return symbol };
        let name = self.name_of(id, identity);
        if written == "$N" && name.is_none() {
            // What AWS makes up is known by the reference alone.
            return symbol;
        }
        let expansion = self.spelled(id, identity, written, name.as_ref());
        symbol.expanded_as(expansion)
    }

    fn identity(&self, id: &str) -> Option<&'static Identity> {
        let sections = self.sections;
        let kind = sections.kind_of(*sections.resources.get(id)?)?;
        IDENTITIES.iter().find(|identity| identity.kind == kind)
    }

    /// The name that the template gives a resource.
    fn name_of(&mut self, id: &str, identity: &Identity) -> Option<Text> {
        let name = self.property_of(id, identity.name)?;
        name.to_text().filter(|_| !matches!(name.kind, Kind::OneOf(_)))
    }

    /// A property of another resource, as it is where nothing is taken for granted but that resource's condition. Kept,
    /// so that many references cost no more than one.
    fn property_of(&mut self, id: &str, property: &str) -> Option<Value> {
        let sections = self.sections;
        let tree = sections.tree;
        let (&id, &node) = sections.resources.get_key_value(id)?;
        let written = tree.get(tree.get(node, "Properties")?, property)?;
        if let Some(known) = self.names.get(&written) {
            return known.clone();
        }
        // Whoever asks while this is being found asks for itself.
        self.names.insert(written, None);
        let value = self.apart(id, |evaluator| evaluator.value(written));
        self.names.insert(written, value.clone());
        value
    }

    /// Evaluates something of a resource apart from where it is asked for: with the resource's own condition taken to
    /// hold, and no other.
    pub(super) fn apart<T>(&mut self, id: &str, then: impl FnOnce(&mut Self) -> T) -> T {
        let sections = self.sections;
        let condition = |node: &NodeId| sections.tree.get(*node, "Condition");
        let condition = sections.resources.get(id).and_then(condition).and_then(|node| sections.tree.scalar(node));
        let own = condition.map(|condition| (condition.into(), true)).into_iter().collect();
        let assumptions = std::mem::replace(&mut self.assumptions, own);
        let result = then(self);
        self.assumptions = assumptions;
        result
    }

    fn spelled(&mut self, id: &str, identity: &Identity, written: &str, name: Option<&Text>) -> Text {
        let made_up =
            Symbol::of_resource(format!("{}{id}", self.scope()), if identity.reference == "$N" { "" } else { "Name" });
        let name = name.cloned().unwrap_or_else(|| Text::from(made_up));
        let mut builder = crate::value::TextBuilder::new();
        let mut parts = written.split('$');
        builder.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (sign, rest) = part.split_at(part.len().min(1));
            let text = match sign {
                "P" => self.pseudo_parameter("AWS::Partition").to_text(),
                "R" => self.pseudo_parameter("AWS::Region").to_text(),
                "A" => self.pseudo_parameter("AWS::AccountId").to_text(),
                "U" => self.pseudo_parameter("AWS::URLSuffix").to_text(),
                "N" => Some(name.clone()),
                "F" => Some(self.property_of(id, "Path").and_then(|path| path.to_text()).unwrap_or_else(|| "/".into())),
                _ if identity.reference.is_empty() => {
                    Some(Text::from(Symbol::of_resource(format!("{}{id}", self.scope()), "")))
                }
                _ => Some(self.spelled(id, identity, identity.reference, Some(&name))),
            };
            if let Some(text) = text {
                builder.push_text(&text);
            }
            builder.push_str(rest);
        }
        builder.finish()
    }

    /// Whether a resource of this id is declared, or made by SAM.
    pub(super) fn is_resource(&self, id: &str) -> bool {
        self.sections.resources.contains_key(id) || sam::is_made(self.sections, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_stands_once_and_every_sign_is_known() {
        for (index, identity) in IDENTITIES.iter().enumerate() {
            assert!(!IDENTITIES[..index].iter().any(|other| other.kind == identity.kind), "{}", identity.kind);
            let texts = identity.attributes.iter().map(|(_, text)| *text).chain([identity.reference]);
            for part in texts.flat_map(|text| text.split('$').skip(1)) {
                assert!(part.starts_with(['P', 'R', 'A', 'U', 'N', 'F', 'I']), "{}", identity.kind);
            }
            assert!(!identity.reference.contains("$I"), "{}", identity.kind);
        }
    }
}
