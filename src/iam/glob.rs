//! Patterns with `*` and `?`, as languages: membership, inclusion in a union, intersection.
//!
//! What is not known in a pattern (a symbol of the code, a policy variable) is a letter of its own: it equals
//! itself, `*` covers it, and neither `?` nor any character does.

use rustc_hash::FxHashSet;

use crate::value::{Piece, Symbol, Text};

/// One position of a pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Token {
    /// This character.
    Char(char),
    /// Any characters, or none: `*`.
    Many,
    /// Any one character: `?`.
    One,
    /// Characters that are not known here: a symbol, or a policy variable such as `${aws:username}`.
    Hole(Symbol),
}

impl Token {
    /// Whether it is `*` or `?`.
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Many | Self::One)
    }

    /// Whether two positions may take the same letter; none if one of them takes any number of letters.
    fn meets(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Char(a), Self::Char(b)) => Some(a == b),
            (Self::One | Self::Char(_), Self::One) | (Self::One, Self::Char(_)) => Some(true),
            _ => None,
        }
    }
}

/// A pattern.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Glob(Vec<Token>);

/// Whether `$` starts a policy variable. It does in documents of version 2012-10-17 only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variables {
    /// `${name}` is a variable, `${*}`, `${?}` and `${$}` are the characters.
    Replaced,
    /// `$` is a character.
    Literal,
}

/// States that an inclusion test may visit before it gives up. Real patterns need a few hundred; the known worst
/// (`*a` and many `?`) doubles with every `?`.
const MAX_STATES: usize = 50_000;

/// Positions in patterns that it may look at before it gives up: a state among thousands of patterns is thousands of
/// positions wide. Forty patterns that cover `*` between them take some thousand.
const MAX_POSITIONS: usize = 4_000_000;

impl Glob {
    /// Reads a pattern in which `*` and `?` are wildcards. Of symbols, what is known of them counts.
    pub fn new(text: &Text, variables: Variables) -> Self {
        let text = text.expanded();
        let mut tokens = Vec::with_capacity(text.literal_content().len());
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => push_literal(&mut tokens, literal, variables, wildcard),
                Piece::Symbol(symbol) => tokens.push(Token::Hole(symbol.clone())),
            }
        }
        tokens.dedup_by(|next, last| *next == Token::Many && *last == Token::Many);
        Self(tokens)
    }

    /// Reads a text in which `*` and `?` are characters; variables still are replaced.
    pub(super) fn literal(text: &Text, variables: Variables) -> Self {
        let text = text.expanded();
        let mut tokens = Vec::with_capacity(text.literal_content().len());
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => push_literal(&mut tokens, literal, variables, Token::Char),
                Piece::Symbol(symbol) => tokens.push(Token::Hole(symbol.clone())),
            }
        }
        Self(tokens)
    }

    /// A known pattern without variables.
    pub fn known(pattern: &str) -> Self {
        Self::new(&Text::from(pattern), Variables::Literal)
    }

    /// A pattern of these positions.
    pub fn of_tokens(tokens: impl IntoIterator<Item = Token>) -> Self {
        let mut tokens: Vec<Token> = tokens.into_iter().collect();
        tokens.dedup_by(|next, last| *next == Token::Many && *last == Token::Many);
        Self(tokens)
    }

    /// The same pattern in lower case, for elements that AWS compares without regard to case.
    #[must_use]
    pub fn to_lowercase(&self) -> Self {
        let lower = |token: &Token| match token {
            Token::Char(character) => Token::Char(character.to_ascii_lowercase()),
            other => other.clone(),
        };
        Self(self.0.iter().map(lower).collect())
    }

    /// The positions.
    pub fn tokens(&self) -> &[Token] {
        &self.0
    }

    /// Whether it is `*`.
    pub fn is_everything(&self) -> bool {
        self.0 == [Token::Many]
    }

    /// Whether it has a `*` or `?`.
    pub fn has_wildcard(&self) -> bool {
        self.0.iter().any(|token| matches!(token, Token::Many | Token::One))
    }

    /// Whether part of it is not known.
    pub fn has_hole(&self) -> bool {
        self.0.iter().any(|token| matches!(token, Token::Hole(_)))
    }

    /// Whether the pattern matches this text, whatever its holes are.
    pub fn matches(&self, text: &str) -> bool {
        if text.is_ascii() {
            let bytes = text.as_bytes();
            return walk(&self.0, bytes.len(), |token, at| accepts_char(token, char::from(bytes[at])));
        }
        let characters: Vec<char> = text.chars().collect();
        walk(&self.0, characters.len(), |token, at| accepts_char(token, characters[at]))
    }

    /// Whether every text of `other` is a text of this pattern. Gives up, with `false`, only far beyond the size
    /// of any real pattern.
    pub fn includes(&self, other: &Self) -> bool {
        if self.is_everything() || self == other {
            return true;
        }
        // Most questions are answered by one text of the other: its shortest, in letters that stand nowhere here.
        self.has_wildcard() && self.matches_shortest_of(other) && other.covered_by(&[self])
    }

    /// Whether this pattern matches the other one with each `*` left out and each `?` some letter of no pattern.
    fn matches_shortest_of(&self, other: &Self) -> bool {
        let word: Vec<&Token> = other.0.iter().filter(|token| **token != Token::Many).collect();
        walk(&self.0, word.len(), |token, at| match (token, word[at]) {
            (Token::One, Token::Char(_) | Token::One) => true,
            (token, letter) => matches!(token, Token::Char(_) | Token::Hole(_)) && token == letter,
        })
    }

    /// Whether every text of this pattern is a text of at least one of `others`: subset construction, on the fly.
    /// Gives up, with `false`, after [`MAX_STATES`] or [`MAX_POSITIONS`].
    pub fn covered_by(&self, others: &[&Self]) -> bool {
        if others.is_empty() {
            return false;
        }
        let alphabet = Alphabet::of(self, others);
        // A state of the search: a position in this pattern, and all positions that the others may be in.
        let start: Vec<(u32, u32)> = closure(others, (0..others.len()).map(|index| (index, 0)));
        let mut seen = FxHashSet::default();
        let mut queue = vec![(0usize, start)];
        let mut positions = 0;
        while let Some((at, theirs)) = queue.pop() {
            if seen.len() > MAX_STATES || positions > MAX_POSITIONS {
                return false;
            }
            if !seen.insert((at, theirs.clone())) {
                continue;
            }
            let rest = &self.0[at.min(self.0.len())..];
            if rest.iter().all(|token| *token == Token::Many) && !accepts(others, &theirs) {
                return false;
            }
            let Some(token) = rest.first() else { continue };
            if *token == Token::Many {
                queue.push((at + 1, theirs.clone()));
            }
            let next = if *token == Token::Many { at } else { at + 1 };
            for letter in alphabet.letters(token) {
                positions += theirs.len();
                let stepped = step(others, &theirs, &letter);
                if stepped.is_empty() {
                    // Nothing of theirs goes on, while this pattern still has a text: its shortest end.
                    return false;
                }
                queue.push((next, stepped));
            }
        }
        true
    }

    /// Whether some text may match both patterns; a hole may be anything.
    pub fn may_intersect(&self, other: &Self) -> bool {
        // What both fix at their ends meets letter by letter; most patterns that do not meet differ there.
        let Some((mine, theirs)) = without_fixed_ends(&self.0, &other.0) else { return false };
        let is_open = |token: &Token| matches!(token, Token::Many | Token::Hole(_));
        if mine.is_empty() || theirs.is_empty() {
            return mine.iter().chain(theirs).all(is_open);
        }
        if matches!(mine, [token] if is_open(token)) || matches!(theirs, [token] if is_open(token)) {
            return true;
        }
        let (rows, columns) = (mine.len(), theirs.len());
        // reachable[j]: the first i positions of this and the first j of the other may spell the same text.
        let mut reachable = vec![false; columns + 1];
        for i in 0..=rows {
            let mut next = vec![false; columns + 1];
            for j in 0..=columns {
                let own = i.checked_sub(1).and_then(|i| mine.get(i));
                let their = j.checked_sub(1).and_then(|j| theirs.get(j));
                let diagonal = i > 0 && j > 0 && reachable[j - 1];
                let above = i > 0 && reachable[j];
                let left = j > 0 && next[j - 1];
                let open = |token: Option<&Token>| token.is_some_and(is_open);
                next[j] = (i == 0 && j == 0)
                    || (open(own) && (above || left || diagonal))
                    || (open(their) && (left || above || diagonal))
                    || (diagonal
                        && match (own, their) {
                            (Some(Token::Char(a)), Some(Token::Char(b))) => a == b,
                            (Some(Token::One), Some(_)) | (Some(_), Some(Token::One)) => true,
                            _ => false,
                        });
            }
            reachable = next;
        }
        reachable[columns]
    }
}

/// Two patterns without the positions at their ends at which both take exactly one letter, and may take the same; none if
/// they never take the same at one of them.
fn without_fixed_ends<'a>(mut a: &'a [Token], mut b: &'a [Token]) -> Option<(&'a [Token], &'a [Token])> {
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b)
        && let Some(meet) = first.meets(other)
    {
        if !meet {
            return None;
        }
        (a, b) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., other]) = (a, b)
        && let Some(meet) = last.meets(other)
    {
        if !meet {
            return None;
        }
        (a, b) = (rest, others);
    }
    Some((a, b))
}

/// As it is written; holes by the names of what is not known.
impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        for token in &self.0 {
            match token {
                Token::Char(character) => write!(f, "{character}")?,
                Token::Many => f.write_str("*")?,
                Token::One => f.write_str("?")?,
                Token::Hole(symbol) => f.write_str(symbol.name())?,
            }
        }
        Ok(())
    }
}

/// Matches a pattern against a word of `length` letters, of which `accepts` tells whether one position takes one.
/// Goes back to the last `*` only, which is enough: time is at most the product of the lengths.
fn walk(tokens: &[Token], length: usize, accepts: impl Fn(&Token, usize) -> bool) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while position < length {
        match tokens.get(at) {
            Some(Token::Many) => {
                retry = Some((at, position));
                at += 1;
            }
            Some(token) if accepts(token, position) => {
                at += 1;
                position += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    at = star + 1;
                    position = from + 1;
                }
                None => return false,
            },
        }
    }
    tokens.get(at..).unwrap_or_default().iter().all(|token| *token == Token::Many)
}

fn accepts_char(token: &Token, character: char) -> bool {
    match token {
        Token::Char(own) => *own == character,
        Token::One => true,
        Token::Many | Token::Hole(_) => false,
    }
}

/// The letters that matter: those spelled out in any pattern, and one that is in none.
struct Alphabet {
    letters: Vec<Letter>,
}

#[derive(Clone, PartialEq, Eq)]
enum Letter {
    Char(char),
    Other,
    Hole(Symbol),
}

impl Alphabet {
    fn of(pattern: &Glob, others: &[&Glob]) -> Self {
        let mut letters = vec![Letter::Other];
        for token in others.iter().flat_map(|glob| &glob.0).chain(&pattern.0) {
            let letter = match token {
                Token::Char(character) => Letter::Char(*character),
                Token::Hole(symbol) => Letter::Hole(symbol.clone()),
                Token::Many | Token::One => continue,
            };
            if !letters.contains(&letter) {
                letters.push(letter);
            }
        }
        Self { letters }
    }

    fn letters(&self, token: &Token) -> Vec<Letter> {
        match token {
            Token::Char(character) => vec![Letter::Char(*character)],
            Token::Hole(symbol) => vec![Letter::Hole(symbol.clone())],
            Token::One => self.letters.iter().filter(|letter| !matches!(letter, Letter::Hole(_))).cloned().collect(),
            // A hole's text is some text of characters, so `*` need not spell holes of its own.
            Token::Many => self.letters.iter().filter(|letter| !matches!(letter, Letter::Hole(_))).cloned().collect(),
        }
    }
}

fn step(globs: &[&Glob], states: &[(u32, u32)], letter: &Letter) -> Vec<(u32, u32)> {
    let moved = states.iter().filter_map(|&(index, at)| {
        let token = globs.get(index as usize)?.0.get(at as usize)?;
        let next = match (token, letter) {
            (Token::Many, _) => at,
            (Token::One, Letter::Char(_) | Letter::Other) => at + 1,
            (Token::Char(a), Letter::Char(b)) if a == b => at + 1,
            (Token::Hole(a), Letter::Hole(b)) if a == b => at + 1,
            _ => return None,
        };
        Some((index as usize, next as usize))
    });
    closure(globs, moved)
}

/// The states, and those reached by letting a `*` match nothing; sorted, each once.
fn closure(globs: &[&Glob], states: impl Iterator<Item = (usize, usize)>) -> Vec<(u32, u32)> {
    let mut closed = Vec::new();
    for (index, mut at) in states {
        loop {
            closed.push((clamp(index), clamp(at)));
            if globs.get(index).and_then(|glob| glob.0.get(at)) != Some(&Token::Many) {
                break;
            }
            at += 1;
        }
    }
    closed.sort_unstable();
    closed.dedup();
    closed
}

fn accepts(globs: &[&Glob], states: &[(u32, u32)]) -> bool {
    states.iter().any(|&(index, at)| globs.get(index as usize).is_some_and(|glob| glob.0.len() == at as usize))
}

fn clamp(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn wildcard(character: char) -> Token {
    match character {
        '*' => Token::Many,
        '?' => Token::One,
        other => Token::Char(other),
    }
}

fn push_literal(tokens: &mut Vec<Token>, literal: &str, variables: Variables, read: fn(char) -> Token) {
    let mut rest = literal;
    while let Some(character) = rest.chars().next() {
        if variables == Variables::Replaced
            && let Some(inner) = rest.strip_prefix("${")
            && let Some(end) = inner.find('}')
        {
            let name = &inner[..end];
            tokens.push(match name {
                "*" => Token::Char('*'),
                "?" => Token::Char('?'),
                "$" => Token::Char('$'),
                _ => Token::Hole(Symbol::new(format!("${{{}}}", name.to_ascii_lowercase()))),
            });
            rest = &inner[end + 1..];
            continue;
        }
        tokens.push(read(character));
        rest = &rest[character.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The plain model: every text of up to four letters, one by one.
    fn texts() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut last = texts.clone();
        for _ in 0..4 {
            last = last.iter().flat_map(|text| ["a", "b", "z"].map(|letter| format!("{text}{letter}"))).collect();
            texts.extend(last.iter().cloned());
        }
        texts
    }

    fn slow_matches(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((&'*', rest)) => (0..=text.len()).any(|skip| slow_matches(rest, &text[skip..])),
            Some((&'?', rest)) => !text.is_empty() && slow_matches(rest, &text[1..]),
            Some((first, rest)) => text.first() == Some(first) && slow_matches(rest, &text[1..]),
        }
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_plain_model(pattern in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            prop_assert_eq!(Glob::known(&pattern).matches(&text), slow_matches(&chars(&pattern), &chars(&text)));
        }

        #[test]
        fn inclusion_agrees_with_enumeration(a in "[ab*?]{0,3}", bs in prop::collection::vec("[ab*?]{0,3}", 1..4)) {
            let globs: Vec<Glob> = bs.iter().map(|b| Glob::known(b)).collect();
            let included = Glob::known(&a).covered_by(&globs.iter().collect::<Vec<_>>());
            // Patterns of three positions differ, if they do, in a text of at most four letters or in length,
            // which longer texts show in the same way.
            let by_hand = texts().iter().all(|text| {
                !slow_matches(&chars(&a), &chars(text)) || bs.iter().any(|b| slow_matches(&chars(b), &chars(text)))
            });
            prop_assert_eq!(included, by_hand);
        }

        #[test]
        fn intersection_agrees_with_enumeration(a in "[ab*?]{0,4}", b in "[ab*?]{0,4}") {
            let by_hand = texts().iter().any(|text| slow_matches(&chars(&a), &chars(text)) && slow_matches(&chars(&b), &chars(text)));
            let ours = Glob::known(&a).may_intersect(&Glob::known(&b));
            // Two patterns of four positions may meet only in a longer text, never the other way round.
            prop_assert!(ours || !by_hand);
            if !(a.contains('*') && b.contains('*')) {
                prop_assert_eq!(ours, by_hand);
            }
        }
    }

    #[test]
    fn thousands_of_patterns_are_given_up_soon() {
        let patterns: Vec<Glob> = (0..3000).map(|at| Glob::known(&format!("*a{at}*b*"))).collect();
        let start = std::time::Instant::now();
        assert!(!Glob::known("*").covered_by(&patterns.iter().collect::<Vec<_>>()));
        assert!(start.elapsed() < std::time::Duration::from_secs(60));
    }

    #[test]
    fn order_of_wildcards_does_not_matter() {
        assert!(Glob::known("?*").includes(&Glob::known("*?")));
        assert!(Glob::known("*?").includes(&Glob::known("?*")));
        assert!(!Glob::known("?*").includes(&Glob::known("*")));
    }

    #[test]
    fn a_union_covers_what_no_member_does() {
        let (a, b) = (Glob::known("a*"), Glob::known("b*"));
        assert!(Glob::known("?*").covered_by(&[&a, &b, &Glob::known("*")]));
        assert!(!Glob::known("?").covered_by(&[&a, &b]));
    }

    #[test]
    fn only_a_star_covers_what_is_not_known() {
        let bucket = Text::from(Symbol::new("aws_s3_bucket.logs.arn"));
        let objects = Glob::new(&bucket.concat(&Text::from("/*")), Variables::Replaced);
        assert!(Glob::known("*").includes(&objects));
        assert!(objects.includes(&objects));
        assert!(!objects.includes(&Glob::known("*")));
        assert!(!Glob::known("?/*").includes(&objects));
        assert!(!objects.matches("anything/x"));
    }

    #[test]
    fn variables_exist_in_new_documents_only() {
        let text = Text::from("home/${aws:username}/${*}");
        assert!(Glob::new(&text, Variables::Replaced).has_hole());
        assert!(Glob::new(&text, Variables::Literal).matches("home/${aws:username}/${x}"));
        assert!(Glob::new(&Text::from("a${*}"), Variables::Replaced).matches("a*"));
        assert!(!Glob::new(&Text::from("a${*}"), Variables::Replaced).matches("ab"));
    }

    #[test]
    fn a_hard_pattern_ends() {
        let hard = Glob::known("*a??????????????????????");
        let other = Glob::known("*b*a*b??????????????????");
        assert!(!hard.includes(&other));
    }
}
