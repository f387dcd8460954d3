//! The `baselint` command.

fn main() {}
