//! Whole directories, evaluated.

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
