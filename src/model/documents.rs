//! Policy documents and who carries them.

use rustc_hash::{FxHashMap, FxHashSet};

use std::sync::OnceLock;

use crate::iam::validate::{self, Check, Fault, PolicyType, Subject};
use crate::iam::{Document, Opaque};
use crate::source::Span;
use crate::value::{Entry, Kind as ValueKind, Value, json};

use super::kinds::{bucket, inline_policy, managed_policy, organization_policy, policy_document, resource_policy};
use super::{Resource, Root, permissions};

/// A document among those of an [`Account`](super::Account).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DocumentId(pub(super) usize);

impl DocumentId {
    /// Its place in the account's list.
    pub fn index(self) -> usize {
        self.0
    }
}

/// What a document is for. The same text means different things in different places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Grants to whoever carries it: inline and managed policies, permission sets.
    Identity,
    /// Says who may assume a role.
    Trust,
    /// Says who may use a resource.
    Resource,
    /// Limits others and grants nothing: boundaries, organization policies, policies of endpoints.
    Limit,
    /// Grants to whichever device carries it: the policies of AWS IoT.
    Device,
}

/// A document and the resource that carries it.
#[derive(Clone, Debug)]
pub struct CarriedDocument<'a> {
    /// What it says.
    pub document: Document,
    /// What it is for.
    pub purpose: Purpose,
    /// The resource that carries the document, or the data source that computes it where nothing else does.
    pub carrier: &'a Resource,
    /// Where the document stands.
    pub span: Span,
    /// The document as a value, with what [`document`](Self::document) leaves out.
    pub value: Value,
    /// Texts that should be documents and are not JSON.
    pub not_json: Vec<Opaque>,
    /// What is wrong with it, once somebody has asked.
    faults: OnceLock<Vec<Fault>>,
}

impl CarriedDocument<'_> {
    /// What is wrong with the document, whatever it allows. Found when first asked for.
    pub fn faults(&self) -> &[Fault] {
        self.faults.get_or_init(|| {
            let mut faults = self.subject().map_or_else(Vec::new, |subject| validate::faults(&self.value, &subject));
            if permissions::statement(self.carrier).is_some() {
                // The form of the statement is not its author's.
                faults.retain(|fault| matches!(fault.check, Check::InvalidPrincipal | Check::UnknownAction));
            }
            faults
        })
    }

    /// What the place of the document tells of its language; none where it is another one than that of IAM.
    pub fn subject(&self) -> Option<Subject> {
        if self.is_unattached() {
            return Some(match self.purpose {
                Purpose::Trust => Subject::of(PolicyType::Trust),
                _ => Subject::UNKNOWN,
            });
        }
        match self.purpose {
            Purpose::Identity => Some(Subject::of(PolicyType::Identity)),
            Purpose::Trust => Some(Subject::of(PolicyType::Trust)),
            Purpose::Limit if organization_policy::KIND.is(self.carrier) => {
                organization_policy::policy_type(self.carrier).map(Subject::of)
            }
            Purpose::Limit if resource_policy::is_of_endpoint(self.carrier) => Some(Subject::of(PolicyType::Resource)),
            Purpose::Limit if managed_policy::KIND.is(self.carrier) => Some(Subject::of(PolicyType::Identity)),
            Purpose::Resource if bucket::POLICY.is(self.carrier) || bucket::BUCKET.is(self.carrier) => {
                Some(Subject { service: Some("s3"), needs_resource: true, ..Subject::of(PolicyType::Resource) })
            }
            Purpose::Resource => Some(resource_policy::subject(self.carrier)),
            // What limits sessions of users of other services has variables of its own, and devices other actions.
            Purpose::Limit | Purpose::Device => None,
        }
    }

    /// Whether nothing in the code carries the document.
    pub fn is_unattached(&self) -> bool {
        policy_document::KIND.is(self.carrier)
    }
}

/// All documents of a root.
#[derive(Default, Debug)]
pub(super) struct Documents<'a> {
    pub(super) all: Vec<CarriedDocument<'a>>,
}

impl<'a> Documents<'a> {
    /// Reads the document that a setting holds, if it holds one.
    pub(super) fn add(&mut self, carrier: &'a Resource, value: &Value, purpose: Purpose) -> Option<DocumentId> {
        let Reading { document, value: whole, not_json } = read(value)?;
        let span = value.origin.unwrap_or(carrier.span);
        let faults = OnceLock::new();
        self.all.push(CarriedDocument { document, purpose, carrier, span, value: whole, not_json, faults });
        Some(DocumentId(self.all.len() - 1))
    }

    /// Reads the documents of managed policies: once each, whoever they are attached to.
    pub(super) fn managed_policies(&mut self, root: &'a Root) -> FxHashMap<&'a str, DocumentId> {
        let policies = root.resources.iter().filter(|resource| managed_policy::KIND.is(resource));
        policies
            .filter_map(|policy| {
                let value = policy.setting(&managed_policy::DOCUMENT).value;
                self.add(policy, &value, Purpose::Identity).map(|id| (&*policy.address, id))
            })
            .collect()
    }

    /// Documents that no principal carries. `limits` are those managed policies that grant nothing.
    pub(super) fn read_the_rest(&mut self, root: &'a Root, limits: &FxHashSet<DocumentId>) {
        for DocumentId(index) in limits {
            self.all[*index].purpose = Purpose::Limit;
        }
        for resource in &root.resources {
            if organization_policy::KIND.is(resource) {
                self.add(resource, &resource.setting(&organization_policy::CONTENT).value, Purpose::Limit);
            } else if bucket::POLICY.is(resource) {
                self.add(resource, &resource.setting(&bucket::POLICY_DOCUMENT).value, Purpose::Resource);
            } else if bucket::BUCKET.is(resource) && resource.framework().is_terraform() {
                // The argument that older versions of the provider took.
                self.add(resource, &resource.setting(&inline_policy::DOCUMENT).value, Purpose::Resource);
            } else if let Some(statement) = permissions::statement(resource) {
                self.add(resource, &policy_of(statement), Purpose::Resource);
            } else if let Some(purpose) = purpose_of_policy(resource) {
                let policy = resource_policy::DOCUMENTS.iter().find_map(|attribute| resource.explicit(attribute));
                if let Some(policy) = policy {
                    self.add(resource, &policy.value, purpose);
                }
            }
        }
        self.add_unattached(root);
    }

    /// `data "aws_iam_policy_document"` of which no statement has got into a document above.
    fn add_unattached(&mut self, root: &'a Root) {
        let statements = self.all.iter().flat_map(|carried| &carried.document.statements);
        let carried: FxHashSet<Span> = statements.filter_map(|statement| statement.span).collect();
        for data in root.resources.iter().filter(|resource| policy_document::KIND.is(resource)) {
            let Some(Reading { document, value, not_json }) = read(&data.setting(&policy_document::JSON).value) else {
                continue;
            };
            let is_carried = |span: Option<Span>| span.is_some_and(|span| carried.contains(&span));
            if document.statements.is_empty() || document.statements.iter().any(|statement| is_carried(statement.span))
            {
                continue;
            }
            let purpose = guess_purpose(&document);
            let span = document.span.unwrap_or(data.span);
            let faults = OnceLock::new();
            self.all.push(CarriedDocument { document, purpose, carrier: data, span, value, not_json, faults });
        }
    }
}

/// What the policy of a resource that carries one is for.
fn purpose_of_policy(resource: &Resource) -> Option<Purpose> {
    if resource_policy::LETTING_IN.iter().any(|(kind, _)| kind.is(resource)) {
        Some(Purpose::Resource)
    } else if resource_policy::LIMIT.is(resource) {
        Some(Purpose::Limit)
    } else if resource_policy::DEVICE.is(resource) {
        Some(Purpose::Device)
    } else {
        None
    }
}

/// A policy of one statement, whose variables are what the code spells out.
fn policy_of(statement: Value) -> Value {
    let version = Entry::new("Version", Value::text("2012-10-17"));
    let origin = statement.origin;
    Value::object(vec![version, Entry::new("Statement", statement)]).or_at(origin)
}

/// What a document without a carrier is for: one with principals says who, one without says what.
fn guess_purpose(document: &Document) -> Purpose {
    if document.statements.iter().all(|statement| statement.principals.is_none()) {
        return Purpose::Identity;
    }
    let assumes = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.starts_with("sts:assumerole")
            || matches!(text.as_str(), "sts:tagsession" | "sts:setsourceidentity" | "sts:*")
    };
    let trust = document.statements.iter().all(|statement| {
        statement.resources.is_none()
            && statement
                .actions
                .as_ref()
                .is_none_or(|actions| actions.items.iter().all(|pattern| pattern.text.as_str().is_some_and(assumes)))
    });
    if trust { Purpose::Trust } else { Purpose::Resource }
}

/// A document as it was read, and what it was read from.
struct Reading {
    document: Document,
    value: Value,
    not_json: Vec<Opaque>,
}

/// The document in a setting: a text that holds JSON, or the tree itself. `None` for null.
fn read(value: &Value) -> Option<Reading> {
    let arms = value.alternatives();
    let mut decoded = Vec::new();
    let mut opaque = Vec::new();
    let mut not_json = Vec::new();
    for arm in arms {
        match &arm.kind {
            ValueKind::Null => {}
            ValueKind::Map(_) => decoded.push(arm.clone()),
            ValueKind::Text(text) if text.is_empty() => {}
            ValueKind::Text(text) => match text.as_symbol() {
                Some(symbol) => {
                    let why = format!("{} is known only after deployment", symbol.name());
                    opaque.push(Opaque { why, span: arm.origin });
                }
                None => match json::decode(text) {
                    Ok(inner) => decoded.push(inner.or_at(arm.origin)),
                    Err(error) => {
                        let why = Opaque { why: format!("not JSON: {error}"), span: error.span.or(arm.origin) };
                        // What stands in place of an unknown part may make JSON of it.
                        if text.is_known() {
                            not_json.push(why.clone());
                        }
                        opaque.push(why);
                    }
                },
            },
            ValueKind::Unknown(unknown) => opaque.push(Opaque { why: unknown.why.to_string(), span: arm.origin }),
            _ => opaque.push(Opaque { why: "a policy document must be a JSON object".to_owned(), span: arm.origin }),
        }
    }
    if decoded.is_empty() && opaque.is_empty() {
        return None;
    }
    let whole = if arms.len() == 1 && decoded.len() == 1 {
        decoded.swap_remove(0)
    } else {
        // Which of them it will be is not known; each statement is possible.
        decoded.push(Value::null());
        Value::new(ValueKind::OneOf(decoded.into()), value.origin)
    };
    let is_nothing = whole.alternatives().iter().all(Value::is_null);
    let mut document = if is_nothing {
        Document::read(&Value::object(vec![Entry::new("Statement", Value::tuple(Vec::new()))]))
    } else {
        Document::read(&whole)
    };
    document.opaque.extend(opaque);
    Some(Reading { document, value: whole, not_json })
}
