//! Runs what the fuzz targets run over the stored inputs.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on fails, and says where")]

#[allow(unreachable_pub, clippy::pedantic, reason = "the fuzz targets' crate, of which the public part is used here")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

fn over_corpus(name: &str, target: fn(&str)) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut seen = 0;
    for entry in fs::read_dir(&corpus).unwrap() {
        let path = entry.unwrap().path();
        // Where one fails, this names it.
        println!("{}", path.display());
        targets::run(target, &fs::read(&path).unwrap());
        seen += 1;
    }
    assert!(seen > 0, "{} is empty", corpus.display());
}

#[test]
fn split() {
    over_corpus("split", targets::split);
}

#[test]
fn terraform() {
    over_corpus("terraform", targets::terraform);
}

#[test]
fn yaml() {
    over_corpus("yaml", targets::yaml);
}

#[test]
fn json() {
    over_corpus("json", targets::json);
}

#[test]
fn policy() {
    over_corpus("policy", targets::policy);
}

#[test]
fn plan() {
    over_corpus("plan", targets::plan);
}
