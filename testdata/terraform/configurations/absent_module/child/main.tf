output "name" { value = "child" }
