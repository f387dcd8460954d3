//! Yes, no, and not known.

/// A truth value of three: `No < Unknown < Yes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Truth {
    /// It does not hold.
    No,
    /// What the policies or the request leave open decides.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// All hold; yes for none.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::Yes, Self::and)
    }

    /// At least one holds; no for none.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::No, Self::or)
    }

    /// Yes becomes unknown: for what is there only perhaps.
    #[must_use]
    pub fn at_most_unknown(self) -> Self {
        self.min(Self::Unknown)
    }

    /// The same where it is certainly there; otherwise it may as well not hold.
    #[must_use]
    pub fn if_certain(self, is_certain: bool) -> Self {
        if is_certain { self } else { self.at_most_unknown() }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}
