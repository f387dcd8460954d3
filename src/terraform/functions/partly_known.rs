//! What functions make of arguments that are known only in part. A name alone (`x`) is an unknown.

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::facts::{Nowhere, evaluate};
use super::{Environment, call};
use crate::source::{SourceFile, Sources};
use crate::value::{Encoding, Kind, Symbol, Text, TextBuilder, Value, Why};

fn unknown(name: &str) -> Value {
    Value::unknown(Symbol::new(name), Why::Input(name.into()))
}

/// `before${x}after`
fn around(before: &str, after: &str) -> Value {
    let mut builder = TextBuilder::new();
    builder.push_str(before);
    builder.push_symbol(Symbol::new("x"));
    builder.push_str(after);
    Value::text(builder.finish())
}

fn either(a: &str, b: &str) -> Value {
    Value::one_of([Value::text(a), Value::text(b)], Value::null)
}

fn apply(name: &str, arguments: impl IntoIterator<Item = Value>) -> Value {
    call(name, arguments.into_iter().collect(), &Nowhere)
}

fn shown(source: &str) -> String {
    evaluate(source).canonical()
}

#[test]
fn an_unknown_argument_names_the_result_and_says_why() {
    let result = apply("md5", [unknown("var.x")]);
    let result = result.as_unknown().unwrap();
    assert_eq!(result.symbol.name(), "md5(var.x)");
    assert_eq!(result.why, Why::Input("var.x".into()));
}

#[test]
fn an_error_comes_before_an_unknown() {
    let result = evaluate("cidrsubnet(x, jsondecode(\"{\"), y)");
    assert!(matches!(result.as_unknown().unwrap().why, Why::Error(_)));
    assert!(matches!(evaluate("upper([x])").as_unknown().unwrap().why, Why::Error(_)));
}

#[test]
fn the_clock_and_the_dice_are_not_known() {
    for source in ["timestamp()", "uuid()", "bcrypt(\"x\")", "plantimestamp()"] {
        assert!(matches!(evaluate(source).as_unknown().unwrap().why, Why::Runtime(_)), "{source}");
    }
    assert!(matches!(evaluate("provider::aws::arn_parse(\"x\")").as_unknown().unwrap().why, Why::Unsupported(_)));
}

#[test]
fn lists_keep_what_is_known() {
    assert_eq!(shown("concat([\"iam:*\"], more)"), "[\"iam:*\",more...,]");
    assert_eq!(shown("flatten([[\"a\"], [x, [\"b\"]]])"), "[\"a\",x...,\"b\",]");
    assert_eq!(shown("compact([\"a\", x, \"\"])"), "[\"a\",x,]?x");
    assert_eq!(shown("distinct([x, \"a\", x])"), "[x,\"a\",]?x");
    assert_eq!(shown("toset([\"b\", x, \"a\"])"), "[\"a\",\"b\",x,]");
    assert_eq!(shown("length([x, y])"), "2");
    assert_eq!(shown("element([\"a\", x], 0)"), "\"a\"");
    assert_eq!(shown("element(concat([\"a\"], more), 0)"), "\"a\"");
    assert_eq!(shown("contains([\"a\", x], \"a\")"), "true");
    assert_eq!(shown("one([x])"), "x");
    assert!(evaluate("length(concat([\"a\"], more))").is_unknown());
    assert!(evaluate("length(toset([\"a\", x]))").is_unknown());
    assert!(evaluate("contains([\"a\", x], \"b\")").is_unknown());
    assert!(evaluate("element(concat([\"a\"], more), 1)").is_unknown());
}

#[test]
fn merging_an_unknown_map_loses_nothing_and_pretends_nothing() {
    let result = evaluate("merge({a = 1, b = 2}, more, {b = 3})");
    assert_eq!(result.get("b"), Some(&Value::integer(3)));
    let a = result.get("a").unwrap();
    assert_eq!(a.alternatives()[0], Value::integer(1));
    assert!(a.alternatives()[1].is_unknown());
    assert!(evaluate("length(merge({a = 1}, more))").is_unknown());
    assert!(evaluate("lookup(merge(more, {a = 1}), \"c\")").is_unknown());
    assert_eq!(shown("lookup(merge(more, {a = 1}), \"a\")"), "1");
    assert!(evaluate("merge(more)").is_unknown());
}

#[test]
fn an_unknown_key_gives_any_of_the_values() {
    let result = evaluate("lookup({dev = \"a\", prod = \"b\"}, env, \"c\")");
    assert_eq!(result.alternatives(), [Value::text("a"), Value::text("b"), Value::text("c")]);
    assert_eq!(evaluate("element([\"a\", \"b\"], index)").alternatives().len(), 2);
    assert_eq!(shown("values({a = x, b = 1})"), "[x,1,]");
    assert_eq!(shown("zipmap([\"a\"], [x])"), "{a=x,}");
}

#[test]
fn coalesce_may_stop_at_what_is_not_known() {
    assert_eq!(evaluate("coalesce(x, \"a\", \"b\")").alternatives(), [unknown("x"), Value::text("a")]);
    assert_eq!(shown("coalesce(\"a\", x)"), "\"a\"");
    assert_eq!(apply("coalesce", [around("a", ""), Value::text("b")]), around("a", ""));
}

#[test]
fn texts_keep_their_symbols() {
    assert_eq!(shown("join(\",\", [\"a\", x])"), "\"a,${x}\"");
    assert_eq!(shown("format(\"arn:aws:s3:::%s/*\", x)"), "\"arn:aws:s3:::${x}/*\"");
    assert_eq!(shown("formatlist(\"%s/%s\", x, [\"a\", y])"), "[\"${x}/a\",\"${x}/${y}\",]");
    assert_eq!(apply("upper", [around("a", "b")]).canonical(), "\"A${upper(x)}B\"");
    assert_eq!(apply("trimprefix", [around("https://", "/y"), Value::text("https://")]), around("", "/y"));
    assert_eq!(apply("trimsuffix", [around("a", "/*"), Value::text("/*")]), around("a", ""));
    assert_eq!(apply("startswith", [around("arn:", ""), Value::text("s3:")]), Value::bool(false));
    assert!(apply("startswith", [around("arn:", ""), Value::text("arn:aws:")]).is_unknown());
    assert_eq!(
        apply("replace", [around("https://a", "b"), Value::text("https://"), Value::text("")]).canonical(),
        "\"a${replace(x, \"https://\", \"\")}b\""
    );
    assert_eq!(shown("replace(\"role/NAME\", \"NAME\", x)"), "\"role/${x}\"");
    assert_eq!(
        apply("split", [Value::text(":"), around("arn:aws:", ":y")]).canonical(),
        "[\"arn\",\"aws\",\"${x}\",\"y\",]"
    );
    assert!(apply("split", [Value::text(","), around("", "")]).is_unknown());
    assert_eq!(apply("substr", [around("arn:", "x"), Value::integer(0), Value::integer(3)]), Value::text("arn"));
    assert!(apply("base64encode", [around("a", "")]).is_unknown());
}

#[test]
fn alternatives_go_through() {
    assert_eq!(apply("upper", [either("a", "b")]).alternatives(), [Value::text("A"), Value::text("B")]);
    let joined = apply("join", [Value::text(":"), Value::tuple(vec![Value::text("s3"), either("*", "Get*")])]);
    assert_eq!(joined.alternatives(), [Value::text("s3:*"), Value::text("s3:Get*")]);
    let many = (0..6).map(|_| either("a", "b"));
    let result = apply("format", [Value::text("%s%s%s%s%s%s")].into_iter().chain(many));
    // All sixty-four are too many.
    assert!(matches!(result.as_unknown().unwrap().why, Why::Budget(_)));
}

#[test]
fn encoded_text_gives_the_value_back() {
    let text = evaluate("jsonencode({Statement = [{Action = x}], B = 1})");
    assert_eq!(text.to_text().unwrap().to_string(), r#"{"B":1,"Statement":[{"Action":${x}}]}"#);
    let back = apply("jsondecode", [text]);
    assert_eq!(back.canonical(), "{B=1,Statement=[{Action=x,},],}");
    let document = Value::text(Text::encoding(unknown("x"), Encoding::CompactJson));
    assert_eq!(apply("jsondecode", [document]), unknown("x"));
}

#[test]
fn nothing_runs_away() {
    let why = |source: &str| evaluate(source).as_unknown().expect(source).why.clone();
    assert!(matches!(why("format(\"%999999999d\", 1)"), Why::Budget(_)));
    assert!(matches!(why("indent(1000000000, \"a\\nb\")"), Why::Budget(_)));
    assert!(matches!(why("setproduct(range(1000), range(1000))"), Why::Budget(_)));
    assert!(matches!(why("yamldecode(\"a: &a [*a]\")"), Why::Error(_)));
    let deep = format!("yamldecode({:?})", "[".repeat(10_000));
    assert!(matches!(why(&deep), Why::Error(_)));
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let previous = format!("*a{}", level - 1);
        let aliases = vec![previous; 10].join(",");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    assert!(matches!(apply("yamldecode", [Value::text(bomb)]).as_unknown().unwrap().why, Why::Budget(_)));
    let mut value = Value::tuple(Vec::new());
    for _ in 0..60 {
        value = Value::tuple(vec![value.clone(), value]);
    }
    assert!(apply("flatten", [value.clone()]).is_unknown());
    assert!(apply("yamlencode", [value.clone()]).is_unknown());
    assert!(apply("jsonencode", [value.clone()]).is_unknown());
    // Whatever it is, it is there in time.
    let _ = apply("toset", [Value::tuple(vec![value.clone(), Value::tuple(vec![value])])]);
}

proptest! {
    #[test]
    fn no_text_makes_a_function_panic(text in "[%\\[\\](){}a-f0-9.*+#\\-:/|'\"\\\\&?^$, \n~<>!TZé]{0,24}", with_symbol: bool) {
        let first = if with_symbol { around(&text, &text) } else { Value::text(text.as_str()) };
        for name in ["jsondecode", "yamldecode", "csvdecode", "title", "chomp", "trimspace", "base64decode", "dirname"] {
            apply(name, [first.clone()]);
        }
        for name in ["format", "formatlist", "formatdate", "regex", "regexall", "split", "trim", "timeadd", "uuidv5"] {
            apply(name, [first.clone(), Value::text("2024-01-01T00:00:00Z")]);
            apply(name, [Value::text("2024-01-01T00:00:00Z"), first.clone()]);
        }
        apply("replace", [Value::text("abc"), first.clone(), first.clone()]);
        apply("substr", [first.clone(), Value::integer(-3), Value::integer(i64::MAX)]);
        for bits in [i64::MIN, -1, 0, 7, i64::MAX] {
            for prefix in ["10.0.0.0/8", "::/0", "0.0.0.0/0", "ffff::/128", "1.2.3.4/32", text.as_str()] {
                apply("cidrhost", [Value::text(prefix), Value::integer(bits)]);
                apply("cidrsubnet", [Value::text(prefix), Value::integer(bits), Value::integer(bits)]);
                apply("cidrsubnets", [Value::text(prefix), Value::integer(bits), Value::integer(1)]);
            }
        }
    }

    #[test]
    fn a_patterns_classes_are_those_of_ascii(text in "[a-z0-9_ é٣]{0,8}") {
        let all = |pattern: &str| apply("regexall", [Value::text(pattern), Value::text(text.as_str())]);
        let digits = text.chars().filter(char::is_ascii_digit).map(|c| Value::text(c.to_string())).collect();
        prop_assert_eq!(all("\\d"), Value::tuple(digits));
    }
}

/// One file, whatever its path.
struct OneFile(Arc<SourceFile>);

impl Environment for OneFile {
    fn read(&self, _path: &str) -> Result<Arc<SourceFile>, Why> {
        Ok(Arc::clone(&self.0))
    }
    fn exists(&self, path: &str) -> Result<bool, Why> {
        Ok(path == "a")
    }
    fn file_set(&self, _directory: &str, _pattern: &str) -> Result<Vec<String>, Why> {
        Ok(vec!["b".into(), "c".into()])
    }
    fn render(&self, template: &SourceFile, variables: &Value) -> Value {
        Value::text(format!("{} with {}", template.text(), variables.canonical()))
    }
    fn absolute(&self, path: &str) -> Option<String> {
        Some(format!("/{path}"))
    }
}

#[test]
fn what_is_decoded_from_a_file_stands_in_the_file() {
    let sources = Sources::new("/".into());
    let place = |name: &str, content: &str, path: &[&str]| {
        let file = sources.add_text(format!("/{content}").into(), content.as_bytes().to_vec()).unwrap();
        let environment = OneFile(Arc::clone(&file));
        let text = call("file", vec![Value::text("a")], &environment);
        let mut value = call(name, vec![text], &environment);
        for step in path {
            value = value.get(step).unwrap().clone();
        }
        file.slice(value.origin.unwrap()).to_owned()
    };
    assert_eq!(place("jsondecode", r#"{"a": {"Action": "*"}}"#, &["a", "Action"]), "\"*\"");
    assert_eq!(place("yamldecode", "é: 1\na:\n  Action: '*'\n", &["a", "Action"]), "'*'");
}

#[test]
fn files_are_read_through_the_environment() {
    let sources = Sources::new("/".into());
    let environment = OneFile(sources.add_text("/a".into(), b"text".to_vec()).unwrap());
    let run = |name: &str, arguments: &[&str]| {
        call(name, arguments.iter().map(|&argument| Value::text(argument)).collect(), &environment).canonical()
    };
    assert_eq!(run("file", &["a"]), "\"text\"");
    assert_eq!(run("fileexists", &["b"]), "false");
    assert_eq!(run("fileset", &[".", "*"]), "[\"b\",\"c\",]");
    assert_eq!(run("filebase64", &["a"]), "\"dGV4dA==\"");
    assert_eq!(run("filemd5", &["a"]), run("md5", &["text"]));
    assert_eq!(run("abspath", &["a"]), "\"/a\"");
    let rendered = call("templatefile", vec![Value::text("a"), Value::object(Vec::new())], &environment);
    assert_eq!(rendered.as_str(), Some("text with {}"));
    let missing = call("file", vec![Value::text("a")], &Nowhere);
    assert!(matches!(&missing.kind, Kind::Unknown(unknown) if matches!(unknown.why, Why::Absent(_))));
}
