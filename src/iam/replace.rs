//! Giving a name to what a document leaves open.

use crate::value::{Piece, Symbol, Text, TextBuilder};

use super::document::{Document, Pattern, Patterns, Statement, Version};
use super::glob::{Glob, Variables};

impl Document {
    /// The document with symbols replaced by what they are known to be, as who has a further source of knowledge may
    /// know: the account, or the name of a resource that is not deployed yet. What `known` does not tell stays as it is.
    #[must_use]
    pub fn replace(&self, known: &dyn Fn(&Symbol) -> Option<String>) -> Self {
        let mut document = self.clone();
        let variables = match self.version {
            Version::V2012 => Variables::Replaced,
            Version::V2008 => Variables::Literal,
        };
        for statement in &mut document.statements {
            replace_in_statement(statement, variables, known);
        }
        document
    }
}

fn replace_in_statement(statement: &mut Statement, variables: Variables, known: &dyn Fn(&Symbol) -> Option<String>) {
    for patterns in statement.actions.iter_mut().chain(&mut statement.resources) {
        replace_in_patterns(patterns, variables, known);
    }
    if let Some(principals) = &mut statement.principals {
        let mut completes = Completes::default();
        for item in &mut principals.items {
            item.text = completes.replaced(&item.text, known);
        }
        principals.incomplete &= !completes.all();
    }
    for condition in &mut statement.conditions {
        let mut completes = Completes::default();
        for value in &mut condition.values {
            value.text = completes.replaced(&value.text, known);
            value.glob = Glob::new(&value.text, variables);
        }
        condition.incomplete &= !completes.all();
    }
}

fn replace_in_patterns(patterns: &mut Patterns, variables: Variables, known: &dyn Fn(&Symbol) -> Option<String>) {
    let mut completes = Completes::default();
    for Pattern { text, glob, .. } in &mut patterns.items {
        let replaced = completes.replaced(text, known);
        if replaced != *text {
            *glob = Glob::new(&replaced, variables);
            *text = replaced;
        }
    }
    patterns.incomplete &= !completes.all();
}

/// Whether a list that has values that were unknown as a whole has none of them any more.
#[derive(Default)]
struct Completes {
    named: usize,
    left: usize,
}

impl Completes {
    fn replaced(&mut self, text: &Text, known: &dyn Fn(&Symbol) -> Option<String>) -> Text {
        if text.is_known() {
            return text.clone();
        }
        let is_whole = text.as_symbol().is_some();
        let mut builder = TextBuilder::new();
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => builder.push_str(literal),
                Piece::Symbol(symbol) => match known(symbol) {
                    Some(name) => builder.push_str(&name),
                    None => builder.push_symbol(symbol.clone()),
                },
            }
        }
        let replaced = builder.finish();
        if is_whole {
            *(if replaced.is_known() { &mut self.named } else { &mut self.left }) += 1;
        }
        replaced
    }

    fn all(&self) -> bool {
        self.named > 0 && self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Entry, Value, Why};

    #[test]
    fn what_gets_a_name_is_no_longer_open() {
        let symbol = Symbol::of_resource("aws_s3_bucket.logs", "arn");
        let unknown = Value::unknown(symbol.clone(), Why::AfterDeployment("aws_s3_bucket.logs.arn".into()));
        let mut inside = TextBuilder::new();
        inside.push_symbol(symbol);
        inside.push_str("/*");
        let statement = Value::object(vec![
            Entry::new("Effect", Value::text("Allow")),
            Entry::new("Action", Value::text("s3:*")),
            Entry::new("Resource", Value::tuple(vec![unknown, Value::text(inside.finish())])),
        ]);
        let document = Document::read(&Value::object(vec![Entry::new("Statement", statement)]));
        let resources = |document: &Document| document.statements[0].resources.clone().unwrap();
        assert!(resources(&document).incomplete);
        let named =
            document.replace(&|symbol| (symbol.name() == "aws_s3_bucket.logs.arn").then(|| "arn:aws:s3:::l".into()));
        assert!(!resources(&named).incomplete);
        assert!(resources(&named).items[1].glob.matches("arn:aws:s3:::l/x"));
        assert!(resources(&document.replace(&|_| None)).incomplete);
    }
}
