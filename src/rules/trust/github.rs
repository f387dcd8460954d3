//! Which of GitHub's workflows may assume a role.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::{Condition, Glob, Operator, Principal, PrincipalKind, Statement, Token};
use crate::model::Account;
use crate::rules::{BOTH, Findings, Rule};
use crate::source::Span;
use crate::value::Text;

use super::federation::restricts;
use super::trusts;

/// Role can be assumed from any GitHub repository.
pub(in crate::rules) static GITHUB_ANY_REPOSITORY: Rule = Rule {
    metadata: Metadata {
        id: "trust-oidc-github-any-repository",
        title: "Role can be assumed from any GitHub repository",
        group: "trust",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_358", "checkov:CKV_AWS_393", "semgrep:unrestricted-github-oidc-policy"],
        controls: &[],
        documentation: include_str!("../docs/trust-oidc-github-any-repository.md"),
    },
    check: github_any_repository,
};

/// Role can be assumed from a whole GitHub organization or any branch.
pub(in crate::rules) static GITHUB_BROAD: Rule = Rule {
    metadata: Metadata {
        id: "trust-oidc-github-broad",
        title: "Role can be assumed from a whole GitHub organization or any branch",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("../docs/trust-oidc-github-broad.md"),
    },
    check: github_broad,
};

/// The issuer of the tokens of GitHub Actions.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// What a value of `sub` lets in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// One repository, at one branch, tag or environment.
    Narrow,
    /// All of an organization, or all branches and pull requests of a repository.
    Broad,
    /// Repositories of anyone.
    Anyone,
}

/// An Allow for GitHub's tokens, how far it reaches, and what makes it so.
struct GitHubTrust {
    reach: Reach,
    span: Option<Span>,
    has_subject: bool,
    possible: bool,
    /// A subject that is for the caller of the code to say, where nothing else holds the token to a repository.
    open: Option<Span>,
}

fn github_any_repository(account: &Account, findings: &mut Findings) {
    github(&GITHUB_ANY_REPOSITORY, Reach::Anyone, account, findings, |trust| {
        if trust.has_subject {
            "this subject matches repositories of anyone on GitHub"
        } else {
            "no condition on the token's subject: a workflow in any repository on GitHub may assume the role"
        }
    });
}

fn github_broad(account: &Account, findings: &mut Findings) {
    github(
        &GITHUB_BROAD,
        Reach::Broad,
        account,
        findings,
        |_| "this subject matches every repository of the organization, or every branch and pull request of the repository",
    );
}

fn github(
    rule: &'static Rule,
    reach: Reach,
    account: &Account,
    findings: &mut Findings,
    message: impl Fn(&GitHubTrust) -> &'static str,
) {
    for carried in trusts(account) {
        for statement in carried.document.allows() {
            let Some(trust) = github_trust(account, statement) else { continue };
            if let Some(span) = trust.open.filter(|_| reach == Reach::Anyone) {
                findings.undecided(rule, carried.carrier, span, &"which subjects are let in is not known");
            }
            if trust.reach != reach {
                continue;
            }
            if let Some(condition) = statement.conditions.iter().find(|condition| condition.is_unknown()) {
                let span = condition.operator_span.or(statement.span).unwrap_or(carried.span);
                findings.undecided(rule, carried.carrier, span, &"the statement's conditions are not known");
                continue;
            }
            let span = trust.span.or(statement.span).unwrap_or(carried.span);
            let finding = findings.add(rule, carried.carrier, span, message(&trust));
            if trust.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

fn github_trust(account: &Account, statement: &Statement) -> Option<GitHubTrust> {
    let principals = statement.principals.as_ref()?;
    let provider = principals.items.iter().find(|principal| is_github(account, principal))?;
    let possible = provider.possible || statement.possible;
    if statement.conditions.iter().any(pins_repository) {
        return Some(GitHubTrust { reach: Reach::Narrow, span: None, has_subject: true, possible, open: None });
    }
    let subjects =
        || statement.conditions.iter().filter(|condition| is_subject(&condition.key) && restricts(condition));
    // All conditions must hold: the narrowest decides. Of one condition any value may match: the widest decides.
    let reaches = subjects().map(|subject| settable_value(subject).unwrap_or_else(|| widest_value(subject)));
    let narrowest = reaches.min_by_key(|(reach, _)| *reach);
    let open = subjects().find(|condition| condition.incomplete).filter(|_| subjects().count() == 1);
    let open = open.and_then(|condition| condition.values.first().and_then(|value| value.span).or(condition.key_span));
    Some(match narrowest {
        Some((reach, span)) => GitHubTrust { reach, span, has_subject: true, possible, open },
        None => GitHubTrust { reach: Reach::Anyone, span: provider.span, has_subject: false, possible, open: None },
    })
}

fn is_github(account: &Account, principal: &Principal) -> bool {
    principal.kind == PrincipalKind::Federated
        && (principal.text.literal_content().contains(GITHUB)
            || account.oidc_issuer(&principal.text).is_some_and(|issuer| issuer.literal_content().contains(GITHUB)))
}

/// Whether a key is the token's subject. The issuer before it may be written, or taken from the provider.
fn is_subject(key: &Text) -> bool {
    let content = key.literal_content().to_ascii_lowercase();
    content.ends_with(":sub") && (content.starts_with(GITHUB) || !key.is_known())
}

/// Whether another claim holds the token to one repository, owner or enterprise.
fn pins_repository(condition: &Condition) -> bool {
    const CLAIMS: [&str; 6] =
        ["repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"];
    let content = condition.key.literal_content().to_ascii_lowercase();
    let claim = content.rsplit(':').next().unwrap_or_default();
    let wild = condition.operator.is_some_and(Operator::takes_patterns)
        && condition.values.iter().any(|value| matches!(value.glob.tokens().first(), Some(Token::Many | Token::One)));
    CLAIMS.contains(&claim)
        && (content.starts_with(GITHUB) || !condition.key.is_known())
        && restricts(condition)
        && !wild
}

fn widest_value(condition: &Condition) -> (Reach, Option<Span>) {
    let patterns = condition.operator.is_some_and(Operator::takes_patterns);
    let reaches = condition.values.iter().map(|value| {
        let reach = if patterns { reach_of(value.glob.tokens()) } else { Reach::Narrow };
        (reach, value.span)
    });
    reaches.max_by_key(|(reach, _)| *reach).unwrap_or((Reach::Narrow, None))
}

/// A value that names claims which every repository sets as it likes, and none that says whose the repository is: the
/// subject's claims are the choice of the repository that asks. Source: GitHub Docs, "`OpenID` Connect reference",
/// customizing the token claims.
fn settable_value(condition: &Condition) -> Option<(Reach, Option<Span>)> {
    const SETTABLE: [&str; 10] = [
        "base_ref",
        "context",
        "environment",
        "event_name",
        "head_ref",
        "pull_request",
        "ref",
        "ref_type",
        "runner_environment",
        "workflow",
    ];
    const OWNED: [&str; 8] = [
        "enterprise",
        "enterprise_id",
        "job_workflow_ref",
        "repo",
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
    ];
    let is_settable = |glob: &Glob| {
        // What is not written may name an owner.
        let letter = |token: &Token| match token {
            Token::Char(letter) => Some(*letter),
            Token::Many | Token::One => Some('*'),
            Token::Hole(_) => None,
        };
        let Some(written) = glob.tokens().iter().map(letter).collect::<Option<String>>() else { return false };
        let starts_settable = written.split(':').next().is_some_and(|claim| SETTABLE.contains(&claim));
        starts_settable && !written.split(':').any(|claim| OWNED.contains(&claim))
    };
    let value = condition.values.iter().find(|value| is_settable(&value.glob))?;
    Some((Reach::Anyone, value.span))
}

/// How far a pattern of subjects reaches: `repo:OWNER/NAME:…`.
fn reach_of(tokens: &[Token]) -> Reach {
    let prefix = "repo:";
    let spelled =
        tokens.iter().take(prefix.len()).map(|token| if let Token::Char(c) = token { Some(*c) } else { None });
    if !spelled.eq(prefix.chars().map(Some)) {
        // Something other than a repository (`enterprise:…`), or a pattern that takes in any repository, or a symbol.
        let written = tokens.iter().take_while(|token| !token.is_wildcard());
        let could_be_repository = written.zip(prefix.chars()).all(|(token, c)| *token == Token::Char(c));
        return if could_be_repository && tokens.iter().any(Token::is_wildcard) {
            Reach::Anyone
        } else {
            Reach::Narrow
        };
    }
    let rest = tokens.get(prefix.len()..).unwrap_or_default();
    let mut parts = rest.splitn(2, |token| *token == Token::Char('/'));
    let owner = parts.next().unwrap_or_default();
    let Some(after) = parts.next() else {
        // No slash: a wildcard may stand for it, a symbol may hold it.
        return if owner.iter().any(Token::is_wildcard) && !matches!(owner.first(), Some(Token::Hole(_))) {
            Reach::Anyone
        } else {
            Reach::Narrow
        };
    };
    if owner.iter().any(Token::is_wildcard) {
        return Reach::Anyone;
    }
    let mut parts = after.splitn(2, |token| *token == Token::Char(':'));
    let name = parts.next().unwrap_or_default();
    let Some(filter) = parts.next() else {
        return if name.iter().any(Token::is_wildcard) { Reach::Broad } else { Reach::Narrow };
    };
    // `ref:refs/heads/*` or `environment:*` leaves a choice to whoever may push; `*` leaves everything.
    let free = filter.first().is_some_and(Token::is_wildcard);
    if name.iter().any(Token::is_wildcard) || free { Reach::Broad } else { Reach::Narrow }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_subjects_reach() {
        let reach = |pattern: &str| match reach_of(Glob::known(pattern).tokens()) {
            Reach::Narrow => "narrow",
            Reach::Broad => "broad",
            Reach::Anyone => "anyone",
        };
        for pattern in ["*", "repo:*", "repo:org*/name:ref:x", "repo:*/name:*", "r*", "repo:*:ref:refs/heads/main"] {
            assert_eq!(reach(pattern), "anyone", "{pattern}");
        }
        for pattern in ["repo:org/*", "repo:org/name:*", "repo:org/prefix-*:ref:refs/heads/main", "repo:org/name*"] {
            assert_eq!(reach(pattern), "broad", "{pattern}");
        }
        for pattern in [
            "repo:org/name:ref:refs/heads/main",
            "repo:org/name:environment:production",
            "repo:org/name:ref:refs/heads/release-*",
            "enterprise:*",
        ] {
            assert_eq!(reach(pattern), "narrow", "{pattern}");
        }
    }
}
