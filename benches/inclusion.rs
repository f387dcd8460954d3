//! What comparing policies costs: pairs of random policies of growing size, patterns that are hard on purpose, and single
//! questions as the search for escalations asks them.
//!
//! `cargo bench --bench inclusion`

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot go on fails; it prints figures"
)]

use std::time::{Duration, Instant};

use baselint::iam::{Access, Document, Glob, Layer, LayerKind, MAX_PRODUCTS, newly_allowed};
use baselint::value::{Text, json};

const ACTIONS: [&str; 16] = [
    "s3:*",
    "s3:Get*",
    "s3:PutObject",
    "s3:List*",
    "iam:PassRole",
    "iam:Create*",
    "iam:*",
    "ec2:Describe*",
    "ec2:RunInstances",
    "ec2:*",
    "lambda:*",
    "lambda:InvokeFunction",
    "sts:AssumeRole",
    "kms:Decrypt",
    "dynamodb:*Item",
    "*",
];
const RESOURCES: [&str; 14] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::logs-*",
    "arn:aws:s3:::logs-*/*",
    "arn:aws:s3:::app/*",
    "arn:aws:s3:::*-dev/*",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws:iam::*:role/app-*",
    "arn:aws:iam::111122223333:role/app-one",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:lambda:*:111122223333:function:*",
    "arn:aws:lambda:eu-*:*:function:f-*",
    "arn:aws:dynamodb:*:*:table/*",
    "arn:aws:kms:*:111122223333:key/*",
];
const CONDITIONS: [&str; 8] = [
    r#""StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}"#,
    r#""StringLike":{"aws:PrincipalTag/team":"red*"}"#,
    r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#,
    r#""BoolIfExists":{"aws:SecureTransport":"false"}"#,
    r#""IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}"#,
    r#""StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-west-2"]}"#,
    r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}"#,
    r#""ForAllValues:StringEquals":{"aws:TagKeys":["team","cost"]}"#,
];

/// Numbers that look random and are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn list(&mut self, choices: &[&str], most: usize) -> String {
        let chosen: Vec<&str> = (0..=self.below(most)).map(|_| choices[self.below(choices.len())]).collect();
        serde_json::to_string(&chosen).unwrap()
    }

    fn statement(&mut self, effect: &str) -> String {
        let (actions, resources) = (self.list(&ACTIONS, 4), self.list(&RESOURCES, 4));
        let condition = if self.below(2) == 0 { CONDITIONS[self.below(CONDITIONS.len())] } else { "" };
        format!(r#"{{"Effect":"{effect}","Action":{actions},"Resource":{resources},"Condition":{{{condition}}}}}"#)
    }

    fn policy(&mut self, allows: usize, denies: usize) -> Vec<String> {
        let allows = (0..allows).map(|_| self.statement("Allow")).collect::<Vec<_>>();
        let denies = (0..denies).map(|_| self.statement("Deny")).collect::<Vec<_>>();
        [allows, denies].concat()
    }
}

fn document(statements: &[String]) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Document::read(&json::parse(&Text::from(text)).unwrap())
}

fn identity(document: &Document) -> Access<'_> {
    Access::new(vec![Layer::new(LayerKind::Identity, [document])])
}

fn time<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = what();
    (result, start.elapsed())
}

fn main() {
    for (allows, denies, times) in [(10, 5, 60u32), (20, 10, 30), (40, 20, 10)] {
        for unlike in [false, true] {
            let (mut all, mut worst, mut gained, mut undecided) = (Duration::ZERO, Duration::ZERO, 0, 0);
            for seed in 0..times {
                let mut random = Random(seed.into());
                let old = random.policy(allows, denies);
                // Either policies that differ in two statements, as a change makes them, or in all.
                let mut new = if unlike { random.policy(allows, denies) } else { old.clone() };
                new.push(random.statement("Allow"));
                new.remove(random.below(allows + denies));
                let (old, new) = (document(&old), document(&new));
                let (found, took) = time(|| newly_allowed(&identity(&new), &identity(&old), MAX_PRODUCTS));
                gained += usize::from(!found.gained.is_empty());
                undecided += found.undecided.len();
                all += took;
                worst = worst.max(took);
            }
            let kind = if unlike { "unlike" } else { "changed" };
            println!(
                "{allows} + {denies} statements, {kind}: {:?} on average, {worst:?} at worst; {gained} of {times} \
                 gain something, {undecided} questions undecided",
                all / times
            );
        }
    }
    let hard = |tail: &str| {
        let statements: Vec<String> = ('a'..='p')
            .map(|letter| {
                format!(r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*{letter}{tail}"}}"#)
            })
            .collect();
        document(&statements)
    };
    let (old, new) = (hard("???????????????"), hard("??????????????x"));
    let (found, took) = time(|| newly_allowed(&identity(&new), &identity(&old), MAX_PRODUCTS));
    println!("hard patterns: {took:?}, {} gained, {} undecided", found.gained.len(), found.undecided.len());

    let principals: Vec<Document> = (0..2_000).map(|seed| document(&Random(seed).policy(6, 1))).collect();
    let roles: Vec<Glob> = (0..10).map(|at| Glob::known(&format!("arn:aws:iam::111122223333:role/r{at}"))).collect();
    let actions = ["iam:PassRole", "iam:PutRolePolicy", "lambda:CreateFunction", "ec2:RunInstances", "glue:CreateJob"];
    let (yes, took) = time(|| {
        let mut yes = 0;
        for document in &principals {
            let access = identity(document);
            yes += actions
                .iter()
                .map(|action| roles.iter().filter(|role| access.some(action, role).is_yes()).count())
                .sum::<usize>();
        }
        yes
    });
    println!("{} questions of single actions: {took:?}, {yes} yes", principals.len() * roles.len() * actions.len());
}
