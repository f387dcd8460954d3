output "from" { value = "main.tf" }
