output "across" { value = [local.one, terraform_data.number.input, terraform_data.text_number.input] }
