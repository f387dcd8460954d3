//! Names that resources of the code will have once they are deployed.

use crate::model::kinds::{bucket, managed_policy, oidc_provider, role, user};
use crate::model::{Account, Attribute, Resource};
use crate::value::Symbol;

/// The partition of AWS's public regions, where the code does not say another one.
const PARTITION: &str = "aws";

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
    /// engine names is called by its place in the code.
    /// AWS Service Authorization Reference, "Resource types defined by …".
    pub fn arn(&self, resource: &Resource) -> Option<String> {
        let id = self.id;
        let path = |path: &Attribute| match resource.setting(path).as_str() {
            Ok(Some(path)) => path,
            _ => "/".to_owned(),
        };
        if oidc_provider::KIND.is(resource) {
            let url = resource.setting(&oidc_provider::URL).as_str().ok().flatten()?;
            let issuer = url.strip_prefix("https://").unwrap_or(&url);
            return Some(format!("arn:{PARTITION}:iam::{id}:oidc-provider/{issuer}"));
        }
        let name = name(resource)?;
        Some(if role::KIND.is(resource) {
            format!("arn:{PARTITION}:iam::{id}:role{}{name}", path(&role::PATH))
        } else if user::KIND.is(resource) {
            format!("arn:{PARTITION}:iam::{id}:user{}{name}", path(&user::PATH))
        } else if managed_policy::KIND.is(resource) {
            format!("arn:{PARTITION}:iam::{id}:policy/{name}")
        } else {
            format!("arn:{PARTITION}:s3:::{name}")
        })
    }

    /// What a symbol of the code stands for, where that follows from names and from the account.
    pub fn of_symbol(&self, symbol: &Symbol) -> Option<String> {
        match symbol.name() {
            "AWS::AccountId" => return Some(self.id.to_owned()),
            "AWS::Partition" => return Some(PARTITION.to_owned()),
            _ => {}
        }
        let reference = symbol.reference()?;
        let (address, attribute) = (&*reference.address, &*reference.attribute);
        let kind = address.rsplit("data.").next().unwrap_or_default().split('.').next().unwrap_or_default();
        match (kind, attribute) {
            ("aws_caller_identity", "account_id" | "id") => return Some(self.id.to_owned()),
            ("aws_partition", "partition" | "id") => return Some(PARTITION.to_owned()),
            _ => {}
        }
        let resource = self.account.at(address)?;
        match attribute {
            "arn" | "Arn" => self.arn(resource),
            "name" | "id" | "bucket" => name(resource).filter(|_| !managed_policy::KIND.is(resource)),
            // `Ref` gives the ARN of a policy, and the name of the others.
            "" if managed_policy::KIND.is(resource) => self.arn(resource),
            "" => name(resource),
            _ => None,
        }
    }
}

/// The name of a role, user, policy or bucket.
fn name(resource: &Resource) -> Option<String> {
    let attribute = if role::KIND.is(resource) {
        &role::NAME
    } else if user::KIND.is(resource) {
        &user::NAME
    } else if managed_policy::KIND.is(resource) {
        &managed_policy::NAME
    } else if bucket::BUCKET.is(resource) {
        &bucket::NAME
    } else {
        return None;
    };
    let setting = resource.setting(attribute);
    let given = if setting.explicit { setting.as_str().ok().flatten() } else { None };
    Some(given.unwrap_or_else(|| {
        // No name has these, so that it stands for nothing else.
        resource.address.replace(['.', '[', ']', '"', '/', ':', '*', '?'], "-")
    }))
}
