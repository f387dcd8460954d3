output "module" { value = path.module }
output "root" { value = path.root }
output "file" { value = trimspace(file("${path.module}/../note.txt")) }
output "here" { value = fileexists("${path.module}/main.tf") }
output "there" { value = fileexists("main.tf") }
