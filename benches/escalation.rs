//! What the escalation analysis of a large account costs: a made root of 2,000 principals, each with policies of its
//! own, some of which lead further.
//!
//! `cargo bench --bench escalation`

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot go on fails; it prints figures")]

use std::fmt::Write as _;
use std::time::Instant;

use baselint::access::escalation::{Escalations, Graph};
use baselint::model::Account;
use baselint::source::Sources;
use baselint::walk::{Extent, Request, scan};

/// Roles of the made root; half as many policies are attached to two each.
const PRINCIPALS: usize = 2_000;

fn code() -> String {
    let mut code = String::new();
    for number in 0..PRINCIPALS {
        let service = ["ec2", "lambda", "codebuild", "ecs-tasks"][number % 4];
        let statements = match number % 8 {
            0 => {
                r#"{ Effect = "Allow", Action = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" }"#
            }
            1 => {
                r#"{ Effect = "Allow", Action = ["iam:CreateAccessKey", "iam:UpdateAssumeRolePolicy"], Resource = "arn:aws:iam::*:role/team-*" }"#
            }
            2 => r#"{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/role-1*" }"#,
            3 => {
                r#"{ Effect = "Allow", NotAction = "iam:*", Resource = "*" }, { Effect = "Deny", Action = "lambda:*", Resource = "*" }"#
            }
            _ => {
                r#"{ Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "arn:aws:s3:::inbox/*" }"#
            }
        };
        write!(
            code,
            r#"
resource "aws_iam_role" "r{number}" {{
  name = "role-{number}"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "{service}.amazonaws.com" }} }},
      {{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = aws_iam_role.r{}.arn }} }},
    ]
  }})
}}

resource "aws_iam_role_policy" "p{number}" {{
  role   = aws_iam_role.r{number}.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{statements}] }})
}}
"#,
            (number + 1) % PRINCIPALS
        )
        .expect("writing to a string");
    }
    code.push_str(
        "resource \"aws_iam_role_policy_attachment\" \"admin\" {\n  role = aws_iam_role.r1999.name\n  \
         policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}\n",
    );
    code
}

fn main() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("main.tf"), code()).expect("the made root");
    let sources = Sources::new(directory.path().to_owned());
    let (terraform, parameters) = Default::default();
    let paths = [directory.path().to_owned()];
    let request = Request {
        paths: &paths,
        extent: Extent::Rules,
        terraform: &terraform,
        parameters: &parameters,
        progress: &|_| {},
    };
    let start = Instant::now();
    let scanned = scan(&sources, &request);
    let evaluated = start.elapsed();
    let root = scanned.roots.first().expect("a root");
    let start = Instant::now();
    let account = Account::new(root);
    let linked = start.elapsed();
    let start = Instant::now();
    let escalations = Escalations::of(&account);
    let walked = start.elapsed();
    let start = Instant::now();
    let graph = Graph::new(&escalations);
    let reaching = account.principals().filter(|principal| graph.distance(principal.id).is_some()).count();
    println!(
        "{} principals: evaluated in {evaluated:?}, linked in {linked:?}, {} steps in {walked:?}, {reaching} get to \
         administrator, found in {:?}",
        account.principals().count(),
        escalations.steps.len(),
        start.elapsed()
    );
}
