use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Existence, Resource};
use crate::source::Span;
use crate::value::{Kind, Value, Why, json};

/// A template read with everything wanted.
struct Case {
    file: Arc<SourceFile>,
    root: Root,
}

impl Case {
    fn try_new(text: &str, options: &Options) -> Option<Self> {
        let sources = Sources::new("/".into());
        let file = sources.add_text("/template.yaml".into(), text.as_bytes().to_vec()).unwrap();
        let root = load(&sources, &file, options, &|_, _| true)?.root;
        Some(Self { file, root })
    }

    fn new(text: &str) -> Self {
        Self::try_new(text, &Options { outputs: true, ..Options::default() }).expect("a template")
    }

    /// A template whose only resource `R` has these properties, written with six spaces before them.
    fn of_properties(before: &str, properties: &str) -> Self {
        Self::new(&format!("{before}Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n{properties}"))
    }

    fn resource(&self, address: &str) -> &Resource {
        self.root.resources.iter().find(|resource| &*resource.address == address).expect("the resource")
    }

    fn get(&self, name: &str) -> &Value {
        self.resource("R").attributes.get(name).expect("the property")
    }

    /// The value of `P`, when that is all there is.
    fn text(&self, name: &str) -> String {
        self.get(name).to_text().expect("a text").to_string()
    }

    fn slice(&self, span: Option<Span>) -> &str {
        self.file.slice(span.expect("a place"))
    }

    fn messages(&self) -> Vec<(Option<u32>, &str)> {
        self.root.errors.iter().map(|error| (error.line, error.message.as_str())).collect()
    }
}

/// The value of `P: <written>` after `before`.
fn evaluated(before: &str, written: &str) -> Value {
    Case::of_properties(before, &format!("      P: {written}\n")).get("P").clone()
}

fn shown(before: &str, written: &str) -> String {
    evaluated(before, written).to_text().expect("a text").to_string()
}

fn alternatives(value: &Value) -> Vec<String> {
    value.alternatives().iter().map(|arm| arm.to_text().map_or("null".to_owned(), |text| text.to_string())).collect()
}

#[test]
fn other_files_are_passed_over() {
    let kubernetes = "apiVersion: v1\nkind: Pod\nspec:\n  Resources: {Type: a::b}\n";
    let package = r#"{"name": "x", "Resources": {"Type": "a::b"}}"#;
    let broken = "Resources: [\nType: a::b\n";
    for text in ["", "a: 1", kubernetes, package, broken] {
        assert!(Case::try_new(text, &Options::default()).is_none(), "{text}");
    }
    assert!(!may_be_template("resources:\n  limits: {}\n"));
}

#[test]
fn spans_are_the_bytes_of_the_node() {
    let case = Case::of_properties(
        "# ü before\n",
        "      Plain: arn:aws:s3:::é/*   # comment\n      Single: 'it''s'  # comment\n      Double: \"a\\\"b\"\n      \
         List: [ a, 'b' ]\n      Tag: !GetAtt  B.Arn\n      Long: {Ref: B}\n      Block:\n        - x\n",
    );
    let slices: Vec<&str> = ["Plain", "Single", "Double", "List", "Tag", "Long", "Block"]
        .iter()
        .map(|name| case.slice(case.get(name).origin))
        .collect();
    let expected = ["arn:aws:s3:::é/*", "'it''s'", "\"a\\\"b\"", "[ a, 'b' ]", "!GetAtt  B.Arn", "{Ref: B}", "- x"];
    assert_eq!(slices, expected);
    assert_eq!(case.get("List").as_list().map(|list| case.slice(list.items()[1].origin)), Some("'b'"));
    let resource = case.resource("R");
    assert_eq!(case.file.slice(resource.span), "R");
    assert!(case.file.slice(resource.block).starts_with("R:\n"));
    assert!(case.file.slice(resource.block).ends_with("- x"));
    let entry = resource.attributes.as_map().and_then(|map| map.entry("Single")).unwrap();
    assert_eq!(case.slice(entry.key_origin), "Single");
}

#[test]
fn carriage_returns_do_not_move_spans() {
    let case =
        Case::new("Resources:\r\n  R:\r\n    Type: AWS::X::Y\r\n    Properties:\r\n      P: 'é' # x\r\n      Q: y\r\n");
    assert_eq!(case.slice(case.get("P").origin), "'é'");
    assert_eq!(case.slice(case.get("Q").origin), "y");
}

#[test]
fn json_has_the_same_spans() {
    let case = Case::new(
        "{\n\t\"Resources\": {\"R\": {\"Type\": \"AWS::X::Y\", \"Properties\": \
         {\"P\": \"\\u00e9\\ud83d\\ude00\", \"Q\": [1, true], \"S\": {\"Ref\": \"B\"}}}}\n}\n",
    );
    assert_eq!(case.get("P").as_str(), Some("é😀"));
    assert_eq!(case.slice(case.get("P").origin), "\"\\u00e9\\ud83d\\ude00\"");
    assert_eq!(case.slice(case.get("Q").origin), "[1, true]");
    assert_eq!(case.slice(case.get("S").origin), "{\"Ref\": \"B\"}");
    assert!(case.file.slice(case.resource("R").block).ends_with("}}}"));
}

#[test]
fn plain_scalars_mean_what_cloudformation_takes_them_for() {
    let kind = |written: &str| evaluated("", written).kind;
    assert!(matches!(kind("Yes"), Kind::Bool(true)));
    assert!(matches!(kind("off"), Kind::Bool(false)));
    assert!(matches!(kind("12"), Kind::Number(_)));
    assert!(matches!(kind("~"), Kind::Null));
    for text in ["2012-10-17", "012345678901", "001234567", "1.2.3", "0x1F", "1_000", "12:30:45", "'12'", "\"on\""] {
        assert_eq!(evaluated("", text).as_str(), Some(text.trim_matches(['\'', '"'])), "{text}");
    }
    assert_eq!(evaluated("", "!!str 12").as_str(), Some("12"));
}

#[test]
fn a_policy_in_a_block_maps_back_to_the_file() {
    let case = Case::of_properties(
        "",
        "      P: |\n        {\n          \"Statement\": [{\"Action\": \"*\"}]\n        }\n      \
         F: >-\n        {\"Action\":\n        \"s3:*\"}\n      \
         S: '{\"Action\": \"a''b\"}'\n      D: \"{\\\"Action\\\":\n        \\\"x\\\"}\"\n",
    );
    let place = |name: &str| {
        let policy = json::decode(case.get(name).as_text().unwrap()).unwrap();
        let statement = policy.get("Statement").and_then(|list| list.as_list()).map(|list| list.items()[0].clone());
        let action = statement.unwrap_or(policy).get("Action").unwrap().clone();
        (action.as_str().unwrap().to_owned(), case.slice(action.origin).to_owned())
    };
    assert_eq!(place("P"), ("*".to_owned(), "\"*\"".to_owned()));
    assert_eq!(place("F"), ("s3:*".to_owned(), "\"s3:*\"".to_owned()));
    assert_eq!(place("S"), ("a'b".to_owned(), "\"a''b\"".to_owned()));
    assert_eq!(place("D"), ("x".to_owned(), "\\\"x\\\"".to_owned()));
}

#[test]
fn sub_keeps_places_and_symbols() {
    let before = "Parameters:\n  Bucket: {Type: String, Default: 'logs'}\n  Open: {Type: String, Default: '*'}\n";
    let case = Case::of_properties(
        before,
        "      P: !Sub \"arn:${AWS::Partition}:s3:::${Bucket}/${!aws:username}/${R2.Arn}\"\n      \
         Q: !Sub\n        - '{\"Action\": \"${A}\", \"Resource\": \"${Open}\"}'\n        - {A: 's3:*'}\n      \
         S: !Sub '${NoSuch}'\n      T: !Sub 'echo ${x:-1} ${'\n",
    );
    assert_eq!(case.text("P"), "arn:${AWS::Partition}:s3:::logs/${aws:username}/${R2.Arn}");
    assert!(case.slice(case.get("P").origin).starts_with("\"arn:"));
    let symbols: Vec<_> = case.get("P").as_text().unwrap().symbols().map(|(_, symbol)| symbol.clone()).collect();
    assert_eq!(
        symbols[1].reference().map(|reference| (&*reference.address, &*reference.attribute)),
        Some(("R2", "Arn"))
    );
    let policy = json::decode(case.get("Q").as_text().unwrap()).unwrap();
    assert_eq!(case.slice(policy.get("Action").unwrap().origin), "'s3:*'");
    assert_eq!(case.slice(policy.get("Resource").unwrap().origin), "'*'");
    assert!(matches!(case.get("S").as_unknown().map(|unknown| &unknown.why), Some(Why::Absent(_))));
    assert_eq!(case.text("T"), "echo ${x:-1} ${");
}

#[test]
fn parameters_give_defaults_lists_alternatives_or_symbols() {
    let before = "Parameters:\n  Given: {Type: Number, Default: 7}\n  List: {Type: CommaDelimitedList, Default: 'a, b'}\n  \
                  None: {Type: String}\n  Any: {Type: String, AllowedValues: [x, y]}\n  \
                  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}\n  \
                  Account: {Type: String, Default: 012345678901}\n";
    let case = Case::of_properties(
        before,
        "      A: !Ref Given\n      B: !Ref List\n      C: {Ref: None}\n      D: !Ref Any\n      E: !Ref Stored\n      \
         F: !Ref Account\n      G: !Join ['/', !Ref List]\n      H: !Join ['-', [p, !Ref Any]]\n",
    );
    assert_eq!(case.slice(case.get("A").origin), "7");
    assert!(case.get("A").as_number().is_some());
    let second = case.get("B").as_list().unwrap().items()[1].clone();
    assert_eq!((second.as_str(), case.slice(second.origin)), (Some("b"), "b"));
    let unknown = case.get("C").as_unknown().unwrap();
    assert_eq!((unknown.symbol.name(), &unknown.why), ("None", &Why::Input("None".into())));
    assert_eq!(case.slice(case.get("C").origin), "{Ref: None}");
    assert_eq!(alternatives(case.get("D")), ["x", "y"]);
    assert!(matches!(case.get("E").as_unknown().unwrap().why, Why::Runtime(_)));
    assert_eq!(case.text("F"), "012345678901");
    assert_eq!(case.text("G"), "a/b");
    assert_eq!(alternatives(case.get("H")), ["p-x", "p-y"]);
}

#[test]
fn given_parameters_win_over_defaults() {
    let text =
        "Parameters:\n  N: {Type: String, Default: a}\nResources:\n  R: {Type: AWS::X::Y, Properties: {P: !Ref N}}\n";
    let options =
        Options { parameters: [("N".to_owned(), "b".to_owned())].into_iter().collect(), ..Options::default() };
    assert_eq!(Case::try_new(text, &options).unwrap().text("P"), "b");
}

#[test]
fn conditions_choose_or_leave_both() {
    let before = "Parameters:\n  Env: {Type: String, Default: prod}\n  Free: {Type: String}\nConditions:\n  \
                  Prod: !Equals [!Ref Env, prod]\n  Free: !Equals [!Ref Free, 'yes']\n  NotFree: !Not [!Condition Free]\n  \
                  Either: !Or [!Condition Prod, !Condition Free]\n  Both: !And [{Condition: Prod}, {Condition: Free}]\n  \
                  Loop: !Not [{Condition: Loop}]\n";
    let condition = |written: &str| alternatives(&evaluated(before, written));
    assert_eq!(condition("!If [Prod, a, b]"), ["a"]);
    assert_eq!(condition("!If [Free, a, b]"), ["a", "b"]);
    assert_eq!(condition("!If [Either, a, b]"), ["a"]);
    assert_eq!(condition("!If [Both, a, !Ref AWS::NoValue]"), ["a", "null"]);
    assert_eq!(condition("!If [Free, !If [NotFree, a, b], !If [Free, c, d]]"), ["b", "d"]);
    assert_eq!(condition("!If [Loop, a, b]"), ["a", "b"]);
    assert_eq!(condition("{'Fn::If': [NoSuch, a, b]}"), ["a", "b"]);
    assert_eq!(condition("!Join [',', [a, !If [Free, b, !Ref AWS::NoValue], c]]"), ["a,b,c", "a,c"]);
}

#[test]
fn a_condition_decides_whether_a_resource_exists() {
    let case = Case::new(
        "Parameters:\n  Free: {Type: String}\nConditions:\n  Free: !Equals [!Ref Free, x]\n  No: !Equals [a, b]\nResources:\n  \
         R: {Type: AWS::X::Y, Condition: Free, Properties: {P: !If [Free, a, b], Q: !Ref AWS::NoValue}}\n  \
         Gone: {Type: AWS::X::Y, Condition: No}\nOutputs:\n  O: {Value: !GetAtt R.Arn}\n  Gone: {Value: a, Condition: No}\n",
    );
    assert_eq!(case.root.resources.len(), 1);
    assert_eq!(case.resource("R").existence, Existence::Possible(Why::Input("Free".into())));
    assert_eq!(case.text("P"), "a");
    assert!(case.resource("R").attributes.get("Q").is_none());
    assert_eq!(case.root.outputs.len(), 1);
    assert_eq!(case.root.outputs[0].1.as_unknown().unwrap().symbol.name(), "R.Arn");
}

#[test]
fn functions_compute_what_is_known() {
    let before = "Mappings:\n  M:\n    us-east-1: {ami: a, list: [x, y]}\n    eu-west-1: {ami: b, list: [z]}\n";
    assert_eq!(shown(before, "!FindInMap [M, us-east-1, ami]"), "a");
    assert_eq!(alternatives(&evaluated(before, "!FindInMap [M, !Ref AWS::Region, ami]")), ["a", "b"]);
    assert_eq!(shown(before, "!FindInMap [M, nowhere, ami, {DefaultValue: c}]"), "c");
    assert_eq!(shown(before, "!Select [1, !FindInMap [M, us-east-1, list]]"), "y");
    assert_eq!(shown("", "!Select ['1', !Split ['/', 'a/b/c']]"), "b");
    assert_eq!(shown("", "!Select [5, !Split [':', !Sub 'arn:aws:iam::${AWS::AccountId}:root']]"), "root");
    assert!(evaluated("", "!Split [':', !Sub 'a:${X}:b']").is_unknown());
    assert_eq!(shown("", "{'Fn::Base64': !Sub 'abc'}"), "YWJj");
    assert_eq!(shown("", "!Select [2, !Cidr [10.0.0.0/16, 4, 8]]"), "10.0.2.0/24");
    assert_eq!(shown("", "{'Fn::Length': [a, b]}"), "2");
    assert_eq!(shown("", "{'Fn::ToJsonString': {a: [1, !Ref B]}}"), r#"{"a":[1,${B}]}"#);
    assert_eq!(shown("", "!Join ['', [a, !Ref B]]"), "a${B}");
    assert!(matches!(evaluated("", "!ImportValue x").as_unknown().unwrap().why, Why::Absent(_)));
    assert!(matches!(evaluated("", "!GetAZs ''").as_unknown().unwrap().why, Why::Runtime(_)));
    assert!(matches!(evaluated("", "{'Fn::Transform': {Name: M}}").as_unknown().unwrap().why, Why::Unsupported(_)));
    assert_eq!(evaluated("", "!Ref B"), evaluated("", "!Sub '${B}'"));
}

#[test]
fn references_know_what_they_stand_for() {
    let case = Case::new(
        "Parameters: {Name: {Type: String}}\nConditions: {C: !Equals [!Ref Name, x]}\nResources:\n  \
         B: {Type: AWS::S3::Bucket, Properties: {BucketName: logs}}\n  \
         Free: {Type: AWS::S3::Bucket}\n  \
         Chosen: {Type: AWS::S3::Bucket, Properties: {BucketName: !If [C, a, b]}}\n  \
         Own: {Type: AWS::S3::Bucket, Condition: C, Properties: {BucketName: !If [C, a, b]}}\n  \
         Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'r-${Name}', Path: /p/}}\n  \
         Q: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}\n  \
         Cycle: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${Cycle}-x'}}\n  \
         R:\n    Type: AWS::X::Y\n    Properties:\n      A: !Ref B\n      B: !GetAtt B.Arn\n      C: !Ref Free\n      D: !GetAtt Free.Arn\n      \
         E: !GetAtt Role.Arn\n      F: !GetAtt Q.Arn\n      G: x\n      \
         H: !If [C, !Ref Chosen, '']\n      I: !Ref Own\n      J: !Ref Q\n      K: !Ref Cycle\n      L: !Select [5, !Split [':', !GetAtt Q.Arn]]\n",
    );
    let expanded = |name: &str| case.get(name).to_text().unwrap().expanded().to_string();
    assert_eq!(case.get("A").as_unknown().unwrap().symbol.reference().map(|to| &*to.address), Some("B"));
    assert_eq!(expanded("A"), "logs");
    assert_eq!(expanded("B"), "arn:${AWS::Partition}:s3:::logs");
    assert_eq!(expanded("C"), "${Free}");
    assert_eq!(expanded("D"), "arn:${AWS::Partition}:s3:::${Free}");
    assert_eq!(expanded("E"), "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/p/r-${Name}");
    assert_eq!(expanded("F"), "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q");
    assert_eq!(alternatives(case.get("H")), ["${Chosen}", ""]);
    assert_eq!(case.get("H").alternatives()[0].to_text().unwrap().expanded().to_string(), "${Chosen}");
    assert_eq!(expanded("I"), "a");
    assert_eq!(expanded("J"), "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/q");
    assert_eq!(expanded("K"), "${Cycle}-x");
    assert_eq!(case.text("L"), "q");
}

#[test]
fn loops_are_unrolled() {
    let case = Case::new(
        "Resources:\n  'Fn::ForEach::Roles':\n    - Name\n    - [A, B]\n    - 'Role${Name}':\n        Type: AWS::IAM::Role\n        \
         Properties: {RoleName: !Ref Name, Path: !Sub '/${Name}/', Self: !GetAtt 'Role${Name}.Arn'}\n",
    );
    let role = &case.resource("RoleB").attributes;
    assert_eq!(role.get("RoleName").unwrap().as_str(), Some("B"));
    assert_eq!(role.get("Path").unwrap().as_str(), Some("/B/"));
    assert_eq!(role.get("Self").unwrap().as_unknown().unwrap().symbol.name(), "RoleB.Arn");
}

#[test]
fn conditions_and_outputs_are_unrolled() {
    let case = Case::new(
        "Parameters:\n  Stage: {Type: String, Default: b}\n  Open: {Type: String}\n\
         Conditions:\n  'Fn::ForEach::C':\n    - S\n    - [a, b]\n    - 'Is${S}': !Equals [!Ref Stage, !Ref S]\n      \
         'Not${S}': !Not [!Condition 'Is${S}']\n  Open: !Equals [!Ref Open, x]\n\
         Resources:\n  'Fn::ForEach::R':\n    - S\n    - [a, b]\n    - 'R${S}':\n        Type: AWS::X::Y\n        \
         Condition: 'Is${S}'\n        Properties: {P: !If ['Not${S}', is, isnt]}\n      \
         'N${S}': {Type: AWS::X::Y, Condition: 'Not${S}'}\n  Missing: {Type: AWS::X::Y, Condition: Isc}\n\
         Outputs:\n  'Fn::ForEach::O':\n    - S\n    - [a, b]\n    - 'O${S}': {Value: !Sub '${S}!', Condition: 'Is${S}'}\n",
    );
    let addresses: Vec<&str> = case.root.resources.iter().map(|resource| &*resource.address).collect();
    assert_eq!(addresses, ["Na", "Rb", "Missing"]);
    assert_eq!(case.resource("Rb").attributes.get("P").unwrap().as_str(), Some("isnt"));
    assert!(matches!(&case.resource("Missing").existence, Existence::Possible(Why::Error(_))));
    let outputs: Vec<(&str, Option<&str>)> =
        case.root.outputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(outputs, [("Ob", Some("b!"))]);
}

#[test]
fn sam_globals_reach_their_resources() {
    let case = Case::new(
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function: {Timeout: 3, Layers: [a], Environment: {Variables: {X: 1}}}\n\
         Resources:\n  R: {Type: AWS::Serverless::Function, Properties: {Timeout: 5, Layers: [b], Environment: {Variables: {Y: 2}}}}\n",
    );
    assert_eq!(case.text("Timeout"), "5");
    assert_eq!(case.get("Layers").as_list().unwrap().len(), 2);
    assert_eq!(case.get("Environment").get("Variables").unwrap().as_map().unwrap().len(), 2);
}

#[test]
fn anchors_and_merges() {
    let case = Case::of_properties(
        "",
        "      Base: &base {a: 1, b: 2}\n      P:\n        <<: *base\n        b: 3\n      Q: *base\n",
    );
    assert_eq!(case.get("P").get("a").unwrap().to_text().unwrap().to_string(), "1");
    assert_eq!(case.get("P").get("b").unwrap().to_text().unwrap().to_string(), "3");
    assert_eq!(case.get("Q"), case.get("Base"));
    assert!(case.root.errors.is_empty());
}

#[test]
fn only_wanted_types_are_evaluated() {
    let sources = Sources::new("/".into());
    let text = "Resources:\n  A: {Type: AWS::IAM::Role}\n  B: {Type: AWS::S3::Bucket}\n";
    let file = sources.add_text("/t.yaml".into(), text.into()).unwrap();
    let root = load(&sources, &file, &Options::default(), &|_, kind| kind.starts_with("AWS::IAM")).unwrap().root;
    assert_eq!(root.resources.iter().map(|resource| &*resource.address).collect::<Vec<_>>(), ["A"]);
}

#[test]
fn the_last_of_two_equal_names_counts_as_in_cloudformation() {
    let case = Case::new(
        "Resources:\n  R: {Type: AWS::X::Y, Properties: {P: a}}\n  R: {Type: AWS::X::Y, Properties: {P: b}}\n",
    );
    assert_eq!(case.text("P"), "b");
    assert_eq!(case.root.resources.len(), 1);
    let messages = case.messages();
    assert_eq!(messages[0].0, Some(3));
    assert!(messages[0].1.contains("line 2"), "{messages:?}");
}

#[test]
fn lines_within_brackets_and_quotes_may_start_anywhere() {
    let case = Case::of_properties(
        "",
        "      P: [\n  a, # 'é' ] comment\n# more\n\n  \"b\"\n]\n      Q: {\n\"x\": [1,\n2]}\n      S: !Sub '{\n    \"é\": \"*\"\n}'\n      T: last\n",
    );
    assert!(case.root.errors.is_empty(), "{:?}", case.root.errors);
    assert_eq!(case.slice(case.get("P").as_list().unwrap().items()[1].origin), "\"b\"");
    assert_eq!(case.get("Q").get("x").unwrap().as_list().unwrap().len(), 2);
    let policy = json::decode(case.get("S").as_text().unwrap()).unwrap();
    assert_eq!(case.slice(policy.get("é").unwrap().origin), "\"*\"");
    assert_eq!(case.slice(case.get("T").origin), "last");
}

#[test]
fn a_broken_resource_loses_nothing_but_itself() {
    let case = Case::new(
        "Description: ü\nResources:\n  A:\n    Type: AWS::X::Y\n  B:\n    Type: AWS::X::Y\n    Properties:\n      x: 'open' y\n  R:\n    \
         Type: AWS::X::Y\n    Properties: {P: é}\n",
    );
    assert_eq!(case.root.resources.iter().map(|resource| &*resource.address).collect::<Vec<_>>(), ["A", "R"]);
    assert_eq!(case.slice(case.get("P").origin), "é");
    assert_eq!(case.messages().len(), 1);
    assert_eq!(case.messages()[0].0, Some(8));
}

#[test]
fn broken_json_names_the_line() {
    let case = Case::new("{\"Resources\": {\n\"R\": {\"Type\": \"AWS::X::Y\"},\n\"S\" {}}}");
    assert_eq!(case.messages()[0].0, Some(3));
    assert!(case.messages()[0].1.contains("expected a colon"));
    assert_eq!(case.root.resources.len(), 1);
}

#[test]
fn templates_of_other_tools_are_named_as_such() {
    let case = Case::new("Resources:\n{% for x in y %}\n  R:\n    Type: AWS::X::Y\n{% endfor %}\n");
    assert!(case.messages()[0].1.contains("render it"), "{:?}", case.messages());
}

#[test]
fn several_documents() {
    let case = Case::new("kind: Pod\n---\nResources:\n  R: {Type: AWS::X::Y, Properties: {P: a}}\n---\nx: 1\n");
    assert_eq!(case.text("P"), "a");
}

#[test]
fn bombs_are_errors() {
    let mut aliases = "Resources:\n  R: {Type: AWS::X::Y}\nMetadata:\n  a0: &a0 [x, x]\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        writeln!(aliases, "  a{level}: &a{level} [*a{before}, *a{before}]").unwrap();
    }
    assert!(Case::new(&aliases).messages()[0].1.contains("nodes"));
    let deep = format!("Resources:\n  R: {{Type: AWS::X::Y, P: {}}}", "[".repeat(5000));
    assert!(!Case::new(&deep).messages().is_empty());
    let json = format!("{{\"Resources\": {{\"R\": {{\"Type\": \"AWS::X::Y\", \"P\": {}", "[".repeat(100_000));
    assert!(Case::new(&json).messages()[0].1.contains("deeper"));
    let own = "Resources:\n  R: {Type: AWS::X::Y, P: &a [*a]}\n";
    assert!(!Case::new(own).messages().is_empty());
}

#[test]
fn evaluation_is_bounded() {
    // Conditions in a long row, each deep in the next.
    let mut row = "Conditions:\n  C0: !Equals [!Ref AWS::Region, a]\n".to_owned();
    for level in 1..2000 {
        writeln!(row, "  C{level}: !Not [!Condition C{}]", level - 1).unwrap();
    }
    let value = evaluated(&row, "!If [C1999, a, b]");
    assert_eq!(alternatives(&value), ["a", "b"]);
    let mut row = "Conditions:\n  C0: !Equals [!Ref AWS::Region, a]\n".to_owned();
    for level in 1..2000 {
        let before = level - 1;
        writeln!(row, "  C{level}: !Equals [!Sub ['${{x}}', {{x: !If [C{before}, a, b]}}], a]").unwrap();
    }
    assert_eq!(alternatives(&evaluated(&row, "!If [C1999, a, b]")), ["a", "b"]);
    // A text that doubles with every level.
    let mut sub = "x".to_owned();
    for _ in 0..40 {
        sub = format!("!Sub ['${{a}}${{a}}', {{a: {sub}}}]");
    }
    let value = evaluated("", &sub);
    assert!(value.to_text().unwrap().literal_content().len() <= 64 << 20);
}

#[test]
fn references_may_be_computed() {
    let before =
        "Transform: AWS::LanguageExtensions\nParameters: {Which: {Type: String, Default: S}, Free: {Type: String}}\n";
    assert_eq!(shown(before, "{Ref: !Sub '${Which}'}"), "${S}");
    assert_eq!(shown(before, "{'Fn::GetAtt': [!Ref Which, Arn]}"), "${S.Arn}");
    assert_eq!(shown(before, "{'Fn::GetAtt': !Sub '${Which}.Arn'}"), "${S.Arn}");
    assert!(evaluated(before, "{Ref: !Ref Free}").is_unknown());
    assert_eq!(shown(before, "{'Fn::ToJsonString': {a: '<&>'}}"), r#"{"a":"<&>"}"#);
}

#[test]
fn loops_in_loops_end() {
    let names = (0..300).map(|index| format!("n{index}")).collect::<Vec<_>>().join(",");
    let mut body = "'R${A}${B}${C}${D}': {Type: AWS::X::Y, Properties: {P: !Ref D}}".to_owned();
    for variable in ["D", "C", "B", "A"] {
        body = format!("'Fn::ForEach::L{variable}': [{variable}, [{names}], {{{body}}}]");
    }
    let case = Case::new(&format!("Transform: AWS::LanguageExtensions\nResources: {{{body}}}\n"));
    assert_eq!(case.root.resources.len(), 20_000);
    assert!(case.messages()[0].1.contains("more than"), "{:?}", case.messages());
}

#[test]
fn given_parameters_are_held_against_what_the_template_asserts() {
    let text = "Parameters:\n  Stage: {Type: String, AllowedValues: [live, test]}\n  \
                Name: {Type: String, AllowedPattern: '[a-z]+', MinLength: 2}\n  Count: {Type: Number, MaxValue: 3}\n\
                Rules:\n  Live:\n    RuleCondition: !Equals [!Ref Stage, live]\n    Assertions:\n      \
                - {Assert: {'Fn::Contains': [[main, other], !Ref Name]}, AssertDescription: names are few}\n\
                Resources:\n  R: {Type: AWS::X::Y, Properties: {P: !Ref Stage}}\n";
    let messages = |given: &[(&str, &str)]| -> Vec<String> {
        let parameters = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let case = Case::try_new(text, &Options { parameters, ..Options::default() }).unwrap();
        let mut messages: Vec<_> = case.root.errors.iter().map(|error| error.message.clone()).collect();
        messages.sort();
        messages
    };
    assert_eq!(messages(&[("Stage", "live"), ("Name", "main"), ("Count", "3")]), [""; 0]);
    assert_eq!(messages(&[("Stage", "test"), ("Name", "any")]), [""; 0]);
    assert!(messages(&[("Stage", "prod")])[0].contains("none of live, test"));
    assert!(messages(&[("Name", "A")])[0].contains("shorter"));
    assert!(messages(&[("Name", "AB")])[0].contains("AllowedPattern"));
    assert!(messages(&[("Count", "4")])[0].contains("MaxValue"));
    assert_eq!(
        messages(&[("Stage", "live"), ("Name", "third")]),
        ["the rule Live refuses the given parameters: names are few"]
    );
}

#[test]
fn the_region_decides_the_partition() {
    let text = "Resources:\n  R: {Type: AWS::X::Y, Properties: {P: !Sub '${AWS::Partition}/${AWS::URLSuffix}/${AWS::AccountId}'}}\n";
    let parameters = [("AWS::Region".to_owned(), "cn-north-1".to_owned())].into_iter().collect();
    let case = Case::try_new(text, &Options { parameters, ..Options::default() }).unwrap();
    assert_eq!(case.text("P"), "aws-cn/amazonaws.com.cn/${AWS::AccountId}");
}

#[test]
fn what_stands_beside_the_properties_is_kept() {
    let case = Case::new(
        "Resources:\n  R:\n    Type: AWS::X::Y\n    DependsOn: [S]\n    DeletionPolicy: Retain\n    \
         Metadata: {'aws:cdk:path': Stack/Thing/Resource}\n",
    );
    let resource = case.resource("R");
    assert_eq!(resource.construct().map(|(name, _)| name), Some("Stack/Thing"));
    let policies = resource.policies.as_ref().unwrap();
    assert_eq!(policies.get("DeletionPolicy").unwrap().as_str(), Some("Retain"));
    assert_eq!(policies.get("DependsOn").unwrap().as_list().unwrap().len(), 1);
    assert!(policies.get("UpdateReplacePolicy").is_none());
}

fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just("Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n"),
        Just("      P: "),
        Just("\n"),
        Just("!Sub "),
        Just("!If [C, "),
        Just("${é}"),
        Just("${!"),
        Just("'"),
        Just("\""),
        Just("\\"),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(", "),
        Just(": "),
        Just("- "),
        Just("|\n        "),
        Just("# é"),
        Just("&a "),
        Just("*a"),
        Just("<<"),
        Just("é"),
        Just("x"),
        Just("Fn::Join"),
        Just("\t"),
        Just("\r"),
        Just("Fn::ForEach::A"),
    ];
    prop::collection::vec(fragment, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in fragments()) {
        let text = format!("Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n      P: {text}");
        if let Some(case) = Case::try_new(&text, &Options::default()) {
            for resource in &case.root.resources {
                prop_assert!(case.file.whole().contains(resource.block));
            }
        }
        let json = format!("{{\"Resources\": {{\"R\": {{\"Type\": \"AWS::X::Y\", \"P\": {text}}}}}}}");
        let _ = Case::try_new(&json, &Options::default());
    }

    #[test]
    fn quoted_text_comes_back(text in "[a-zé\"'\\\\ \u{1F600}]{0,12}") {
        let quoted = serde_json::to_string(&text).unwrap();
        let case = Case::of_properties("", &format!("      P: {quoted}   # after\n"));
        prop_assert_eq!(case.get("P").as_str(), Some(text.as_str()));
        prop_assert_eq!(case.slice(case.get("P").origin), quoted.as_str());
        let single = format!("'{}'", text.replace('\'', "''"));
        let case = Case::of_properties("", &format!("      P: {single}   # after\n"));
        prop_assert_eq!(case.get("P").as_str(), Some(text.as_str()));
        prop_assert_eq!(case.slice(case.get("P").origin), single.as_str());
    }
}
