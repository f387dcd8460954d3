//! Against what the provider made of the same code, and on values that are known only in part.

use hcl::{Body, Structure};

use super::render;
use crate::source::{Sources, Span};
use crate::terraform::functions::facts::value_of;
use crate::terraform::spread;
use crate::value::{Encoding, Entry, Symbol, Text, Value, Why};

/// The arguments of a block as the evaluator gives them: blocks of one kind are a list.
fn arguments(body: &Body) -> Value {
    let mut entries: Vec<Entry> = Vec::new();
    let mut blocks: Vec<(String, Vec<Value>)> = Vec::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                entries.push(Entry::new(attribute.key.as_str(), value_of(&attribute.expr)));
            }
            Structure::Block(block) => {
                let name = block.identifier.as_str();
                let value = arguments(&block.body);
                match blocks.iter_mut().find(|(known, _)| known == name) {
                    Some((_, values)) => values.push(value),
                    None => blocks.push((name.to_owned(), vec![value])),
                }
            }
        }
    }
    entries.extend(blocks.into_iter().map(|(name, values)| Entry::new(name, Value::tuple(values))));
    Value::object(entries)
}

fn parsed(source: &str) -> Value {
    arguments(&hcl::parse(source).unwrap())
}

fn compact(document: Value) -> String {
    Text::encoding(document, Encoding::CompactJson).to_string()
}

fn error(document: &Value) -> String {
    match &document.as_unknown().expect("an error").why {
        Why::Error(message) => message.to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn the_provider_agrees() {
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("../../../testdata/terraform/policy_documents/provider.json")).unwrap();
    let body = hcl::parse(include_str!("../../../testdata/terraform/policy_documents/documents.tf")).unwrap();
    let mut compared = 0;
    for block in body.blocks() {
        let name = block.labels()[1].as_str();
        let document = render(&arguments(block.body()));
        let text = Text::encoding(document, Encoding::IndentedJson);
        assert_eq!(text.as_str(), expected[name].as_str(), "{name}");
        compared += 1;
    }
    assert_eq!(compared, expected.as_object().unwrap().len());
}

#[test]
fn what_the_provider_refuses_is_an_error() {
    let sources = |json: &str| parsed(&format!("source_policy_documents = [{json:?}]"));
    assert!(error(&render(&sources("{"))).contains("not JSON"));
    assert!(error(&render(&sources("[]"))).contains("object"));
    assert!(error(&render(&sources(r#"{"Statement":{}}"#))).contains("list"));
    assert!(error(&render(&sources(r#"{"Statement":[{"Sid":"a"},{"Sid":"a"}]}"#))).contains("duplicate Sid"));
    assert!(
        error(&render(&parsed("statement {\n sid = \"a\"\n}\nstatement {\n sid = \"a\"\n}\n"))).contains("duplicate")
    );
    let old = parsed("version = \"2008-10-17\"\nstatement {\n resources = [\"&{aws:username}\"]\n}\n");
    assert!(error(&render(&old)).contains("2008-10-17"));
}

#[test]
fn what_is_not_known_stays_in_its_place() {
    let document = render(&parsed(
        "statement {\n actions = [\"s3:*\", more]\n resources = bucket\n principals {\n type = \"AWS\"\n identifiers = who\n }\n}\n",
    ));
    assert_eq!(
        compact(document),
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:*\",${more}],\
         \"Resource\":${bucket},\"Principal\":{\"AWS\":${who...}}}]}"
    );
}

#[test]
fn an_unknown_source_document_is_some_statements() {
    let unknown = Value::unknown(Symbol::new("var.base"), Why::Input("var.base".into()));
    let known = parsed("statement {\n actions = [\"*\"]\n}\n");
    let mut entries = known.as_map().unwrap().entries().to_vec();
    entries.push(Entry::new("source_policy_documents", Value::tuple(vec![unknown])));
    let document = render(&Value::object(entries));
    let statements = document.get("Statement").unwrap().as_list().unwrap().items().to_vec();
    assert!(spread::is_element(&statements[0]));
    assert_eq!(statements[1].get("Action"), Some(&Value::text("*")));
}

#[test]
fn alternatives_of_a_source_give_alternative_documents_and_inner_ones_stay_inside() {
    let json = |action: &str| Value::text(format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"{action}"}}]}}"#));
    let either = Value::one_of([json("a"), json("b")], Value::null);
    let arguments = Value::object(vec![Entry::new("source_policy_documents", Value::tuple(vec![either]))]);
    assert_eq!(render(&arguments).alternatives().len(), 2);

    let action = Value::one_of([Value::text("*"), Value::text("s3:Get*")], Value::null);
    let statement = Value::object(vec![Entry::new("actions", Value::tuple(vec![action.clone()]))]);
    let document = render(&Value::object(vec![Entry::new("statement", Value::tuple(vec![statement]))]));
    let statements = document.get("Statement").unwrap().as_list().unwrap().items().to_vec();
    assert_eq!(statements[0].get("Action"), Some(&action));
}

#[test]
fn every_part_knows_where_it_was_written() {
    let sources = Sources::new("/".into());
    let file = sources.add_text("/a.tf".into(), b"actions = [\"*\"]".to_vec()).unwrap();
    let star = Value::text("*").at(Span::new(file.id(), 11, 14));
    let actions = Value::tuple(vec![star]).at(Span::new(file.id(), 10, 15));
    let argument = Entry { key: "actions".into(), key_origin: Some(Span::new(file.id(), 0, 7)), value: actions };
    let statement = Value::object(vec![argument]).at(file.whole());
    let document = render(&Value::object(vec![Entry::new("statement", Value::tuple(vec![statement]))]));
    let statement = &document.get("Statement").unwrap().as_list().unwrap().items()[0];
    assert_eq!(statement.origin, Some(file.whole()));
    let action = statement.as_map().unwrap().entry("Action").unwrap();
    assert_eq!(file.slice(action.key_origin.unwrap()), "actions");
    assert_eq!(file.slice(action.value.origin.unwrap()), "\"*\"");
}
