//! Changes in place, as a person would make them.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::source::{Sources, apply};

fn file(text: &str) -> Arc<SourceFile> {
    Sources::new("/".into()).add_text("/main.tf".into(), text.as_bytes().to_vec()).unwrap()
}

fn path(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

fn set(at: &str, expression: &str) -> Change {
    Change::SetArgument { within: None, path: path(at), expression: expression.to_owned() }
}

fn changed(text: &str, changes: &[Change]) -> Result<String, EditError> {
    let file = file(text);
    let edits = edit_block(&file, file.whole(), changes)?;
    Ok(apply(text, &edits).unwrap())
}

#[track_caller]
fn gives(text: &str, changes: &[Change], want: &str) {
    let got = changed(text, changes).unwrap();
    assert_eq!(got, want, "\n{got}\n");
}

/// The place of a part of the text.
fn at(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(file(text).id(), start, start + part.len())
}

#[test]
fn an_expression_is_replaced_and_its_comment_stays() {
    gives(
        "resource \"a\" \"b\" {\n  x    = 8 # old rule\n  long = true\n}",
        &[set("x", "14")],
        "resource \"a\" \"b\" {\n  x    = 14 # old rule\n  long = true\n}",
    );
}

#[test]
fn a_new_argument_lines_up_with_its_neighbours() {
    gives(
        "resource \"a\" \"b\" {\n  x = 8 # c\n  y = [ # d\n    1\n  ]\n  z = 1\n\n  lifecycle {}\n}",
        &[set("longer", "14"), set("w", "[\n  1,\n]")],
        "resource \"a\" \"b\" {\n  x = 8 # c\n  y = [ # d\n    1\n  ]\n  z      = 1\n  longer = 14\n  w = [\n    1,\n  ]\n\n  lifecycle {}\n}",
    );
}

#[test]
fn what_is_laid_out_another_way_stays_so() {
    gives(
        "resource \"a\" \"b\" {\n  x=8\n  longer   = 1\n}",
        &[set("x", "9"), set("yy", "2")],
        "resource \"a\" \"b\" {\n  x=9\n  longer   = 1\n  yy       = 2\n}",
    );
}

#[test]
fn new_arguments_stand_before_tags_depends_on_and_blocks() {
    gives(
        "resource \"a\" \"b\" {\n  count = 1\n\n  x = 8\n\n  tags = {}\n\n  rule {\n  }\n\n  depends_on = [c.d]\n}",
        &[set("y", "1")],
        "resource \"a\" \"b\" {\n  count = 1\n\n  x = 8\n  y = 1\n\n  tags = {}\n\n  rule {\n  }\n\n  depends_on = [c.d]\n}",
    );
    gives(
        "resource \"a\" \"b\" {\n  count = 1\n  # the rule\n  rule {\n  }\n}",
        &[set("y", "1")],
        "resource \"a\" \"b\" {\n  count = 1\n\n  y = 1\n\n  # the rule\n  rule {\n  }\n}",
    );
    gives(
        "resource \"a\" \"b\" {\n  # the rule\n  rule {\n  }\n}",
        &[set("y", "1")],
        "resource \"a\" \"b\" {\n  y = 1\n\n  # the rule\n  rule {\n  }\n}",
    );
}

#[test]
fn one_line_and_empty_blocks_are_opened_up() {
    for empty in ["resource \"a\" \"b\" {}", "resource \"a\" \"b\" { }", "resource \"a\" \"b\" {\n}"] {
        gives(empty, &[set("y", "1")], "resource \"a\" \"b\" {\n  y = 1\n}");
    }
    gives(
        "resource \"a\" \"b\" { x = 1 }",
        &[set("yy", "1"), set("x", "2")],
        "resource \"a\" \"b\" {\n  x  = 2\n  yy = 1\n}",
    );
    gives(
        "resource \"a\" \"b\" {\n  # nothing\n}",
        &[set("y", "1")],
        "resource \"a\" \"b\" {\n  # nothing\n  y = 1\n}",
    );
}

#[test]
fn nested_blocks_are_entered_and_created() {
    gives(
        "resource \"a\" \"b\" {\n  x = 1\n\n  v {\n    status = \"Off\" # c\n  }\n  lifecycle {\n  }\n}",
        &[set("v.status", "\"On\""), set("r.s.t", "1"), set("r.s.uu", "2"), set("r.v", "3")],
        "resource \"a\" \"b\" {\n  x = 1\n\n  v {\n    status = \"On\" # c\n  }\n\n  r {\n    v = 3\n\n    s {\n      t  = 1\n      uu = 2\n    }\n  }\n\n  lifecycle {\n  }\n}",
    );
}

#[test]
fn objects_are_entered() {
    gives(
        "resource \"a\" \"b\" {\n  x = { k = 1 }\n  y = {\n    \"k\": 1,\n  }\n  z = {}\n}",
        &[set("x.l", "2"), set("y.l", "2"), set("z.a b", "3"), set("x.k", "0")],
        "resource \"a\" \"b\" {\n  x = { k = 0, l = 2 }\n  y = {\n    \"k\": 1,\n    l: 2,\n  }\n  z = {\n    \"a b\" = 3\n  }\n}",
    );
}

#[test]
fn what_is_doubtful_is_refused() {
    let dynamic = "resource \"a\" \"b\" {\n  dynamic \"rule\" {\n    for_each = []\n    content {\n    }\n  }\n}";
    assert_eq!(changed(dynamic, &[set("rule.x", "1")]), Err(EditError::Dynamic("rule".into())));
    let several = "resource \"a\" \"b\" {\n  rule {\n  }\n  rule {\n  }\n}";
    assert_eq!(changed(several, &[set("rule.x", "1")]), Err(EditError::Several("rule".into())));
    let computed = "resource \"a\" \"b\" {\n  rule = merge({}, local.x)\n}";
    assert_eq!(changed(computed, &[set("rule.x", "1")]), Err(EditError::NotLiteral("rule".into())));
    assert_eq!(changed(several, &[set("rule", "1")]), Err(EditError::WrongSort("rule".into())));
    assert!(matches!(changed(computed, &[set("x", "1 +")]), Err(EditError::Unsound(_))));
    assert!(matches!(changed(computed, &[set("x", "1\n}\nb {")]), Err(EditError::Unsound(_))));
}

#[test]
fn one_of_several_blocks_is_told_by_its_place() {
    let text = "data \"a\" \"b\" {\n  rule {\n    x = 1\n  }\n\n  rule {\n    x = 2\n  }\n}";
    let within = Some(at(text, "x = 2"));
    let change = Change::SetArgument { within, path: path("x"), expression: "3".into() };
    let other = Change::SetArgument { within, path: path("y"), expression: "4".into() };
    gives(
        text,
        &[change, other],
        "data \"a\" \"b\" {\n  rule {\n    x = 1\n  }\n\n  rule {\n    x = 3\n    y = 4\n  }\n}",
    );
}

#[test]
fn what_is_made_many_times_over_is_not_entered() {
    let text = "data \"a\" \"b\" {\n  dynamic \"rule\" {\n    for_each = [1]\n    content {\n      x = 1\n    }\n  }\n  y = [for i in [1] : { z = i }]\n}";
    let change = |part| Change::SetArgument { within: Some(at(text, part)), path: path("w"), expression: "3".into() };
    assert_eq!(changed(text, &[change("x = 1")]), Err(EditError::Dynamic("rule".into())));
    assert_eq!(changed(text, &[change("z = i")]), Err(EditError::NotLiteral("y".into())));
}

#[test]
fn blocks_are_inserted_behind_their_like() {
    let text = "data \"a\" \"b\" {\n  statement {\n  }\n  other {\n  }\n}";
    let insert = |after| Change::InsertBlock {
        within: None,
        path: vec![],
        after,
        text: "# why\nstatement {\n  x = [\n    1\n  ]\n}\n".into(),
    };
    gives(
        text,
        &[insert(None)],
        "data \"a\" \"b\" {\n  statement {\n  }\n\n  # why\n  statement {\n    x = [\n      1\n    ]\n  }\n\n  other {\n  }\n}",
    );
    gives(
        text,
        &[insert(Some(at(text, "other")))],
        "data \"a\" \"b\" {\n  statement {\n  }\n  other {\n  }\n\n  # why\n  statement {\n    x = [\n      1\n    ]\n  }\n}",
    );
    gives(
        "data \"a\" \"b\" {}",
        &[insert(None)],
        "data \"a\" \"b\" {\n  # why\n  statement {\n    x = [\n      1\n    ]\n  }\n}",
    );
}

#[test]
fn removals_keep_comments() {
    let text = "data \"a\" \"b\" {\n  # above\n  x = 1 # beside\n  y = 2\n\n  statement {\n    z = 3\n  }\n}";
    let remove = |at: &str| Change::RemoveArgument { within: None, path: path(at) };
    gives(
        text,
        &[remove("x"), remove("y"), remove("gone"), remove("statement.z")],
        "data \"a\" \"b\" {\n  # above\n  # beside\n\n  statement {\n  }\n}",
    );
    gives(
        text,
        &[Change::RemoveBlock { block: at(text, "z = 3") }],
        "data \"a\" \"b\" {\n  # above\n  x = 1 # beside\n  y = 2\n}",
    );
    gives("data \"a\" \"b\" { x = 1 }", &[remove("x")], "data \"a\" \"b\" {}");
    gives(
        "data \"a\" \"b\" {\n  x = { k = 1, l = 2, m = 3 }\n}",
        &[remove("x.k"), remove("x.m")],
        "data \"a\" \"b\" {\n  x = { l = 2 }\n}",
    );
}

#[test]
fn comments_within_what_goes_stand_above_it() {
    let text = "data \"a\" \"b\" {\n  x = [ # one\n    # two\n    \"a\", # three\n  ]\n  y = 2\n}";
    let kept = "data \"a\" \"b\" {\n  # one\n  # two\n  # three\n";
    gives(text, &[set("x", "[]")], &format!("{kept}  x = []\n  y = 2\n}}"));
    gives(text, &[Change::RemoveArgument { within: None, path: path("x") }], &format!("{kept}  y = 2\n}}"));
    let text = "data \"a\" \"b\" {\n  x = [\n    {\n      # c\n      y = 1\n    },\n  ]\n}";
    let item = at(text, "{\n      # c\n      y = 1\n    }");
    let list = Span { start: item.start - 6, end: item.end + 5, ..item };
    gives(text, &[Change::RemoveFromList { list, item }], "data \"a\" \"b\" {\n  x = [\n    # c\n  ]\n}");
}

#[test]
fn a_longer_value_opens_a_one_line_block_up() {
    gives(
        "resource \"a\" \"b\" {\n  rule {    /* c */ x = 1 }\n}",
        &[set("rule.x", "[\n  1,\n]")],
        "resource \"a\" \"b\" {\n  rule {\n    /* c */ x = [\n      1,\n    ]\n  }\n}",
    );
    let heredoc = "<<E\nx\nE";
    let object = "resource \"a\" \"b\" {\n  rule = { x = 1 }\n}";
    assert!(matches!(changed(object, &[set("rule.x", heredoc)]), Err(EditError::Unsound(_))));
    let comment = "resource \"a\" \"b\" {\n  rule = 1 # c\n}";
    assert!(matches!(changed(comment, &[set("rule", heredoc)]), Err(EditError::Unsound(_))));
}

#[test]
fn lists_grow_as_they_are_written() {
    for (list, want) in [
        ("[]", "[\"n\", \"m\"]"),
        ("[ ]", "[\"n\", \"m\"]"),
        ("[\"a\"]", "[\"a\", \"n\", \"m\"]"),
        ("toset([\"a\"])", "toset([\"a\", \"n\", \"m\"])"),
        ("concat(local.x, [\"a\"])", "concat(local.x, [\"a\", \"n\", \"m\"])"),
        ("[\n    \"a\",\n  ]", "[\n    \"a\",\n    \"n\",\n    \"m\",\n  ]"),
        ("[\n    \"a\" # c\n  ]", "[\n    \"a\", # c\n    \"n\",\n    \"m\"\n  ]"),
        ("[\n    \"a\", # c\n    # d\n  ]", "[\n    \"a\", # c\n    \"n\",\n    \"m\",\n    # d\n  ]"),
        ("[\n    # d\n  ]", "[\n    # d\n    \"n\",\n    \"m\",\n  ]"),
    ] {
        let text = format!("data \"a\" \"b\" {{\n  x = {list}\n}}");
        let change = Change::AppendToList { list: at(&text, list), items: vec!["\"n\"".into(), "\"m\"".into()] };
        gives(&text, &[change], &format!("data \"a\" \"b\" {{\n  x = {want}\n}}"));
    }
    let text = "data \"a\" \"b\" {\n  x = local.y\n}";
    let change = Change::AppendToList { list: at(text, "local.y"), items: vec!["1".into()] };
    assert_eq!(changed(text, &[change]), Err(EditError::NotLiteral("local.y".into())));
}

#[test]
fn lists_shrink_as_they_are_written() {
    for (list, want) in [
        ("[\"x\"]", "[]"),
        ("[\"x\", \"b\"]", "[\"b\"]"),
        ("[\"a\", \"x\"]", "[\"a\"]"),
        ("[\"a\", \"x\", \"b\"]", "[\"a\", \"b\"]"),
        ("[\n    \"a\",\n    \"x\", # why\n    \"b\"\n  ]", "[\n    \"a\",\n    # why\n    \"b\"\n  ]"),
        ("[\n    \"a\",\n    \"x\",\n  ]", "[\n    \"a\",\n  ]"),
        ("[\n    \"a\", # why\n    \"x\"\n  ]", "[\n    \"a\", # why\n  ]"),
    ] {
        let text = format!("data \"a\" \"b\" {{\n  y = {list}\n}}");
        let change = Change::RemoveFromList { list: at(&text, list), item: at(&text, "\"x\"") };
        gives(&text, &[change], &format!("data \"a\" \"b\" {{\n  y = {want}\n}}"));
    }
}

#[test]
fn changes_of_one_list_compose() {
    let text = "data \"a\" \"b\" {\n  y = [\"x\", \"b\"]\n}";
    let (list, item) = (at(text, "[\"x\", \"b\"]"), at(text, "\"x\""));
    let append = Change::AppendToList { list, items: vec!["\"c\"".into()] };
    let remove = Change::RemoveFromList { list, item };
    gives(text, &[append.clone(), remove.clone()], "data \"a\" \"b\" {\n  y = [\"b\", \"c\"]\n}");
    assert_eq!(changed(text, &[remove.clone(), append, remove]), Err(EditError::Lost));
}

#[test]
fn heredocs_are_replaced_and_written() {
    gives(
        "resource \"a\" \"b\" {\n  x = <<E\nfoo\nE\n  y = 1\n}",
        &[set("x", "1"), set("y", "<<F\nbar\n  F")],
        "resource \"a\" \"b\" {\n  x = 1\n  y = <<F\nbar\n  F\n}",
    );
}

#[test]
fn line_ends_and_tabs_are_kept() {
    gives(
        "resource \"a\" \"b\" {\r\n\tx = 1\r\n}",
        &[set("y", "[\n  1,\n]"), set("r.s", "1")],
        "resource \"a\" \"b\" {\r\n\tx = 1\r\n\ty = [\r\n\t  1,\r\n\t]\r\n\r\n\tr {\r\n\t  s = 1\r\n\t}\r\n}",
    );
}

#[test]
fn json_is_not_edited() {
    let file = Sources::new("/".into()).add_text("/main.tf.json".into(), b"{}".to_vec()).unwrap();
    assert_eq!(edit_block(&file, file.whole(), &[]), Err(EditError::Json));
}

#[test]
fn only_the_block_changes() {
    let text = "# é\na {\n}\n\nresource \"a\" \"b\" {\n  xx = 1\n}\n\nb {}\n";
    let file = file(text);
    let edits = set_arguments(&file, at(text, "resource \"a\" \"b\" {\n  xx = 1\n}"), &[(&["xx"], "2"), (&["y"], "3")]);
    let got = apply(text, &edits.unwrap()).unwrap();
    assert_eq!(got, "# é\na {\n}\n\nresource \"a\" \"b\" {\n  xx = 2\n  y  = 3\n}\n\nb {}\n");
}

/// Blocks as people write them: laid out well and badly, with comments everywhere.
const WRITTEN: &[&str] = &[
    r#"# Logs of everybody.
resource "aws_cloudtrail" "all" { # here
  name           = "all" # the name
  s3_bucket_name = aws_s3_bucket.logs.id
  # Not yet:
  # enable_logging = false
  include_global_service_events = false // later

  /* which
     events */
  event_selector {
    read_write_type = "WriteOnly" # writes
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3:::"]
    }
  }
  tags = { team = "a", "cost centre" = 1 }
  lifecycle { prevent_destroy = true }
  # the end
}"#,
    "resource aws_iam_account_password_policy p {\n\tminimum_password_length=8#short\n\tname = <<-EOT\n\t# text\n\tEOT\n}",
    "resource \"a\" \"b\" {\r\n  rule {}\r\n  tags = merge(local.tags, { # ours\r\n    a: 1,\r\n  })\r\n}",
    "resource \"a\" \"b\" { name = \"x\" }",
    "resource \"a\" \"b\" {}",
    "data \"a\" \"b\" {\n  # nothing yet\n}",
    "resource \"é\" \"b\" {\n  count = 1 # é\n\n  depends_on = [ # why\n    x.y, # because\n  ]\n}",
];

fn argument_path() -> impl Strategy<Value = Vec<String>> {
    let way = prop_oneof![
        Just(vec![]),
        Just(vec!["event_selector"]),
        Just(vec!["event_selector", "data_resource"]),
        Just(vec!["rule"]),
        Just(vec!["new", "newer"]),
    ];
    let name = prop_oneof![
        Just("name"),
        Just("tags"),
        Just("values"),
        Just("depends_on"),
        Just("minimum_password_length"),
        Just("include_global_service_events"),
        Just("kms_key_id"),
        Just("a"),
        Just("zzz"),
    ];
    (way, name).prop_map(|(mut way, name)| {
        way.push(name);
        way.into_iter().map(str::to_owned).collect()
    })
}

fn value() -> impl Strategy<Value = String> {
    let values = [
        "true",
        "14",
        "\"a # b\"",
        "aws_kms_key.trail.arn",
        "[\n  \"a\", # kept\n  \"b\",\n]",
        "{\n  a = 1\n}",
        "jsonencode({ a = [1] })",
    ];
    prop::sample::select(values.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn arguments_are_set_and_nothing_else_changes(
        written in prop::sample::select(WRITTEN.to_vec()),
        arguments in prop::collection::vec((argument_path(), value()), 1..5),
    ) {
        let text = format!("# before {{\na {{}}\n{written}\n# after\n");
        let file = file(&text);
        let block = at(&text, written);
        let change = |(path, expression): &(Vec<String>, String)| Change::SetArgument {
            within: None,
            path: path.clone(),
            expression: expression.clone(),
        };
        let changes: Vec<Change> = arguments.iter().map(change).collect();
        let Ok(edits) = edit_block(&file, block, &changes) else {
            // One of them does not fit the block; then nothing is changed at all.
            return Ok(());
        };
        prop_assert!(edits.iter().all(|edit| block.contains(edit.span)));
        let new = apply(&text, &edits).unwrap();
        let block = new.strip_prefix("# before {\na {}\n").and_then(|rest| rest.strip_suffix("\n# after\n")).unwrap();
        let tree = locate::parse(block).unwrap();
        for (index, (path, expression)) in arguments.iter().enumerate() {
            // A later one may set the same argument, or one inside of it.
            if arguments.iter().skip(index + 1).any(|(later, _)| later.starts_with(path)) {
                continue;
            }
            let (name, way) = path.split_last().unwrap();
            let mut place = locate::top(block, &tree).unwrap();
            for step in way {
                place = place.step(block, step).unwrap().unwrap();
            }
            let (_, value) = place.value(name).unwrap();
            let got = &block[hcl::edit::Span::span(value).unwrap()];
            prop_assert_eq!(scan::bare(got), scan::bare(expression), "{}", &new);
        }
        let kept = scan::comments(block);
        for comment in scan::comments(written) {
            prop_assert!(kept.contains(&comment), "{} is lost:\n{}", comment, &new);
        }
        if written.contains("\r\n") {
            prop_assert_eq!(block.matches('\n').count(), block.matches("\r\n").count());
        }
    }
}
