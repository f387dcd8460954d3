//! Doors: policies that say who comes in, each known by what it guards, wherever it is written.

use std::collections::BTreeMap;

use crate::model::kinds::bucket;
use crate::model::{Attribute, CarriedDocument, Default, Purpose, Resource, texts};
use crate::value::{Symbol, Text};

use super::SubjectKind;
use super::holdings::{Holdings, Policy, Reader};
use super::subjects::Candidate;

/// The settings by which a policy that is a resource of its own names what it guards, in the order in which they are
/// looked for. A resource that has none of them guards itself.
const GUARDED: [Attribute; 21] = [
    guarded("bucket", "Bucket"),
    guarded("queue_url", "Queues"),
    guarded("secret_arn", "SecretId"),
    guarded("key_id", ""),
    guarded("", "Topics"),
    guarded("repository", ""),
    guarded("backup_vault_name", ""),
    guarded("file_system_id", ""),
    guarded("event_bus_name", ""),
    guarded("resource_arn", ""),
    guarded("domain_name", ""),
    guarded("rest_api_id", ""),
    guarded("vpc_endpoint_id", ""),
    guarded("container_name", ""),
    guarded("cluster_arn", ""),
    guarded("function_name", "FunctionName"),
    guarded("domain", ""),
    guarded("access_point_arn", ""),
    guarded("registry_name", ""),
    guarded("identity", ""),
    guarded("arn", ""),
];

const fn guarded(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// Kinds that carry their own policy and have settings that look as if they named something else.
const GUARDS_ITSELF: [&str; 9] = [
    "aws_s3_bucket",
    "aws_s3_access_point",
    "aws_opensearch_domain",
    "aws_elasticsearch_domain",
    "aws_kms_key",
    "aws_vpc_endpoint",
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "aws_api_gateway_rest_api",
];

/// The doors of the code.
pub(super) fn doors(reader: &Reader<'_, '_>, all: &mut Vec<Candidate>) {
    for (id, carried) in reader.naming.account().documents_by_id() {
        let kind = match carried.purpose {
            Purpose::Trust if !carried.is_unattached() => SubjectKind::Trust,
            Purpose::Resource if !carried.is_unattached() => SubjectKind::Resource,
            _ => continue,
        };
        let policy = reader.in_code(id, Some(carried.span));
        for guarded in guarded_by(reader, carried) {
            all.push(door(reader, kind, carried.carrier, &guarded, policy.clone()));
        }
    }
}

fn door(
    reader: &Reader<'_, '_>,
    kind: SubjectKind,
    carrier: &Resource,
    guarded: &Guarded<'_>,
    policy: Policy,
) -> Candidate {
    let (naming, resource) = (reader.naming, guarded.resource.unwrap_or(carrier));
    Candidate {
        key: format!("{} {}", kind.name(), guarded.key),
        kind,
        address: carrier.address.to_string(),
        name: naming.name(resource).or_else(|| Some(guarded.shown.clone())),
        span: Some(carrier.span),
        holdings: Holdings { identity: vec![policy], ..Holdings::default() },
        requester: naming.arn(resource),
        groups: BTreeMap::new(),
        account: reader.naming.id().to_owned(),
        is_placed: false,
    }
}

/// What a door leads to.
struct Guarded<'a> {
    /// What it is known by on both sides.
    key: String,
    /// What people call it.
    shown: String,
    /// The resource, where it is in the code.
    resource: Option<&'a Resource>,
}

/// What a document guards: what its carrier names, or the carrier.
fn guarded_by<'a>(reader: &Reader<'_, 'a>, carried: &CarriedDocument<'a>) -> Vec<Guarded<'a>> {
    let (naming, holder) = (reader.naming, carried.carrier);
    let account = naming.account();
    let of_resource = |resource: &'a Resource| Guarded {
        key: naming.address(&resource.address),
        shown: resource.address.to_string(),
        resource: Some(resource),
    };
    let guards_itself = carried.purpose == Purpose::Trust || GUARDS_ITSELF.contains(&&*holder.kind);
    let setting = GUARDED.iter().filter(|_| !guards_itself).find_map(|attribute| holder.explicit(attribute));
    let Some(setting) = setting else { return vec![of_resource(holder)] };
    let of_text = |text: &Text| {
        let reference = text.as_symbol().and_then(Symbol::reference);
        let in_code = reference.and_then(|reference| account.at(&reference.address));
        let named =
            || account.resolve(&setting.value, &bucket::BUCKET, &bucket::NAME).filter(|_| bucket::POLICY.is(holder));
        match (in_code.or_else(named), reference) {
            (Some(resource), _) => of_resource(resource),
            // Of a kind that is not evaluated, its address says which one it is.
            (None, Some(reference)) => Guarded {
                key: naming.address(&reference.address),
                shown: reference.address.to_string(),
                resource: None,
            },
            (None, None) => {
                let text = naming.text(text);
                Guarded { key: format!("named {text}"), shown: text, resource: None }
            }
        }
    };
    texts(&setting.value).iter().map(|(text, _)| of_text(text)).collect()
}
