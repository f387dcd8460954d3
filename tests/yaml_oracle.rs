//! Templates without functions hold what any YAML parser reads: `inspect` against `serde_yaml`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod common;

use baselint::rules::REGISTRY;
use serde_json::Value;

/// Text that looks like a date or number is what differs between versions of YAML; as text both are the same.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(map) => {
            let entries: serde_json::Map<String, Value> = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), normal(value)))
                .collect();
            Value::Object(entries)
        }
        Value::String(text) => Value::String(text.clone()),
        other => Value::String(other.to_string()),
    }
}

#[test]
fn plain_values_are_read_as_any_parser_reads_them() {
    let mut compared = 0;
    for rule in REGISTRY {
        let blocks = common::blocks(rule.metadata.documentation);
        for block in blocks.iter().filter(|block| block.info[0] == "cloudformation") {
            if ["!", "Ref:", "Fn::", "Parameters:"].iter().any(|word| block.text.contains(word)) {
                continue;
            }
            let tree = tempfile::tempdir().unwrap();
            common::write(tree.path(), "template.yaml", &block.text);
            let output = common::baselint(tree.path(), &["inspect", "--format", "json"]);
            let ours: Value = serde_json::from_slice(&output.stdout).unwrap();
            let theirs: Value = serde_yaml::from_str(&block.text).unwrap();
            for resource in ours["roots"][0]["resources"].as_array().unwrap() {
                let name = resource["address"].as_str().unwrap();
                let properties = &theirs["Resources"][name]["Properties"];
                let properties = if properties.is_null() { &Value::Object(serde_json::Map::new()) } else { properties };
                assert_eq!(normal(&resource["values"]), normal(properties), "{}: {name}", rule.metadata.id);
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "only {compared} resources without functions");
}
