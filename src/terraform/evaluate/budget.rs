//! What the evaluation of one root may cost: a few lines of code can ask for more time and memory than there is.

use super::Evaluator;
use crate::value::{Kind, Symbol, Text, Value, Why};

/// Expressions evaluated for one root, and what weighs as much. A root of 80 files with all its modules takes 80,000;
/// what goes beyond this multiplies itself, as loops in loops do.
const MAX_STEPS: usize = 2_000_000;

/// Copying, searching or converting this many bytes of text, or looking at this many elements, counts as one step.
const BYTES_PER_STEP: usize = 64;
const ELEMENTS_PER_STEP: usize = 2;

/// Elements of one value, at any depth: all users of a large organization fit, values that double themselves do not.
pub(super) const MAX_ELEMENTS: usize = 100_000;

/// The weight of the text in one value, in bytes.
pub(super) const MAX_TEXT: usize = 4 << 20;

/// Values within values: the same as JSON may nest.
const MAX_NESTING: usize = crate::value::json::MAX_DEPTH;

impl Evaluator<'_> {
    /// Takes steps from what is left of this root's.
    pub(super) fn spend(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// Takes what it costs to touch this many bytes of text.
    pub(super) fn spend_on_text(&self, bytes: usize) {
        self.spend(bytes / BYTES_PER_STEP);
    }

    /// Takes what it costs to touch this many elements.
    pub(super) fn spend_on_elements(&self, elements: usize) {
        self.spend(elements / ELEMENTS_PER_STEP);
    }

    /// Takes what it costs to touch a value, its elements' own elements left aside.
    pub(super) fn spend_on_surface(&self, value: &Value) {
        match &value.kind {
            // What encodes a value was not printed yet.
            Kind::Text(text) if text.encoded_value().is_none() => self.spend_on_text(text.weight()),
            Kind::List(list) => self.spend_on_elements(list.len()),
            Kind::Map(map) => self.spend_on_elements(map.len()),
            _ => {}
        }
    }

    /// Whether nothing is left: every expression is unknown from here on, and loops end.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() >= MAX_STEPS
    }

    /// Why a value is not known once nothing is left.
    pub(super) fn exhaustion() -> Why {
        Why::Budget("more work than one root is given".into())
    }

    /// What stands for a value for which nothing is left. Telling it from all others must cost little, so its name is
    /// a number: that of the steps, which goes on.
    pub(super) fn exhausted(&self) -> Value {
        self.spend(1);
        Value::unknown(Symbol::new(format!("step {}", self.steps.get())), Self::exhaustion())
    }

    /// The value, or an unknown where it is larger than any that a person would write. Takes what it costs to go
    /// through it, which whoever asks is about to do again.
    pub(super) fn bounded(&self, value: Value, name: &dyn Fn() -> String) -> Value {
        if matches!(value.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_)) {
            return value;
        }
        let origin = value.origin;
        if self.is_exhausted() {
            return self.exhausted().or_at(origin);
        }
        let mut room = Room { elements: MAX_ELEMENTS, text: MAX_TEXT };
        let holds = room.holds(&value, 0);
        self.spend_on_elements(MAX_ELEMENTS - room.elements);
        self.spend_on_text(MAX_TEXT - room.text);
        if holds {
            return value;
        }
        let why = Why::Budget("a value larger than is followed".into());
        Value::unknown(Symbol::new(name()), why).or_at(origin)
    }
}

/// What a value may still take.
struct Room {
    elements: usize,
    text: usize,
}

impl Room {
    fn holds(&mut self, value: &Value, depth: usize) -> bool {
        let Some(left) = self.elements.checked_sub(1) else {
            return false;
        };
        self.elements = left;
        if depth > MAX_NESTING {
            return false;
        }
        match &value.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => true,
            Kind::Text(text) => self.holds_text(text, depth),
            Kind::List(list) => list.iter().all(|item| self.holds(item, depth + 1)),
            Kind::Map(map) => map
                .entries()
                .iter()
                .all(|entry| self.holds_text(&entry.key, depth) && self.holds(&entry.value, depth + 1)),
            Kind::OneOf(arms) => arms.iter().all(|arm| self.holds(arm, depth + 1)),
        }
    }

    fn holds_text(&mut self, text: &Text, depth: usize) -> bool {
        // What encodes a value is not printed for this.
        if let Some(value) = text.encoded_value() {
            return self.holds(value, depth + 1);
        }
        match self.text.checked_sub(text.weight()) {
            Some(left) => {
                self.text = left;
                true
            }
            None => false,
        }
    }
}
