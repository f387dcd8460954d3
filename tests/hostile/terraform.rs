//! The Terraform language.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{DEEP, Hostile, many, write};

/// A configuration whose policy is this expression; `locals` go before.
fn policy(locals: &str, value: &str) -> String {
    format!(
        "locals {{\n{locals}}}\nresource \"aws_iam_policy\" \"a\" {{\n  policy = {value}\n}}\noutput \"o\" {{\n  value = {value}\n}}\n"
    )
}

fn nested(open: &str, middle: &str, close: &str) -> String {
    policy("", &format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP)))
}

/// Locals `a0` to `a(steps)`, each made of the next; `@` stands for the next one.
fn chain(steps: usize, step: &str, last: &str) -> String {
    let locals: String =
        (0..steps).map(|at| format!("  a{at} = {}\n", step.replace('@', &format!("local.a{}", at + 1)))).collect();
    policy(&format!("{locals}  a{steps} = {last}\n"), "local.a0")
}

#[test]
fn nesting() {
    let mut hostile = Hostile::default();
    for (name, open, middle, close) in [
        ("lists", "[", "", "]"),
        ("objects", "{a=", "1", "}"),
        ("parentheses", "(", "1", ")"),
        ("not", "!", "true", ""),
        ("minus", "-", "1", ""),
        ("templates", "\"${", "1", "}\""),
        ("conditions", "true ? ", "1", " : 1"),
        ("conditions in conditions", "(true ? 1 : ", "1", ")"),
        ("calls", "jsonencode(", "1", ")"),
        ("unknown calls", "f(", "", ")"),
        ("indices", "a[", "1", "]"),
        ("index after index", "local.a", "[0]", "[0]"),
        ("attributes", "local", ".a", ".a"),
        ("splats", "local.a", "[*]", "[*]"),
        ("sums", "1 + ", "1", ""),
        ("comparisons", "1 == ", "1", ""),
        ("and", "true && ", "true", ""),
        ("loops over lists", "[for x in ", "[]", ": x]"),
        ("loops over objects", "{for k, v in ", "{}", ": k => v}"),
        ("loops in loops", "[for x in [1]: ", "1", "]"),
        ("directives", "\"%{if true}", "x", "%{endif}\""),
        ("spread", "concat([", "1", "]...)"),
        ("quotes", "\"", "", "\""),
        ("open only", "[{(\"${", "", ""),
    ] {
        let errors = hostile.file(&format!("{name}: main.tf"), nested(open, middle, close));
        if errors.is_empty() {
            hostile.fail(format!("{name}: nothing is told of what cannot be followed"));
        }
    }
    hostile.file(
        "directives in one text: main.tf",
        nested("", &format!("\"{}{}\"", "%{if true}".repeat(DEEP), "%{endif}".repeat(DEEP)), ""),
    );
    hostile.file(
        "loops in one text: main.tf",
        nested("", &format!("\"{}{}\"", "%{for x in [1]}".repeat(DEEP), "%{endfor}".repeat(DEEP)), ""),
    );
    hostile.file(
        "heredocs in templates: main.tf",
        policy("", &format!("{}1{}", "<<E\n${".repeat(DEEP), "\n}\nE\n".repeat(DEEP))),
    );
    let dynamic = "  dynamic \"statement\" {\n for_each = [1]\n content {\n".repeat(DEEP) + &"}\n}\n".repeat(DEEP);
    hostile.file("dynamic blocks: main.tf", format!("data \"aws_iam_policy_document\" \"a\" {{\n{dynamic}}}\n"));
    let blocks = "statement {\n".repeat(DEEP) + &"}\n".repeat(DEEP);
    hostile.file("blocks: main.tf", format!("data \"aws_iam_policy_document\" \"a\" {{\n{blocks}}}\n"));
    let ty = format!("{}string{}", "list(".repeat(DEEP), ")".repeat(DEEP));
    hostile.file(
        "types: main.tf",
        format!("variable \"a\" {{\n  type = {ty}\n  default = []\n}}\n") + &policy("", "var.a"),
    );
    hostile.file("open blocks: main.tf", "a {\n".repeat(DEEP));
    hostile.file("closing braces: main.tf", "}\n".repeat(DEEP));
    hostile.file("open comments: main.tf", "/*".repeat(DEEP));
    hostile.file("open heredocs: main.tf", "a = <<E\n".repeat(DEEP));
    for (name, open) in [("lists", "["), ("objects", "{\"a\":"), ("texts", "\"")] {
        hostile.file(&format!("{name}: main.tf.json"), format!("{{\"locals\":{{\"a\":{}", open.repeat(DEEP)));
    }
    let template = format!("{}1{}", "${[".repeat(DEEP), "]}".repeat(DEEP));
    hostile.file(
        "templates: a.tf.json",
        format!("{{\"resource\":{{\"aws_iam_policy\":{{\"a\":{{\"policy\":\"{template}\"}}}}}}}}"),
    );
    let labels = format!("{}{{\"policy\":\"x\"}}{}", "[".repeat(90), "]".repeat(90));
    hostile.file("arrays for labels: a.tf.json", format!("{{\"resource\":{labels}}}"));
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn depth_that_is_made() {
    let mut hostile = Hostile::default();
    let steps = many(100_000);
    for (name, step, last) in [
        ("references", "@", "1"),
        ("lists", "[@]", "1"),
        ("objects", "{ a = @ }", "1"),
        ("texts", "\"${@}x\"", "1"),
        ("encoded", "jsonencode([@])", "1"),
        ("encoded twice", "jsonencode(@)", "\"\\\"\""),
        ("decoded", "jsondecode(@)", "\"[]\""),
        ("conditions", "var.x ? @ : 1", "2"),
        ("loops", "[for x in @ : [x]]", "[1]"),
        ("merged", "merge(@, {a = @})", "{}"),
        ("yaml", "yamlencode({ a = @ })", "1"),
        ("template", "templatestring(@, {})", "\"x\""),
    ] {
        hostile.file(&format!("{name}: main.tf"), chain(steps, step, last));
        // Below what references may be deep, so that the values are.
        hostile.file(&format!("{name} of less: main.tf"), chain(240, step, last));
    }
    let deep = format!("{}1{}", "[".repeat(DEEP), "]".repeat(DEEP));
    hostile.file("decoded json: main.tf", policy("", &format!("jsondecode(\"{deep}\")")));
    hostile.file("decoded yaml: main.tf", policy("", &format!("yamldecode(\"{deep}\")")));
    hostile.file("decoded yaml in blocks: main.tf", policy("", &format!("yamldecode(\"{}\")", "- ".repeat(DEEP))));
    hostile.file(
        "template: main.tf",
        policy("", &format!("templatestring(\"{}1{}\", {{}})", "$${[".repeat(DEEP), "]}".repeat(DEEP))),
    );
    hostile.file("policy in a heredoc: main.tf", policy("", &format!("<<EOT\n{deep}\nEOT\n")));
    hostile
        .file("policy in objects: main.tf", policy("", &format!("<<EOT\n{}\nEOT\n", "{\"Statement\":".repeat(DEEP))));
    let quoted = (0..16).fold("x".to_owned(), |text, _| serde_json::to_string(&[text]).unwrap());
    hostile.file("json in json in json: main.tf", policy("", &format!("<<EOT\n{quoted}\nEOT\n")));
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn what_multiplies_itself() {
    let mut hostile = Hostile::default();
    for (name, step) in [
        ("text", "\"${@}${@}\""),
        ("lists", "[@, @]"),
        ("flat lists", "concat(@, @)"),
        ("objects", "{ a = @, b = @ }"),
        ("encoded", "jsonencode([@, @])"),
        ("conditions", "var.x ? @ : [@]"),
        ("either", "var.x ? { a = @ } : { b = @ }"),
        ("sums", "@ + @"),
        ("products", "@ * @"),
        ("replaced", "replace(\"${@}\", \"/./\", \"$0$0\")"),
        ("joined", "join(@, [@, @, @])"),
        ("formatted", "format(\"%s%s\", @, @)"),
        ("pairs", "setproduct(@, @)"),
        ("loops", "[for x in @ : [for y in @ : [x, y]]]"),
        ("matches", "regexall(\".?\", jsonencode([@, @]))"),
        ("base64", "base64encode(jsonencode([@, @]))"),
        ("split", "split(\"\", jsonencode([@, @]))"),
        ("indented", "indent(1000, \"\\n${@}\")"),
        ("ordered", "sort(concat(@, @))"),
        ("different", "distinct([@, [@]])"),
    ] {
        for last in ["[\"*\", \"a\"]", "\"*\"", "3"] {
            hostile.file(&format!("{name} of {last}: main.tf"), chain(60, step, last));
        }
    }
    for value in [
        "range(1000000000)",
        "range(0, 1000000000, 0.000001)",
        "range(0, -1e308, -1)",
        "[for x in range(1000) : [for y in range(1000) : [for z in range(1000) : \"${x}${y}${z}\"]]]",
        "{ for x in setproduct(range(1000), range(1000), range(1000)) : x[0] => x... }",
        "setproduct(range(1000), range(1000), range(1000))",
        "setproduct([for x in range(1000) : range(1000)]...)",
        "format(\"%1000000000d\", 1)",
        "format(\"%.1000000000f\", 1)",
        "format(\"%-*d\", 1000000000, 1)",
        "format(\"%[1000000000]d\", 1)",
        "format(\"%999999999999999999999999s\", 1)",
        "formatlist(\"%100000000s\", range(1000))",
        "pow(10, 1000000000)",
        "pow(2, -1000000000)",
        "pow(pow(10, 300), pow(10, 300))",
        "1e999999999",
        "1e-999999999",
        "1e9999999999999999999999999",
        "1e308 * 1e308 * 1e999999",
        "1e1000000 % 3",
        "1e1000000 / 3",
        "floor(1e1000000)",
        "parseint(\"1e1000000\", 36)",
        "\"${1e1000000}\"",
        "jsondecode(\"1e1000000000\")",
        "log(1e1000000, 1e-1000000)",
        "cidrsubnets(\"10.0.0.0/8\", [for x in range(1000) : 16]...)",
        "cidrsubnet(\"10.0.0.0/8\", 1000000000, 1000000000)",
        "cidrhost(\"::/0\", pow(2, 127))",
        "chunklist(range(1000), 0)",
        "chunklist(range(1000), 1e18)",
        "slice(range(1000), -1e18, 1e18)",
        "substr(\"a\", -1e18, 1e18)",
        "element(range(10), 1e300)",
        "range(10)[1e300]",
        "range(10)[-1]",
        "join(\",\", [for x in range(1000) : join(\",\", range(1000))])",
        "replace(join(\"\", [for x in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"]), \"/(a*)*/\", \"$1$1$1$1\")",
        "replace(join(\"\", [for x in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"]), \"\", \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\")",
        "regex(\"(((((((((a{100}){100}){100}){100}){100})))))\", \"a\")",
        "regex(\"((a+)+)+$\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\")",
        "regexall(\"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x\", join(\"\", [for x in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"]))",
        "regex(\"\\\\pL{1000}{1000}\", \"a\")",
        "[for x in range(1000) : regex(\"[\\\\w\\\\W]{${x}}\", \"a\")]",
        "csvdecode(join(\"\\n\", [for x in range(1000) : join(\",\", range(1000))]))",
        "yamldecode(\"a: &a [1,1,1,1,1,1,1,1,1]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\")",
        "yamldecode(\"a: &a\\n  b: *a\")",
        "flatten([for x in range(300) : [for y in range(300) : [x, [y]]]])",
        "merge([for x in range(1000) : { for y in range(1000) : \"${x}-${y}\" => y }]...)",
        "zipmap(range(1000), [for x in range(1000) : range(1000)])",
        "transpose({ for x in range(1000) : x => range(1000) })",
        "jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(jsonencode(\"\\\"\"))))))))))))",
        "fileset(\"/\", \"**\")",
        "fileset(\"../../../..\", \"**\")",
        "fileset(path.module, \"{a,{b,{c,{d,{e,{f,{g,h}}}}}}}{1..1000000000}\")",
        "fileset(\".\", \"**/**/**/**/**/**/**/**/**/**/**/**\")",
        "file(\"/dev/zero\")",
        "filebase64(\"/proc/self/mem\")",
        "templatefile(\"/etc/passwd\", {})",
        "bcrypt(\"a\", 31)",
        "timeadd(\"2020-01-01T00:00:00Z\", \"999999999999999999h\")",
        "formatdate(\"YYYYYYYYYYYYYYYYYYYYYYYYYYYY\", \"9999-99-99T99:99:99Z\")",
        "base64gzip(join(\"\", range(1000)))",
        "base64decode(\"////\")",
        "textdecodebase64(\"////\", \"UTF-16LE\")",
        "strrev(\"\\u0301\\u0301\\u0301\")",
        "title(\"\\U0001F468\\u200D\\U0001F469\")",
        "try([for x in range(1000) : try(local.nothing[x], [for y in range(1000) : local.nothing[y]])]...)",
        "[for x in range(1000) : can(regex(\"(\", x))]",
        "contains([for x in range(1000) : range(1000)], range(1000))",
        "distinct([for x in range(1000) : range(100)])",
        "setsubtract([for x in range(1000) : range(100)], [for x in range(1000) : range(100)])",
        "matchkeys(range(1000), range(1000), range(1000))",
        "var.x[*].y[*].z[*]",
        "[for x in var.x : [for y in var.y : [for z in var.z : x == y ? z : y]]]",
    ] {
        hostile.file(&format!("{value}: main.tf"), policy("  nothing = null\n", value) + "variable \"x\" {}\n");
    }
    let digits = "9".repeat(many(1_000_000));
    for value in [
        digits.clone(),
        format!("0.{digits}"),
        format!("parseint(\"{digits}\", 10)"),
        format!("tonumber(\"{digits}\") * tonumber(\"{digits}\")"),
        format!("1e{digits}"),
        format!("jsondecode(\"{digits}\")"),
    ] {
        let name: String = value.chars().take(20).collect();
        hostile.file(&format!("{name}: main.tf"), policy("", &value));
    }
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn instances() {
    let mut hostile = Hostile::default();
    for count in [
        "count = 1000000000",
        "count = 1e300",
        "count = -1",
        "count = 0.5",
        "count = range(1000000)",
        "for_each = toset([for x in range(100000) : tostring(x)])",
        "for_each = { for x in setproduct(range(1000), range(1000)) : join(\"-\", x) => x }",
        "for_each = aws_iam_policy.a",
        "count = length(aws_iam_policy.a)",
        "for_each = toset([for x in aws_iam_policy.a : x.arn])",
        "for_each = var.unknown",
    ] {
        let text = format!("resource \"aws_iam_policy\" \"a\" {{\n  {count}\n  policy = \"{{}}\"\n}}\n");
        hostile.file(&format!("{count}: main.tf"), text);
    }
    let statements = |text: &str| {
        format!(
            "data \"aws_iam_policy_document\" \"a\" {{\n{text}}}\nresource \"aws_iam_policy\" \"a\" {{\n  policy = data.aws_iam_policy_document.a.json\n}}\n"
        )
    };
    let dynamic = |body: &str| {
        format!("  dynamic \"statement\" {{\n    for_each = range(1000000)\n    content {{\n{body}\n    }}\n  }}\n")
    };
    hostile.file("dynamic: main.tf", statements(&dynamic("actions = [\"*\"]")));
    let inner = "dynamic \"principals\" {\n for_each = range(1000)\n content {\n type = \"AWS\"\n identifiers = [for x in range(1000) : x]\n }\n}\n";
    hostile.file("dynamic in dynamic: main.tf", statements(&dynamic(inner)));
    let many_statements: String = (0..many(100_000))
        .map(|at| {
            format!(
                "  statement {{\n    sid = \"s{at}\"\n    actions = [\"s3:Get{at}\"]\n    resources = [\"*\"]\n  }}\n"
            )
        })
        .collect();
    hostile.file("statements: main.tf", statements(&many_statements));
    let documents: String = (0..many(20_000)).map(|at| format!("data \"aws_iam_policy_document\" \"d{at}\" {{\n  source_policy_documents = [data.aws_iam_policy_document.d{}.json]\n  statement {{\n    actions = [\"*\"]\n    resources = [\"*\"]\n  }}\n}}\n", at + 1)).collect();
    hostile.file("a chain of documents: main.tf", documents);
    let doubled: String = (0..40).map(|at| format!("data \"aws_iam_policy_document\" \"d{at}\" {{\n  source_policy_documents = [data.aws_iam_policy_document.d{0}.json, data.aws_iam_policy_document.d{0}.json]\n}}\n", at + 1)).collect();
    hostile.file("documents twice: main.tf", doubled + "data \"aws_iam_policy_document\" \"d40\" {\n  statement {\n    actions = [\"*\"]\n    resources = [\"*\"]\n  }\n}\n");
    hostile.finish();
}

#[test]
fn cycles() {
    let mut hostile = Hostile::default();
    let circle: String = (0..1000).map(|at| format!("  a{at} = [local.a{}]\n", (at + 1) % 1000)).collect();
    hostile.file("locals: main.tf", policy(&circle, "local.a0"));
    hostile.file("a local and itself: main.tf", policy("  a = local.a\n  b = \"${local.b}${local.b}\"\n", "local.b"));
    hostile.file("everybody and everybody: main.tf", {
        let all: String = (0..60)
            .map(|at| format!("  a{at} = [{}]\n", (0..60).map(|at| format!("local.a{at}, ")).collect::<String>()))
            .collect();
        policy(&all, "local.a0")
    });
    hostile.file("resources: main.tf", "resource \"aws_iam_role\" \"a\" {\n  name = aws_iam_role.b.name\n  assume_role_policy = aws_iam_role.b.assume_role_policy\n}\nresource \"aws_iam_role\" \"b\" {\n  count = length(aws_iam_role.a.name)\n  name = aws_iam_role.a.name\n  assume_role_policy = aws_iam_role.a.assume_role_policy\n}\n");
    hostile.file("documents: main.tf", "data \"aws_iam_policy_document\" \"a\" {\n  source_policy_documents = [data.aws_iam_policy_document.b.json]\n}\ndata \"aws_iam_policy_document\" \"b\" {\n  override_policy_documents = [data.aws_iam_policy_document.a.json]\n}\n");
    hostile.file("variables: main.tf", "variable \"a\" {\n  default = var.a\n  type = var.a\n}\nprovider \"aws\" {\n  access_key = var.a\n  default_tags {\n    tags = provider.aws\n  }\n}\n");
    let call =
        |name: &str, source: &str, more: &str| format!("module \"{name}\" {{\n  source = \"{source}\"\n{more}}}\n");
    hostile.tree("a module of itself", |tree| write(tree, "m/main.tf", &call("m", ".", "")));
    hostile.tree("two modules", |tree| {
        write(
            tree,
            "a/main.tf",
            &(call("b", "../b", "  x = module.b.y\n") + "variable \"x\" {}\noutput \"y\" {\n  value = module.b.y\n}\n"),
        );
        write(
            tree,
            "b/main.tf",
            &(call("a", "../a", "  x = module.a.y\n") + "variable \"x\" {}\noutput \"y\" {\n  value = module.a.y\n}\n"),
        );
    });
    hostile.tree("modules through links", |tree| {
        write(tree, "a/main.tf", &call("b", "./again", ""));
        symlink(".", tree.join("a/again")).unwrap();
        write(tree, "b/main.tf", &call("c", "../to-b/to-c", ""));
        symlink("b", tree.join("to-b")).unwrap();
        symlink("..", tree.join("b/to-c")).unwrap();
        write(tree, "main.tf", &call("b", "./b", ""));
    });
    hostile.tree("modules with outputs for arguments", |tree| {
        write(
            tree,
            "main.tf",
            &(call("a", "./m", "  x = module.b.x\n")
                + &call("b", "./m", "  x = module.a.x\n")
                + &policy("", "module.a.x")),
        );
        write(tree, "m/main.tf", "variable \"x\" {}\noutput \"x\" {\n  value = var.x\n}\n");
    });
    hostile.tree("twice and twice again", |tree| {
        for at in 0..30 {
            let next = format!("../m{}", at + 1);
            write(tree, &format!("m{at}/main.tf"), &(call("a", &next, "") + &call("b", &next, "")));
        }
        write(tree, "m30/main.tf", &policy("", "\"{}\""));
    });
    hostile.tree("a million modules", |tree| {
        write(tree, "main.tf", &call("a", "./m", "  count = 1000000\n"));
        write(tree, "m/main.tf", &call("b", "../n", "  for_each = toset([for x in range(1000) : tostring(x)])\n"));
        write(tree, "n/main.tf", &policy("", "\"{}\""));
    });
    hostile.tree("a long way down", |tree| {
        for at in 0..many(2_000) {
            write(
                tree,
                &format!("m{at}/main.tf"),
                &(call("a", &format!("../m{}", at + 1), "") + "output \"x\" {\n  value = module.a.x\n}\n"),
            );
        }
    });
    hostile.tree("above the tree", |tree| {
        for (at, source) in [
            "../../..",
            "../../../../../../../../../etc",
            "/",
            "/proc",
            "..",
            "../",
            "./././.",
            "//",
            "git::../..",
            "\\u0000",
            "C:\\\\",
        ]
        .iter()
        .enumerate()
        {
            write(tree, &format!("m{at}/main.tf"), &call("a", source, ""));
        }
        write(tree, "long/main.tf", &call("a", &"../".repeat(DEEP), ""));
        write(tree, "longer/main.tf", &call("a", &format!("./{}", "x/".repeat(DEEP)), ""));
    });
    hostile.tree("installed modules", |tree| {
        write(tree, "main.tf", &(call("a", "registry/a/b", "") + &call("b", "registry/b/c", "")));
        write(tree, ".terraform/modules/modules.json", r#"{"Modules":[{"Key":"a","Dir":"."},{"Key":"b","Dir":".terraform/modules/b"},{"Key":"c","Dir":"../../../../../etc"}]}"#);
        write(tree, ".terraform/modules/b/main.tf", &call("b", "registry/b/c", ""));
        write(tree, "other/main.tf", &call("a", "registry/a/b", ""));
        write(tree, "other/.terraform/modules/modules.json", &"[".repeat(DEEP));
    });
    hostile.tree("templates of themselves", |tree| {
        write(tree, "main.tf", &policy("", "templatefile(\"t.tpl\", { a = 1 })"));
        write(tree, "t.tpl", "${templatefile(\"t.tpl\", { a = a })}${templatefile(\"t.tpl\", { a = a })}");
        write(tree, "deep.tf", "output \"d\" {\n  value = templatefile(\"d.tpl\", {})\n}\n");
        write(tree, "d.tpl", &"${[".repeat(DEEP));
        write(
            tree,
            "many.tf",
            "output \"m\" {\n  value = [for x in range(1000) : templatefile(\"m.tpl\", { x = x })]\n}\n",
        );
        write(tree, "m.tpl", &"%{for y in range(100)}${x}%{endfor}".repeat(1000));
    });
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn size() {
    let mut hostile = Hostile::default();
    let repeated =
        |count: usize, text: &str| (0..count).map(|at| text.replace('@', &at.to_string())).collect::<String>();
    for (name, count, text) in [
        ("resources", 1_000_000, "resource \"aws_iam_user\" \"u@\" {}\n"),
        ("resources of no interest", 1_000_000, "resource \"aws_vpc\" \"u@\" {}\n"),
        ("resources of one name", 100_000, "resource \"aws_iam_user\" \"u\" {}\n"),
        ("locals", 1_000_000, "locals { a@ = @ }\n"),
        ("variables", 1_000_000, "variable \"a@\" {}\n"),
        ("outputs", 300_000, "output \"a@\" {\n  value = 1\n}\n"),
        ("calls of nothing", 100_000, "module \"a@\" {\n  source = \"./a@\"\n}\n"),
        ("calls of one", 100_000, "module \"a@\" {\n  source = \"./m\"\n}\n"),
        ("wrong headers", 100_000, "resource \"a@\" {}\n"),
        ("misspelt headers", 100_000, "resouce \"a@\" \"b\" {}\n"),
        ("broken blocks", 100_000, "resource \"aws_iam_user\" \"u@\" {\n  name = = \n}\n"),
        ("broken documents", 20_000, "resource \"aws_iam_policy\" \"u@\" {\n  policy = \"{\"\n}\n"),
        ("overrides of nothing", 100_000, "check \"a@\" {\n  assert {}\n}\n"),
        ("comments", 1_000_000, "# a comment @\n"),
        ("suppressions", 100_000, "# baselint:ignore iam-policy-full-admin -- for @\n"),
        ("suppressions of others", 100_000, "#checkov:skip=CKV_AWS_@:why\n#tfsec:ignore:aws-@\n"),
        ("wrong suppressions", 100_000, "# baselint:ignore no-such-rule-@\n"),
        (
            "suppressed policies",
            10_000,
            "# baselint:ignore iam-policy-full-admin -- for @\nresource \"aws_iam_policy\" \"a@\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })\n}\n",
        ),
        (
            "policies",
            20_000,
            "resource \"aws_iam_policy\" \"a@\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })\n}\n",
        ),
    ] {
        hostile.file(&format!("{name}: main.tf"), repeated(many(count), text));
    }
    let attributes = repeated(many(1_000_000), "  a@ = @\n");
    hostile.file("arguments: main.tf", format!("resource \"aws_iam_user\" \"u\" {{\n{attributes}}}\n"));
    hostile.file("locals in one block: main.tf", format!("locals {{\n{attributes}}}\n") + &policy("", "local.a5"));
    hostile.file(
        "one argument: main.tf",
        format!("resource \"aws_iam_user\" \"u\" {{\n{}}}\n", "  a = 1\n".repeat(many(100_000))),
    );
    hostile.file(
        "one local: main.tf",
        format!("locals {{\n{}}}\n", "  a = 1\n".repeat(many(1_000_000))) + &policy("", "local.a"),
    );
    hostile.file(
        "types of blocks: main.tf",
        format!("resource \"aws_iam_user\" \"u\" {{\n{}}}\n", repeated(many(100_000), "  b@ {}\n")),
    );
    hostile.file(
        "blocks of one type: main.tf",
        format!("resource \"aws_iam_user\" \"u\" {{\n{}}}\n", "  b {}\n".repeat(many(150_000))),
    );
    hostile.file(
        "ends of a heredoc that are none: main.tf",
        policy(&format!("  o = <<EOT\n{}EOT\n", "EOT\"\n".repeat(many(1_000_000))), "local.o"),
    );
    hostile.tree("a template of parts", |tree| {
        write(tree, "main.tf", &policy("", "templatefile(\"t.tpl\", { a = 1 })"));
        write(tree, "t.tpl", &"${a}".repeat(many(1_000_000)));
    });
    hostile.tree("a module of many, many times", |tree| {
        write(tree, "main.tf", "module \"m\" {\n  source = \"./m\"\n  count = 1000\n}\n");
        write(tree, "m/main.tf", &repeated(many(10_000), "resource \"aws_iam_user\" \"u@\" {\n  count = 1000\n}\n"));
    });
    hostile.file("an object: main.tf", policy(&format!("  o = {{\n{attributes}  }}\n"), "local.o"));
    hostile.file("a list: main.tf", policy(&format!("  o = [{}]\n", "1,".repeat(many(1_000_000))), "local.o"));
    hostile.file("a sum: main.tf", policy(&format!("  o = {}\n", vec!["1"; many(1_000_000)].join("+")), "local.o"));
    hostile.file(
        "arguments of a call: main.tf",
        policy(&format!("  o = concat({})\n", vec!["[1]"; many(1_000_000)].join(",")), "local.o"),
    );
    hostile.file(
        "parts of a text: main.tf",
        policy(&format!("  o = \"{}\"\n", "${1}".repeat(many(1_000_000))), "local.o"),
    );
    hostile.file(
        "unknown parts of a text: main.tf",
        policy(&format!("  o = \"{}\"\n", "${var.x}*".repeat(many(1_000_000))), "local.o") + "variable \"x\" {}\n",
    );
    hostile.file("labels: main.tf", format!("resource {} {{}}\n", "\"a\" ".repeat(many(1_000_000))));
    hostile
        .file("a long name: main.tf", format!("resource \"aws_iam_user\" \"{}\" {{}}\n", "a".repeat(many(50_000_000))));
    hostile.file("a long unknown type: main.tf", format!("{} \"a\" {{}}\n", "resourc".repeat(many(1_000_000))));
    hostile.file(
        "a long comment: main.tf",
        format!("# {}\n", "baselint:ignore ".repeat(many(3_000_000))) + &policy("", "\"{}\""),
    );
    hostile.file(
        "a long line: main.tf",
        format!("locals {{ a = \"{}\" }}{}", "x".repeat(many(50_000_000)), policy("", "\"{}\"").replace('\n', " ")),
    );
    hostile.file("a long fault: main.tf", format!("resource \"aws_iam_policy\" \"p\" {{ policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"*\", Resource = [\"*\", {} ] }}] }}) }}", "\"x\", ".repeat(many(1_000_000))).replace(" }}", "\n}}"));
    hostile.file(
        "a long policy: main.tf",
        policy(
            "",
            &format!(
                "<<EOT\n{}{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}]}}\nEOT\n",
                " ".repeat(many(50_000_000))
            ),
        ),
    );
    hostile.file("too large: main.tf", vec![b'\n'; 70 << 20]);
    hostile.tree("override files", |tree| {
        write(tree, "main.tf", &repeated(many(20_000), "resource \"aws_iam_user\" \"u@\" {}\n"));
        write(
            tree,
            "a_override.tf",
            &repeated(many(20_000), "resource \"aws_iam_user\" \"u@\" {\n  name = 1\n}\nprovider \"p@\" {}\n"),
        );
    });
    hostile.tree("values of variables", |tree| {
        write(tree, "main.tf", &(policy("", "var.a1") + &repeated(many(20_000), "variable \"a@\" {}\n")));
        write(tree, "terraform.tfvars", &repeated(many(100_000), "a@ = @\n"));
        write(tree, "b.auto.tfvars.json", &format!("{{{}", "\"a1\": {".repeat(DEEP)));
        write(tree, "a.auto.tfvars", &format!("a1 = {}", "[".repeat(DEEP)));
    });
    for (name, open, item, close) in [
        ("resources", "{\"resource\":{\"aws_iam_user\":{", "\"u@\":{\"name\":\"@\"}", "}}}"),
        ("of one name", "{\"resource\":{\"aws_iam_user\":{", "\"u\":{\"name\":\"@\"}", "}}}"),
        ("a list of resources", "{\"resource\":[", "{\"aws_iam_user\":{\"u@\":{}}}", "]}"),
        ("locals", "{\"locals\":{", "\"u@\":\"${local.u@}\"", "}}"),
        ("variables", "{\"variable\":[", "{\"u@\":{}}", "]}"),
        ("types of blocks", "{\"resource\":{\"aws_iam_user\":{\"u\":{", "\"b@\":{}", "}}}}"),
        ("types of blocks in one", "{\"resource\":{\"aws_iam_user\":{\"u\":{\"a\":{", "\"b@\":{}", "}}}}}"),
        ("one argument", "{\"resource\":{\"aws_iam_user\":{\"u\":{", "\"a\":@", "}}}}"),
        ("arguments", "{\"resource\":{\"aws_iam_user\":{\"u\":{", "\"a@\":[\"${1 + 1}\"]", "}}}}"),
    ] {
        let items: Vec<String> = (0..many(300_000)).map(|at| item.replace('@', &at.to_string())).collect();
        hostile.file(&format!("{name}: a.tf.json"), format!("{open}{}{close}", items.join(",")));
    }
    for (name, item) in [("numbers", "1,"), ("lists", "[],"), ("objects", "{},"), ("texts", "\"\",")] {
        let items = item.repeat(many(60_000_000) / item.len());
        hostile.file(&format!("{name}: a.tf.json"), format!("{{\"locals\":{{\"a\":[{items}1]}}}}"));
        hostile.file(&format!("{name}: main.tf"), policy(&format!("  a = [{items}]\n"), "local.a"));
        hostile.file(&format!("{name} in a text: main.tf"), policy("", &format!("jsondecode(<<E\n[{items}1]\nE\n)")));
    }
    hostile.finish();
}

/// Every beginning of some files, each in a directory of its own.
#[test]
fn beginnings() {
    let mut hostile = Hostile::default();
    let mut texts: Vec<(&str, Vec<u8>)> = vec![
        ("main.tf", policy("  a = [for x in [1]: \"${x}%{if true}é%{endif}\"]\n", "<<-EOT\n    {\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\"}]}\n  EOT\n").into_bytes()),
        ("main.tf", b"module \"m\" {\n  source = \"../0\" // c\n  /* d */\n  for_each = { a = 1, \"b\" : 2 }\n  x = try(each.value.y[*].z, null)...\n}\n".to_vec()),
        ("main.tf", b"data \"aws_iam_policy_document\" \"d\" {\n  dynamic \"statement\" {\n    for_each = var.s\n    content {\n      actions = [\"${statement.value}:*\"]\n      principals {\n        type = \"AWS\"\n        identifiers = [\"*\"]\n      }\n    }\n  }\n}\nvariable \"s\" {\n  type = list(object({ a = optional(string, \"x\") }))\n}\n".to_vec()),
        ("main.tf", "# baselint:ignore iam-policy-full-admin -- \u{1F600}\nresource \"aws_iam_policy\" \"\u{e9}\" {\n  policy = file(\"${path.module}/p.json\") # <- x\n  lifecycle {\n    ignore_changes = [policy]\n  }\n}\n".as_bytes().to_vec()),
        ("main.tf.json", br#"{"resource": {"aws_iam_policy": {"a": [{"policy": "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"${var.x}*\"}}"}]}}, "variable": {"x": {"default": "\u00e9\ud83d\ude00"}}}"#.to_vec()),
        ("template.yaml", b"AWSTemplateFormatVersion: 2010-09-09\nParameters:\n  P: {Type: String, Default: &d 'x'}\nResources:\n  A:\n    Type: AWS::IAM::ManagedPolicy\n    Metadata: {baselint: {ignore: [{id: iam-policy-full-admin, reason: \"y\"}]}}\n    Properties:\n      PolicyDocument:\n        Statement:\n          - Effect: Allow\n            Action: !Sub [\"${a}*\", {a: !Ref P}]\n            Resource: !If [C, *d, !GetAtt A.Arn]\n      Description: |-\n        text\n          more\n      ? key\n      : >+\n        folded\n".to_vec()),
        ("template.json", br#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"A": {"Type": "AWS::IAM::User", "Properties": {"UserName": {"Fn::Join": ["", ["a", {"Ref": "AWS::Region"}, "\u00e9"]]}, "Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": 1e3}]}}]}}}}"#.to_vec()),
        ("terraform.tfvars", b"a = [\"x\", { b = <<EOT\ntext\nEOT\n}]\nc = -1.5e3\n".to_vec()),
        ("main.tofu", b"locals {\n  \"a\" = 1\n}\nterraform {\n  required_version = \">= 1\"\n  backend \"s3\" {}\n}\nmoved {\n  from = a.b\n  to = a.c[\"x\"]\n}\n".to_vec()),
    ];
    texts.push(("x_override.tf", texts[2].1.clone()));
    hostile.tree("beginnings", |tree: &Path| {
        for (at, (name, text)) in texts.iter().enumerate() {
            for end in 0..=text.len() {
                let directory = tree.join(format!("{at}/{end}"));
                fs::create_dir_all(&directory).unwrap();
                fs::write(directory.join(name), &text[..end]).unwrap();
                if *name == "terraform.tfvars" {
                    fs::write(directory.join("main.tf"), "variable \"a\" {}\noutput \"a\" {\n  value = var.a\n}\n")
                        .unwrap();
                }
            }
        }
    });
    hostile.finish();
}
