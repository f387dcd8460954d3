//! How long a policy is, as AWS counts.

use crate::value::{Kind, Value, json};

/// The characters of a policy without white space between its parts, as IAM counts them for its quotas; none where
/// part of it is not known. What stands in place of an unknown name would have to be guessed.
/// Source: AWS IAM User Guide, "IAM and AWS STS quotas".
pub fn size(policy: &Value) -> Option<usize> {
    let mut total = 0;
    // A document as deep as one that is read.
    add(policy, 0, &mut total).then_some(total)
}

fn add(value: &Value, depth: usize, total: &mut usize) -> bool {
    if depth > json::MAX_DEPTH {
        return false;
    }
    match &value.kind {
        Kind::Null => *total += "null".len(),
        Kind::Bool(known) => *total += if *known { "true".len() } else { "false".len() },
        Kind::Number(number) => *total += number.to_string().len(),
        Kind::Text(text) => {
            let text = text.expanded();
            let Some(known) = text.as_str() else { return false };
            *total += written(known);
        }
        Kind::List(list) => {
            *total += 2 + list.len().saturating_sub(1);
            return list.iter().all(|item| add(item, depth + 1, total));
        }
        Kind::Map(map) => {
            *total += 2 + map.len().saturating_sub(1);
            for entry in map.entries() {
                let Some(key) = entry.key.as_str() else { return false };
                *total += written(key) + 1;
                if !add(&entry.value, depth + 1, total) {
                    return false;
                }
            }
        }
        Kind::Unknown(_) | Kind::OneOf(_) => return false,
    }
    true
}

/// The characters of a string in JSON, its quotes among them.
fn written(text: &str) -> usize {
    let escaped = text.chars().filter(|character| matches!(character, '"' | '\\')).count();
    // IAM leaves out white space wherever it stands.
    let spaces = text.chars().filter(|character| character.is_whitespace()).count();
    2 + text.chars().count() + escaped - spaces
}
