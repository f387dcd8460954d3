//! What is newly allowed, against counting: random pairs of policies over a small alphabet, and every request there is in
//! it. The requests are answered by the evaluator of `simulate`, the comparison by sets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::collections::HashMap;

use baselint::iam::simulate::{Context, Decision, Policies, Policy, Request, Requester, simulate};
use baselint::iam::{Access, Document, Layer, LayerKind, MAX_PRODUCTS, Witness, newly_allowed};
use baselint::value::{Text, json};

/// Numbers that look random and are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn some<'a>(&mut self, choices: &[&'a str], most: usize) -> Vec<&'a str> {
        (0..=self.below(most)).map(|_| self.one(choices)).collect()
    }
}

const ACTIONS: [&str; 7] = ["*", "zz:*", "zz:a*", "zz:a", "zz:?", "zz:b", "zz:*b"];
const ASKED_ACTIONS: [&str; 7] = ["zz:a", "zz:b", "zz:ab", "zz:x", "zz:bx", "yy:ab", "zz:xb"];

const RESOURCES: [&str; 14] = [
    "*",
    "arn:aws:zz:r:1:*",
    "arn:aws:zz:r:1:a",
    "arn:aws:zz:r:1:a*",
    "arn:aws:zz:r:1:?",
    "arn:aws:zz:r:1:*b",
    "arn:aws:zz:r:1:ab",
    "arn:aws:zz:*:a",
    "arn:aws:zz:*:*:a*",
    "arn:aws:zz:r",
    "arn:aws:zz::1:b",
    "arn:aws:zz:r*:1:b",
    "arn:aws:zz:*r:1:b",
    "arn:aws:zz:r:*",
];

/// A key with the operators and values that conditions on it have, and with all that requests carry for it.
struct Key {
    name: &'static str,
    operators: &'static [&'static str],
    values: &'static [&'static str],
    asked: &'static [&'static [&'static str]],
}

const KEYS: [Key; 6] = [
    Key {
        name: "zz:s",
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringEqualsIfExists",
            "StringNotLikeIfExists",
            "Null",
        ],
        values: &["a", "b", "A", "a*", "?", "*b", "ab", "true"],
        asked: &[
            &[],
            &[""],
            &["a"],
            &["A"],
            &["b"],
            &["B"],
            &["ab"],
            &["AB"],
            &["aB"],
            &["Ab"],
            &["ax"],
            &["xb"],
            &["x"],
            &["xx"],
            &["a*"],
            &["A*"],
            &["?"],
            &["*b"],
            &["*B"],
            &["axb"],
            &["true"],
            &["TRUE"],
            &["Ax"],
        ],
    },
    Key {
        name: "zz:n",
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEqualsIfExists",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
            "NumericNotEqualsIfExists",
        ],
        values: &["1", "2", "2.5"],
        asked: &[&[], &["0"], &["1"], &["1.5"], &["2"], &["2.2"], &["2.5"], &["3"]],
    },
    Key {
        name: "aws:MultiFactorAuthPresent",
        operators: &["Bool", "BoolIfExists", "Null"],
        values: &["true", "false"],
        asked: &[&[], &["true"], &["false"]],
    },
    Key {
        name: "aws:SourceIp",
        operators: &["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"],
        values: &["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "0.0.0.0/1", "2001:db8::/32", "::/0", "10.1.2.3"],
        asked: &[
            &[],
            &["10.0.0.1"],
            &["10.1.0.0"],
            &["10.1.2.3"],
            &["9.0.0.0"],
            &["200.0.0.1"],
            &["2001:db8::1"],
            &["::1"],
        ],
    },
    Key {
        name: "zz:d",
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateGreaterThanEquals",
            "DateLessThanEqualsIfExists",
        ],
        values: &["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
        asked: &[
            &[],
            &["2025-12-31T00:00:00Z"],
            &["2026-01-01T00:00:00Z"],
            &["2026-06-01T00:00:00Z"],
            &["2027-01-01T00:00:00Z"],
            &["2028-01-01T00:00:00Z"],
        ],
    },
    Key {
        name: "aws:TagKeys",
        operators: &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAllValues:StringLike",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringNotEquals",
            "StringEquals",
            "Null",
        ],
        values: &["a", "b", "a*", "true"],
        asked: &[
            &[],
            &["a"],
            &["b"],
            &["x"],
            &["ax"],
            &["a*"],
            &["true"],
            &["a", "b"],
            &["a", "x"],
            &["b", "x"],
            &["a", "ax"],
            &["b", "ax"],
            &["x", "ax"],
            &["a", "b", "x"],
            &["a", "b", "ax"],
            &["a", "x", "ax"],
            &["b", "x", "ax"],
            &["a*", "true"],
            &["true", "x"],
            &["true", "a"],
            &["true", "b"],
            &["true", "a", "b"],
            &["true", "a", "x"],
            &["true", "b", "x"],
            &["true", "ax"],
            &["true", "ax", "x"],
            &["a", "b", "x", "ax", "true"],
            &["a*", "x"],
            &["a*", "a"],
            &["a*", "b"],
        ],
    },
];

const USER: &str = "arn:aws:iam::111122223333:user/Al";

/// The parts of a statement as JSON.
#[derive(Clone)]
struct Statement {
    effect: &'static str,
    action: String,
    resource: String,
    conditions: Vec<(usize, String)>,
}

impl Statement {
    fn random(random: &mut Random, keys: &[usize]) -> Self {
        let list = |texts: &[&str]| serde_json::to_string(texts).unwrap();
        let effect = if random.below(10) < 7 { "Allow" } else { "Deny" };
        let not = |random: &mut Random| if random.below(7) == 0 { "Not" } else { "" };
        let action = format!(r#""{}Action":{}"#, not(random), list(&random.some(&ACTIONS, 2)));
        let resource = format!(r#""{}Resource":{}"#, not(random), list(&random.some(&RESOURCES, 3)));
        let mut conditions = Vec::new();
        for &key in keys {
            if random.below(3) == 0 {
                let Key { name, operators, values, .. } = &KEYS[key];
                let operator = random.one(operators);
                let values =
                    if operator == "Null" { vec![random.one(&["true", "false"])] } else { random.some(values, 2) };
                conditions.push((key, format!(r#"{{"{operator}":{{"{name}":{}}}}}"#, list(&values))));
            }
        }
        Self { effect, action, resource, conditions }
    }

    fn json(&self) -> String {
        let conditions: Vec<&str> = self.conditions.iter().map(|(_, text)| &text[1..text.len() - 1]).collect();
        let Self { effect, action, resource, .. } = self;
        format!(r#"{{"Effect":"{effect}",{action},{resource},"Condition":{{{}}}}}"#, conditions.join(","))
    }
}

fn document(statements: &[Statement]) -> Document {
    let statements: Vec<String> = statements.iter().map(Statement::json).collect();
    read(&statements.join(","))
}

fn read(statements: &str) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Document::read(&json::parse(&Text::from(text)).unwrap())
}

fn context(pairs: &[(&str, &[&str])]) -> Context {
    let mut context = Context::default();
    for (name, values) in pairs.iter().filter(|(_, values)| !values.is_empty()) {
        context.set(name, values.iter().map(|value| (*value).to_owned()).collect(), *name == "aws:TagKeys");
    }
    context
}

fn is_allowed(document: &Document, action: &str, resource: &str, context: Context) -> bool {
    let identity = vec![Policy { name: "p".to_owned(), document }];
    let policies = Policies { identity, ..Policies::default() };
    let request = Request::new(Requester::parse(USER).unwrap(), action, resource, Some("111122223333"), context);
    simulate(&request, &policies).decision == Decision::Allowed
}

/// Whether parts of statements hold, one dimension at a time, each asked once.
#[derive(Default)]
struct Asked {
    resources: Vec<String>,
    known: HashMap<String, Vec<bool>>,
}

impl Asked {
    fn new() -> Self {
        let ends = ["", "a", "b", "x", "ab", "aa", "ax", "bb", "xb", "xx", "axb", "abx", "xbx", "abb", "x:a", "a:b"];
        let starts = ["arn:aws:zz:r:1:", "arn:aws:zz::1:", "arn:aws:zz:x:2:", "arn:aws:zz:rx:1:", "arn:aws:zz:xr:1:"];
        let more =
            ["*", "x", "arn:aws:zz:r", "arn:aws:yy:r:1:a", "arn:aws:zz:r:2:a", "arn:aws:zz:r:2:b", "arn:aws:zz:a"];
        let resources = starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}")));
        Self { resources: resources.chain(more.map(str::to_owned)).collect(), known: HashMap::new() }
    }

    fn action(&mut self, part: &str) -> Vec<bool> {
        let ask = || {
            let document = read(&format!(r#"{{"Effect":"Allow",{part},"Resource":"*"}}"#));
            ASKED_ACTIONS.iter().map(|action| is_allowed(&document, action, "x", Context::default())).collect()
        };
        self.known.entry(part.to_owned()).or_insert_with(ask).clone()
    }

    fn resource(&mut self, part: &str) -> Vec<bool> {
        let resources = &self.resources;
        let ask = || {
            let document = read(&format!(r#"{{"Effect":"Allow","Action":"*",{part}}}"#));
            resources.iter().map(|resource| is_allowed(&document, "zz:a", resource, Context::default())).collect()
        };
        self.known.entry(part.to_owned()).or_insert_with(ask).clone()
    }

    fn condition(&mut self, key: usize, part: &str) -> Vec<bool> {
        let ask = || {
            let document = read(&format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{part}}}"#));
            let of = |values: &&[&str]| is_allowed(&document, "zz:a", "x", context(&[(KEYS[key].name, values)]));
            KEYS[key].asked.iter().map(of).collect()
        };
        self.known.entry(part.to_owned()).or_insert_with(ask).clone()
    }

    /// The requests that a policy allows: every action with every resource and what is carried for the two keys.
    fn allowed(&mut self, statements: &[Statement], keys: &[usize]) -> Vec<bool> {
        let sizes: Vec<usize> = keys.iter().map(|key| KEYS[*key].asked.len()).collect();
        let contexts: usize = sizes.iter().product();
        let count = ASKED_ACTIONS.len() * self.resources.len() * contexts;
        let (mut allow, mut deny) = (vec![false; count], vec![false; count]);
        for statement in statements {
            let actions = self.action(&statement.action);
            let resources = self.resource(&statement.resource);
            let mut held = vec![true; contexts];
            for (key, part) in &statement.conditions {
                let truths = self.condition(*key, part);
                let place = keys.iter().position(|other| other == key).unwrap();
                let inner: usize = sizes[place + 1..].iter().product();
                for (at, held) in held.iter_mut().enumerate() {
                    *held &= truths[at / inner % sizes[place]];
                }
            }
            let said = if statement.effect == "Allow" { &mut allow } else { &mut deny };
            let mut at = 0;
            for action in &actions {
                for resource in &resources {
                    if *action && *resource {
                        said[at..at + contexts].iter_mut().zip(&held).for_each(|(said, held)| *said |= held);
                    }
                    at += contexts;
                }
            }
        }
        allow.iter().zip(&deny).map(|(allow, deny)| *allow && !deny).collect()
    }
}

fn is_confirmed(witness: &Witness, new: &Document, old: &Document) -> bool {
    let carried = || {
        let mut context = Context::default();
        for (key, values) in &witness.context {
            context.set(key, values.clone(), values.len() != 1);
        }
        context
    };
    is_allowed(new, &witness.action, &witness.resource, carried())
        && !is_allowed(old, &witness.action, &witness.resource, carried())
}

fn identity(document: &Document) -> Access<'_> {
    Access::new(vec![Layer::new(LayerKind::Identity, [document])])
}

/// One line for each pair, for `tests/oracles/z3/run`, where `BASELINT_PAIRS_FILE` names a file.
fn write(lines: &[String]) {
    if let Ok(path) = std::env::var("BASELINT_PAIRS_FILE") {
        std::fs::write(path, lines.concat()).unwrap();
    }
}

/// As many pairs as a person waits for; `BASELINT_PAIRS` asks for another number.
fn pairs() -> u64 {
    std::env::var("BASELINT_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000)
}

#[test]
fn inclusion_agrees_with_counting() {
    let mut asked = Asked::new();
    let (mut included, mut undecided, mut lines) = (0, 0, Vec::new());
    for seed in 0..pairs() {
        let mut random = Random(seed);
        let mut keys = vec![random.below(KEYS.len()), random.below(KEYS.len())];
        keys.sort_unstable();
        keys.dedup();
        let mut new: Vec<Statement> = (0..=random.below(3)).map(|_| Statement::random(&mut random, &keys)).collect();
        let mut old: Vec<Statement> = (0..=random.below(4)).map(|_| Statement::random(&mut random, &keys)).collect();
        // Policies that have nothing in common include each other seldom.
        for statement in new.clone() {
            if random.below(2) == 0 {
                old.push(statement);
            }
        }
        if random.below(2) == 0 {
            new.extend(old.iter().filter(|statement| statement.effect == "Deny").cloned().collect::<Vec<_>>());
        }
        let (new_document, old_document) = (document(&new), document(&old));
        let found = newly_allowed(&identity(&new_document), &identity(&old_document), MAX_PRODUCTS);
        let told = || {
            let all =
                |statements: &[Statement]| statements.iter().map(Statement::json).collect::<Vec<_>>().join(",\n  ");
            format!("pair {seed}\nold\n  {}\nnew\n  {}\n{:?}", all(&old), all(&new), found.undecided)
        };
        for gain in &found.gained {
            let witness = &gain.witness;
            assert!(is_confirmed(witness, &new_document, &old_document), "{witness:?} {}", told());
            assert!(!gain.actions.is_empty() && !gain.resources.is_empty(), "{gain:?} {}", told());
        }
        let verdict = match (found.gained.is_empty(), found.undecided.is_empty()) {
            (false, _) => "gained",
            (true, true) => "included",
            (true, false) => "undecided",
        };
        let of = |statements: &[Statement]| statements.iter().map(Statement::json).collect::<Vec<_>>().join(",");
        lines.push(format!(
            r#"{{"pair":{seed},"old":[{}],"new":[{}],"verdict":"{verdict}"}}{}"#,
            of(&old),
            of(&new),
            '\n'
        ));
        // A confirmed witness is right; where there is none, no request that is counted may show otherwise.
        if found.gained.is_empty() {
            let (of_new, of_old) = (asked.allowed(&new, &keys), asked.allowed(&old, &keys));
            let counted = of_new.iter().zip(&of_old).any(|(new, old)| *new && !old);
            assert!(!counted || !found.undecided.is_empty(), "{}", told());
            included += u64::from(!counted);
            undecided += u64::from(!found.undecided.is_empty());
        }
    }
    write(&lines);
    assert!(included * 5 > pairs() && included * 5 < pairs() * 4, "{included} of {} included", pairs());
    assert!(undecided * 100 < pairs(), "{undecided} of {} undecided", pairs());
}
