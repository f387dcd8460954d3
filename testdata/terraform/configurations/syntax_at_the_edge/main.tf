# A comment
// another
/* and
   a third { "*/
variable "a" { default = 1 } # at the end
locals { one_line = "x" }
locals {
  quoted = 1
  under_score-dash = 2
  ünïcode = 3
  precedence = [1 + 2 * 3, (1 + 2) * 3, -2 + 3, !true == false, 1 < 2 == true, true || false && false, 10 - 2 - 3, 2 * 3 % 4, 1 == 1 ? 2 : 3 == 3 ? 4 : 5]
  ternaries  = [for n in [1, 2, 3] : n == 1 ? "one" : n == 2 ? "two" : "many"]
  multi = [
    1,
    2, # two
    3
    # last
    ,
  ]
  object = {
    a = 1, b = 2
    c : 3
    "d e" = 4
    (local.quoted) = 5
    "${local.one_line}y" = 6
    f = { g = {} }
    for = "not a keyword here"
    null = "name"
    "if" = [],
  }
  parens = (
    1 +
    2
  )
  call = max(
    1,
    [
      2, 3
    ]...
  )
  spanning = "a${
    upper(
      "b"
    )
  }c"
  heredoc = <<EOT
  kept indentation
	and tab
EOT
  indented = <<-QUOTED
      six
        eight
      QUOTED
  indented_blank = <<-EOT

      x

    y
  EOT
  only_line = <<-EOT
    ${"interp"}
  EOT
  chained = { a = [{ b = { c = ["x", "y"] } }] }.a[0].b.c[1]
  legacy  = local.chain.0.items.1
  chain   = [{ items = ["p", "q"] }]
  splat   = [{ a = { b = 1 } }, { a = { b = 2 } }].*.a.b
  full    = [{ a = [1, 2] }, { a = [3] }][*].a[*]
  wrapped = { a = 5 }[*].a
  escapes = "\t\n\"\\\u00e9\U0001F600$${}%%{}"
  dollars = "$ $$ $a $$$${x} %% %a"
  numbers = [1e3, 1.5e-3, 0.10, 123456789012345678901234567890, 007]
  group   = { for w in ["apple", "avocado", "bean"] : substr(w, 0, 1) => w... }
  inner   = [for x in [1, 2] : [for y in [x, x * 10] : { for z in [y] : "k${z}" => z }]]
  cond    = [for i, v in ["a", "b", "c"] : "${i}${v}" if i != 1]
}
output "all" { value = local.one_line }
output "names" { value = [local.quoted, local.under_score-dash, local.ünïcode] }
output "precedence" { value = local.precedence }
output "ternaries" { value = local.ternaries }
output "multi" { value = local.multi }
output "object" { value = local.object }
output "parens" { value = [local.parens, local.call] }
output "spanning" { value = local.spanning }
output "heredocs" { value = [local.heredoc, local.indented, local.indented_blank, local.only_line] }
output "steps" { value = [local.chained, local.legacy, local.splat, local.full, local.wrapped] }
output "escapes" { value = [local.escapes, local.dollars] }
output "numbers" { value = local.numbers }
output "loops" { value = [local.group, local.inner, local.cond] }
