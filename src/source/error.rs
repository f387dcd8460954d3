//! An input that could not be read or understood in part or whole.

/// What could not be read or parsed, where, and why. Ends up in the report's `errors`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error)]
#[error("{path}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct InputError {
    /// The path as reports print it.
    pub path: String,
    /// The line, from 1, where one is known.
    pub line: Option<u32>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Of a file with more errors than this, the others are counted: nobody corrects them one by one, and a generated file
/// can have as many as it has lines.
const MAX_OF_FILE: usize = 200;

/// The errors in order, each once, of each file no more than a person reads and how many others there are.
pub fn condensed(mut errors: Vec<InputError>) -> Vec<InputError> {
    errors.sort_unstable();
    errors.dedup();
    if errors.len() <= MAX_OF_FILE {
        return errors;
    }
    let mut condensed = Vec::new();
    for of_file in errors.chunk_by(|a, b| a.path == b.path) {
        let (told, others) = of_file.split_at(of_file.len().min(MAX_OF_FILE));
        if let [first, ..] = others {
            let message = format!(
                "has {} further errors, which are not listed; correct those that are, and check again",
                others.len()
            );
            condensed.push(InputError::of_file(first.path.clone(), message));
        }
        condensed.extend_from_slice(told);
    }
    condensed.sort_unstable();
    condensed
}

impl InputError {
    /// An error about a whole file.
    pub fn of_file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, message: message.into() }
    }

    /// An error at a line of a file.
    pub fn at_line(path: impl Into<String>, line: u32, message: impl Into<String>) -> Self {
        Self { path: path.into(), line: Some(line), message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_errors_of_a_file_the_others_are_counted() {
        let error = |path: &str, line: usize| InputError::at_line(path, u32::try_from(line).unwrap(), "no");
        let mut errors: Vec<InputError> = (1..=MAX_OF_FILE + 5).rev().map(|line| error("a.tf", line)).collect();
        errors.push(error("b.tf", 7));
        errors.push(error("b.tf", 7));
        let condensed = condensed(errors);
        assert_eq!(condensed.len(), MAX_OF_FILE + 2);
        assert_eq!((condensed[0].line, condensed[0].message.starts_with("has 5 further errors")), (None, true));
        assert_eq!(condensed[1], error("a.tf", 1));
        assert_eq!(condensed.last(), Some(&error("b.tf", 7)));
    }

    #[test]
    fn few_errors_are_all_told() {
        let errors = vec![InputError::of_file("b", "x"), InputError::of_file("a", "x"), InputError::of_file("b", "x")];
        assert_eq!(condensed(errors).len(), 2);
    }
}
