//! Making a request of a product of classes, and asking the evaluator of requests about it.

use rustc_hash::FxHashMap;

use crate::iam::simulate::{Context, Request, Requester};
use crate::iam::{Glob, Token};

use super::boxes::Product;
use super::keys::Given;
use super::space::{KEYS, PRINCIPAL, Space, text};

/// Requests that are made of one product before it is given up: the first of each class, then others one at a time.
const MAX_REQUESTS: usize = 60;

/// Members that are tried of each dimension.
const MAX_MEMBERS: usize = 6;

/// Those who ask that are tried.
const MAX_PRINCIPALS: usize = 24;

/// The account that a request is about where any will do.
pub(super) const ANY_ACCOUNT: &str = "111122223333";

/// Whom requests are of, where nobody is given: somebody whom no statement names.
const ANYBODY: &str = "arn:aws:iam::111122223333:role/any-role";

/// A request that shows what is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// Who asks: an ARN, a service, `anonymous`. Nobody in particular, if policies of one principal were asked.
    pub principal: Option<String>,
    /// `service:Action`.
    pub action: String,
    /// The ARN, or `*` for an action without resources.
    pub resource: String,
    /// The keys that the request must carry, with their values; it carries no other key that the policies ask for.
    pub context: Vec<(String, Vec<String>)>,
}

/// A request with what the reader is told of it.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) request: Request,
    pub(super) witness: Witness,
    /// The resource's class.
    pub(super) resource_class: usize,
}

/// What candidates are made for.
pub(super) struct Asking<'a> {
    pub(super) space: &'a Space,
    /// As the catalogue writes it.
    pub(super) action: &'a str,
    /// The one who asks, if that is known.
    pub(super) requester: Option<&'a Requester>,
    /// Patterns whose shortest texts are made to read well.
    pub(super) shapes: &'a [Glob],
}

impl Asking<'_> {
    /// Requests of a product, those first that read best.
    pub(super) fn candidates(&self, product: &Product) -> Vec<Candidate> {
        let choices: Vec<Vec<usize>> = product
            .iter()
            .enumerate()
            .map(|(dimension, set)| {
                set.iter().take(if dimension == PRINCIPAL { MAX_PRINCIPALS } else { MAX_MEMBERS }).collect()
            })
            .collect();
        let mut first: Vec<usize> = choices.iter().map(|choice| choice.first().copied().unwrap_or(0)).collect();
        // A key that a variable asks for must have a value.
        for (index, key) in self.space.keys.iter().enumerate() {
            let place = index + KEYS;
            let is_missing = |at: usize| key.given.get(at).is_none_or(|given| matches!(given, Given::Missing));
            if self.space.variables.contains_key(&key.name)
                && let Some(choice) = choices.get(place)
                && let Some(chosen) = first.get_mut(place)
                && let Some(value) = choice.iter().rev().find(|at| !is_missing(**at))
            {
                *chosen = *value;
            }
        }
        // Somebody who has the keys of somebody who has signed in.
        if let Some(choice) = choices.get(PRINCIPAL)
            && let Some(able) = choice.iter().find(|at| self.is_able(**at, &first))
            && let Some(chosen) = first.get_mut(PRINCIPAL)
        {
            *chosen = *able;
        }
        let (mut out, mut last) = (Vec::new(), Vec::new());
        self.add(&first, &mut out, &mut last);
        for (dimension, choice) in choices.iter().enumerate() {
            for other in choice {
                if out.len() >= MAX_REQUESTS || first.get(dimension) == Some(other) {
                    continue;
                }
                let mut changed = first.clone();
                if let Some(place) = changed.get_mut(dimension) {
                    *place = *other;
                }
                self.add(&changed, &mut out, &mut last);
            }
        }
        out.extend(last);
        out
    }

    /// Adds the request of these classes; where keys follow from who asks, with what they have, and, as a last resort,
    /// with what is chosen.
    fn add(&self, chosen: &[usize], out: &mut Vec<Candidate>, last: &mut Vec<Candidate>) {
        let candidate = self.candidate(chosen);
        let mut own = Context::default();
        if !self.space.principals.is_empty() {
            own.add_requester(&candidate.request.requester);
        }
        let has_own = |name: &str| own.get(name).is_some();
        if self.space.keys.iter().any(|key| has_own(&key.name)) {
            let Candidate { mut request, mut witness, resource_class } = self.candidate(chosen);
            for key in self.space.keys.iter().filter(|key| has_own(&key.name)) {
                let values = own.get(&key.name).map(|given| given.values.clone()).unwrap_or_default();
                request.context.set(&key.name, values, false);
                witness.context.retain(|(name, _)| *name != key.name);
            }
            out.push(Candidate { request, witness, resource_class });
            last.push(candidate);
        } else if !self.is_able(chosen.get(PRINCIPAL).copied().unwrap_or(0), chosen) {
            last.push(candidate);
        } else {
            out.push(candidate);
        }
    }

    /// Whether the one who asks can have the keys that are chosen.
    fn is_able(&self, principal: usize, chosen: &[usize]) -> bool {
        let has_account = self.space.principals.get(principal).is_some_and(|one| one.account().is_some());
        let asks_for_one = self.space.keys.iter().enumerate().any(|(index, key)| {
            let given = chosen.get(index + KEYS).and_then(|at| key.given.get(*at));
            let is_of_principal = key.name.starts_with("aws:principal") && !key.name.contains("service");
            is_of_principal && !matches!(given, None | Some(Given::Missing))
        });
        has_account || !asks_for_one
    }

    fn candidate(&self, chosen: &[usize]) -> Candidate {
        let at = |dimension: usize| chosen.get(dimension).copied().unwrap_or(0);
        let mut variables = self.space.variables.clone();
        let given = |index: usize| self.space.keys.get(index).and_then(|key| key.given.get(at(index + KEYS)));
        for (index, key) in self.space.keys.iter().enumerate() {
            if let (Some(value), Some(Given::Values { words, several: false })) =
                (variables.get_mut(&key.name), given(index))
                && let Some(word) = words.first()
            {
                *value = text(word, &self.space.variables);
            }
        }
        let mut context = Context::default();
        let mut told = Vec::new();
        for (name, value) in &variables {
            if !self.space.keys.iter().any(|key| key.name == *name) {
                context.set(name, vec![value.clone()], false);
                told.push((name.clone(), vec![value.clone()]));
            }
        }
        for (index, key) in self.space.keys.iter().enumerate() {
            if let Some(given) = given(index) {
                Space::give(&mut context, key, given, &variables);
                if let Given::Values { words, .. } = given {
                    told.push((key.name.clone(), words.iter().map(|word| text(word, &variables)).collect()));
                }
            }
        }
        told.sort();
        let resource_class = at(0);
        let class = self.space.resources.get(resource_class);
        let resource = class.map(|class| text(&class.word, &variables)).unwrap_or_default();
        let principal = self.space.principals.get(at(PRINCIPAL)).or(self.requester);
        let requester = principal.cloned().or_else(|| Requester::parse(ANYBODY).ok()).unwrap_or(Requester::Anonymous);
        let witness = Witness {
            principal: principal.map(name_of),
            action: self.action.to_owned(),
            resource: resource.clone(),
            context: told,
        };
        Candidate { request: request(requester, self.action, &resource, context), witness, resource_class }
    }
}

fn request(requester: Requester, action: &str, resource: &str, context: Context) -> Request {
    let mut request = Request::new(requester, action, resource, None, context);
    // Of the requester's own account: only policies are asked.
    request.resource_account = None;
    request
}

/// How a requester is written in a request.
fn name_of(requester: &Requester) -> String {
    match requester {
        Requester::Anonymous => "anonymous".to_owned(),
        Requester::Root { arn, .. }
        | Requester::User { arn, .. }
        | Requester::Role { arn, .. }
        | Requester::Session { arn, .. }
        | Requester::FederatedUser { arn, .. } => arn.clone(),
        Requester::Service(name) | Requester::Federated(name) => name.clone(),
    }
}

/// A text of a pattern of resources that reads like a resource.
pub(super) fn example(shape: &Glob, variables: &FxHashMap<String, String>) -> String {
    let mut text = String::new();
    let mut field = 0;
    let is_arn = shape.tokens().iter().zip("arn:".chars()).all(|(token, letter)| *token == Token::Char(letter));
    for token in shape.tokens() {
        match token {
            Token::Char(character) => {
                field += usize::from(*character == ':');
                text.push(*character);
            }
            Token::One => text.push(if is_arn && field == 4 { '1' } else { 'x' }),
            Token::Many => text.push_str(match (is_arn, field) {
                (true, 1) => "aws",
                (true, 3) => "us-east-1",
                (true, 4) => ANY_ACCOUNT,
                _ => "example",
            }),
            Token::Hole(symbol) => {
                let value = super::space::variable(symbol).and_then(|key| variables.get(&key));
                text.push_str(value.map_or(symbol.name(), String::as_str));
            }
        }
    }
    text
}
