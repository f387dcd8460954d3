//! What the catalogue of actions costs: the first question, which makes the index; one more; and reading all of it.
//!
//! `cargo bench --bench catalogue`

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot go on fails; it prints figures")]

use std::time::{Duration, Instant};

use baselint::iam::catalogue;

/// So often that a clock of microseconds tells.
const TIMES: u32 = 1_000;

fn time<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = what();
    (result, start.elapsed())
}

fn main() {
    let (action, first) = time(|| catalogue::action("s3:GetObject"));
    let (_, next) = time(|| (0..TIMES).filter(|_| catalogue::action("iam:PassRole").is_some()).count());
    let (actions, all) = time(|| {
        let of = |service: catalogue::Service| service.actions().filter(|action| !action.is_wildcard_only()).count();
        catalogue::services().map(of).sum::<usize>()
    });
    let (policies, bodies) =
        time(|| catalogue::managed_policies().map(|policy| policy.document().statements.len()).sum::<usize>());
    assert!(action.is_some(), "the catalogue has s3:GetObject");
    println!("first question: {first:?}; another: {:?}", next / TIMES);
    println!(
        "every action ({actions} with resources): {all:?}; every managed policy ({policies} statements): {bodies:?}"
    );
}
