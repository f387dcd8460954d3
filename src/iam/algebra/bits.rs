//! Sets of the classes that a dimension is cut into.

/// A set of small numbers below a length that all sets of a dimension have.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
}

const WORD: usize = u64::BITS as usize;

impl Bits {
    /// The empty set of numbers below `length`.
    pub(super) fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(WORD)] }
    }

    /// All numbers below `length`.
    pub(super) fn all(length: usize) -> Self {
        Self::of(length, 0..length)
    }

    /// These numbers.
    pub(super) fn of(length: usize, members: impl IntoIterator<Item = usize>) -> Self {
        let mut bits = Self::none(length);
        members.into_iter().for_each(|member| bits.insert(member));
        bits
    }

    pub(super) fn insert(&mut self, member: usize) {
        if let Some(word) = self.words.get_mut(member / WORD) {
            *word |= 1 << (member % WORD);
        }
    }

    pub(super) fn has(&self, member: usize) -> bool {
        self.words.get(member / WORD).is_some_and(|word| word >> (member % WORD) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(own, other)| own & other != 0)
    }

    /// Both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self { words: self.words.iter().zip(&other.words).map(|(own, other)| own & other).collect() }
    }

    /// This without the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        Self { words: self.words.iter().zip(&other.words).map(|(own, other)| own & !other).collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words
            .iter()
            .enumerate()
            .flat_map(|(at, word)| (0..WORD).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * WORD + bit))
    }
}
