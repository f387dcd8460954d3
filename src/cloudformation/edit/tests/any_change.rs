//! Any change of any template: the text says afterwards what it is to say, and keeps its comments.

use proptest::prelude::*;

use super::*;
use crate::cloudformation::edit::comments::Comments;
use crate::cloudformation::edit::document::Document;
use crate::cloudformation::edit::json::Layout;
use crate::cloudformation::edit::yaml::{Indentation, flow};
use crate::cloudformation::parse;

/// Texts that readers take for something else unless they are quoted, and others.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[ -~é\n\t]{0,12}",
        "(2012-10-17|true|on|No|~|null|0123|1e3|0x1F|12:30:45|\\*|- a|a: b|a #b|#a|\\[a|!x|=|<<|\\.5|\\+1|---)",
        "(l1\n l2\n\nl3\n|a\nb|\\$\\{A\\}/\\$\\{!B\\})",
    ]
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        Just(Node::null()),
        any::<bool>().prop_map(Node::bool),
        any::<i64>().prop_map(Node::number),
        any_text().prop_map(Node::text),
        "[A-Z][a-z]{0,4}".prop_map(Node::reference),
        any_text().prop_map(|text| Node::intrinsic("Sub", Node::text(text))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Node::list),
            prop::collection::vec((any_key(), inner.clone()), 0..4).prop_map(Node::mapping),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|items| Node::intrinsic("If", Node::list(items))),
            inner.prop_map(|node| Node::intrinsic("Base64", node)),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-d]", "(aws:SourceIp|Null|on|a b|1)", any_text()]
        .prop_filter("a function", |key| !key.starts_with("Fn::") && key != "<<")
}

/// A template with a resource of these properties.
fn template(properties: &Node) -> Node {
    let resource = Node::mapping([("Type", Node::text("A::B::C")), ("Properties", properties.clone())]);
    Node::mapping([("Resources", Node::mapping([("R", resource)]))])
}

/// The template in one of several hands, with comments where there can be some.
fn written(root: &Node, hand: u8) -> String {
    let block = |step, list| {
        let entries = root.entries().unwrap_or_default();
        let lines = Indentation { step, list }.entries(entries, 0);
        let mut text = String::from("# first\n");
        let has_text_of_lines = lines.iter().any(|line| line.contains(['|', '>']));
        for (place, line) in lines.iter().enumerate() {
            // A comment behind what is surely no text of several lines.
            let is_plain = !line.contains('"') && !has_text_of_lines;
            let comment = if line.ends_with([':', 'd']) && is_plain && hand.is_multiple_of(2) {
                format!("  # {place}")
            } else {
                String::new()
            };
            text.extend([line.as_str(), &comment, "\n"]);
        }
        text
    };
    match hand {
        0 | 1 => block(2, 2),
        2 | 3 => block(4, 0),
        4 => flow(root) + "\n",
        5 => Layout::Lines { step: "  ".to_owned() }.value(root, "") + "\n",
        _ => Layout::Line { spaced: false }.value(root, ""),
    }
}

/// The paths of all that is in a node.
fn paths(node: &Node, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    found.push(path.clone());
    let steps: Vec<(String, &Node)> = match &node.content {
        Content::Mapping(entries) => entries.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Content::List(items) => items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    for (step, value) in steps {
        path.push(step);
        paths(value, path, found);
        path.pop();
    }
}

fn comments(text: &str) -> Vec<String> {
    let tree = parse(text).0.unwrap();
    let found = Comments::of(&tree, text);
    let mut found: Vec<String> =
        found.within(0..text.len()).iter().map(|comment| text[comment.clone()].trim_end().to_owned()).collect();
    found.sort();
    found
}

fn read(text: &str) -> Node {
    let file = file(text);
    Document::new(&file).and_then(|document| document.root()).unwrap()
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(node in any_node(), hand in 0u8..7) {
        let root = template(&Node::mapping([("P", node)]));
        let text = written(&root, hand);
        prop_assert_eq!(read(&text), root, "{}", text);
    }

    #[test]
    fn a_change_says_what_it_is_to_say(
        node in any_node(),
        hand in 0u8..7,
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0u8..4, any_node()), 1..4),
    ) {
        let root = template(&Node::mapping([("P", node), ("Q", Node::bool(true))]));
        let text = written(&root, hand);
        let mut found = Vec::new();
        let properties = root.at(&["Resources", "R", "Properties"]).unwrap();
        paths(properties, &mut Vec::new(), &mut found);
        found.remove(0);
        let mut expected = root.clone();
        let mut changes = Vec::new();
        for (pick, kind, value) in picks {
            let path = pick.get(&found).clone();
            let change = match kind {
                0 => Change::Set { path, value },
                1 => Change::Append { path, items: vec![value] },
                2 => Change::Remove { path },
                _ => Change::Rename { path, name: "Renamed".to_owned() },
            };
            let change = change.below(&["Resources", "R", "Properties"]);
            let mut next = expected.clone();
            if change.apply(&mut next, &|_| false).is_ok() {
                expected = next;
                changes.push(change);
            }
        }
        let target = file(&text);
        match change(&target, &changes) {
            Ok(edits) => {
                let after = apply(&text, &edits).unwrap();
                prop_assert_eq!(read(&after), expected, "{}", after);
                if hand < 5 {
                    prop_assert_eq!(comments(&text), comments(&after), "{}\n{}", text, after);
                }
            }
            Err(error) => prop_assert!(false, "{error}: {changes:?}\n{text}"),
        }
    }
}
