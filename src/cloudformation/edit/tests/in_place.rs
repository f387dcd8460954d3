use super::*;

fn set(text: &str, changes: &[(&[&str], Node)]) -> String {
    changed(text, set_properties(&file(text), "R", changes))
}

#[test]
fn a_value_is_replaced_and_its_comment_stays() {
    let text = "\
Resources:
  R:
    Type: AWS::X::Y
    Properties:
      A: 8   # too short
      B: 'x'
";
    let after = set(text, &[(&["A"], Node::number(14)), (&["B"], Node::text("it's")), (&["C", "D"], Node::bool(true))]);
    assert_eq!(
        after,
        "\
Resources:
  R:
    Type: AWS::X::Y
    Properties:
      A: 14   # too short
      B: 'it''s'
      C:
        D: true
"
    );
}

/// A template whose only resource `R` has these properties.
fn of_properties(properties: &str) -> String {
    format!("Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n{properties}")
}

/// The properties after the changes.
fn properties_after(properties: &str, changes: Vec<Change>) -> String {
    let text = of_properties(properties);
    let after = changed(&text, change_resource(&file(&text), "R", changes));
    after.strip_prefix(&of_properties("")).expect("what stands before is as it was").to_owned()
}

fn set_at(at: &str, value: Node) -> Change {
    Change::Set { path: path(at), value }
}

fn append(at: &str, items: &[Node]) -> Change {
    Change::Append { path: path(at), items: items.to_vec() }
}

fn remove(at: &str) -> Change {
    Change::Remove { path: path(at) }
}

fn rename(at: &str, name: &str) -> Change {
    Change::Rename { path: path(at), name: name.to_owned() }
}

#[test]
fn blocks_replace_scalars_and_the_other_way_round() {
    let before =
        "      A: x # why\n      B:\n        # first\n        - a # one\n        - b\n      C:\n        K: 1\n";
    let after = properties_after(
        before,
        vec![set_at("A", texts(&["a", "b"])), set_at("B", Node::text("*")), set_at("C", Node::reference("P"))],
    );
    assert_eq!(
        after,
        "      A: # why\n        - a\n        - b\n      # first\n      # one\n      B: \"*\"\n      C: !Ref P\n"
    );
}

#[test]
fn a_missing_properties_section_is_made() {
    let text = "Resources:\n  R:\n    Type: AWS::X::Y # c\n  S:\n    Type: AWS::X::Z";
    let after = set(text, &[(&["A"], Node::number(1))]);
    assert_eq!(
        after,
        "Resources:\n  R:\n    Type: AWS::X::Y # c\n    Properties:\n      A: 1\n  S:\n    Type: AWS::X::Z"
    );
    let text = "Resources:\n  R:\n    Type: AWS::X::Y\n    Properties: # none\n  S:\n    Type: AWS::X::Z\n";
    let after = set(text, &[(&["A"], Node::number(1))]);
    assert_eq!(
        after,
        "Resources:\n  R:\n    Type: AWS::X::Y\n    Properties: # none\n      A: 1\n  S:\n    Type: AWS::X::Z\n"
    );
}

#[test]
fn items_are_added_in_the_lists_own_style() {
    let after = properties_after("      A:\n      - a # x\n      - b\n", vec![append("A", &[Node::text("c")])]);
    assert_eq!(after, "      A:\n      - a # x\n      - b\n      - c\n");
    let after = properties_after("      A: [a, 'b']\n", vec![append("A", &[Node::text("c,d")])]);
    assert_eq!(after, "      A: [a, 'b', \"c,d\"]\n");
    let after =
        properties_after("      A: [\n        a,\n        b, # x\n      ]\n", vec![append("A", &[Node::text("c")])]);
    assert_eq!(after, "      A: [\n        a,\n        b, # x\n        c\n      ]\n");
    let statement = Node::mapping([("Effect", Node::text("Deny")), ("Action", texts(&["a:b", "c:d"]))]);
    let after = properties_after("      A:\n        - x: 1\n          y: 2\n", vec![append("A", &[statement])]);
    assert_eq!(
        after,
        "      A:\n        - x: 1\n          y: 2\n        - Effect: Deny\n          Action:\n            - a:b\n            - c:d\n"
    );
}

#[test]
fn a_single_thing_becomes_a_list() {
    let after = properties_after("      A: 's3:*' # all\n", vec![append("A", &[Node::text("b")])]);
    assert_eq!(after, "      A: # all\n        - 's3:*'\n        - b\n");
    let after = properties_after("      A: !Sub \"${X}\"\n", vec![append("A", &[Node::text("b")])]);
    assert_eq!(after, "      A:\n        - !Sub \"${X}\"\n        - b\n");
    let before = "      A:\n        # why\n        K: |\n          text\n           more\n\n        # then\n        L: [1] # one\n      B: 1\n";
    let after = properties_after(before, vec![append("A", &[Node::mapping([("K", Node::null())])])]);
    assert_eq!(
        after,
        "      A:\n        # why\n        - K: |\n            text\n             more\n\n          # then\n          L: [1] # one\n        - K: null\n      B: 1\n"
    );
}

#[test]
fn a_list_that_a_function_may_give_is_not_wrapped() {
    let text = of_properties("      A: !If [C, a, b]\n");
    let error = change_resource(&file(&text), "R", [append("A", &[Node::null()])]).unwrap_err();
    assert_eq!(error, EditError::Intrinsic { path: "Resources.R.Properties.A".into(), name: "If".into() });
    let text = format!("Parameters:\n  P:\n    Type: CommaDelimitedList\n{}", of_properties("      A: !Ref P\n"));
    assert!(change_resource(&file(&text), "R", [append("A", &[Node::null()])]).is_err());
    let text = of_properties("      A:\n        Fn::If: [C, {x: 1}, {x: 2}]\n");
    assert!(change_resource(&file(&text), "R", [set_at("A.x", Node::null())]).is_err());
}

#[test]
fn entries_and_items_are_taken_away_without_their_comments() {
    let before = "      A:\n        - a # one\n        # of two\n        - b: 1\n          c: 2 # two\n        - d\n      B: 1\n      C: 1 # last\n";
    let after = properties_after(before, vec![remove("A.1.b"), remove("A.0"), remove("C")]);
    assert_eq!(
        after,
        "      A:\n        # one\n        # of two\n        - c: 2 # two\n        - d\n      B: 1\n      # last\n"
    );
    let after = properties_after("      A: [a, b, c]\n      B: { x: 1, y: 2 }\n", vec![remove("A.1"), remove("B.y")]);
    assert_eq!(after, "      A: [a, c]\n      B: { x: 1 }\n");
    let after = properties_after("      A:\n        b: 1\n      B:\n        - x\n", vec![remove("A.b"), remove("B.0")]);
    assert_eq!(after, "      A: {}\n      B: []\n");
}

#[test]
fn a_key_is_renamed_in_place() {
    let before = "      Condition:\n        'Bool': # why\n          aws:MultiFactorAuthPresent: false\n";
    let after = properties_after(
        before,
        vec![
            rename("Condition.Bool", "BoolIfExists"),
            set_at("Condition.BoolIfExists.aws:MultiFactorAuthPresent", Node::text("false")),
        ],
    );
    assert_eq!(
        after,
        "      Condition:\n        'BoolIfExists': # why\n          aws:MultiFactorAuthPresent: \"false\"\n"
    );
}

#[test]
fn block_texts_are_replaced_with_their_headers() {
    let before = "      A: !Sub |\n        a ${B}\n        b\n\n      B: |-\n        x\n        y\n      C: 1\n";
    let after = properties_after(before, vec![set_at("A", Node::text("z\ny\n")), set_at("B", Node::number(2))]);
    assert_eq!(after, "      A: |\n        z\n        y\n\n      B: 2\n      C: 1\n");
    let after =
        properties_after("      A:\n        - |\n          x\n        - b\n", vec![set_at("A.0", Node::text("a"))]);
    assert_eq!(after, "      A:\n        - a\n        - b\n");
}

#[test]
fn lists_right_under_their_key_and_texts_with_colons() {
    let before = "      A:\n      - - x\n        - y\n      - [z]\n";
    let after = properties_after(before, vec![set_at("A.0.1", Node::text("a: b")), append("A.1", &[Node::text("w")])]);
    assert_eq!(after, "      A:\n      - - x\n        - \"a: b\"\n      - [z, w]\n");
}

#[test]
fn what_is_used_twice_is_left_alone() {
    let before = "      A: &x\n        k: 1\n      B: *x\n      C:\n        <<: *x\n        l: 2\n";
    let text = of_properties(before);
    for at in ["A.k", "B.k", "C.k"] {
        let error = change_resource(&file(&text), "R", [set_at(at, Node::number(3))]).unwrap_err();
        assert!(matches!(error, EditError::Shared { .. }), "{at}: {error}");
    }
    let after = properties_after(before, vec![set_at("C.l", Node::number(3)), set_at("D", Node::number(4))]);
    assert_eq!(after, format!("{}      D: 4\n", before.replace("l: 2", "l: 3")));
}

#[test]
fn json_keeps_its_layout() {
    let text = r#"{
    "Resources": {
        "R": {
            "Type": "AWS::X::Y",
            "Properties": {
                "A": 8,
                "B": ["x"],
                "C": {},
                "S": {"Effect": "Allow"}
            }
        }
    }
}
"#;
    let changes = vec![
        set_at("A", Node::text("a\"b")),
        append("B", &[Node::intrinsic("GetAtt", Node::text("T.Arn"))]),
        set_at("C.D", Node::bool(true)),
        append("S", &[Node::mapping([("Effect", Node::text("Deny"))])]),
        set_at("E", texts(&["x"])),
    ];
    let after = changed(text, change_resource(&file(text), "R", changes));
    assert_eq!(
        after,
        r#"{
    "Resources": {
        "R": {
            "Type": "AWS::X::Y",
            "Properties": {
                "A": "a\"b",
                "B": ["x", {"Fn::GetAtt": ["T", "Arn"]}],
                "C": {
                    "D": true
                },
                "S": [{"Effect": "Allow"}, {"Effect": "Deny"}],
                "E": [
                    "x"
                ]
            }
        }
    }
}
"#
    );
    let text = r#"{"Resources":{"R":{"Type":"AWS::X::Y"}}}"#;
    let after = set(text, &[(&["A", "B"], Node::number(1)), (&["C"], texts(&["x", "y"]))]);
    assert_eq!(after, r#"{"Resources":{"R":{"Type":"AWS::X::Y","Properties":{"A":{"B":1},"C":["x","y"]}}}}"#);
}

#[test]
fn braces_in_yaml_stay_braces() {
    let text = "Resources: {R: {Type: AWS::X::Y, Properties: {A: [a, b,], B: !Ref X}}}\n";
    let after = changed(
        text,
        change_resource(
            &file(text),
            "R",
            [append("A", &[Node::text("c")]), set_at("B", Node::text("{}")), set_at("C", Node::reference("Z"))],
        ),
    );
    assert_eq!(after, "Resources: {R: {Type: AWS::X::Y, Properties: {A: [a, b, c], B: \"{}\", C: !Ref Z}}}\n");
}

#[test]
fn line_ends_stay_what_they_are() {
    let text = of_properties("      A: 1\n      B: 2\n").replace('\n', "\r\n");
    let changes = vec![set_at("A", texts(&["x"])), remove("B"), set_at("C", Node::number(1))];
    let after = changed(&text, change_resource(&file(&text), "R", changes));
    assert_eq!(after, of_properties("      A:\n        - x\n      C: 1\n").replace('\n', "\r\n"));
}

#[test]
fn places_are_found_by_their_span() {
    let text = of_properties("      A: ['x', !Ref y]\n      B:\n        K: 1\n");
    let file = file(&text);
    let span = |needle: &str| {
        let start = text.find(needle).unwrap();
        Span::new(file.id(), start, start + needle.len())
    };
    let after = changed(&text, remove_item(&file, span("!Ref y")));
    assert_eq!(after, text.replace(", !Ref y", ""));
    let after = changed(&text, append_items(&file, Place::Span(span("['x', !Ref y]")), &[Node::text("z")]));
    assert_eq!(after, text.replace("y]", "y, z]"));
    let after = changed(&text, replace_key(&file, span("K"), "Null"));
    assert_eq!(after, text.replace("K:", "\"Null\":"));
    for item in ["'x'", "x"] {
        assert_eq!(path_at(&file, span(item)).unwrap().join("."), "Resources.R.Properties.A.0");
    }
    assert!(matches!(remove_item(&file, span("Ref y]")), Err(EditError::NoNodeAt { .. })));
}

#[test]
fn errors_name_what_is_missing() {
    let text = of_properties("      A: 1\n");
    let file = file(&text);
    assert_eq!(set_properties(&file, "S", &[]), Err(EditError::NoResource("S".into())));
    assert_eq!(
        remove_property(&file, "R", &["B"]).unwrap_err().to_string(),
        "there is nothing at Resources.R.Properties.B"
    );
    assert!(matches!(set_properties(&file, "R", &[(&["A", "B"], Node::null())]), Err(EditError::NotACollection(_))));
    assert_eq!(set_properties(&super::file("a: ["), "R", &[]), Err(EditError::Unreadable));
}
