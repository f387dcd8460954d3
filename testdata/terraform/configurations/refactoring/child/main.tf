output "there" { value = "there" }
