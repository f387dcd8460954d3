//! Steps to targets that a policy names and that the code does not have: a role by its ARN, one of another stack. What
//! they may do is not known, so that nothing is told of them but that it is not decided.

use std::rc::Rc;

use crate::iam::escalation::{Path, Target, table};
use crate::iam::{ArnPattern, Effect, Glob, Named, Pattern, Surety, Token};
use crate::model::PrincipalId;
use crate::value::Symbol;

use super::super::super::PolicySource;
use super::super::{Gain, Step};
use super::{Aimed, Walk, Who, push};

/// Roles that AWS's services make for themselves: no other service can be given them. Source: AWS IAM User Guide,
/// "Create a service-linked role".
const SERVICE_LINKED: &str = "role/aws-service-role/*";

/// So many of one statement are tried: one that can be got to is enough to ask somebody who knows them.
const MAX_OUTSIDE: usize = 8;

/// Targets outside that a statement names, for one kind of target.
pub(super) type Key = (PolicySource, usize, Target);

impl Walk<'_, '_> {
    /// Steps to somebody whom the policies name, and whom the code does not have: one for each statement.
    pub(super) fn outside(
        &self,
        who: &Who,
        path: &'static Path,
        given: &[(&'static str, &str)],
        steps: &mut Vec<Step>,
    ) {
        let Some(need) = path.needs.iter().find(|need| need.target != Target::Any) else { return };
        if table().actions.get(need.action).is_none_or(|action| action.service() != "iam") {
            return;
        }
        for (held, about, statement) in self.reach.about(who.access.identity, need.action, Effect::Allow) {
            let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.negated) else { continue };
            let key = (held.source.clone(), about.statement, need.target);
            let known = self.outside.borrow().get(&key).cloned();
            let targets = known.unwrap_or_else(|| {
                let targets = resources.items.iter().filter_map(|pattern| self.named_outside(pattern, need.target));
                let targets: Rc<[Named]> = targets.take(MAX_OUTSIDE).collect();
                self.outside.borrow_mut().insert(key, Rc::clone(&targets));
                targets
            });
            for target in targets.iter() {
                let aimed = Aimed { outside: Some(target), ..Aimed::default() };
                if let Some((_, parts)) = self.walk(who, path, &aimed, given) {
                    push(who, path, Gain::Elsewhere, None, Surety::Unknown, parts, steps);
                    break;
                }
            }
        }
    }

    /// What a pattern names of users or roles, where it names none of the code.
    fn named_outside(&self, pattern: &Pattern, target: Target) -> Option<Named> {
        let (kind, class, of_kind) = match target {
            Target::User => ("aws_iam_user", &self.classes.users, &self.users),
            Target::Role | Target::Assumable | Target::Passed => ("aws_iam_role", &self.classes.roles, &self.roles),
            _ => return None,
        };
        if let [Token::Hole(symbol)] = pattern.glob.tokens() {
            let is_one = symbol.reference().is_none_or(|reference| {
                let is_known =
                    |id: &PrincipalId| self.named(*id).is_some_and(|one| one.symbol.as_ref() == Some(symbol));
                reference.address.split('.').any(|part| part == kind) && !of_kind.iter().any(is_known)
            });
            let resource = Glob::of_tokens([Token::Hole(symbol.clone())]);
            return (is_one && !is_variable(symbol)).then(|| Named {
                service: "iam",
                resource,
                symbol: Some(symbol.clone()),
            });
        }
        let arn = ArnPattern::new(&pattern.glob).filter(|arn| !arn.is_owned_by_aws())?;
        let resource = arn.resource();
        let is_of_who_asks = resource.tokens().iter().any(|token| matches!(token, Token::Hole(of) if is_variable(of)));
        let is_elsewhere = arn.may_reach("iam", class)
            // What all there may be leads to is a step of its own.
            && !arn.covers("iam", class)
            && !is_of_who_asks
            && may_be_name(resource)
            && !Glob::known(SERVICE_LINKED).includes(resource)
            && !of_kind.iter().filter_map(|id| self.named(*id)).any(|named| arn.covers("iam", &named.resource));
        is_elsewhere.then(|| Named { service: "iam", resource: resource.clone(), symbol: None })
    }
}

/// Whether principals may be called so: a variable that its document does not replace is text with characters that no
/// name has. Source: AWS IAM User Guide, "IAM and AWS STS quotas", IAM name requirements.
fn may_be_name(resource: &Glob) -> bool {
    let is_of_names = |char: char| char.is_ascii_alphanumeric() || "+=,.@-_/".contains(char);
    resource.tokens().iter().all(|token| !matches!(token, Token::Char(char) if !is_of_names(*char)))
}

/// Whether it stands for something of who asks: `${aws:username}`.
fn is_variable(symbol: &Symbol) -> bool {
    symbol.name().starts_with("${")
}
