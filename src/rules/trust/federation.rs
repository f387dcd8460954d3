//! Roles that are assumed with a token of somebody else: which tokens are taken.
//! Source: AWS IAM User Guide, "Create a role for OpenID Connect federation" and "Configure a role for GitHub OIDC
//! identity provider"; the issuers' pages on the subject of their tokens.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::{Condition, Operator, OperatorKind, Principal, PrincipalKind, Statement, Token};
use crate::model::kinds::oidc_provider;
use crate::model::{Account, Resource, texts};
use crate::rules::{BOTH, Findings, Rule};
use crate::source::Span;

use super::trusts;

/// Role can be assumed by other customers of an identity provider.
pub(in crate::rules) static ANY_TENANT: Rule = Rule {
    metadata: Metadata {
        id: "trust-oidc-any-tenant",
        title: "Role can be assumed by other customers of an identity provider",
        group: "trust",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/trust-oidc-any-tenant.md"),
    },
    check: any_tenant,
};

/// Tokens that were made for somebody else are taken.
pub(in crate::rules) static AUDIENCE: Rule = Rule {
    metadata: Metadata {
        id: "trust-federation-audience-unchecked",
        title: "Tokens that were made for somebody else are taken",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/trust-federation-audience-unchecked.md"),
    },
    check: audience,
};

/// Any pod of the cluster may assume the role.
pub(in crate::rules) static SERVICE_ACCOUNT: Rule = Rule {
    metadata: Metadata {
        id: "trust-oidc-eks-any-service-account",
        title: "Any pod of the cluster may assume the role",
        group: "trust",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/trust-oidc-eks-any-service-account.md"),
    },
    check: service_account,
};

/// Any identity pool of Cognito may hand out the role.
pub(in crate::rules) static POOL: Rule = Rule {
    metadata: Metadata {
        id: "trust-cognito-any-pool",
        title: "Any identity pool of Cognito may hand out the role",
        group: "trust",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/trust-cognito-any-pool.md"),
    },
    check: pool,
};

/// An issuer that serves many customers under one address, and how its tokens tell whose they are.
struct Issuer {
    /// The host, and the path where it has one.
    url: &'static str,
    /// Claims that name the customer whatever their form: an application's id.
    by_claim: &'static [&'static str],
    /// How subjects begin, up to the customer's name.
    subjects: &'static [&'static str],
    /// What ends the customer's name in a subject.
    end: &'static [char],
}

/// Issuers whose address names the customer are none of these: Bitbucket, CircleCI, Azure DevOps, EKS, Okta, Auth0.
/// Sources: GitLab Docs, "OpenID Connect (OIDC) Authentication Using ID Tokens"; HCP Terraform, "Workload identity
/// tokens"; Buildkite, "OIDC"; Vercel, "OpenID Connect (OIDC) Federation Reference"; Pulumi, "OpenID Connect integration";
/// Scalr, "OIDC"; AWS IAM User Guide, "Available keys for AWS OIDC federation" for Google, Facebook and Amazon.
const ISSUERS: [Issuer; 9] = [
    Issuer { url: "gitlab.com", by_claim: &[], subjects: &["project_path:"], end: &['/'] },
    Issuer { url: "app.terraform.io", by_claim: &[], subjects: &["organization:"], end: &[':'] },
    Issuer { url: "agent.buildkite.com", by_claim: &[], subjects: &["organization:"], end: &[':'] },
    Issuer { url: "oidc.vercel.com", by_claim: &[], subjects: &["owner:"], end: &[':'] },
    Issuer {
        url: "api.pulumi.com/oidc",
        by_claim: &["aud"],
        subjects: &["pulumi:deploy:org:", "pulumi:environments:org:"],
        end: &[':'],
    },
    Issuer { url: "scalr.io", by_claim: &[], subjects: &["account:"], end: &[':'] },
    Issuer { url: "accounts.google.com", by_claim: &["aud", "email"], subjects: &[""], end: &[] },
    Issuer { url: "graph.facebook.com", by_claim: &["app_id"], subjects: &[], end: &[] },
    Issuer { url: "www.amazon.com", by_claim: &["app_id"], subjects: &[], end: &[] },
];

const EKS: &str = "oidc.eks.";
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Whether a condition refuses tokens at all: positive, and not satisfied by a missing key.
pub(super) fn restricts(condition: &Condition) -> bool {
    !condition.possible
        && condition.holds_without_key() == Some(false)
        && condition.operator.is_some_and(|operator| !operator.is_negated() && operator.kind != OperatorKind::Null)
}

/// A federated principal that a trust policy lets in.
struct Federation<'b> {
    carrier: &'b Resource,
    statement: &'b Statement,
    principal: &'b Principal,
    issuer: String,
    span: Span,
}

impl Federation<'_> {
    /// The conditions on a claim of the token that refuse some.
    fn on<'c>(&'c self, claim: &'c str) -> impl Iterator<Item = &'c Condition> {
        self.statement.conditions.iter().filter(move |condition| {
            let key = condition.key.literal_content();
            key.rsplit(':').next().is_some_and(|own| own.eq_ignore_ascii_case(claim)) && restricts(condition)
        })
    }

    fn has_unknown_conditions(&self) -> bool {
        self.statement
            .conditions
            .iter()
            .any(|condition| condition.is_unknown() || condition.incomplete || condition.possible)
    }

    fn report<'f>(
        &self,
        rule: &'static Rule,
        findings: &'f mut Findings,
        at: Option<Span>,
        message: impl Into<String>,
    ) -> &'f mut crate::finding::Finding {
        let finding = findings.add(rule, self.carrier, at.unwrap_or(self.span), message);
        if self.principal.possible || self.statement.possible {
            finding.at_most(Confidence::Likely);
        }
        finding
    }
}

fn federations<'b>(account: &'b Account) -> impl Iterator<Item = Federation<'b>> {
    trusts(account).flat_map(move |carried| {
        carried.document.allows().flat_map(move |statement| {
            let principals = statement.principals.iter().filter(|principals| !principals.negated);
            let federated = principals.flat_map(|principals| &principals.items);
            federated.filter(|principal| principal.kind == PrincipalKind::Federated).map(move |principal| Federation {
                carrier: carried.carrier,
                statement,
                principal,
                issuer: issuer(account, principal),
                span: principal.span.or(statement.span).unwrap_or(carried.span),
            })
        })
    })
}

/// The issuer of a principal's tokens as far as it is known, without the scheme.
fn issuer(account: &Account, principal: &Principal) -> String {
    let url = account.oidc_issuer(&principal.text).map(|issuer| issuer.expanded().to_string());
    let url = url.unwrap_or_else(|| {
        let text = principal.text.expanded().to_string();
        text.split_once(":oidc-provider/").map(|(_, issuer)| issuer.to_owned()).unwrap_or(text)
    });
    url.strip_prefix("https://").unwrap_or(&url).trim_end_matches('/').to_owned()
}

fn any_tenant(account: &Account, findings: &mut Findings) {
    for federation in federations(account) {
        let Some(issuer) = ISSUERS.iter().find(|issuer| issuer.url == federation.issuer) else { continue };
        if issuer.by_claim.iter().any(|claim| federation.on(claim).any(is_spelled_out)) {
            continue;
        }
        // All conditions must hold: one that names the customer is enough.
        let mut open = None;
        let mut is_bound = false;
        for condition in federation.on("sub") {
            match condition.values.iter().find(|value| !names_tenant(condition, value.glob.tokens(), issuer)) {
                Some(value) => open = open.or(value.span),
                None => is_bound = true,
            }
        }
        if is_bound {
            continue;
        }
        if open.is_none() && federation.has_unknown_conditions() {
            findings.undecided(
                &ANY_TENANT,
                federation.carrier,
                federation.span,
                &"the statement's conditions are not known",
            );
            continue;
        }
        let message = if open.is_some() {
            format!("this subject matches tokens of other customers of {}", issuer.url)
        } else {
            format!("no condition says whose tokens of {} are taken: any customer's are", issuer.url)
        };
        federation.report(&ANY_TENANT, findings, open, message);
    }
}

/// Whether no value of a condition holds a wildcard that stands for the whole.
fn is_spelled_out(condition: &Condition) -> bool {
    let patterns = condition.operator.is_some_and(Operator::takes_patterns);
    !patterns || condition.values.iter().all(|value| !value.glob.tokens().first().is_some_and(Token::is_wildcard))
}

/// Whether all subjects that a value matches are of one customer.
fn names_tenant(condition: &Condition, tokens: &[Token], issuer: &Issuer) -> bool {
    let patterns = condition.operator.is_some_and(Operator::takes_patterns);
    if !patterns || !tokens.iter().any(Token::is_wildcard) {
        return true;
    }
    let written: String = tokens
        .iter()
        .map_while(|token| match token {
            Token::Char(letter) => Some(*letter),
            // What the code leaves open is a name, never a wildcard.
            Token::Hole(_) => Some('\u{1}'),
            Token::Many | Token::One => None,
        })
        .collect();
    issuer.subjects.iter().all(|start| match written.strip_prefix(start) {
        Some(rest) => rest.split_once(issuer.end).is_some_and(|(name, _)| !name.is_empty()),
        // It begins otherwise, and matches no subject of this form; or it may still become one.
        None => !start.starts_with(written.as_str()),
    })
}

fn audience(account: &Account, findings: &mut Findings) {
    for federation in federations(account) {
        if federation.on("aud").next().is_some() || federation.has_unknown_conditions() {
            continue;
        }
        if federation.principal.text.expanded().to_string().contains(":saml-provider/") {
            let message = "no condition on SAML:aud: an assertion that was made for another service is taken";
            federation.report(&AUDIENCE, findings, None, message);
            continue;
        }
        let provider =
            federation.principal.text.as_symbol().and_then(|symbol| account.at(&symbol.reference()?.address));
        let Some(provider) = provider.filter(|provider| oidc_provider::KIND.is(provider)) else { continue };
        let clients = provider.setting(&oidc_provider::CLIENT_IDS);
        // With one client the service asks for it by itself.
        if texts(&clients.value).len() > 1 {
            let message = "no condition on aud, and the provider takes tokens of several clients";
            federation.report(&AUDIENCE, findings, None, message).relate("the clients", Some(clients.span));
        }
    }
}

fn service_account(account: &Account, findings: &mut Findings) {
    const SUBJECT: &str = "system:serviceaccount:";
    for federation in federations(account) {
        let subjects: Vec<_> = federation.on("sub").collect();
        let is_of_cluster = federation.issuer.contains(EKS)
            || subjects
                .iter()
                .flat_map(|subject| &subject.values)
                .any(|value| value.text.literal_content().starts_with(SUBJECT));
        if !is_of_cluster {
            continue;
        }
        if subjects.is_empty() {
            if federation.has_unknown_conditions() {
                let why = "the statement's conditions are not known";
                findings.undecided(&SERVICE_ACCOUNT, federation.carrier, federation.span, &why);
            } else {
                let message = "no condition on the service account: every pod of the cluster may assume the role";
                federation.report(&SERVICE_ACCOUNT, findings, None, message);
            }
            continue;
        }
        let wild = subjects.iter().filter(|subject| subject.operator.is_some_and(Operator::takes_patterns)).find_map(
            |subject| {
                let value = subject.values.iter().find(|value| value.glob.has_wildcard())?;
                Some((value, is_namespace_open(value.glob.tokens())))
            },
        );
        let all_are_wild = subjects.iter().all(|subject| subject.values.iter().any(|value| value.glob.has_wildcard()));
        let Some((value, is_open)) = wild.filter(|_| all_are_wild) else { continue };
        let message = if is_open {
            "this subject matches service accounts of every namespace"
        } else {
            "this subject matches several service accounts of the namespace"
        };
        let finding = federation.report(&SERVICE_ACCOUNT, findings, value.span, message);
        if !is_open {
            finding.severity = Severity::Medium;
        }
    }
}

/// Whether a subject leaves open the namespace: `system:serviceaccount:NAMESPACE:NAME`.
fn is_namespace_open(tokens: &[Token]) -> bool {
    const NAMESPACE: usize = 2;
    let until_name = tokens.split(|token| *token == Token::Char(':')).take(NAMESPACE + 1);
    until_name.flatten().any(Token::is_wildcard)
}

fn pool(account: &Account, findings: &mut Findings) {
    for federation in federations(account).filter(|federation| federation.issuer == COGNITO) {
        if federation.on("aud").any(is_spelled_out) {
            continue;
        }
        if federation.has_unknown_conditions() {
            findings.undecided(&POOL, federation.carrier, federation.span, &"the statement's conditions are not known");
            continue;
        }
        let message = "no condition on the identity pool: anybody's pool can hand out this role to anyone";
        federation.report(&POOL, findings, None, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Glob;

    #[test]
    fn subjects_that_name_a_customer() {
        let condition = |pattern: &str| {
            let text = format!(
                r#"{{"Statement":{{"Effect":"Allow","Action":"*","Condition":{{"StringLike":{{"x:sub":"{pattern}"}}}}}}}}"#
            );
            let value = crate::value::json::parse(&crate::value::Text::from(text)).unwrap();
            crate::iam::Document::read(&value).statements[0].conditions[0].clone()
        };
        let names = |issuer: &str, pattern: &str| {
            let issuer = ISSUERS.iter().find(|known| known.url == issuer).unwrap();
            names_tenant(&condition(pattern), Glob::known(pattern).tokens(), issuer)
        };
        for (issuer, pattern) in [
            ("gitlab.com", "project_path:group/*:ref_type:branch:ref:main"),
            ("gitlab.com", "project_path:group/project:*"),
            ("app.terraform.io", "organization:acme:project:*"),
            ("agent.buildkite.com", "organization:acme:*"),
            ("api.pulumi.com/oidc", "pulumi:deploy:org:acme:*"),
            ("gitlab.com", "other:*"),
        ] {
            assert!(names(issuer, pattern), "{pattern}");
        }
        for (issuer, pattern) in [
            ("gitlab.com", "*"),
            ("gitlab.com", "project_path:*"),
            ("gitlab.com", "project_path:group*"),
            ("gitlab.com", "project_path:*/deploy:ref_type:branch:ref:main"),
            ("app.terraform.io", "organization:*:workspace:production:*"),
            ("app.terraform.io", "organization:acme*"),
            ("agent.buildkite.com", "org*"),
            ("api.pulumi.com/oidc", "pulumi:*"),
        ] {
            assert!(!names(issuer, pattern), "{pattern}");
        }
    }

    #[test]
    fn subjects_that_leave_the_namespace_open() {
        let open = |pattern: &str| is_namespace_open(Glob::known(pattern).tokens());
        assert!(open("system:serviceaccount:*:*") && open("system:serviceaccount:team-*:app") && open("*"));
        assert!(!open("system:serviceaccount:team:*") && !open("system:serviceaccount:team:app-?"));
    }
}
