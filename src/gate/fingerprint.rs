//! What tells a finding from all others and stays the same when lines move.

use std::fmt::Write as _;

use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use crate::finding::Finding;
use crate::source::Sources;

/// Bytes of the digest that are kept: 128 bits tell apart more findings than there will ever be.
const KEPT_BYTES: usize = 16;

/// Gives fingerprints to findings in their final order. A finding is told by its rule, its resource, its file
/// and the text at fault with white space folded; equal ones are numbered in the order in which they come.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: FxHashMap<String, u32>,
}

impl Fingerprints {
    pub(super) fn of(&mut self, sources: &Sources, finding: &Finding) -> String {
        let file = sources.get(finding.span.file);
        let mut digest = Sha256::new();
        let path = file.as_ref().map_or("", |file| file.shown_path());
        for part in [finding.rule.id, &*finding.resource, path] {
            digest.update(part);
            digest.update([0]);
        }
        let text = file.as_ref().map_or("", |file| file.slice(finding.span));
        for word in text.split_whitespace() {
            digest.update(word);
            digest.update(" ");
        }
        let digest = digest.finalize();
        let mut fingerprint = String::with_capacity(2 * KEPT_BYTES + 4);
        for byte in digest.iter().take(KEPT_BYTES) {
            // Writing to a String cannot fail.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        let number = self.seen.entry(fingerprint.clone()).or_default();
        *number += 1;
        // The number always stands, so that a second equal finding does not change the first one's.
        let _ = write!(fingerprint, ":{number}");
        fingerprint
    }
}
