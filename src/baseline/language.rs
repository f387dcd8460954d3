//! The languages that a baseline is written in.

use std::fmt;

use serde::Deserialize;

/// A language of infrastructure code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Terraform's native syntax.
    Terraform,
    /// CloudFormation templates in YAML.
    CloudFormation,
}

impl Language {
    /// Every language, in the order in which they are named.
    pub const ALL: [Self; 2] = [Self::Terraform, Self::CloudFormation];

    /// As on the command line, and as the directory of its templates.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
