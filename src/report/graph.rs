//! Who can become whom: the escalation graph, for drawing and for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::access::escalation::{Escalations, Gain, Graph, Means, Step, Walker};
use crate::iam::Surety;
use crate::model::{Account, Root};

#[derive(Serialize)]
struct Document<'a> {
    roots: Vec<JsonRoot<'a>>,
}

#[derive(Serialize)]
struct JsonRoot<'a> {
    path: &'a str,
    principals: Vec<JsonPrincipal>,
    steps: Vec<JsonStep>,
}

#[derive(Serialize)]
struct JsonPrincipal {
    address: String,
    kind: &'static str,
    administrator: bool,
    /// Steps to administrator; none where the code shows no way.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<usize>,
}

#[derive(Serialize)]
struct JsonStep {
    from: String,
    to: String,
    by: &'static str,
    actions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
    surety: &'static str,
}

/// Writes the graph of each root as JSON.
pub fn write_json(roots: &[Root], out: &mut dyn Write) -> io::Result<()> {
    let document = Document { roots: roots.iter().map(json_root).collect() };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn json_root(root: &Root) -> JsonRoot<'_> {
    let account = Account::new(root);
    let escalations = Escalations::of(&account);
    let graph = Graph::new(&escalations);
    let principals = account.principals().map(|principal| JsonPrincipal {
        address: principal.resource.address.to_string(),
        kind: principal.kind.name(),
        administrator: escalations.is_administrator(principal.id),
        distance: graph.distance(principal.id),
    });
    let steps = escalations.steps.iter().map(|step| json_step(&account, &escalations, step));
    JsonRoot { path: &root.path, principals: principals.collect(), steps: steps.collect() }
}

fn json_step(account: &Account, escalations: &Escalations, step: &Step) -> JsonStep {
    let (by, actions) = match step.means {
        Means::Path(path) => (path.id, path.actions()),
        Means::Assume(_) => ("assume-role", vec!["sts:AssumeRole"]),
    };
    let through = step.through.and_then(|at| escalations.workloads.get(at)).map(|running| running.address.to_string());
    JsonStep { from: from(account, step), to: to(account, step), by, actions, through, surety: word(step.surety) }
}

fn from(account: &Account, step: &Step) -> String {
    match step.from {
        Walker::Principal(id) => account.principal(id).resource.address.to_string(),
        Walker::HolderOf(document) => format!("whoever holds {}", account.document(document).carrier.address),
    }
}

fn to(account: &Account, step: &Step) -> String {
    match step.gain {
        Gain::Principal(id) => account.principal(id).resource.address.to_string(),
        Gain::Administrator => "administrator".to_owned(),
        Gain::Elsewhere => "any other in the account".to_owned(),
        Gain::Unbounded => "itself without its boundary".to_owned(),
    }
}

fn word(surety: Surety) -> &'static str {
    match surety {
        Surety::Certain => "certain",
        Surety::Likely => "likely",
        Surety::Unknown => "undecided",
        Surety::No => "no",
    }
}

/// Writes the graphs of all roots as one in the language of Graphviz. Administrators are boxes; what is not certain is
/// dashed.
pub fn write_dot(roots: &[Root], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph access {{")?;
    writeln!(out, "  rankdir=LR;")?;
    for (number, root) in roots.iter().enumerate() {
        let described = json_root(root);
        if described.steps.is_empty() {
            continue;
        }
        writeln!(out, "  subgraph cluster_{number} {{")?;
        writeln!(out, "    label={};", quoted(described.path))?;
        let node = |name: &str| quoted(&format!("{number}: {name}"));
        let mut told: Vec<&str> = Vec::new();
        for principal in &described.principals {
            let takes_part =
                described.steps.iter().any(|step| step.from == principal.address || step.to == principal.address);
            if takes_part {
                let shape = if principal.administrator { "box" } else { "ellipse" };
                let label = quoted(&principal.address);
                writeln!(out, "    {} [label={label}, shape={shape}];", node(&principal.address))?;
                told.push(&principal.address);
            }
        }
        for step in &described.steps {
            for end in [&step.from, &step.to] {
                if !told.contains(&end.as_str()) {
                    writeln!(out, "    {} [label={}, shape=box];", node(end), quoted(end))?;
                    told.push(end);
                }
            }
            let style = if step.surety == "certain" { "solid" } else { "dashed" };
            let label = match &step.through {
                Some(through) => format!("{} on {through}", step.by),
                None => step.by.to_owned(),
            };
            let ends = format!("{} -> {}", node(&step.from), node(&step.to));
            writeln!(out, "    {ends} [label={}, style={style}];", quoted(&label))?;
        }
        writeln!(out, "  }}")?;
    }
    writeln!(out, "}}")
}

/// A text in the language of Graphviz.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            character if character.is_control() => quoted.push(' '),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted("aws_iam_role.each[\"a\"]"), r#""aws_iam_role.each[\"a\"]""#);
    }
}
