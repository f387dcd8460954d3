//! Which configuration of a provider a resource uses, and what that says of the account and region.

use std::rc::Rc;
use std::sync::Arc;

use super::module::Module;
use super::{Evaluator, Scope};
use crate::terraform::directory::{Block, BlockKind};
use crate::terraform::syntax::{Body, Expression, Kind as Syntax, Step};
use crate::value::{Kind, List, Symbol, Text, Value, Why};

/// The configuration of a provider.
#[derive(Debug)]
pub(super) struct Provider {
    /// `provider.aws`, `module.network.provider.aws.west`.
    pub(super) address: Arc<str>,
    pub(super) region: Text,
    pub(super) account: Text,
    pub(super) partition: Text,
    /// The domain of the partition's services.
    pub(super) domain: Text,
    /// The tags that it puts on everything, where it has any.
    pub(super) default_tags: Option<Value>,
}

/// A name of a provider's configuration: `aws`, `aws.west`.
pub(super) type LocalName = (Box<str>, Box<str>);

/// The first part of a region's name, the partition and the domain of its services. Source: AWS General Reference,
/// "AWS service endpoints"; the partitions of the AWS SDK.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("", "aws", "amazonaws.com"),
];

impl<'a> Evaluator<'a> {
    /// The configuration that a resource or look-up uses, as far as the code says which.
    pub(super) fn provider_of(&self, module: &Rc<Module<'a>>, kind: &str, body: &Body) -> Option<Rc<Provider>> {
        let name = match body.get("provider") {
            Some(expression) => local_name(expression)?,
            None => (kind.split('_').next().unwrap_or_default().into(), "".into()),
        };
        self.provider_named(module, &name)
    }

    fn provider_named(&self, module: &Rc<Module<'a>>, name: &LocalName) -> Option<Rc<Provider>> {
        if let Some(known) = module.providers.borrow().get(name) {
            return known.clone();
        }
        // Should a provider's region hang on a look-up by the same provider.
        module.providers.borrow_mut().insert(name.clone(), None);
        let provider = self.find_provider(module, name);
        module.providers.borrow_mut().insert(name.clone(), provider.clone());
        provider
    }

    fn find_provider(&self, module: &Rc<Module<'a>>, name: &LocalName) -> Option<Rc<Provider>> {
        let (kind, alias) = name;
        let own = module.directory.providers(kind).find(|block| is_configuration_of(block, name));
        if let Some(body) = own.and_then(Block::body) {
            return Some(Rc::new(self.configured_provider(module, kind, alias, body)));
        }
        match self.calling_block(module) {
            Some((caller, call)) => {
                let passed = call.get("providers").and_then(|providers| passed_name(providers, name));
                let outer = match passed {
                    Some(passed) => passed,
                    // What is not passed on is inherited, unless it has an alias.
                    None if alias.is_empty() => name.clone(),
                    None => return None,
                };
                self.provider_named(&caller, &outer)
            }
            None if alias.is_empty() => Some(Rc::new(self.configured_provider(module, kind, alias, &Body::default()))),
            None => None,
        }
    }

    fn configured_provider(&self, module: &Rc<Module<'a>>, kind: &str, alias: &str, body: &Body) -> Provider {
        let dot = if alias.is_empty() { "" } else { "." };
        let address = format!("{}provider.{kind}{dot}{alias}", module.path);
        let argument = |body: &Body, name: &str| Some(self.expression(body.get(name)?, Scope::of(module)));
        let symbol = |name: &str| Text::from(Symbol::new(format!("{address}.{name}")));
        let known_text = |value: &Value| value.as_text().filter(|text| text.is_known() && !text.is_empty()).cloned();
        let region = argument(body, "region").and_then(|region| known_text(&region));
        let (partition, domain) = match region.as_ref().and_then(Text::as_str) {
            Some(region) => {
                let of_region = PARTITIONS.iter().find(|(start, ..)| region.starts_with(start));
                let (_, partition, domain) = of_region.copied().unwrap_or_default();
                (Text::from(partition), Text::from(domain))
            }
            None => (symbol("partition"), symbol("dns_suffix")),
        };
        // The provider refuses to work in any other account.
        let only = argument(body, "allowed_account_ids").and_then(|allowed| match allowed.as_list().map(List::items) {
            Some([only]) => known_text(only),
            _ => None,
        });
        let assumed = || {
            let arn = argument(&body.blocks_of("assume_role").last()?.body, "role_arn")?;
            let account = arn.as_str()?.split(':').nth(4)?;
            let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            is_account.then(|| Text::from(account))
        };
        let default_tags = body.blocks_of("default_tags").next().and_then(|block| argument(&block.body, "tags"));
        Provider {
            region: region.unwrap_or_else(|| symbol("region")),
            account: only.or_else(assumed).unwrap_or_else(|| symbol("account_id")),
            partition,
            domain,
            default_tags,
            address: address.into(),
        }
    }
}

impl Provider {
    /// What a look-up of the account, partition or region gives.
    pub(super) fn looked_up(&self, kind: &str, name: &str) -> Option<Value> {
        let text = match (kind, name) {
            ("aws_caller_identity", "account_id" | "id") => &self.account,
            ("aws_partition", "partition" | "id") => &self.partition,
            ("aws_partition", "dns_suffix") => &self.domain,
            ("aws_region", "name" | "id" | "region") => &self.region,
            _ => return None,
        };
        Some(text_value(text))
    }
}

/// A text as a value: known, or the symbol that it is.
pub(super) fn text_value(text: &Text) -> Value {
    match text.as_symbol() {
        Some(symbol) => {
            let why = Why::AfterDeployment(symbol.name().into());
            Value::unknown(symbol.clone(), why)
        }
        None => Value::text(text.clone()),
    }
}

fn is_configuration_of(block: &Block, (kind, alias): &LocalName) -> bool {
    if block.kind != BlockKind::Provider || block.labels[0] != *kind {
        return false;
    }
    let own = block.body().and_then(|body| body.get("alias")).map(|alias| &alias.kind);
    match own {
        Some(Syntax::Literal(own)) => own.as_str() == Some(alias),
        Some(_) => false,
        None => alias.is_empty(),
    }
}

/// `aws.west` as an expression, or as the text that old code and JSON have.
fn local_name(expression: &Expression) -> Option<LocalName> {
    match &expression.kind {
        Syntax::Variable(kind) => Some((kind.clone(), "".into())),
        Syntax::Traversal(traversal) => match (&traversal.source.kind, &traversal.steps[..]) {
            (Syntax::Variable(kind), [Step::Attribute(alias), ..]) => Some((kind.clone(), alias.clone())),
            _ => None,
        },
        Syntax::Literal(Value { kind: Kind::Unknown(unknown), .. }) => written_name(unknown.symbol.name()),
        Syntax::Literal(value) => written_name(value.as_str()?),
        // JSON may write `"${aws.west}"`.
        Syntax::Template(template) => local_name(template.as_interpolation()?),
        _ => None,
    }
}

fn written_name(name: &str) -> Option<LocalName> {
    let (kind, alias) = name.split_once('.').unwrap_or((name, ""));
    (!kind.is_empty()).then(|| (kind.into(), alias.into()))
}

/// What a call's `providers` passes on under a name.
fn passed_name(providers: &Expression, name: &LocalName) -> Option<LocalName> {
    match &providers.kind {
        Syntax::Object(items) => items
            .iter()
            .find(|(key, _)| local_name(key).as_ref() == Some(name))
            .and_then(|(_, value)| local_name(value)),
        Syntax::Literal(value) => match &value.kind {
            Kind::Map(map) => {
                let entry = map
                    .entries()
                    .iter()
                    .find(|entry| entry.key.as_str().and_then(written_name).as_ref() == Some(name))?;
                written_name(entry.value.as_str()?)
            }
            _ => None,
        },
        _ => None,
    }
}
