//! Code that asks for more time or memory than there is.

use std::fmt::Write as _;

use super::root;

#[test]
fn bounds_hold() {
    let text = r#"
locals {
  a0 = ["0123456789abcdef", "0123456789abcdef"]
  a1 = [local.a0, local.a0, local.a0, local.a0, local.a0, local.a0, local.a0, local.a0, local.a0, local.a0]
  a2 = [local.a1, local.a1, local.a1, local.a1, local.a1, local.a1, local.a1, local.a1, local.a1, local.a1]
  a3 = [local.a2, local.a2, local.a2, local.a2, local.a2, local.a2, local.a2, local.a2, local.a2, local.a2]
  a4 = [local.a3, local.a3, local.a3, local.a3, local.a3, local.a3, local.a3, local.a3, local.a3, local.a3]
  a5 = [local.a4, local.a4, local.a4, local.a4, local.a4, local.a4, local.a4, local.a4, local.a4, local.a4]
  a6 = flatten([local.a5, local.a5, local.a5, local.a5, local.a5, local.a5, local.a5, local.a5, local.a5, local.a5])
  many = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : "${a}${b}${c}"]]]
}
resource "r" "many" { count = 5000 }
output "a" { value = local.a6 }
output "many" { value = local.many }
"#;
    let root = root(text);
    assert!(root.outputs.iter().all(|(_, value)| !value.is_wholly_known()));
    assert_eq!(root.resources.len(), 1_000);
    let said = |what: &str| root.errors.iter().any(|error| error.message.contains(what));
    assert!(root.errors.len() == 2 && said("more than 1000 instances") && said("more work"), "{:#?}", root.errors);
}

/// Each of these asks for more than there is; none takes noticeable time, and all say why they are not known.
#[test]
fn expressions_that_ask_for_too_much_end_at_once() {
    let expressions = [
        "range(1e9)",
        "range(0, 1e300, 1e-300)",
        "setproduct(local.many, local.many, local.many)",
        "setproduct([for i in range(40) : [0, 1]]...)",
        "format(\"%999999999d\", 1)",
        "format(\"%.999999999f\", 1)",
        "format(\"%0999999999d\", 1)",
        "formatlist(\"%4000s %4000s\", local.many, local.many)",
        "pow(10, 1e9)",
        "pow(1e9, 1e9)",
        "1e4000 * 1e4000",
        "1e-4000 / 1e4000",
        "tonumber(\"1e999999999\")",
        "tonumber(local.long)",
        "parseint(local.long, 10)",
        "join(\"\", [for i in local.many : local.long])",
        "replace(local.long, \"9\", local.long)",
        "replace(local.long, \"/9/\", local.long)",
        "indent(1e9, \"a\\nb\")",
        "regex(\"((a{1,100}){1,100}){1,100}b\", local.long)",
        "regexall(\"(9*)*(9*)*(9*)*x\", local.long)",
        "jsonencode([for i in local.many : local.long])",
        "yamldecode(\"a: &a [x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\")",
        "base64encode(local.d20)",
        "split(\"\", local.long)",
    ];
    let mut text = String::from(
        "locals {\n  many = range(1024)\n  nine = join(\"\", [for i in range(1000) : \"9999999999\"])\n  \
         long = join(\"\", [for i in range(60) : local.nine])\n  d0 = local.long\n",
    );
    for level in 1..=20 {
        writeln!(text, "  d{level} = \"${{local.d{0}}}${{local.d{0}}}\"", level - 1).unwrap();
    }
    text.push_str("}\n");
    for expression in expressions {
        let start = std::time::Instant::now();
        let root = root(&format!("{text}output \"o\" {{ value = {expression} }}"));
        let [(_, value)] = root.outputs.as_slice() else { panic!("{expression}: {:?}", root.errors) };
        assert!(!value.is_wholly_known(), "{expression}: {}", value.canonical());
        // Without optimization, on a busy machine.
        assert!(start.elapsed().as_secs() < 20, "{expression}: {:?}", start.elapsed());
    }
}
