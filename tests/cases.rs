//! Literate cases: each section of `testdata/cases/**/*.md` is a small tree of code and the findings it must give.
//!
//! A fenced block whose info string ends in a file name (```` ```hcl modules/a/main.tf ````) is that file; the block
//! `findings` lists, one a line, exactly what `check` says at the default level: `file:line:column rule resource`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

fn markdown_files(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            out.push(path);
        }
    }
}

/// The sections that hold code, by heading.
fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        match line.strip_prefix("## ").filter(|_| !fenced) {
            Some(heading) => sections.push((heading.to_owned(), String::new())),
            None => {
                if let Some((_, body)) = sections.last_mut() {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
    }
    sections
}

#[test]
fn every_case_gives_its_findings_and_no_others() {
    let mut files = Vec::new();
    markdown_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases"), &mut files);
    files.sort();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for file in files {
        for (heading, body) in sections(&fs::read_to_string(&file).unwrap()) {
            cases += 1;
            let name = format!("{} / {heading}", file.file_name().unwrap().to_string_lossy());
            let blocks = common::blocks(&body);
            let tree = tempfile::tempdir().unwrap();
            for block in blocks.iter().filter(|block| block.info.len() == 2) {
                common::write(tree.path(), &block.info[1], &block.text);
            }
            let expected = blocks.iter().find(|block| block.info == ["findings"]);
            let expected = expected.unwrap_or_else(|| panic!("{name}: no block `findings`"));
            let report = common::report(tree.path(), &[]);
            let found: Vec<String> = report["findings"].as_array().unwrap().iter().map(common::line).collect();
            let mut want: Vec<&str> = expected.text.lines().collect();
            let mut got: Vec<&str> = found.iter().map(String::as_str).collect();
            want.sort_unstable();
            got.sort_unstable();
            if want != got || report["errors"] != serde_json::json!([]) {
                wrong.push(format!("{name}\n  want {want:#?}\n  got {got:#?}\n  errors {}", report["errors"]));
            }
        }
    }
    assert!(cases > 0);
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
