//! Files that are not what they seem, and trees that never end.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use super::{GOOD, Hostile, many, write};

const TEMPLATE: &str = "Resources:\n  A:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}\n";

fn put(tree: &Path, name: &str, bytes: &[u8]) {
    let path = tree.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn encodings() {
    let mut hostile = Hostile::default();
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for (extension, text) in [
        ("tf", GOOD),
        ("yaml", TEMPLATE),
        ("tf.json", "{\"locals\": {\"a\": \"é\"}}"),
        ("json", "{\"Resources\": {\"A\": {\"Type\": \"AWS::IAM::User\"}}}"),
        ("tfvars", "a = 1\n"),
    ] {
        let middle = text.len() / 2;
        let spliced = |bytes: &[u8]| [&text.as_bytes()[..middle], bytes, &text.as_bytes()[middle..]].concat();
        for (name, bytes) in [
            ("UTF-16, little end first", [b"\xff\xfe".to_vec(), wide(text, u16::to_le_bytes)].concat()),
            ("UTF-16, big end first", [b"\xfe\xff".to_vec(), wide(text, u16::to_be_bytes)].concat()),
            ("UTF-16 without a mark", wide(text, u16::to_le_bytes)),
            ("UTF-32", text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()),
            ("a mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            ("two marks", [b"\xef\xbb\xbf\xef\xbb\xbf", text.as_bytes()].concat()),
            ("a mark alone", b"\xef\xbb\xbf".to_vec()),
            ("half a mark", b"\xef\xbb".to_vec()),
            ("nothing", Vec::new()),
            ("zeroes", vec![0; 100_000]),
            ("a zero", spliced(b"\0")),
            ("an escape", spliced(b"\x1b[31m")),
            ("a broken character", spliced(b"\xff")),
            ("an overlong character", spliced(b"\xc0\xaf")),
            ("half of a pair", spliced(b"\xed\xa0\x80")),
            ("beyond the last character", spliced(b"\xf5\x80\x80\x80")),
            ("old line ends", text.replace('\n', "\r").into_bytes()),
            ("double line ends", text.replace('\n', "\r\n").into_bytes()),
            ("line ends the wrong way", text.replace('\n', "\n\r").into_bytes()),
            ("other line ends", text.replace('\n', "\u{2028}").into_bytes()),
            ("the next line", text.replace('\n', "\u{85}").into_bytes()),
            ("other spaces", text.replace(' ', "\u{a0}").into_bytes()),
            ("no line end", text.trim_end().as_bytes().to_vec()),
            ("from right to left", spliced("\u{202e}\u{2066}".as_bytes())),
            ("a thousand accents", spliced("e\u{301}\u{301}".repeat(1000).as_bytes())),
            ("another language", b"\x7fELF\x02\x01\x01\0Resources: Type ::".to_vec()),
            ("compressed", b"\x1f\x8b\x08\0Resources".to_vec()),
        ] {
            hostile.tree(&format!("{name} in .{extension}"), |tree| {
                put(tree, &format!("a.{extension}"), &bytes);
                put(tree, "main.tf", b"variable \"a\" {}\n");
            });
        }
    }
    hostile.finish();
}

#[test]
fn kinds_of_files() {
    let mut hostile = Hostile::default();
    hostile.tree("pipes, sockets and devices", |tree| {
        for name in ["main.tf", "template.yaml", "a.tf.json", "terraform.tfvars", "x.json"] {
            let pipe = tree.join("pipes").join(name);
            fs::create_dir_all(pipe.parent().unwrap()).unwrap();
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
            let socket = tree.join("sockets").join(name);
            fs::create_dir_all(socket.parent().unwrap()).unwrap();
            UnixListener::bind(socket).unwrap();
            for device in ["zero", "random", "tty", "stdin", "null", "full"] {
                let link = tree.join(device).join(name);
                fs::create_dir_all(link.parent().unwrap()).unwrap();
                symlink(format!("/dev/{device}"), link).unwrap();
            }
            for file in ["/proc/self/mem", "/proc/self/environ", "/proc/kmsg", "/etc/shadow", "/proc/self/fd/0"] {
                let link = tree.join("links").join(file.trim_start_matches('/')).join(name);
                fs::create_dir_all(link.parent().unwrap()).unwrap();
                symlink(file, link).unwrap();
            }
        }
        // Files that functions read.
        assert!(Command::new("mkfifo").arg(tree.join("pipes/policy.json")).status().unwrap().success());
        for (at, file) in ["pipes/policy.json", "sockets/main.tf", "zero/main.tf", ".", "/etc/passwd", "../../../etc/passwd", "\\u0000", "good", "~/.ssh/id_rsa"].iter().enumerate() {
            write(tree, &format!("readers/{at}.tf"), &format!("resource \"aws_iam_policy\" \"p{at}\" {{\n  policy = file(\"../{file}\")\n}}\nresource \"aws_iam_policy\" \"q{at}\" {{\n  policy = templatefile(\"{file}\", {{}})\n}}\n"));
        }
    });
    hostile.tree("links in circles", |tree| {
        for (name, target) in [
            ("a.tf", "b.tf"),
            ("b.tf", "a.tf"),
            ("c.tf", "c.tf"),
            ("d", "."),
            ("e", ".."),
            ("f", "/"),
            ("g.yaml", "d"),
            ("h.tf", "d"),
            ("i.yaml", "i.yaml"),
            ("j.tf", "nowhere"),
        ] {
            symlink(target, tree.join(name)).unwrap();
        }
        let mut name = "k0".to_owned();
        fs::create_dir(tree.join(&name)).unwrap();
        for at in 1..60 {
            let next = format!("k{at}");
            symlink(&name, tree.join(&next)).unwrap();
            name = next;
        }
        write(
            tree,
            "calls/main.tf",
            &(0..60)
                .map(|at| format!("module \"k{at}\" {{\n  source = \"../k{at}/../d/d/d/e\"\n}}\n"))
                .collect::<String>(),
        );
    });
    hostile.tree("what may not be read", |tree| {
        for name in ["closed/main.tf", "closed-file/main.tf", "closed-file/template.yaml", "listed/main.tf"] {
            write(tree, name, GOOD);
        }
        for (name, mode) in
            [("closed", 0), ("listed", 0o444), ("closed-file/main.tf", 0), ("closed-file/template.yaml", 0)]
        {
            fs::set_permissions(tree.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    });
    hostile.tree("directories with names of files", |tree| {
        for name in ["main.tf", "template.yaml", "terraform.tfvars", "x.tf.json", ".gitignore", "a.tofu"] {
            fs::create_dir_all(tree.join("x").join(name)).unwrap();
        }
        write(tree, "x/b.tf", GOOD);
    });
    hostile.tree("names", |tree| {
        for name in [
            "a\nb.tf",
            "a\tb.yaml",
            "-rf.tf",
            " .tf",
            ".tf",
            "#.tf",
            "*.tf",
            "?.yaml",
            "a\\b.tf",
            "\u{202e}ft.niam.tf",
            "\u{1b}[31m.tf",
            "::error::x.tf",
            "%0A.tf",
            "a\"b.tf",
            "${a}.tf",
            "aux.tf",
            "..tf",
            "é.tf",
            "e\u{301}.tf",
        ] {
            write(tree, &format!("n/{name}"), &GOOD.replace("\"admin\"", &format!("\"a{}\"", name.len())));
        }
        write(tree, &format!("n/{}.tf", "x".repeat(250)), GOOD);
    });
    hostile.finish();
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes a release build")]
fn trees() {
    let mut hostile = Hostile::default();
    hostile.tree("5,000 files", |tree| {
        for at in 0..5_000 {
            write(tree, &format!("f/{at}.tf"), &format!("resource \"aws_iam_user\" \"u{at}\" {{}}\n"));
        }
    });
    hostile.tree("5,000 directories", |tree| {
        for at in 0..5_000 {
            write(tree, &format!("d/{at}/main.tf"), "module \"next\" {\n  source = \"..\"\n}\n");
        }
    });
    hostile.tree("5,000 templates", |tree| {
        for at in 0..5_000 {
            write(tree, &format!("t/{at}.yaml"), TEMPLATE);
        }
    });
    hostile.tree("900 directories in each other", |tree| {
        let mut path = tree.to_owned();
        // Paths longer than the system takes are made from inside; this one ends just below.
        for at in 0..900 {
            path.push("d");
            fs::create_dir(&path).unwrap();
            if at % 100 == 99 {
                fs::write(path.join("main.tf"), GOOD).unwrap();
                fs::write(path.join("t.yaml"), TEMPLATE).unwrap();
            }
        }
    });
    hostile.tree("longer than a path may be", |tree| {
        let made = Command::new("sh").current_dir(tree).args(["-c", "n=$(printf '%0200d' 0); i=0; while [ $i -lt 60 ]; do mkdir $n && cd $n || exit 0; i=$((i+1)); done; echo 'locals {}' > main.tf"]).status();
        assert!(made.unwrap().success());
    });
    hostile.tree("patterns of what is ignored", |tree| {
        write(tree, ".gitignore", &format!("{}\n", "**/{a,b}*[!x]?/".repeat(many(20_000))));
        write(tree, "x/.gitignore", &"[\n!{\n**\\\n".repeat(many(20_000)));
        write(tree, "x/main.tf", GOOD);
        write(tree, ".ignore", &"!*\n".repeat(1000));
    });
    hostile.tree("one local in every file", |tree| {
        for at in 0..2_000 {
            write(tree, &format!("f/{at}.tf"), &format!("locals {{\n  a = 1\n  b{at} = local.b{}\n}}\n", at + 1));
        }
        write(tree, "f/main.tf", "resource \"aws_iam_policy\" \"p\" {\n  policy = local.b0\n}\n");
    });
    hostile.finish();
}
