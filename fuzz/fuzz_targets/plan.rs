#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| baselint_fuzz::run(baselint_fuzz::plan, bytes));
