//! One text for each thing of the code, the same on both sides: what two policies say can only be compared where they
//! call one thing by one name.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::iam::Document;
use crate::model::kinds::{oidc_provider, provider, role};
use crate::model::{Account, Attribute, Default, Resource};
use crate::value::{Piece, Symbol, Text};

use super::super::names::{PARTITION, shape_of};

/// The domain of the services of AWS's public regions.
const DOMAIN: &str = "amazonaws.com";

/// What stands for a region that the code does not say.
const REGION: &str = "<region>";

/// Arguments that give a resource of some other kind its name in AWS.
const NAMES: [Attribute; 4] =
    [named("name", "Name"), named("function_name", "FunctionName"), named("", "QueueName"), named("", "TopicName")];

const fn named(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// How one side calls things.
#[derive(Debug)]
pub(super) struct Naming<'a> {
    account: &'a Account<'a>,
    /// The id of the account that the code is deployed to.
    id: &'a str,
    /// The addresses that things have on the other side, where they have other ones there.
    renamed: FxHashMap<String, String>,
    /// Providers whose account is the one that the code is deployed to.
    own: FxHashSet<&'a str>,
}

impl<'a> Naming<'a> {
    /// The names of the resources of one root, deployed to an account.
    pub(super) fn new(account: &'a Account<'a>, id: &'a str) -> Self {
        // Somebody else's credentials may lead anywhere; a provider of its own region does not.
        const OF_OTHERS: [&str; 5] =
            ["assume_role", "assume_role_with_web_identity", "profile", "access_key", "shared_credentials_files"];
        let is_own = |resource: &&Resource| {
            OF_OTHERS.iter().all(|name| {
                resource
                    .attributes
                    .get(name)
                    .is_none_or(|value| value.is_null() || value.as_list().is_some_and(crate::value::List::is_empty))
            })
        };
        let providers = account.of_kind(&provider::AWS).filter(is_own).map(|resource| &*resource.address);
        Self { account, id, renamed: FxHashMap::default(), own: providers.collect() }
    }

    /// The same names, with those of the other side where resources match.
    pub(super) fn renamed(self, renamed: FxHashMap<String, String>) -> Self {
        Self { renamed, ..self }
    }

    /// A document in which everything that the code leaves open has its name.
    pub(super) fn document(&self, document: &Document) -> Document {
        document.replace(&|symbol| Some(self.symbol(symbol)))
    }

    /// What a symbol of the code stands for.
    pub(super) fn symbol(&self, symbol: &Symbol) -> String {
        self.text(&Text::from(symbol.clone()))
    }

    /// A text with all that is open in it named.
    pub(super) fn text(&self, text: &Text) -> String {
        let mut out = String::new();
        for piece in text.expanded().pieces() {
            match piece {
                Piece::Literal(literal) => out.push_str(literal),
                Piece::Symbol(symbol) => self.push_leaf(symbol, &mut out),
            }
        }
        out
    }

    /// The address that a resource is called by on both sides.
    pub(super) fn address(&self, address: &str) -> String {
        self.renamed.get(address).cloned().unwrap_or_else(|| address.to_owned())
    }

    /// What a resource is in AWS, where the code gives it a name: whatever its address is, it is the same one.
    pub(super) fn identity(&self, resource: &Resource) -> Option<String> {
        let provider = resource.provider.as_deref().filter(|provider| !self.own.contains(provider));
        let place = provider.unwrap_or_default();
        if shape_of(resource).is_some() {
            self.given_name(resource)?;
            return Some(format!("{} {place}", self.arn(resource)?));
        }
        Some(format!("{} {} {place}", resource.kind, self.name(resource)?))
    }

    /// The ARN of a resource whose kind has one that its name tells; what the code does not name is in it by its address.
    pub(super) fn arn(&self, resource: &Resource) -> Option<String> {
        let shape = shape_of(resource)?;
        let mut arn = format!("arn:{PARTITION}:");
        for (at, part) in shape.arn.split(['{', '}']).enumerate() {
            match (at % 2 == 1).then_some(part) {
                Some("region") => match self.account.root.region(resource).and_then(|region| region.to_text()) {
                    Some(region) => arn.push_str(&self.text(&region)),
                    None => arn.push_str(REGION),
                },
                Some("account") => arn.push_str(self.id),
                Some("path") => match resource.explicit(&role::PATH).and_then(|path| path.value.to_text()) {
                    Some(path) => arn.push_str(&self.text(&path)),
                    None => arn.push('/'),
                },
                Some(_) => {
                    if let Some(name) = self.given_name(resource) {
                        arn.push_str(&name);
                    } else {
                        // As a reference to it is spelled.
                        let name = if resource.framework().is_terraform() { shape.name.0 } else { "" };
                        self.push_leaf(&Symbol::of_resource(&*resource.address, name), &mut arn);
                    }
                }
                None => arn.push_str(part),
            }
        }
        Some(arn)
    }

    /// The name that the code gives a resource, if it gives one.
    pub(super) fn name(&self, resource: &Resource) -> Option<String> {
        self.given_name(resource).or_else(|| {
            let name = NAMES.iter().find_map(|name| resource.explicit(name))?.value.to_text()?;
            Some(self.text(&name))
        })
    }

    /// The name that the code gives a resource of a kind with a known ARN.
    fn given_name(&self, resource: &Resource) -> Option<String> {
        let (terraform, cloudformation) = shape_of(resource)?.name;
        let attribute = Attribute { terraform, cloudformation, default: Default::None };
        let name = self.text(&resource.explicit(&attribute)?.value.to_text()?);
        let is_url = oidc_provider::KIND.is(resource);
        Some(if is_url { name.strip_prefix("https://").unwrap_or(&name).to_owned() } else { name })
    }

    /// Something that nothing more is known of: the account, the partition and the region, or a name in `<>`, which no
    /// name in AWS has.
    fn push_leaf(&self, symbol: &Symbol, out: &mut String) {
        let name = symbol.name();
        match name {
            "AWS::AccountId" => return out.push_str(self.id),
            "AWS::Partition" => return out.push_str(PARTITION),
            "AWS::URLSuffix" => return out.push_str(DOMAIN),
            "AWS::Region" => return out.push_str(REGION),
            _ => {}
        }
        let (address, attribute) = match symbol.reference() {
            Some(reference) => (&*reference.address, &*reference.attribute),
            None => name.rsplit_once('.').unwrap_or((name, "")),
        };
        let is_own = self.own.contains(address) || address == "provider.aws";
        let kind = address.rsplit("data.").next().unwrap_or_default().split('.').next().unwrap_or_default();
        match (kind, attribute) {
            ("aws_caller_identity", "account_id" | "id") => return out.push_str(self.id),
            ("aws_partition", "partition" | "id") => return out.push_str(PARTITION),
            ("aws_partition", "dns_suffix") => return out.push_str(DOMAIN),
            ("aws_region", "name" | "id" | "region") => return out.push_str(REGION),
            (_, "account_id") if is_own => return out.push_str(self.id),
            (_, "partition") if address.contains("provider.aws") => return out.push_str(PARTITION),
            (_, "dns_suffix") if address.contains("provider.aws") => return out.push_str(DOMAIN),
            (_, "region") if address == "provider.aws" => return out.push_str(REGION),
            _ => {}
        }
        if let Some(reference) = symbol.reference()
            && let Some(resource) = self.account.at(&reference.address)
            && matches!(attribute, "arn" | "Arn")
            && let Some(arn) = self.arn(resource)
        {
            return out.push_str(&arn);
        }
        out.push('<');
        let written = match symbol.reference() {
            Some(_) if attribute.is_empty() => self.address(address),
            Some(_) => format!("{}.{attribute}", self.address(address)),
            None => name.to_owned(),
        };
        // Nothing that means something in a pattern or an ARN.
        out.extend(written.chars().map(|character| match character {
            '*' | '?' | '$' | '{' | '}' | ':' | '/' | '<' | '>' => '-',
            character if character.is_whitespace() || character.is_control() => '-',
            other => other,
        }));
        out.push('>');
    }

    /// The id of the account that the code is deployed to.
    pub(super) fn id(&self) -> &'a str {
        self.id
    }

    /// The account that the names are of.
    pub(super) fn account(&self) -> &'a Account<'a> {
        self.account
    }
}
