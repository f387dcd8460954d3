//! Templates.

use super::{DEEP, Hostile, many, write};

/// A template whose user's name is this, in YAML.
fn named(value: &str) -> String {
    format!("Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: {value}\n")
}

/// The same in JSON.
fn named_in_json(value: &str) -> String {
    format!(r#"{{"Resources": {{"A": {{"Type": "AWS::IAM::User", "Properties": {{"UserName": {value}}}}}}}}}"#)
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn nesting() {
    let mut hostile = Hostile::default();
    for (name, open, middle, close) in [
        ("lists", "[", "", "]"),
        ("maps", "{a: ", "1", "}"),
        ("keys", "{[", "1", "]: 1}"),
        ("If", "!If [a, ", "1", ", 2]"),
        ("Sub", "!Sub [\"${a}\", {a: ", "1", "}]"),
        ("Join", "!Join [\"\", [", "1", "]]"),
        ("Select", "!Select [0, [", "1", "]]"),
        ("Base64", "{Fn::Base64: ", "1", "}"),
        ("tags", "!Ref ", "a", ""),
        ("anchors", "&a ", "1", ""),
        ("quotes", "\"", "", ""),
        ("question marks", "? ", "1", ""),
        ("dashes", "- ", "1", ""),
        ("comments", "# ", "1", ""),
    ] {
        let value = format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP));
        hostile.file(&format!("{name}: template.yaml"), named(&value));
        let levels = format!("{}{middle}{}", open.repeat(90), close.repeat(90));
        hostile.file(&format!("{name} of less: template.yaml"), named(&levels));
    }
    let blocks: String = (0..2_000).map(|level| format!("{}a:\n", " ".repeat(level + 7))).collect();
    hostile.file("blocks: template.yaml", named(&format!("\n{blocks}")));
    hostile.file("dashes in lines: template.yaml", named(&format!("\n{}", "        -\n".repeat(DEEP))));
    for (name, open, close) in [
        ("lists", "[", "]"),
        ("objects", "{\"a\":", "}"),
        ("If", "{\"Fn::If\":[\"a\",1,", "]}"),
        ("GetAtt", "{\"Fn::GetAtt\":[\"A\",", "]}"),
        ("ToJsonString", "{\"Fn::ToJsonString\":", "}"),
        ("ForEach", "{\"Fn::ForEach::A\":[\"a\",[\"b\"],", "]}"),
    ] {
        hostile.file(
            &format!("{name}: template.json"),
            named_in_json(&format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP))),
        );
        hostile.file(&format!("{name}, open: template.json"), named_in_json(&open.repeat(DEEP)));
        hostile.file(
            &format!("{name} of less: template.json"),
            named_in_json(&format!("{}1{}", open.repeat(40), close.repeat(40))),
        );
        let quoted = serde_json::to_string(&format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP))).unwrap();
        let document = named_in_json("\"a\"")
            .replace("\"UserName\": \"a\"", &format!("\"Policies\": [{{\"PolicyDocument\": {quoted}}}]"));
        hostile.file(&format!("{name} in a text: template.json"), document);
    }
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn what_multiplies_itself() {
    let mut hostile = Hostile::default();
    // Each level is two of the one below.
    let levels = |step: &str| {
        let below: String = (0..40)
            .map(|at| format!("  a{}: &a{} {}\n", at + 1, at + 1, step.replace('@', &format!("*a{at}"))))
            .collect();
        format!("Metadata:\n  a0: &a0 x\n{below}{}", named("*a40"))
    };
    for (name, step) in [
        ("aliases", "[@, @]"),
        ("maps", "{a: @, b: @}"),
        ("joined", "!Join ['', [@, @]]"),
        ("either", "!If [C, [@], @]"),
        ("both", "!If [C, @, @]"),
        ("substituted", "!Sub ['${a}${a}', {a: @}]"),
        ("selected", "!Select [0, [@, @]]"),
        ("split", "!Split ['', !Join ['', [@, @]]]"),
        ("encoded", "{Fn::ToJsonString: [@, @]}"),
        ("base64", "!Base64 @"),
    ] {
        hostile.file(&format!("{name}: template.yaml"), levels(step));
    }
    let merged: String =
        (0..40).map(|at| format!("  a{}: &a{} {{<<: [*a{at}, *a{at}], k{at}: 1}}\n", at + 1, at + 1)).collect();
    hostile.file("merged: template.yaml", format!("Metadata:\n  a0: &a0 {{x: 1}}\n{merged}{}", named("*a40")));
    let wide: String = (0..many(100_000)).map(|at| format!("k{at}: 1, ")).collect();
    let bringing: String = (0..1000).map(|at| format!("  m{at}: {{<<: *w}}\n")).collect();
    hostile.file("merged wide: template.yaml", format!("Metadata:\n  w: &w {{{wide}}}\n{bringing}{}", named("a")));
    hostile.file("an alias of itself: template.yaml", named("&a [*a, *a]"));
    hostile.file("a merge of itself: template.yaml", named("&a {<<: *a}"));
    hostile.file("aliases of one: template.yaml", named(&format!("[&a {{k: v}}, {}]", "*a, ".repeat(many(300_000)))));
    let anchors: String = (0..many(100_000)).map(|at| format!("  - &a{at} {at}\n")).collect();
    hostile.file("anchors: template.yaml", format!("Metadata:\n{anchors}{}", named("*a1")));
    // Each parameter's default cannot refer; conditions can.
    let conditions = |step: &str| {
        let all: String =
            (0..60).map(|at| format!("  C{at}: {}\n", step.replace('@', &format!("!Condition C{}", at + 1)))).collect();
        format!(
            "Parameters:\n  P: {{Type: String}}\nConditions:\n{all}  C60: !Equals [!Ref P, a]\n{}",
            named("!If [C0, a, b]")
        )
    };
    for step in ["!And [@, @]", "!Or [@, @]", "!Not [@]", "!Equals [!If [X, @, @], @]", "!And [!Or [@, @], !Or [@, @]]"]
    {
        hostile.file(&format!("{step}: template.yaml"), conditions(step));
    }
    let parameters: String = (0..40).map(|at| format!("  P{at}: {{Type: String}}\n")).collect();
    let questions: String = (0..40).map(|at| format!("  C{at}: !Equals [!Ref P{at}, x]\n")).collect();
    let answers = (0..40).map(|at| format!("!If [C{at}, a{at}, b{at}]")).collect::<Vec<_>>().join(", ");
    let header = format!("Parameters:\n{parameters}Conditions:\n{questions}");
    hostile.file("choices side by side: template.yaml", header.clone() + &named(&format!("!Join ['', [{answers}]]")));
    let nested = (0..40).fold("x".to_owned(), |inner, at| format!("!If [C{at}, !Join ['', [a, {inner}]], b{at}]"));
    hostile.file("choices in choices: template.yaml", header.clone() + &named(&nested));
    let actions: String =
        (0..40).map(|at| format!("              - !If [C{at}, 's3:*', !Ref AWS::NoValue]\n")).collect();
    hostile.file("choices of statements: template.yaml", header + &format!("Resources:\n  A:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n          - Effect: Allow\n            Resource: '*'\n            Action:\n{actions}"));
    for value in [
        "!Cidr [10.0.0.0/8, 1000000000, 1]",
        "!Cidr ['::/0', 256, 128]",
        "!Select [1e99, [a]]",
        "!Select [-1, [a]]",
        "!Select [99999999999999999999, [a]]",
        "!Sub '${A}${B.C.D.E}${!X}${}${ A }${A'",
        "!Sub [a]",
        "!Sub []",
        "!Join []",
        "!Join [a, b, c]",
        "!Split ['', '']",
        "!Split ['', aaaaaaaaaaaaaaaaaaaaa]",
        "!FindInMap [A, !FindInMap [A, B, C], C]",
        "!GetAtt A",
        "!GetAtt A.B.C.D.E",
        "!GetAtt [A, [B]]",
        "!GetAtt [!Ref A, !Ref A]",
        "!If []",
        "!If [!If [!If [a]]]",
        "!Transform {Name: AWS::Include, Parameters: {Location: template.yaml}}",
        "!ImportValue !ImportValue !ImportValue a",
        "{Fn::If: [a, b, c], Ref: A, Fn::Sub: b}",
        "{Fn::Nothing: [a]}",
        "{Fn::Length: {Fn::Split: ['', a]}}",
        "!!binary AAAA",
        "!<tag:yaml.org,2002:python/object/apply:os.system> [ls]",
        "!!float .inf",
        "0x7fffffffffffffffffffffff",
        "1e1000000000",
        "1:1:1:1:1:1:1:1:1:1:1:1",
        "2001-99-99",
        "{? {? {? a}}}",
        "*nothing",
        "&a",
        "!",
        "!Ref",
        "!Ref !Ref !Ref",
        "|9\n",
        "\"\\U99999999\"",
        "\"\\x\"",
        "%YAML 9.9",
        "---\n---\n---",
        "\t\t\t",
        "- - - : ? :",
        "{{resolve:ssm:{{resolve:ssm:a}}}}",
    ] {
        hostile.file(&format!("{value}: template.yaml"), named(value));
    }
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn cycles() {
    let mut hostile = Hostile::default();
    let circle: String = (0..1000).map(|at| format!("  C{at}: !Not [!Condition C{}]\n", (at + 1) % 1000)).collect();
    hostile.file("conditions: template.yaml", format!("Conditions:\n{circle}{}", named("!If [C0, a, b]")));
    let line: String = (0..many(50_000)).map(|at| format!("  C{at}: !Not [!Condition C{}]\n", at + 1)).collect();
    hostile.file("a line of conditions: template.yaml", format!("Conditions:\n{line}{}", named("!If [C0, a, b]")));
    hostile.file(
        "a condition and itself: template.yaml",
        format!("Conditions:\n  A: !Condition A\n  B: !And [!Condition B, !Condition B]\n{}", named("!If [B, a, b]")),
    );
    let users: String = (0..many(20_000)).map(|at| format!("  U{at}:\n    Type: AWS::IAM::User\n    Condition: U{at}\n    DependsOn: U{0}\n    Properties: {{UserName: !Ref U{0}, Groups: [!Ref U{0}], Policies: [{{PolicyDocument: !GetAtt U{0}.Arn}}]}}\n", at + 1)).collect();
    hostile.file("resources: template.yaml", format!("Resources:\n{users}"));
    hostile.file("two resources: template.yaml", "Resources:\n  A: {Type: AWS::IAM::User, Properties: {UserName: !Ref B}}\n  B: {Type: AWS::IAM::User, Properties: {UserName: !Ref A}}\n");
    hostile.file(
        "a parameter and itself: template.yaml",
        format!("Parameters:\n  P: {{Type: String, Default: !Ref P, AllowedValues: [!Ref P]}}\n{}", named("!Ref P")),
    );
    hostile.file(
        "a mapping of itself: template.yaml",
        format!("Mappings:\n  M: {{M: {{M: !FindInMap [M, M, M]}}}}\n{}", named("!FindInMap [M, M, M]")),
    );
    let stack = |name: &str, template: &str| {
        format!(
            "  {name}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {template}\n      Parameters: {{P: !GetAtt {name}.Outputs.O}}\n"
        )
    };
    hostile.file(
        "a stack of itself: template.yaml",
        format!(
            "Parameters:\n  P: {{Type: String}}\nResources:\n{}Outputs:\n  O: {{Value: !GetAtt A.Outputs.O}}\n",
            stack("A", "./template.yaml")
        ),
    );
    hostile.tree("stacks in a circle", |tree| {
        write(tree, "a.yaml", &format!("Resources:\n{}{}", stack("A", "b.yaml"), stack("B", "b.yaml")));
        write(tree, "b.yaml", &format!("Resources:\n{}{}", stack("A", "a.yaml"), stack("B", "./a.yaml")));
    });
    hostile.tree("stacks twice and twice again", |tree| {
        for at in 0..30 {
            let next = format!("t{}.yaml", at + 1);
            write(tree, &format!("t{at}.yaml"), &format!("Resources:\n{}{}", stack("A", &next), stack("B", &next)));
        }
        write(tree, "t30.yaml", &named("a"));
    });
    hostile.tree("stacks above the tree", |tree| {
        for (at, url) in [
            "../../../../../etc/passwd",
            "/etc/passwd",
            "/dev/zero",
            "file:///etc/passwd",
            "https://s3.amazonaws.com/b/k",
            ".",
            "",
            "/proc/self/mem",
        ]
        .iter()
        .enumerate()
        {
            write(tree, &format!("t{at}.yaml"), &format!("Resources:\n{}", stack("A", url)));
            write(
                tree,
                &format!("i{at}.yaml"),
                &format!("Transform: {{Name: AWS::Include, Parameters: {{Location: '{url}'}}}}\n{}", named("a")),
            );
        }
    });
    let each = (0..8).fold("'${a}': {Type: AWS::IAM::User}".to_owned(), |inner, at| {
        format!(
            "Fn::ForEach::L{at}: [a{at}, [{}], {{{inner}}}]",
            (0..100).map(|x| format!("x{x}")).collect::<Vec<_>>().join(", ")
        )
    });
    hostile.file(
        "for each in for each: template.yaml",
        format!("Transform: AWS::LanguageExtensions\nResources:\n  {each}\n"),
    );
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn size() {
    let mut hostile = Hostile::default();
    let repeated =
        |count: usize, text: &str| (0..many(count)).map(|at| text.replace('@', &at.to_string())).collect::<String>();
    for (name, text) in [
        ("resources", format!("Resources:\n{}", repeated(200_000, "  U@: {Type: AWS::IAM::User}\n"))),
        ("of no interest", format!("Resources:\n{}", repeated(200_000, "  U@: {Type: AWS::SNS::Topic}\n"))),
        ("of one name", format!("Resources:\n{}", repeated(200_000, "  U: {Type: AWS::IAM::User}\n"))),
        ("parameters", format!("Parameters:\n{}{}", repeated(200_000, "  P@: {Type: String}\n"), named("!Ref P1"))),
        ("properties", format!("{}{}", named("a"), repeated(300_000, "      P@: @\n"))),
        ("one property", format!("{}{}", named("a"), repeated(300_000, "      P: @\n"))),
        ("wrong intrinsics", format!("{}{}", named("a"), repeated(100_000, "      P@: !Sub [\"${@\", 1]\n"))),
        ("documents", repeated(100_000, "---\nResources:\n  A@: {Type: AWS::IAM::User}\n")),
        ("variables of one text", named(&format!("!Sub \"{}\"", repeated(300_000, "${A@}")))),
        ("open variables of one text", named(&format!("!Sub \"{}\"", "${".repeat(many(1_000_000))))),
        ("a list", named(&format!("!Join [',', [{}]]", repeated(300_000, "a@, ")))),
        (
            "a mapping",
            format!("Mappings:\n  M:\n{}{}", repeated(200_000, "    A@: {b: c}\n"), named("!FindInMap [M, A5, b]")),
        ),
        ("comments", format!("{}{}", named("a"), "# cfn_nag:skip\n".repeat(many(1_000_000)))),
        (
            "suppressions",
            format!("{}{}", named("a"), repeated(100_000, "# baselint:ignore iam-policy-full-admin -- @\n")),
        ),
        ("a long line", named(&"x".repeat(many(50_000_000)))),
        ("a long quoted line", named(&format!("\"{}\"", "\\u0041".repeat(many(8_000_000))))),
        ("a block", named(&format!("|\n{}", "        x\n".repeat(many(3_000_000))))),
        ("a folded block", named(&format!(">-\n{}", "        x\n\n".repeat(many(3_000_000))))),
        ("a long plain text", named(&"x\n        ".repeat(many(3_000_000)))),
        ("a long key", named(&format!("\n        {}: 1", "k".repeat(many(20_000_000))))),
        ("a long tag", named(&format!("!{} a", "k".repeat(many(20_000_000))))),
        ("a long anchor", named(&format!("&{} a", "k".repeat(many(20_000_000))))),
        ("spaces", format!("{}{}", named("a"), " ".repeat(many(50_000_000)))),
        ("line ends", format!("{}{}", named("a"), "\n".repeat(many(50_000_000)))),
        ("colons", named(&": ".repeat(many(1_000_000)))),
        ("the word Resources", "Resources ".repeat(many(5_000_000))),
        ("the key Resources", "Resources: Type:: ".repeat(many(3_000_000))),
        ("characters of two bytes", named(&"é".repeat(many(10_000_000)))),
    ] {
        hostile.file(&format!("{name}: template.yaml"), text);
    }
    let ignored = repeated(100_000, "        - {id: iam-policy-full-admin, reason: \"@\"}\n");
    hostile.file(
        "metadata: template.yaml",
        format!(
            "Resources:\n  A:\n    Type: AWS::IAM::User\n    Metadata:\n      baselint:\n       ignore:\n{ignored}"
        ),
    );
    for (name, text) in [
        (
            "resources",
            format!(
                "{{\"Resources\": {{{}\"Z\": {{\"Type\": \"AWS::IAM::User\"}}}}}}",
                repeated(300_000, "\"U@\": {\"Type\": \"AWS::IAM::User\"},")
            ),
        ),
        (
            "of one name",
            format!(
                "{{\"Resources\": {{{}\"Z\": {{\"Type\": \"AWS::IAM::User\"}}}}}}",
                repeated(300_000, "\"U\": {\"Type\": \"AWS::IAM::User\"},")
            ),
        ),
        ("values", named_in_json(&format!("[{}1]", "1,".repeat(many(30_000_000))))),
        ("open lists", named_in_json(&format!("[{}1]", "[],".repeat(many(20_000_000))))),
        (
            "a plan of values",
            format!(
                "{{\"format_version\":\"1.2\",\"planned_values\":{{\"outputs\":[{}1]}}}}",
                "1,".repeat(many(30_000_000))
            ),
        ),
        ("escapes", named_in_json(&format!("\"{}\"", "\\u00e9".repeat(many(5_000_000))))),
        ("half of pairs", named_in_json(&format!("\"{}\"", "\\ud83d".repeat(many(1_000_000))))),
        ("numbers", named_in_json(&format!("[{}1]", "1e999999,".repeat(many(300_000))))),
        ("a number", named_in_json(&"9".repeat(many(5_000_000)))),
        ("a text", named_in_json(&format!("\"{}\"", "x".repeat(many(50_000_000))))),
        ("an open text", named_in_json(&format!("\"{}", "x".repeat(many(50_000_000))))),
        ("commas", named_in_json(&format!("[{}]", ",".repeat(many(1_000_000))))),
        (
            "a plan",
            format!(
                "{{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.0\",\"planned_values\":{{\"root_module\":{}{}",
                "{\"child_modules\":[".repeat(DEEP),
                "]}".repeat(DEEP)
            ),
        ),
        (
            "a plan of resources",
            format!(
                "{{\"format_version\":\"1.2\",\"planned_values\":{{\"root_module\":{{\"resources\":[{}{{}}]}}}}}}",
                repeated(
                    200_000,
                    "{\"address\":\"aws_iam_user.u@\",\"mode\":\"managed\",\"type\":\"aws_iam_user\",\"name\":\"u@\",\"values\":{\"name\":\"@\"}},"
                )
            ),
        ),
    ] {
        hostile.file(&format!("{name}: template.json"), text);
    }
    hostile.finish();
}
