plain = "overridden"
