//! What the tests that drive the binary have in common.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::Path;
use std::process::{Command, Output};

/// A fenced block of a Markdown text.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The words after the fence.
    pub(crate) info: Vec<String>,
    /// What is inside.
    pub(crate) text: String,
}

/// The fenced blocks of a Markdown text, in order.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in markdown.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => {
                let info = info.split_whitespace().map(str::to_owned).collect();
                open = Some(Block { info, text: String::new() });
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Runs the binary in a directory.
pub(crate) fn baselint(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_baselint"))
        .args(arguments)
        .current_dir(directory)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs")
}

/// The report of `check --format json` on a directory.
pub(crate) fn report(directory: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = baselint(directory, &[&["check", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}\n{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

/// A finding as one line: `main.tf:3:12 rule resource`.
pub(crate) fn line(finding: &serde_json::Value) -> String {
    let location = &finding["location"];
    format!(
        "{}:{}:{} {} {}",
        location["path"].as_str().unwrap(),
        location["start"]["line"],
        location["start"]["column"],
        finding["rule"].as_str().unwrap(),
        finding["resource"].as_str().unwrap()
    )
}

/// Writes a file below a directory.
pub(crate) fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The sections that hold code, by heading.
pub(crate) fn sections(text: &str) -> Vec<(String, String)> {
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
