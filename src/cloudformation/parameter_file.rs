//! Files of parameters, as the tools that deploy templates take them.

use thiserror::Error;

use super::tree::{Content, NodeId, Tree};
use super::yaml;

/// Why a file of parameters cannot be used.
#[derive(Clone, PartialEq, Eq, Error, Debug)]
pub enum ParameterFileError {
    /// It is neither JSON nor YAML.
    #[error("byte {offset}: {message}")]
    Syntax {
        /// Where reading ended.
        offset: usize,
        /// Why.
        message: String,
    },
    /// It has another shape.
    #[error(
        "expected a list of ParameterKey and ParameterValue, a map under Parameters, or a map of names to texts, \
         in JSON or YAML"
    )]
    Shape,
}

/// The names and values in a file of parameters, JSON or YAML: the list of `aws cloudformation create-stack`, the
/// configuration file of a pipeline and of `aws cloudformation deploy`, or a plain map. Lists become texts with commas, as
/// CloudFormation takes them. What keeps its previous value, or says nothing, is left out.
pub fn read_parameters(text: &str) -> Result<Vec<(String, String)>, ParameterFileError> {
    let (tree, error) = super::read_document(text, |text| yaml::parse(text, false, |_| true));
    if let Some(error) = error {
        return Err(ParameterFileError::Syntax { offset: error.offset, message: error.message });
    }
    // A file without anything gives nothing.
    let Some(tree) = tree else { return Ok(Vec::new()) };
    let root = tree.root();
    if let Some(entries) = tree.sequence(root) {
        let of_entry = |&entry| -> Result<Option<(String, String)>, ParameterFileError> {
            // `Name=Value`, as the command line takes it.
            if let Some((name, value)) = tree.scalar(entry).and_then(|pair| pair.split_once('=')) {
                return Ok(Some((name.to_owned(), value.to_owned())));
            }
            let name =
                tree.get(entry, "ParameterKey").and_then(|key| tree.scalar(key)).ok_or(ParameterFileError::Shape)?;
            let Some(value) = tree.get(entry, "ParameterValue") else { return Ok(None) };
            Ok(Some((name.to_owned(), text_of(&tree, value)?)))
        };
        return entries.iter().filter_map(|entry| of_entry(entry).transpose()).collect();
    }
    let parameters = tree.get(root, "Parameters").filter(|&node| tree.mapping(node).is_some()).unwrap_or(root);
    let pairs = tree.mapping(parameters).ok_or(ParameterFileError::Shape)?;
    let of_pair = |(key, value): (NodeId, NodeId)| {
        let name = tree.scalar(key).ok_or(ParameterFileError::Shape)?;
        Ok((name.to_owned(), text_of(&tree, value)?))
    };
    pairs.map(of_pair).collect()
}

fn text_of(tree: &Tree<'_>, value: NodeId) -> Result<String, ParameterFileError> {
    match &tree.node(value).content {
        Content::Scalar(text, _) => Ok(text.clone().into_owned()),
        Content::Sequence(_) => {
            let items = tree.sequence(value).unwrap_or_default().iter();
            let items: Option<Vec<&str>> = items.map(|&item| tree.scalar(item)).collect();
            items.map(|items| items.join(",")).ok_or(ParameterFileError::Shape)
        }
        Content::Mapping(_) => Err(ParameterFileError::Shape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        read_parameters(text).unwrap()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_shape_is_read() {
        let expected = [pair("Env", "prod"), pair("Account", "012345678901")];
        let list = r#"[{"ParameterKey": "Env", "ParameterValue": "prod"},
            {"ParameterKey": "Old", "UsePreviousValue": true},
            {"ParameterKey": "Account", "ParameterValue": "012345678901"}]"#;
        assert_eq!(pairs(list), expected);
        assert_eq!(pairs(r#"{"Parameters": {"Env": "prod", "Account": "012345678901"}, "Tags": {}}"#), expected);
        assert_eq!(pairs("Env: prod\nAccount: 012345678901\n"), expected);
        assert_eq!(pairs("Parameters:\n  Env: prod\n  Account: 012345678901\n"), expected);
        assert_eq!(pairs("- Env=prod\n- Account=012345678901\n"), expected);
        assert_eq!(pairs("Subnets: [a, b]\nOn: yes\n"), [pair("Subnets", "a,b"), pair("On", "yes")]);
        assert_eq!(pairs(""), []);
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in ["just text", "[1, 2]", "{a: {b: c}}", r#"{"Parameters": {"a": {"b": 1}}}"#] {
            assert_eq!(read_parameters(text), Err(ParameterFileError::Shape), "{text}");
        }
        assert!(matches!(read_parameters("{\"a\": "), Err(ParameterFileError::Syntax { .. })));
    }
}
