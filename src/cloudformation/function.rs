//! The functions that a template may call, in their long and short form.

/// An intrinsic function. AWS: "Intrinsic function reference" of the CloudFormation template reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Function {
    And,
    Base64,
    Cidr,
    Condition,
    Contains,
    EachMemberEquals,
    EachMemberIn,
    Equals,
    FindInMap,
    GetAtt,
    GetAzs,
    If,
    ImportValue,
    Join,
    Length,
    Not,
    Or,
    Ref,
    Select,
    Split,
    Sub,
    ToJsonString,
    /// A macro, or a function that is not evaluated here.
    Other,
}

/// What the name of a repeated part of a mapping starts with.
pub(super) const FOR_EACH: &str = "Fn::ForEach::";

impl Function {
    /// Whether it gives a truth value.
    pub(super) fn is_condition(self) -> bool {
        matches!(
            self,
            Self::And
                | Self::Condition
                | Self::Contains
                | Self::EachMemberEquals
                | Self::EachMemberIn
                | Self::Equals
                | Self::Not
                | Self::Or
        )
    }

    /// The function of a tag (`Sub`), or of a key behind its `Fn::`.
    fn of_name(name: &str) -> Self {
        match name {
            "And" => Self::And,
            "Base64" => Self::Base64,
            "Cidr" => Self::Cidr,
            "Contains" => Self::Contains,
            "EachMemberEquals" => Self::EachMemberEquals,
            "EachMemberIn" => Self::EachMemberIn,
            "Equals" => Self::Equals,
            "FindInMap" => Self::FindInMap,
            "GetAtt" => Self::GetAtt,
            "GetAZs" => Self::GetAzs,
            "If" => Self::If,
            "ImportValue" => Self::ImportValue,
            "Join" => Self::Join,
            "Length" => Self::Length,
            "Not" => Self::Not,
            "Or" => Self::Or,
            "Select" => Self::Select,
            "Split" => Self::Split,
            "Sub" => Self::Sub,
            "ToJsonString" => Self::ToJsonString,
            _ => Self::Other,
        }
    }

    /// The function of the only key of a mapping; `None` for a name that is no function. `Condition` is one only
    /// where a condition is expected, and not here.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        match key.strip_prefix("Fn::") {
            Some(_) if key.starts_with(FOR_EACH) => None,
            Some(name) => Some(Self::of_name(name)),
            None => (key == "Ref").then_some(Self::Ref),
        }
    }

    /// The function of a tag; `None` for the tags of YAML itself (`!!str`).
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        match tag {
            "Ref" => Some(Self::Ref),
            "Condition" => Some(Self::Condition),
            "" | "!" => None,
            _ if tag.starts_with("tag:") => None,
            name => Some(Self::of_name(name)),
        }
    }
}
