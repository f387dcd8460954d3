//! The text of a `Sub`: literal pieces and variables.

/// A piece of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    /// Characters that stand for themselves.
    Literal(String),
    /// What stands between `${` and `}`.
    Variable(String),
}

/// Cuts a text at its variables. `${!Name}` is the literal `${Name}`; what cannot be a variable's name is literal too.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        push_literal(&mut pieces, before);
        let Some((name, after)) = behind.split_once('}') else {
            push_literal(&mut pieces, "${");
            rest = behind;
            break;
        };
        let name = name.trim();
        if is_variable(name) {
            pieces.push(Piece::Variable(name.to_owned()));
            rest = after;
        } else {
            push_literal(&mut pieces, "${");
            rest = match name.strip_prefix('!') {
                Some(_) => behind.trim_start().strip_prefix('!').unwrap_or(behind),
                None => behind,
            };
        }
    }
    push_literal(&mut pieces, rest);
    pieces
}

/// The text of pieces, and whether there is a variable among them: without one it is the text itself and no argument
/// of `Sub`.
pub(super) fn text(pieces: &[Piece]) -> (String, bool) {
    let has_variable = pieces.iter().any(|piece| matches!(piece, Piece::Variable(_)));
    let mut merged = Vec::new();
    for piece in pieces {
        match piece {
            // Merged first: two pieces together may look like a variable.
            Piece::Literal(text) => push_literal(&mut merged, text),
            Piece::Variable(_) => merged.push(piece.clone()),
        }
    }
    let write = |piece: &Piece| match piece {
        Piece::Literal(text) if has_variable => escaped(text),
        Piece::Literal(text) => text.clone(),
        Piece::Variable(name) => format!("${{{name}}}"),
    };
    (merged.iter().map(write).collect(), has_variable)
}

/// A literal as it is written beside variables: `${!Name}` for `${Name}`.
fn escaped(literal: &str) -> String {
    let mut written = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some((before, behind)) = rest.split_once("${") {
        written.push_str(before);
        written.push_str("${");
        let name = behind.split_once('}').map(|(name, _)| name.trim());
        if name.is_some_and(|name| is_variable(name) || name.starts_with('!')) {
            written.push('!');
        }
        rest = behind;
    }
    written.push_str(rest);
    written
}

/// The resource or parameter that a variable names: what stands before the first dot.
pub(super) fn name_of(variable: &str) -> &str {
    variable.split_once('.').map_or(variable, |(name, _)| name)
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Literal(literal)) => literal.push_str(text),
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_and_literals() {
        let variable = |name: &str| Piece::Variable(name.to_owned());
        let literal = |text: &str| Piece::Literal(text.to_owned());
        assert_eq!(
            pieces("arn:${AWS::Partition}:${ A.B }/${!aws:username} ${x y} ${"),
            [
                literal("arn:"),
                variable("AWS::Partition"),
                literal(":"),
                variable("A.B"),
                literal("/${aws:username} ${x y} ${")
            ]
        );
    }

    #[test]
    fn without_variables_it_is_the_text_itself() {
        assert_eq!(text(&pieces("a/${!b}")), ("a/${b}".to_owned(), false));
        assert_eq!(text(&pieces("${c}/${!b}")), ("${c}/${!b}".to_owned(), true));
        assert_eq!(
            text(&[Piece::Literal("$".into()), Piece::Literal("{a}".into()), Piece::Variable("b".into())]).0,
            "${!a}${b}"
        );
    }

    proptest! {
        #[test]
        fn pieces_come_back(written in "[a$!{}.: ]{0,16}") {
            let cut = pieces(&written);
            let (again, has_variable) = text(&cut);
            if has_variable {
                prop_assert_eq!(pieces(&again), cut);
            }
        }
    }
}
