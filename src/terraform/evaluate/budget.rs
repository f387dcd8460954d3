//! What the evaluation of one root may cost: a few lines of code can ask for more time and memory than there is.

use rustc_hash::FxHashMap;

use super::Evaluator;
use crate::value::{Kind, Symbol, Text, Value, Why};

/// Expressions evaluated for one root, and what weighs as much. A root of 80 files with all its modules takes 80,000,
/// the largest one seen, with dashboards and alarms for each of its machines, two million; what goes beyond this
/// multiplies itself, as loops in loops do.
const MAX_STEPS: usize = 3_000_000;

/// Copying, searching or converting this many bytes of text, or looking at this many elements, counts as one step.
const BYTES_PER_STEP: usize = 64;
const ELEMENTS_PER_STEP: usize = 2;

/// Copying a name of this many bytes counts as one step: names are copied as they are, and no longer than some hundred
/// bytes unless steps into what is unknown go on and on.
const NAME_BYTES_PER_STEP: usize = 512;

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

    /// Takes what it costs to make a name out of this one.
    pub(super) fn spend_on_name(&self, name: &str) {
        self.spend(name.len() / NAME_BYTES_PER_STEP);
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
    /// through all of it, which whoever asks is about to do.
    pub(super) fn bounded(&self, value: Value, name: &dyn Fn() -> String) -> Value {
        self.measured(value, name, |room| {
            self.spend_on_elements(MAX_ELEMENTS - room.elements);
            self.spend_on_text(MAX_TEXT - room.text);
        })
    }

    /// The same for a value that is handed on as it is, or of which one element is looked up: takes what it costs to
    /// measure it alone. What was measured as a part of a remembered value is not gone through again.
    pub(super) fn bounded_lightly(&self, value: Value, name: &dyn Fn() -> String) -> Value {
        self.measured(value, name, |room| self.spend_on_elements(room.visited))
    }

    /// Bounds a value that is remembered until the root is done, and notes how large its parts are.
    pub(super) fn bounded_for_good(&self, value: Value, name: &dyn Fn() -> String) -> Value {
        self.measured(value, name, |room| {
            self.spend_on_elements(room.visited);
            self.sizes.borrow_mut().extend(room.found.drain(..));
        })
    }

    fn measured(&self, value: Value, name: &dyn Fn() -> String, then: impl FnOnce(&mut Room<'_>)) -> Value {
        if matches!(value.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_)) {
            return value;
        }
        let origin = value.origin;
        if self.is_exhausted() {
            return self.exhausted().or_at(origin);
        }
        let sizes = self.sizes.borrow();
        let mut room = Room { elements: MAX_ELEMENTS, text: MAX_TEXT, visited: 0, sizes: &sizes, found: Vec::new() };
        let height = room.height_of(&value, 0);
        // What holds no more than is followed is noted, nothing of what does not.
        if height.is_none() {
            room.found.clear();
        }
        let Room { elements, text, visited, found, .. } = room;
        drop(sizes);
        let none = Sizes::default();
        then(&mut Room { elements, text, visited, found, sizes: &none });
        if height.is_some() {
            return value;
        }
        let why = Why::Budget("a value larger than is followed".into());
        Value::unknown(Symbol::new(name()), why).or_at(origin)
    }
}

/// How large a list or map is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    elements: usize,
    text: usize,
    height: usize,
}

/// The sizes of lists and maps that are kept until the root is done, by where they lie in memory.
pub(super) type Sizes = FxHashMap<usize, Size>;

/// Smaller ones are measured again sooner than looked up.
const NOTED: usize = 64;

/// What a value may still take.
struct Room<'s> {
    elements: usize,
    text: usize,
    /// How many elements were looked at.
    visited: usize,
    sizes: &'s Sizes,
    found: Vec<(usize, Size)>,
}

impl Room<'_> {
    /// How many levels a value has, itself included; `None` where there is no room for it.
    fn height_of(&mut self, value: &Value, depth: usize) -> Option<usize> {
        if depth > MAX_NESTING {
            return None;
        }
        let place = match &value.kind {
            Kind::List(list) => list.items().as_ptr().addr(),
            Kind::Map(map) => map.entries().as_ptr().addr(),
            Kind::Text(text) => {
                self.take(1, 0)?;
                return self.height_of_text(text, depth);
            }
            Kind::OneOf(arms) => {
                self.take(1, 0)?;
                return self.highest(arms.iter(), depth);
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => {
                self.take(1, 0)?;
                return Some(1);
            }
        };
        if let Some(&known) = self.sizes.get(&place) {
            self.elements = self.elements.checked_sub(known.elements)?;
            self.text = self.text.checked_sub(known.text)?;
            return (depth + known.height <= MAX_NESTING + 1).then_some(known.height);
        }
        let (elements, text) = (self.elements, self.text);
        self.take(1, 0)?;
        let height = match &value.kind {
            Kind::List(list) => self.highest(list.iter(), depth)?,
            Kind::Map(map) => {
                let mut highest = 0;
                for entry in map.entries() {
                    self.height_of_text(&entry.key, depth)?;
                    highest = highest.max(self.height_of(&entry.value, depth + 1)?);
                }
                highest + 1
            }
            _ => 1,
        };
        let (elements, text) = (elements - self.elements, text - self.text);
        if elements >= NOTED {
            self.found.push((place, Size { elements, text, height }));
        }
        Some(height)
    }

    fn highest<'v>(&mut self, values: impl Iterator<Item = &'v Value>, depth: usize) -> Option<usize> {
        let mut highest = 0;
        for value in values {
            highest = highest.max(self.height_of(value, depth + 1)?);
        }
        Some(highest + 1)
    }

    fn take(&mut self, elements: usize, text: usize) -> Option<()> {
        self.visited += elements;
        self.elements = self.elements.checked_sub(elements)?;
        self.text = self.text.checked_sub(text)?;
        Some(())
    }

    fn height_of_text(&mut self, text: &Text, depth: usize) -> Option<usize> {
        // What encodes a value is not printed for this.
        if let Some(value) = text.encoded_value() {
            return self.height_of(value, depth + 1).map(|height| height + 1);
        }
        self.take(0, text.weight())?;
        Some(1)
    }
}
