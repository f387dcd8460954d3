//! Giving each symbol of the code a character of its own, so that documents are compared as if everything were known
//! and no two unknown things were the same.

use std::cell::RefCell;

use crate::iam::Document;
use crate::value::{Piece, Symbol, Text};

use super::words::{is_private, private};

/// The characters that symbols were given.
#[derive(Default)]
pub(super) struct Symbols(RefCell<Vec<Symbol>>);

impl Symbols {
    /// The document with characters for its symbols. Symbols beyond some ten thousand keep being symbols.
    pub(super) fn name(&self, document: &Document) -> Document {
        document.replace(&|symbol| match symbol.expansion() {
            Some(expansion) => self.spell(&expansion.expanded()),
            None => self.letter(symbol).map(String::from),
        })
    }

    fn letter(&self, symbol: &Symbol) -> Option<char> {
        let mut known = self.0.borrow_mut();
        let at = known.iter().position(|other| other == symbol).unwrap_or_else(|| {
            known.push(symbol.clone());
            known.len() - 1
        });
        private(at)
    }

    fn spell(&self, text: &Text) -> Option<String> {
        let mut spelled = String::new();
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => spelled.push_str(literal),
                Piece::Symbol(symbol) => spelled.push(self.letter(symbol)?),
            }
        }
        Some(spelled)
    }

    /// The text as a reader of the code knows it: symbols by their names.
    pub(super) fn read(&self, text: &str) -> String {
        if !text.contains(is_private) {
            return text.to_owned();
        }
        let known = self.0.borrow();
        let mut read = String::with_capacity(text.len());
        for character in text.chars() {
            match (0..known.len()).find(|at| is_private(character) && private(*at) == Some(character)) {
                Some(at) => {
                    let name = known.get(at).map(Symbol::name).unwrap_or_default();
                    read.extend(["${", name, "}"]);
                }
                None => read.push(character),
            }
        }
        read
    }
}
