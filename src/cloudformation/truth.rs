//! Whether something holds: yes, no, or unknown because.

use crate::value::Why;

/// Whether a condition holds.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Truth {
    /// It does.
    True,
    /// It does not.
    False,
    /// It depends on this.
    Unknown(Why),
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}
