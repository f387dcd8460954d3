//! Whole directories, evaluated.

mod bounds;
mod references;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::model::{Category, Existence, Resource, Root};
use crate::source::Sources;
use crate::terraform::{Configuration, Options};
use crate::value::{Kind, Value, Why};

/// A tree of files in a temporary directory.
struct Tree {
    directory: tempfile::TempDir,
    sources: Sources,
    files: Vec<PathBuf>,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let mut paths = Vec::new();
        for (name, text) in files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            paths.push(path);
        }
        Self { sources: Sources::new(root), directory, files: paths }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap()
    }

    fn load(&self) -> Configuration<'_> {
        let mut directories: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
        for file in self.files.iter().filter(|file| !file.to_string_lossy().contains(".terraform")) {
            let parent = file.parent().unwrap().to_owned();
            match directories.iter_mut().find(|(path, _)| *path == parent) {
                Some((_, files)) => files.push(file.clone()),
                None => directories.push((parent, vec![file.clone()])),
            }
        }
        directories.retain(|(_, files)| files.iter().any(|file| file.to_string_lossy().contains(".tf")));
        let options = Options { outputs: true, ..Options::default() };
        Configuration::load(&self.sources, &directories, &[self.path()], options)
    }

    /// The one root, evaluated wholly, on a thread with the stack that workers have.
    fn root(&self) -> Root {
        let work = || {
            let configuration = self.load();
            let roots = configuration.roots();
            assert_eq!(roots.len(), 1, "{roots:?}");
            configuration.evaluate(roots[0], &|_, _| true)
        };
        std::thread::scope(|scope| {
            std::thread::Builder::new().stack_size(16 << 20).spawn_scoped(scope, work).unwrap().join().unwrap()
        })
    }

    fn slice(&self, value: &Value) -> String {
        self.sources.slice(value.origin.unwrap())
    }
}

/// One file, evaluated.
fn root(text: &str) -> Root {
    Tree::new(&[("main.tf", text)]).root()
}

/// An output, as JSON with symbols.
fn output(root: &Root, name: &str) -> String {
    let (_, value) = root.outputs.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no output {name}"));
    shown(value)
}

fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::OneOf(arms) => arms.iter().map(shown).collect::<Vec<_>>().join(" | "),
        Kind::Unknown(unknown) => format!("<{}>", unknown.symbol.name()),
        _ => crate::value::json::print(value, false).finish().to_string(),
    }
}

/// The value of `x` in a file of these locals.
fn evaluated(expression: &str) -> String {
    let root = root(&format!("variable \"in\" {{}}\noutput \"x\" {{\n  value = {expression}\n}}\n"));
    assert_eq!(root.errors, []);
    output(&root, "x")
}

fn resource<'r>(root: &'r Root, address: &str) -> &'r Resource {
    root.resources.iter().find(|resource| &*resource.address == address).unwrap_or_else(|| {
        panic!("no {address} among {:?}", root.resources.iter().map(|r| r.address.to_string()).collect::<Vec<_>>())
    })
}

fn addresses(root: &Root) -> Vec<&str> {
    root.resources.iter().map(|resource| &*resource.address).collect()
}

#[test]
fn expressions() {
    for (expression, expected) in [
        ("[for i, x in [\"a\", \"b\"] : \"${i}-${x}\" if x != \"a\"]", r#"["1-b"]"#),
        (
            "{for k, v in { a = 1, b = 2, c = 3 } : v % 2 == 0 ? \"even\" : \"odd\" => k...}",
            r#"{"odd":["a","c"],"even":["b"]}"#,
        ),
        ("{ for k in [1, 3] : k =>\n  k == 1 ? \"{\" :\r\n k == 3\n ?\n 3 : 4 }", r#"{"1":"{","3":"3"}"#),
        ("\"%{ for s in [\"x\", \"y\"] ~}${s},%{ endfor ~}\"", r#""x,y,""#),
        ("\"%{ if 1 > 2 }yes%{ else }no%{ endif }\"", r#""no""#),
        ("[{ a = 1 }, { a = 2 }][*].a", "[1,2]"),
        ("[{ a = [1] }, { a = [2] }].*.a[0]", "[1]"),
        ("null[*]", "[]"),
        ("\"one\"[*]", r#"["one"]"#),
        ("{ a = 1, a = 2 }.a", "2"),
        ("[1, 2].1", "2"),
        ("try({}.a, [][0], \"c\")", r#""c""#),
        ("can({}.a)", "false"),
        ("max([1, 3, 2]...)", "3"),
        ("\"${true}\"", "true"),
        ("\"a${1}b${true}$${c}%%{d}\\u00e9\\n\"", "\"a1btrue${c}%{d}é\\\\n\""),
        ("jsonencode({ b = 1, a = [null] })", r#""{\"a\":[null],\"b\":1}""#),
        ("var.in ? \"a\" : \"b\"", r#""a" | "b""#),
        ("\"x-${var.in ? \"a\" : \"b\"}\"", r#""x-a" | "x-b""#),
        ("\"arn:${var.in}:*\"", r#""arn:${var.in}:*""#),
        ("var.in.a[0]", "<var.in.a[0]>"),
        ("var.in[*].a", "<var.in[*].a>"),
        ("try(var.in.a, \"b\")", r#"<var.in.a> | "b""#),
        ("path.module", r#"".""#),
        ("terraform.workspace", "<terraform.workspace>"),
    ] {
        assert_eq!(
            evaluated(expression).replace("\\n", "\\\\n"),
            expected.replace("\\\\\\\\n", "\\\\n"),
            "{expression}"
        );
    }
}

/// What `terraform` 1.x prints for the same text.
#[test]
fn heredocs_are_trimmed_as_terraform_trims_them() {
    let text = r#"
locals {
  l = ["a","b"]
  t1 = <<-EOT
    %{ for x in local.l ~}

       y ${x}
    %{ endfor ~}
      end
  EOT
  t2 = <<EOT
%{ for x in local.l ~}
   y ${x}
   %{~ endfor }
  end ${~ "z" ~}   
   q
EOT
  t3 = "%{ for x in local.l ~}\n\n   y ${x}\n   %{~ endfor }"
  t4 = <<-EOT
    a
	b
      ${"x"}

   
      c $${x} %%{y} \n
    EOT
  t5 = <<-EOT
  ${"x"} a
      b
  EOT
  t7 = <<-EOT
      ${~ "x" } a
        b
  EOT
}
output "t1" { value = local.t1 }
output "t2" { value = local.t2 }
output "t3" { value = local.t3 }
output "t4" { value = local.t4 }
output "t5" { value = local.t5 }
output "t7" { value = local.t7 }
"#;
    let root = root(text);
    let text = |name: &str| {
        let (_, value) = root.outputs.iter().find(|(found, _)| found == name).unwrap();
        value.as_str().unwrap().to_owned()
    };
    assert_eq!(text("t1"), "\n   y a\n\n   y b\n      end\n");
    assert_eq!(text("t2"), "   y a\n   y b\n\n  endz   q\n");
    assert_eq!(text("t3"), "y ay b");
    assert_eq!(text("t4"), "   a\nb\n     x\n\n   \n     c ${x} %{y} \\n\n");
    assert_eq!(text("t5"), "x a\n    b\n");
    assert_eq!(text("t7"), "x a\n        b\n");
}

#[test]
fn deep_references_end_in_an_unknown_and_not_in_an_overflow() {
    let mut text = "output \"x\" { value = local.a0 }\noutput \"y\" { value = local.f0 }\nlocals {\n".to_owned();
    for at in 0..3_000 {
        let next = at + 1;
        let _ = writeln!(text, "  a{at} = [{{ k = try(local.a{next} + (1 + 1), local.a{next}) }}]");
        let _ = writeln!(text, "  f{at} = [for x in [1] : \"${{jsonencode(local.f{next}[*].k)}}-\"]");
    }
    text.push_str("  a3000 = 1\n  f3000 = 1\n}\n");
    for at in 0..1_000 {
        let next = at + 1;
        let _ = writeln!(
            text,
            r#"resource "r" "r{at}" {{
  for_each = toset([for x in r.r{next} : x.k])
  dynamic "b" {{
    for_each = {{ for k, v in r.r{next} : k => v.b[*].c }}
    content {{
      c = upper("${{each.key}}-${{b.value}}")
    }}
  }}
}}"#
        );
    }
    let root = root(&text);
    for (_, value) in &root.outputs {
        assert!(!value.is_wholly_known());
    }
}

#[test]
fn values_stand_where_they_are_written() {
    let tree = Tree::new(&[
        (
            "main.tf",
            r#"
locals {
  actions = ["s3:Get*", "*"]
}
module "policy" {
  source  = "./modules/policy"
  actions = local.actions
}
resource "aws_iam_role_policy" "heredoc" {
  policy = <<-EOT
    {"Statement": [{"Action": "iam:*", "Resource": "${aws_s3_bucket.b.arn}/*"}]}
  EOT
}
resource "aws_s3_bucket" "b" {}
resource "aws_iam_policy" "file" {
  policy = templatefile("${path.module}/p.json.tftpl", { action = "ec2:*" })
}
"#,
        ),
        ("p.json.tftpl", "{\"Statement\": [{\"Action\": \"${action}\", \"Resource\": \"*\"}]}\n"),
        (
            "modules/policy/main.tf",
            "variable \"actions\" {\n  type = list(string)\n}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [{ Action = var.actions }] })\n}\n",
        ),
    ]);
    let root = tree.root();
    assert_eq!(root.errors, []);
    let statement = |address: &str| -> Value {
        let text = resource(&root, address).attributes.get("policy").unwrap().as_text().unwrap().clone();
        let document = crate::value::json::decode(&text).unwrap();
        document.get("Statement").unwrap().as_list().unwrap().items()[0].clone()
    };
    let in_module = statement("module.policy.aws_iam_policy.p");
    let star = &in_module.get("Action").unwrap().as_list().unwrap().items()[1];
    assert_eq!((star.as_str(), tree.slice(star)), (Some("*"), "\"*\"".to_owned()));
    assert_eq!(tree.sources.get(star.origin.unwrap().file).unwrap().shown_path(), "main.tf");

    let heredoc = statement("aws_iam_role_policy.heredoc");
    assert_eq!(tree.slice(heredoc.get("Action").unwrap()), "\"iam:*\"");
    let bucket = heredoc.get("Resource").unwrap().as_text().unwrap();
    let (_, symbol) = bucket.symbols().next().unwrap();
    assert_eq!(&*symbol.reference().unwrap().address, "aws_s3_bucket.b");

    let template = statement("aws_iam_policy.file");
    assert_eq!(tree.slice(template.get("Action").unwrap()), "\"ec2:*\"");
    assert_eq!(tree.sources.get(template.get("Action").unwrap().origin.unwrap().file).unwrap().shown_path(), "main.tf");
    assert_eq!(tree.slice(template.get("Resource").unwrap()), "\"*\"");
}

#[test]
fn a_resource_knows_its_header_and_its_block() {
    let text = "resource \"aws_iam_role\" \"x\" {\n  name       = \"r\"\n  depends_on = [aws_y.z]\n}\n";
    let tree = Tree::new(&[("main.tf", text)]);
    let root = tree.root();
    let role = resource(&root, "aws_iam_role.x");
    assert_eq!(tree.sources.slice(role.span), "resource \"aws_iam_role\" \"x\"");
    assert_eq!(tree.sources.slice(role.block), text.trim_end());
    let entry = role.attributes.as_map().unwrap().entries();
    assert_eq!(entry.len(), 1);
    assert_eq!(tree.sources.slice(entry[0].key_origin.unwrap()), "name");
}

#[test]
fn count_and_for_each() {
    let text = r#"
variable "on" {}
variable "names" {}
resource "a" "none" { count = 0 }
resource "a" "two" {
  count = 2
  name  = "n${count.index}"
}
resource "a" "maybe" { count = var.on ? 1 : 0 }
resource "a" "each" {
  for_each = { x = "1", y = "2" }
  name     = "${each.key}-${each.value}"
}
resource "a" "set" {
  for_each = toset(["p", aws_b.c.id])
  name     = each.value
}
resource "a" "open" {
  for_each = var.names
  name     = each.value.name
}
resource "a" "chained" {
  for_each = a.each
  name     = each.value.arn
}
output "splat" { value = a.two[*].name }
output "legacy" { value = a.two.*.arn }
output "keyed" { value = a.each["y"].arn }
output "maybe" { value = one(a.maybe[*].arn) }
output "absent" { value = try(a.none[0].arn, "no") }
output "values" { value = [for k, r in a.each : r.name] }
output "whole" { value = a.each["x"].name }
"#;
    let root = root(text);
    assert_eq!(root.errors, []);
    assert_eq!(
        addresses(&root),
        [
            "a.two[0]",
            "a.two[1]",
            "a.maybe[0]",
            "a.each[\"x\"]",
            "a.each[\"y\"]",
            "a.set[\"p\"]",
            "a.set[\"${aws_b.c.id}\"]",
            "a.open[each.key]",
            "a.chained[\"x\"]",
            "a.chained[\"y\"]",
        ]
    );
    assert_eq!(output(&root, "splat"), r#"["n0","n1"]"#);
    assert_eq!(output(&root, "legacy"), r#"["${a.two[0].arn}","${a.two[1].arn}"]"#.replace('"', ""));
    assert_eq!(output(&root, "keyed"), "<a.each[\"y\"].arn>");
    assert_eq!(output(&root, "maybe"), "<a.maybe[0].arn> | null");
    assert_eq!(output(&root, "absent"), "\"no\"");
    assert_eq!(output(&root, "values"), r#"["x-1","y-2"]"#);
    assert!(matches!(resource(&root, "a.maybe[0]").existence, Existence::Possible(_)));
    assert!(matches!(resource(&root, "a.open[each.key]").existence, Existence::Possible(Why::Input(_))));
    assert_eq!(resource(&root, "a.two[1]").existence, Existence::Certain);
    assert_eq!(shown(resource(&root, "a.chained[\"x\"]").attributes.get("name").unwrap()), "<a.each[\"x\"].arn>");
}

#[test]
fn dynamic_blocks() {
    let text = r#"
variable "more" {}
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = { a = ["s3:*"], b = ["ec2:*"] }
    iterator = it
    content {
      sid       = it.key
      actions   = it.value
      resources = ["*"]
      dynamic "principals" {
        for_each = it.key == "a" ? ["*"] : []
        content {
          type        = "AWS"
          identifiers = [principals.value]
        }
      }
    }
  }
}
resource "a" "b" {
  rule { x = 1 }
  dynamic "rule" {
    for_each = var.more
    content {
      x = rule.value.x
    }
  }
}
"#;
    let root = root(text);
    assert_eq!(root.errors, []);
    let json = resource(&root, "data.aws_iam_policy_document.d").attributes.get("json").unwrap();
    let document = crate::value::json::decode(json.as_text().unwrap()).unwrap();
    assert_eq!(
        shown(document.get("Statement").unwrap()),
        r#"[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":"*"}},{"Sid":"b","Effect":"Allow","Action":"ec2:*","Resource":"*"}]"#
    );
    let rules = resource(&root, "a.b").attributes.get("rule").unwrap();
    assert_eq!(shown(rules), r#"[{"x":1},{"x":${var.more.rule.value.x}}] | [{"x":1}]"#);
}

#[test]
fn modules_with_variables_and_outputs() {
    let tree = Tree::new(&[
        (
            "main.tf",
            r#"
module "a" {
  source   = "./m"
  for_each = toset(["x", "y"])
  settings = { name = each.key }
}
module "remote" { source = "terraform-aws-modules/iam/aws" }
resource "a" "b" { arn = module.a["x"].arn }
output "names" { value = { for k, m in module.a : k => m.name } }
output "remote" { value = module.remote.arn }
output "size" { value = module.a["y"].size }
"#,
        ),
        (
            "m/main.tf",
            r#"
variable "settings" {
  type = object({ name = string, size = optional(number, 3) })
}
module "deeper" { source = "../n" }
resource "aws_iam_role" "r" { name = var.settings.name }
output "name" { value = var.settings.name }
output "size" { value = var.settings.size }
output "arn" { value = aws_iam_role.r.arn }
"#,
        ),
        ("n/main.tf", "resource \"a\" \"deep\" {}\n"),
    ]);
    let root = tree.root();
    assert_eq!(root.errors, []);
    assert_eq!(output(&root, "names"), r#"{"x":"x","y":"y"}"#);
    assert_eq!(output(&root, "size"), "3");
    assert_eq!(output(&root, "remote"), "<module.remote.arn>");
    let (_, remote) = root.outputs.iter().find(|(name, _)| name == "remote").unwrap();
    assert!(matches!(remote.as_unknown().unwrap().why, Why::Absent(_)));
    assert_eq!(
        addresses(&root),
        [
            "a.b",
            "module.a[\"x\"].aws_iam_role.r",
            "module.a[\"x\"].module.deeper.a.deep",
            "module.a[\"y\"].aws_iam_role.r",
            "module.a[\"y\"].module.deeper.a.deep",
        ]
    );
    let arn = resource(&root, "a.b").attributes.get("arn").unwrap().as_unknown().unwrap().symbol.clone();
    assert_eq!(&*arn.reference().unwrap().address, "module.a[\"x\"].aws_iam_role.r");
}

#[test]
fn only_what_is_wanted_is_evaluated() {
    let tree = Tree::new(&[(
        "main.tf",
        "resource \"aws_iam_role\" \"r\" {}\nresource \"aws_instance\" \"i\" { broken = ( }\nprovider \"aws\" { alias = \"us\" }\nterraform {\n  backend \"s3\" { bucket = \"b\" }\n}\n",
    )]);
    let configuration = tree.load();
    let roots = configuration.roots();
    let roles = configuration.evaluate(roots[0], &|_, kind| kind == "aws_iam_role");
    assert_eq!(addresses(&roles), ["aws_iam_role.r"]);
    assert_eq!(roles.errors.len(), 1, "the bracket that is not closed");
    let all = configuration.evaluate(roots[0], &|category, _| category != Category::Managed);
    assert_eq!(addresses(&all), ["provider.aws.us", "terraform.backend.s3"]);
    assert_eq!(all.resources[1].attributes.get("bucket").unwrap().as_str(), Some("b"));
}

#[test]
fn overrides_variables_files_and_installed_modules() {
    let tree = Tree::new(&[
        (
            "main.tf",
            "variable \"a\" {}\nvariable \"b\" { default = 1 }\nvariable \"c\" { type = list(string) }\nresource \"x\" \"y\" {\n  p = 1\n  q = 2\n  block { z = 1 }\n}\nmodule \"m\" { source = \"some/module/aws\" }\noutput \"all\" { value = [var.a, var.b, var.c] }\n",
        ),
        ("main_override.tf", "resource \"x\" \"y\" {\n  q = 3\n  block { z = 2 }\n}\n"),
        ("terraform.tfvars", "a = \"one\"\nb = 5\n"),
        ("z.auto.tfvars.json", "{\"b\": 6, \"c\": [1, true]}"),
        (
            ".terraform/modules/modules.json",
            "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"m\",\"Source\":\"x\",\"Dir\":\".terraform/modules/m\"}]}",
        ),
        (".terraform/modules/m/main.tf", "resource \"in\" \"module\" {}\n"),
    ]);
    let root = tree.root();
    assert_eq!(root.errors, []);
    assert_eq!(output(&root, "all"), r#"["one",6,["1","true"]]"#);
    assert_eq!(shown(&resource(&root, "x.y").attributes), r#"{"p":1,"q":3,"block":[{"z":2}]}"#);
    assert_eq!(addresses(&root), ["x.y", "module.m.in.module"]);
}

#[test]
fn json_syntax() {
    let tree = Tree::new(&[(
        "main.tf.json",
        r#"{
  "//": "a comment",
  "locals": [{"action": "s3:*"}],
  "variable": {"v": {"type": "string", "default": "d"}},
  "data": {"aws_iam_policy_document": {"p": {"statement": {"actions": ["${local.action}", "*"], "resources": ["*"]}}}},
  "resource": {"aws_iam_role": {"r": {"name": "n-${var.v}", "tags": {"a": "b"}}}}
}
"#,
    )]);
    let root = tree.root();
    assert_eq!(root.errors, []);
    assert_eq!(shown(&resource(&root, "aws_iam_role.r").attributes), r#"{"name":"n-d","tags":{"a":"b"}}"#);
    let statements = resource(&root, "data.aws_iam_policy_document.p").attributes.get("statement").unwrap();
    let actions = statements.as_list().unwrap().items()[0].get("actions").unwrap().as_list().unwrap();
    let [action, star] = actions.items() else { panic!() };
    assert_eq!((tree.slice(action), tree.slice(star)), ("\"s3:*\"".to_owned(), "\"*\"".to_owned()));
}

#[test]
fn what_terraform_refuses_is_an_error_and_the_rest_goes_on() {
    let text = "resource \"a\" \"b\" {\n  x = 1\n  x = 2\n}\nresource \"a\" \"b\" {}\nresource \"c\" \"d\" { y = { k = 1, k = 2 } }\nresource \"e\" \"f\" {\n  z = 1 +\n}\nlocals { a = 1 }\nlocals { a = 2 }\noutput \"a\" { value = local.a }\n";
    let root = root(text);
    let errors: Vec<(u32, &str)> = root
        .errors
        .iter()
        .map(|error| (error.line.unwrap(), error.message.split(';').next().unwrap().split(',').next().unwrap()))
        .collect();
    let [(3, twice), (5, declared), (8, _), (11, local)] = errors[..] else { panic!("{errors:?}") };
    assert_eq!(twice, "the argument \"x\" is set twice");
    assert_eq!(declared, "resource \"a\" \"b\" is declared twice");
    assert_eq!(local, "the local value \"a\" is declared twice");
    assert_eq!(addresses(&root), ["a.b", "c.d"]);
    assert_eq!(shown(&resource(&root, "c.d").attributes), r#"{"y":{"k":2}}"#);
    assert_eq!(shown(&resource(&root, "a.b").attributes), r#"{"x":1}"#);
}

#[test]
fn circles_end() {
    let tree = Tree::new(&[
        (
            "main.tf",
            "locals {\n  a = local.b\n  b = [local.a]\n}\nmodule \"m\" { source = \"./m\" }\nresource \"r\" \"c\" { count = length(r.c) }\noutput \"a\" { value = local.a }\n",
        ),
        ("m/main.tf", "module \"n\" { source = \"../n\" }\nmodule \"self\" { source = \"./\" }\n"),
        ("n/main.tf", "module \"m\" { source = \"../m\" }\nresource \"x\" \"y\" {}\n"),
    ]);
    let root = tree.root();
    assert_eq!(root.errors.len(), 2, "{:?}", root.errors);
    assert!(root.errors.iter().all(|error| error.message.contains("calls itself")));
    assert!(output(&root, "a").contains("local.a"));
    assert!(addresses(&root).contains(&"module.m.module.n.x.y"));
}

#[test]
fn functions_read_no_file_outside_of_the_tree() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "s").unwrap();
    let text = format!(
        "output \"absolute\" {{ value = file(\"{0}/secret\") }}\noutput \"link\" {{ value = file(\"link\") }}\noutput \"in\" {{ value = file(\"in.txt\") }}\noutput \"set\" {{ value = fileset(path.module, \"*.t*\") }}\n",
        outside.path().display()
    );
    let tree = Tree::new(&[("main.tf", &text), ("in.txt", "inside")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("secret"), tree.path().join("link")).unwrap();
    let root = tree.root();
    assert!(output(&root, "absolute").starts_with('<'));
    assert!(output(&root, "link").starts_with('<'));
    assert_eq!(output(&root, "in"), "\"inside\"");
    assert_eq!(output(&root, "set"), r#"["in.txt","main.tf"]"#);
}

#[test]
fn roots_are_what_nobody_calls() {
    let tree = Tree::new(&[
        ("a/main.tf", "module \"m\" { source = \"../m\" }\n"),
        ("m/main.tf", "resource \"x\" \"y\" {}\n"),
        ("alone/main.tf", "variable \"v\" {}\nresource \"x\" \"y\" { v = var.v }\n"),
        ("circle1/main.tf", "module \"c\" { source = \"../circle2\" }\n"),
        ("circle2/main.tf", "module \"c\" { source = \"../circle1\" }\n"),
    ]);
    let configuration = tree.load();
    let base = tree.path();
    let roots: Vec<&Path> = configuration.roots().into_iter().map(|root| root.strip_prefix(&base).unwrap()).collect();
    assert_eq!(roots, [Path::new("a"), Path::new("alone"), Path::new("circle1")]);
}
