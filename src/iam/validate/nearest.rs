//! The name that was probably meant.

/// Names are alike from here on, by Jaro and Winkler: one letter of seven differs, or two are swapped.
const ALIKE: f64 = 0.9;

/// A name of one of these that is like `name`, the most alike one. Letters count in lower case.
pub(super) fn nearest<S: AsRef<str>>(name: &str, known: impl IntoIterator<Item = S>) -> Option<S> {
    let name = name.to_ascii_lowercase();
    let mut best: Option<(f64, S)> = None;
    for candidate in known {
        let other = candidate.as_ref().to_ascii_lowercase();
        // Names that differ in length by more than a third are others.
        if other.len().abs_diff(name.len()) > name.len() / 3 + 1 {
            continue;
        }
        let alike = strsim::jaro_winkler(&name, &other);
        // Short names are alike by chance: they may differ by one letter only.
        let close = if name.len() < 6 { strsim::osa_distance(&name, &other) <= 1 } else { alike >= ALIKE };
        if close && best.as_ref().is_none_or(|(best, _)| alike > *best) {
            best = Some((alike, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised() {
        let known = ["GetObject", "PutObject", "GetObjectAcl", "ListBucket"];
        assert_eq!(nearest("GetObjects", known), Some("GetObject"));
        assert_eq!(nearest("getobjct", known), Some("GetObject"));
        assert_eq!(nearest("ListBuckets", known), Some("ListBucket"));
        assert_eq!(nearest("DescribeStars", known), None);
        assert_eq!(nearest("s2", ["s3", "ec2"]), Some("s3"));
        assert_eq!(nearest("", ["s3"]), None);
    }
}
