//! What AWS will call a resource, as far as the code tells: its ARN and id from its name, the account and the region.

use std::rc::Rc;

use super::Evaluator;
use super::module::Module;
use super::provider::{Provider, text_value};
use super::repetition::Instance;
use crate::model::Category;
use crate::terraform::convert::{Type, convert};
use crate::terraform::syntax::Body;
use crate::value::{Kind, Symbol, Text, TextBuilder, Value, Why};

/// One instance of a resource or look-up, with all that its arguments take.
#[derive(Clone, Copy)]
pub(super) struct Declared<'d, 'a> {
    pub(super) module: &'d Rc<Module<'a>>,
    pub(super) category: Category,
    pub(super) kind: &'d str,
    pub(super) at: usize,
    pub(super) index: usize,
    pub(super) body: &'d Body,
    pub(super) instance: &'d Instance,
    /// The instance's address.
    pub(super) address: &'d str,
}

/// How the identifiers of a type are made. `{name}` stands for that argument, `{partition}`, `{region}` and
/// `{account}` for where it is deployed, `{path}` for the argument or `/`, `{@arn}` for the ARN. An empty text: not
/// told by the code. Source: AWS service authorization reference, "Resource types defined by …"; the provider's
/// documentation of each type, "Attribute Reference" (5.x).
struct Shape {
    kind: &'static str,
    /// The argument that names it.
    name: &'static str,
    arn: &'static str,
    id: &'static str,
}

const fn shape(kind: &'static str, name: &'static str, arn: &'static str, id: &'static str) -> Shape {
    Shape { kind, name, arn, id }
}

/// Sorted by type.
const SHAPES: [Shape; 29] = [
    shape("aws_cloudtrail", "name", "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}", ""),
    shape("aws_cloudwatch_log_group", "name", "arn:{partition}:logs:{region}:{account}:log-group:{name}", "{name}"),
    shape(
        "aws_cloudwatch_metric_alarm",
        "alarm_name",
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}",
        "{alarm_name}",
    ),
    shape("aws_codebuild_project", "name", "arn:{partition}:codebuild:{region}:{account}:project/{name}", "{@arn}"),
    shape(
        "aws_codecommit_repository",
        "repository_name",
        "arn:{partition}:codecommit:{region}:{account}:{repository_name}",
        "{repository_name}",
    ),
    shape("aws_codepipeline", "name", "arn:{partition}:codepipeline:{region}:{account}:{name}", "{name}"),
    shape("aws_dynamodb_table", "name", "arn:{partition}:dynamodb:{region}:{account}:table/{name}", "{name}"),
    shape("aws_ecr_repository", "name", "arn:{partition}:ecr:{region}:{account}:repository/{name}", "{name}"),
    shape("aws_ecs_cluster", "name", "arn:{partition}:ecs:{region}:{account}:cluster/{name}", "{@arn}"),
    shape("aws_eks_cluster", "name", "arn:{partition}:eks:{region}:{account}:cluster/{name}", "{name}"),
    shape("aws_iam_group", "name", "arn:{partition}:iam::{account}:group{path}{name}", "{name}"),
    shape("aws_iam_instance_profile", "name", "arn:{partition}:iam::{account}:instance-profile{path}{name}", "{name}"),
    shape("aws_iam_openid_connect_provider", "", "arn:{partition}:iam::{account}:oidc-provider/{issuer}", "{@arn}"),
    shape("aws_iam_policy", "name", "arn:{partition}:iam::{account}:policy{path}{name}", "{@arn}"),
    shape("aws_iam_role", "name", "arn:{partition}:iam::{account}:role{path}{name}", "{name}"),
    shape("aws_iam_saml_provider", "name", "arn:{partition}:iam::{account}:saml-provider/{name}", "{@arn}"),
    shape("aws_iam_server_certificate", "name", "arn:{partition}:iam::{account}:server-certificate{path}{name}", ""),
    shape("aws_iam_service_linked_role", "", "", "{@arn}"),
    shape("aws_iam_user", "name", "arn:{partition}:iam::{account}:user{path}{name}", "{name}"),
    shape(
        "aws_kinesis_firehose_delivery_stream",
        "name",
        "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
        "{@arn}",
    ),
    shape("aws_kinesis_stream", "name", "arn:{partition}:kinesis:{region}:{account}:stream/{name}", "{@arn}"),
    shape("aws_kms_alias", "name", "arn:{partition}:kms:{region}:{account}:{name}", "{name}"),
    shape(
        "aws_lambda_function",
        "function_name",
        "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
        "{function_name}",
    ),
    shape("aws_organizations_policy", "", "", ""),
    shape("aws_s3_bucket", "bucket", "arn:{partition}:s3:::{bucket}", "{bucket}"),
    shape("aws_secretsmanager_secret", "name", "", "{@arn}"),
    shape("aws_sfn_state_machine", "name", "arn:{partition}:states:{region}:{account}:stateMachine:{name}", "{@arn}"),
    shape("aws_sns_topic", "name", "arn:{partition}:sns:{region}:{account}:{name}", "{@arn}"),
    shape("aws_sqs_queue", "name", "arn:{partition}:sqs:{region}:{account}:{name}", ""),
];

/// Look-ups whose identifiers are made otherwise than those of the resource of the same type. Sorted by type.
const LOOK_UPS: [Shape; 5] = [
    shape("aws_iam_group", "group_name", "arn:{partition}:iam::{account}:group{path}{group_name}", ""),
    shape("aws_iam_policy", "name", "", "{@arn}"),
    shape("aws_iam_user", "user_name", "arn:{partition}:iam::{account}:user{path}{user_name}", ""),
    shape("aws_kms_alias", "name", "arn:{partition}:kms:{region}:{account}:{name}", "{@arn}"),
    shape(
        "aws_lambda_function",
        "function_name",
        "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
        "{function_name}",
    ),
];

fn shape_of(category: Category, kind: &str) -> Option<&'static Shape> {
    let find = |shapes: &'static [Shape]| {
        let at = shapes.binary_search_by_key(&kind, |shape| shape.kind).ok()?;
        shapes.get(at)
    };
    let own = if category == Category::Data { find(&LOOK_UPS) } else { None };
    own.or_else(|| find(&SHAPES))
}

/// The attributes of a type that [`identified`](Evaluator::identified) tells, as far as a whole resource needs them.
pub(super) fn identifiers(category: Category, kind: &str) -> impl Iterator<Item = &'static str> {
    let name = shape_of(category, kind).map(|shape| shape.name).filter(|name| !name.is_empty());
    let count = if name.is_some() { 3 } else { 0 };
    ["arn", "id", name.unwrap_or_default()].into_iter().take(count)
}

impl<'a> Evaluator<'a> {
    /// An attribute that the code does not set: what stands for it, with what is known of it.
    pub(super) fn identified(&self, declared: Declared<'_, 'a>, name: &str) -> Option<Value> {
        let provider = || self.provider_of(declared.module, declared.kind, declared.body);
        if declared.category == Category::Data
            && matches!(declared.kind, "aws_caller_identity" | "aws_partition" | "aws_region")
        {
            // `data "aws_region" "x" { name = … }` looks up another one.
            if declared.kind == "aws_region"
                && !declared.body.attributes.iter().all(|own| &*own.name.text == "provider")
            {
                return None;
            }
            return provider()?.looked_up(declared.kind, name);
        }
        if name == "tags_all" && declared.category == Category::Managed {
            return self.all_tags(declared, provider()?.default_tags.as_ref());
        }
        let shape = shape_of(declared.category, declared.kind)?;
        let expansion = match name {
            "arn" => self.written(declared, shape, shape.arn, provider)?,
            "id" => self.written(declared, shape, shape.id, provider)?,
            "path" if shape.arn.contains("{path}") && declared.category == Category::Managed => {
                return Some(Value::text("/"));
            }
            _ if name == shape.name => self.prefixed(declared, name)?,
            _ => return None,
        };
        let symbol = Symbol::of_resource(declared.address, name);
        let why = Why::AfterDeployment(symbol.name().into());
        Some(Value::unknown(symbol.expanded_as(expansion), why))
    }

    /// A text as its shape says; `None` where the shape says nothing.
    fn written(
        &self,
        declared: Declared<'_, 'a>,
        shape: &Shape,
        written: &str,
        provider: impl Fn() -> Option<Rc<Provider>>,
    ) -> Option<Text> {
        let written = match written {
            "" => return None,
            "{@arn}" if shape.arn.is_empty() => return None,
            "{@arn}" => shape.arn,
            other => other,
        };
        let provider = if written.contains("{partition}") { Some(provider()?) } else { None };
        let mut builder = TextBuilder::new();
        for (at, part) in written.split(['{', '}']).enumerate() {
            if at % 2 == 0 {
                builder.push_str(part);
                continue;
            }
            match (part, &provider) {
                ("partition", Some(provider)) => builder.push_text(&provider.partition),
                ("account", Some(provider)) => builder.push_text(&provider.account),
                ("region", Some(provider)) => match self.argument_of(declared, "region") {
                    Some(region) => builder.push_text(&region.to_text()?),
                    None => builder.push_text(&provider.region),
                },
                ("path", _) if declared.category == Category::Managed => match self.argument_of(declared, "path") {
                    Some(path) => builder.push_text(&path.to_text()?),
                    None => builder.push_str("/"),
                },
                ("issuer", _) => {
                    let url = self.argument_of(declared, "url")?;
                    let url = url.as_text()?;
                    let start = url.literal_content().strip_prefix("https://").map_or(0, |_| "https://".len());
                    builder.push_text(&url.slice(start..url.literal_content().len())?);
                }
                (argument, _) => match self.argument_of(declared, argument) {
                    Some(value) => builder.push_text(&value.to_text()?),
                    None => match self.prefixed(declared, argument) {
                        Some(name) => builder.push_text(&name),
                        None => builder.push_symbol(Symbol::of_resource(declared.address, argument)),
                    },
                },
            }
        }
        Some(builder.finish())
    }

    /// A name that AWS or the provider completes.
    fn prefixed(&self, declared: Declared<'_, 'a>, argument: &str) -> Option<Text> {
        let prefix = self.argument_of(declared, &format!("{argument}_prefix"))?;
        let mut builder = TextBuilder::new();
        builder.push_text(&prefix.to_text()?);
        builder.push_symbol(Symbol::new(format!("{}.{argument} after its prefix", declared.address)));
        Some(builder.finish())
    }

    fn argument_of(&self, declared: Declared<'_, 'a>, name: &str) -> Option<Value> {
        let Declared { module, at, index, body, instance, .. } = declared;
        self.argument_value(module, at, index, body, instance, name).filter(|value| !value.is_null())
    }

    /// The tags of a resource over those that its provider puts on everything.
    fn all_tags(&self, declared: Declared<'_, 'a>, default_tags: Option<&Value>) -> Option<Value> {
        let own = self.argument_of(declared, "tags");
        let is_map = |value: &Value| matches!(value.kind, Kind::Map(_));
        let all = match (default_tags, own) {
            (None, own) => own,
            (Some(default_tags), None) => Some(default_tags.clone()),
            (Some(default_tags), Some(own)) if is_map(default_tags) && is_map(&own) => {
                let mut entries: Vec<_> = default_tags.as_map()?.entries().to_vec();
                for entry in own.as_map()?.entries() {
                    match entries.iter_mut().find(|default| default.key == entry.key) {
                        Some(default) => *default = entry.clone(),
                        None => entries.push(entry.clone()),
                    }
                }
                Some(Value::object(entries))
            }
            _ => None,
        };
        all.map(tags_as_read)
    }

    /// The name of an AWS-managed policy that is looked up by its ARN.
    pub(super) fn looked_up_name(&self, declared: Declared<'_, 'a>, name: &str) -> Option<Value> {
        if (declared.category, declared.kind, name) != (Category::Data, "aws_iam_policy", "name") {
            return None;
        }
        let arn = self.argument_of(declared, "arn")?;
        let name = arn.as_str()?.rsplit('/').next()?;
        Some(text_value(&Text::from(name)).or_at(arn.origin))
    }
}

/// Tags as references to them give them: texts, whatever the code writes.
pub(super) fn tags_as_read(tags: Value) -> Value {
    match &tags.kind {
        Kind::Map(_) => convert(tags, &Type::Map(Box::new(Type::String))),
        _ => tags,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_once_each() {
        assert!(SHAPES.is_sorted_by(|a, b| a.kind < b.kind));
        assert!(LOOK_UPS.is_sorted_by(|a, b| a.kind < b.kind));
    }

    #[test]
    fn names_stand_in_the_identifiers() {
        for shape in SHAPES.iter().chain(&LOOK_UPS).filter(|shape| !shape.name.is_empty() && !shape.arn.is_empty()) {
            assert!(shape.arn.contains(&format!("{{{}}}", shape.name)), "{}", shape.kind);
        }
    }
}
