//! Cutting all texts into classes: those that the same patterns match.
//!
//! All patterns are followed at once, letter by letter, from the empty text on (a subset construction made as far as it
//! is needed, breadth first). Each class comes with one of its shortest texts; the empty text is of none, since neither
//! actions nor resources nor values that a request carries are empty. What is not known in a pattern is a
//! letter of its own, which only the same one or `*` takes.

use rustc_hash::FxHashSet;

use crate::iam::resource::Step;
use crate::value::Symbol;

use super::bits::Bits;

/// States that one search may visit. Forty statements have some thousand; `*a` and many `?` doubles with every `?`.
const MAX_STATES: usize = 20_000;

/// Positions that the states of one search may have between them: what bounds its time.
const MAX_POSITIONS: usize = 1_000_000;

/// Classes of one search. As many patterns as `*a*`, `*b*`, `*c*` give twice as many with each.
const MAX_CLASSES: usize = 2_048;

/// A letter of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Letter {
    /// A character.
    Char(char),
    /// What a policy variable or a symbol stands for.
    Hole(Symbol),
}

/// A text with unknown parts.
pub(super) type Word = Vec<Letter>;

/// The texts that the same patterns match.
#[derive(Clone, Debug)]
pub(super) struct Class {
    /// One of the shortest.
    pub(super) word: Word,
    /// The patterns that match.
    pub(super) matched: Bits,
}

/// There are more states or classes than one search may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooHard;

/// The first characters of the planes for private use. A character of them is what a symbol of the code stands for.
const PRIVATE: [std::ops::RangeInclusive<char>; 2] = ['\u{e000}'..='\u{f8ff}', '\u{f0000}'..='\u{ffffd}'];

/// Whether a character stands for a symbol of the code.
pub(super) fn is_private(character: char) -> bool {
    PRIVATE.iter().any(|plane| plane.contains(&character))
}

/// The `index`-th character that may stand for a symbol.
pub(super) fn private(index: usize) -> Option<char> {
    PRIVATE.iter().cloned().flatten().nth(index)
}

enum Node<'p> {
    Step(&'p Step),
    /// The end of this pattern.
    End(usize),
}

/// One letter of the search.
#[derive(Clone, PartialEq, Eq)]
enum Move {
    Letter(Letter),
    /// Some character that no pattern asks for here.
    Other,
}

struct Search<'p> {
    nodes: Vec<Node<'p>>,
    /// For each node, the pattern that it is of.
    pattern_of: Vec<usize>,
    /// The patterns one of which must match, if there are any.
    within: Option<&'p Bits>,
}

/// Cuts the texts into classes. Texts that none of `within` matches are left out.
pub(super) fn classes<'p>(
    patterns: impl IntoIterator<Item = &'p Vec<Vec<Step>>>,
    within: Option<&'p Bits>,
) -> Result<Vec<Class>, TooHard> {
    let mut search = Search { nodes: Vec::new(), pattern_of: Vec::new(), within };
    let mut starts = Vec::new();
    let mut count = 0;
    for (index, spellings) in patterns.into_iter().enumerate() {
        for spelling in spellings {
            starts.push(search.nodes.len());
            search.nodes.extend(spelling.iter().map(Node::Step));
            search.nodes.push(Node::End(index));
            search.pattern_of.resize(search.nodes.len(), index);
        }
        count = index + 1;
    }
    search.run(starts, count)
}

impl Search<'_> {
    fn run(&self, starts: Vec<usize>, patterns: usize) -> Result<Vec<Class>, TooHard> {
        let mut found: FxHashSet<Bits> = FxHashSet::default();
        let mut classes = Vec::new();
        // Each state with the one that it was reached from, and by what.
        let mut states: Vec<(Vec<u32>, usize, Option<Letter>)> = Vec::new();
        let mut seen: FxHashSet<Vec<u32>> = FxHashSet::default();
        let mut positions = 0;
        let start = self.closure(starts);
        states.push((start, 0, None));
        let mut at = 0;
        while let Some((state, _, _)) = states.get(at) {
            let state = state.clone();
            positions += state.len();
            if at > MAX_STATES || positions > MAX_POSITIONS || classes.len() > MAX_CLASSES {
                return Err(TooHard);
            }
            let matched = Bits::of(patterns, state.iter().filter_map(|node| self.end(*node)));
            // The state before any letter is not one that has been seen: one like it may be come to with a letter.
            if at > 0 && self.within.is_none_or(|within| within.meets(&matched)) && found.insert(matched.clone()) {
                classes.push(Class { word: word(&states, at), matched });
            }
            for (letter, moved) in self.moves(&state) {
                positions += state.len();
                let next = self.step(&state, &moved);
                let is_dead = match self.within {
                    Some(within) => !next.iter().any(|node| self.pattern(*node).is_some_and(|own| within.has(own))),
                    // One text that nothing matches is enough.
                    None => at > 0 && state.is_empty(),
                };
                if !is_dead && seen.insert(next.clone()) {
                    states.push((next, at, Some(letter)));
                }
            }
            at += 1;
        }
        Ok(classes)
    }

    fn node(&self, at: u32) -> Option<&Node<'_>> {
        self.nodes.get(at as usize)
    }

    fn pattern(&self, at: u32) -> Option<usize> {
        self.pattern_of.get(at as usize).copied()
    }

    fn end(&self, at: u32) -> Option<usize> {
        match self.node(at) {
            Some(Node::End(pattern)) => Some(*pattern),
            _ => None,
        }
    }

    /// The nodes, and those reached by letting a `*` take nothing; sorted, each once.
    fn closure(&self, nodes: impl IntoIterator<Item = usize>) -> Vec<u32> {
        let mut closed = Vec::new();
        for mut at in nodes {
            loop {
                closed.push(u32::try_from(at).unwrap_or(u32::MAX));
                if !matches!(self.nodes.get(at), Some(Node::Step(Step::Many { .. }))) {
                    break;
                }
                at += 1;
            }
        }
        closed.sort_unstable();
        closed.dedup();
        closed
    }

    /// The letters that make a difference here, each with what it is in the text.
    fn moves(&self, state: &[u32]) -> Vec<(Letter, Move)> {
        let mut characters: Vec<char> = Vec::new();
        let mut holes: Vec<&Symbol> = Vec::new();
        let mut stops_at_colons = false;
        let mut takes_others = state.is_empty() || self.within.is_none();
        for node in state {
            let Some(Node::Step(step)) = self.node(*node) else { continue };
            match step {
                Step::Char(character) => characters.push(*character),
                Step::AnyCase(character) => characters.extend([*character, character.to_ascii_uppercase()]),
                Step::One { in_field } | Step::Many { in_field } => {
                    stops_at_colons |= in_field;
                    takes_others = true;
                }
                Step::Hole(symbol) if holes.contains(&symbol) => {}
                Step::Hole(symbol) => holes.push(symbol),
            }
        }
        if stops_at_colons {
            characters.push(':');
        }
        characters.sort_unstable();
        characters.dedup();
        // A letter that reads well, and that nothing asks for.
        let other = ('x'..='z').chain('a'..='w').chain('0'..='9').chain('\u{4e00}'..='\u{9fff}');
        let other = if takes_others { other.into_iter().find(|letter| !characters.contains(letter)) } else { None };
        let characters = characters.into_iter().map(Letter::Char);
        let known = characters.chain(holes.into_iter().cloned().map(Letter::Hole));
        let known = known.map(|letter| (letter.clone(), Move::Letter(letter)));
        // First the letter that reads well: of texts of one length the first found is kept.
        other.map(|letter| (Letter::Char(letter), Move::Other)).into_iter().chain(known).collect()
    }

    fn step(&self, state: &[u32], moved: &Move) -> Vec<u32> {
        let next = state.iter().filter_map(|&node| {
            let Some(Node::Step(step)) = self.node(node) else { return None };
            let (stays, goes) = match (step, moved) {
                (Step::Many { in_field }, _) => (!(*in_field && is_colon(moved)), false),
                (Step::One { in_field }, Move::Letter(Letter::Char(character))) => {
                    (false, !is_private(*character) && (*character != ':' || !in_field))
                }
                (Step::One { .. }, Move::Other) => (false, true),
                (Step::Char(own), Move::Letter(Letter::Char(character))) => (false, own == character),
                (Step::AnyCase(own), Move::Letter(Letter::Char(character))) => {
                    (false, *own == character.to_ascii_lowercase())
                }
                (Step::Hole(own), Move::Letter(Letter::Hole(symbol))) => (false, own == symbol),
                _ => (false, false),
            };
            if stays {
                Some(node as usize)
            } else if goes {
                Some(node as usize + 1)
            } else {
                None
            }
        });
        self.closure(next)
    }
}

fn is_colon(moved: &Move) -> bool {
    *moved == Move::Letter(Letter::Char(':'))
}

fn word(states: &[(Vec<u32>, usize, Option<Letter>)], mut at: usize) -> Word {
    let mut word = Vec::new();
    while let Some((_, before, Some(letter))) = states.get(at) {
        word.push(letter.clone());
        at = *before;
    }
    word.reverse();
    word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::iam::Glob;
    use crate::iam::resource::plain_steps;

    fn text(word: &Word) -> String {
        let letter = |letter: &Letter| match letter {
            Letter::Char(character) => *character,
            Letter::Hole(_) => '#',
        };
        word.iter().map(letter).collect()
    }

    fn of(patterns: &[&str]) -> Vec<Class> {
        let steps: Vec<_> = patterns.iter().map(|one| vec![plain_steps(Glob::known(one).tokens())]).collect();
        classes(&steps, None).unwrap()
    }

    proptest! {
        #[test]
        fn every_text_is_of_a_class_that_was_found(
            patterns in prop::collection::vec("[ab*?]{0,4}", 1..5),
            texts in prop::collection::vec("[abc]{1,6}", 20),
        ) {
            let globs: Vec<Glob> = patterns.iter().map(|one| Glob::known(one)).collect();
            let signature = |text: &str| Bits::of(globs.len(), globs.iter().enumerate().filter(|(_, glob)| glob.matches(text)).map(|(at, _)| at));
            let found = of(&patterns.iter().map(String::as_str).collect::<Vec<_>>());
            for class in &found {
                prop_assert_eq!(&signature(&text(&class.word)), &class.matched);
            }
            for one in texts {
                prop_assert!(found.iter().any(|class| class.matched == signature(&one)), "{}", one);
            }
        }
    }

    #[test]
    fn hard_patterns_end() {
        let hard: Vec<_> = (0..20).map(|at| format!("*{}??????????????", char::from(b'a' + at))).collect();
        let steps: Vec<_> = hard.iter().map(|one| vec![plain_steps(Glob::known(one).tokens())]).collect();
        assert_eq!(classes(&steps, None).unwrap_err(), TooHard);
    }
}
