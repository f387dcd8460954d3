g = "never"
