//! How fast `check` is, as ratios: against `grep -r` (reading only), a bare full parse by hcl-edit (the same parser, on
//! all cores too, and nothing done with the result) and `terraform fmt` (parsing and formatting) on a made repository,
//! against itself on half of it, and on one small module from start to end. It fails where a bare parse is faster.
//!
//! `cargo bench` makes 500 root modules of 8 files each; `cargo bench --bench ratios -- 100` makes 100.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot go on fails; it prints ratios")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;

const MODULE: &str = r#"
variable "name" { type = string }
variable "buckets" { type = list(string) }
data "aws_iam_policy_document" "access" {
  dynamic "statement" {
    for_each = var.buckets
    content {
      actions   = ["s3:GetObject", "s3:PutObject"]
      resources = ["arn:aws:s3:::${statement.value}/*"]
    }
  }
}
resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "access" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.access.json
}
"#;

fn make(directory: &Path, roots: usize) {
    let write = |name: String, text: &str| {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().expect("the name has a directory")).expect("a directory can be made");
        fs::write(path, text).expect("a file can be written");
    };
    write("modules/role/main.tf".to_owned(), MODULE);
    for root in 0..roots {
        let main = format!(
            "locals {{\n  buckets = [\"logs-{root}\", \"data-{root}\"]\n}}\nmodule \"role\" {{\n  source  = \"../../modules/role\"\n  name    = \"service-{root}\"\n  buckets = local.buckets\n}}\n"
        );
        write(format!("live/{root}/main.tf"), &main);
        for file in 0..7 {
            let mut text = String::new();
            for block in 0..20 {
                writeln!(
                    text,
                    "resource \"aws_security_group\" \"s{file}_{block}\" {{\n  name        = \"sg-{root}-{file}-{block}\"\n  description = \"group ${{local.buckets[0]}}\"\n\n  ingress {{\n    from_port   = {block}\n    to_port     = {block}\n    protocol    = \"tcp\"\n    cidr_blocks = [\"10.{file}.{block}.0/24\"]\n  }}\n}}\n"
                )
                .expect("a string takes all");
            }
            write(format!("live/{root}/network{file}.tf"), &text);
        }
    }
}

/// The shortest of some runs; none where the command is not there.
fn time(directory: &Path, runs: usize, program: &str, arguments: &[&str]) -> Option<Duration> {
    let mut best = None;
    for _ in 0..runs {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().ok()?;
        let took = start.elapsed();
        best = Some(best.map_or(took, |best: Duration| best.min(took)));
    }
    best
}

/// Reads and parses every file, on all cores; the shortest of some runs.
fn parse(directory: &Path, runs: usize) -> Duration {
    let run = || {
        let start = Instant::now();
        let files: Vec<_> = walkdir::WalkDir::new(directory)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "tf"))
            .collect();
        let blocks: usize = files
            .par_iter()
            .map(|entry| {
                let text = fs::read_to_string(entry.path()).expect("the file is there");
                hcl::edit::parser::parse_body(&text).expect("the file is right").iter().count()
            })
            .sum();
        assert!(blocks > files.len());
        start.elapsed()
    };
    (0..runs).map(|_| run()).min().unwrap_or_default()
}

fn main() {
    let roots = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(500);
    let tree = tempfile::tempdir().expect("a temporary directory");
    let (half, full) = (tree.path().join("half"), tree.path().join("full"));
    make(&half, roots / 2);
    make(&full, roots);
    let baselint = env!("CARGO_BIN_EXE_baselint");
    let check = ["check", "--format", "json"];
    let whole = time(&full, 5, baselint, &check).expect("the binary runs");
    let part = time(&half, 5, baselint, &check).expect("the binary runs");
    let one = time(&full.join("live/0"), 20, baselint, &check).expect("the binary runs");
    println!("{} files: {whole:.2?}; one module of 8 files: {one:.2?}", roots * 8 + 1);
    println!("twice the tree takes {:.2} times as long", whole.as_secs_f64() / part.as_secs_f64());
    match time(&full, 5, "grep", &["-r", "-c", "resource", "."]) {
        Some(grep) => println!("{:.2} times as long as grep -r ({grep:.2?})", whole.as_secs_f64() / grep.as_secs_f64()),
        None => println!("grep is not here"),
    }
    let parsed = parse(&full, 3);
    let ratio = parsed.as_secs_f64() / whole.as_secs_f64();
    println!("{ratio:.1} times as fast as a bare parse by hcl-edit ({parsed:.2?})");
    match time(&full, 2, "terraform", &["fmt", "-check", "-recursive", "-list=false"]) {
        Some(fmt) => {
            println!("{:.1} times as fast as terraform fmt ({fmt:.2?})", fmt.as_secs_f64() / whole.as_secs_f64());
        }
        None => println!("terraform is not here"),
    }
    assert!(ratio > 1.0, "a bare parse of the same files is faster");
}
