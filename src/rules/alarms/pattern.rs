//! Filter patterns for events in JSON, as far as filters of trails use them. Source: Amazon CloudWatch Logs User Guide,
//! "Filter pattern syntax", "Using filter patterns to match terms in JSON log events".

/// Parentheses within parentheses; AWS takes patterns of 1,024 characters.
const MAX_DEPTH: usize = 64;

/// An event, as the paths and values of its fields.
pub(super) type Event<'e> = [(&'e str, &'e str)];

/// A filter pattern.
#[derive(Debug)]
pub(super) enum Pattern {
    All(Vec<Self>),
    Any(Vec<Self>),
    Is { path: String, value: String, negated: bool },
    Exists { path: String, negated: bool },
}

impl Pattern {
    /// Reads a pattern. None where it is none for JSON, or uses what is not known here.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
        let mut rest = inner;
        let pattern = any(&mut rest, 0)?;
        rest.trim().is_empty().then_some(pattern)
    }

    /// Whether an event matches.
    pub(super) fn matches(&self, event: &Event) -> bool {
        let field = |path: &str| event.iter().find(|(own, _)| *own == path).map(|(_, value)| *value);
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(event)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(event)),
            // What is not there is not equal either.
            Self::Is { path, value, negated } => field(path).map_or(*negated, |own| like(value, own) != *negated),
            Self::Exists { path, negated } => field(path).is_some() != *negated,
        }
    }
}

/// Whether a text is like a pattern with stars.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            after.is_empty() || (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| like(after, rest)))
        }),
    }
}

fn any(rest: &mut &str, depth: usize) -> Option<Pattern> {
    let mut parts = vec![all(rest, depth)?];
    while take(rest, "||") {
        parts.push(all(rest, depth)?);
    }
    Some(Pattern::Any(parts))
}

fn all(rest: &mut &str, depth: usize) -> Option<Pattern> {
    let mut parts = vec![unit(rest, depth)?];
    while take(rest, "&&") {
        parts.push(unit(rest, depth)?);
    }
    Some(Pattern::All(parts))
}

fn unit(rest: &mut &str, depth: usize) -> Option<Pattern> {
    if depth > MAX_DEPTH {
        return None;
    }
    if take(rest, "(") {
        let inner = any(rest, depth + 1)?;
        return take(rest, ")").then_some(inner);
    }
    if !take(rest, "$.") {
        return None;
    }
    let path = word(rest)?;
    if take(rest, "NOT EXISTS") || take(rest, "IS NULL") {
        return Some(Pattern::Exists { path, negated: true });
    }
    if take(rest, "EXISTS") {
        return Some(Pattern::Exists { path, negated: false });
    }
    for (name, value) in [("IS TRUE", "true"), ("IS FALSE", "false")] {
        if take(rest, name) {
            return Some(Pattern::Is { path, value: value.to_owned(), negated: false });
        }
    }
    let negated = take(rest, "!=");
    (negated || take(rest, "=")).then_some(())?;
    let value = if take(rest, "\"") {
        let (value, after) = rest.split_once('"')?;
        *rest = after;
        value.to_owned()
    } else {
        word(rest)?
    };
    Some(Pattern::Is { path, value, negated })
}

/// Takes a sign or words, if they come next.
fn take(rest: &mut &str, sign: &str) -> bool {
    let trimmed = rest.trim_start();
    match trimmed.strip_prefix(sign) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

/// Takes a name, a path or a value without quotation marks.
fn word(rest: &mut &str) -> Option<String> {
    let trimmed = rest.trim_start();
    let is_part = |character: char| character.is_alphanumeric() || "._-:*/@".contains(character);
    let end = trimmed.find(|character| !is_part(character)).unwrap_or(trimmed.len());
    let (word, after) = trimmed.split_at_checked(end)?;
    *rest = after;
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: [(&str, &str); 2] = [("userIdentity.type", "Root"), ("eventType", "AwsApiCall")];

    #[test]
    fn the_patterns_that_people_use() {
        let matches = |pattern: &str, event: &Event| Pattern::parse(pattern).unwrap().matches(event);
        let root = r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#;
        assert!(matches(root, &ROOT));
        assert!(!matches(root, &[("userIdentity.type", "Root"), ("eventType", "AwsServiceEvent")]));
        let denied = r#"{($.errorCode = "*UnauthorizedOperation") || ($.errorCode = AccessDenied*)}"#;
        assert!(matches(denied, &[("errorCode", "Client.UnauthorizedOperation")]));
        assert!(matches(denied, &[("errorCode", "AccessDeniedException")]));
        assert!(!matches(denied, &[("errorCode", "Throttling")]));
        let grouped =
            "{($.eventSource=kms.amazonaws.com)&&(($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion))}";
        assert!(matches(grouped, &[("eventSource", "kms.amazonaws.com"), ("eventName", "DisableKey")]));
        assert!(!matches(grouped, &[("eventSource", "iam.amazonaws.com"), ("eventName", "DisableKey")]));
    }

    #[test]
    fn what_is_not_understood_is_not_read() {
        for text in ["ERROR", "{ $.a = }", "{ a = b }", "{ ($.a = b }", "{ $.a > 3 }"] {
            assert!(Pattern::parse(text).is_none(), "{text}");
        }
        assert!(Pattern::parse(&format!("{{ {}$.a = b", "(".repeat(100_000))).is_none());
    }
}
