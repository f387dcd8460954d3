//! Policies that AWS refuses, or that do not say what they look like: the checks of policy validation, each a rule.
//!
//! The questions are those of [`iam::validate`](crate::iam::validate); here is what each is called and how much it weighs.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::validate::{Check, Fault, Weight};
use crate::model::{Account, CarriedDocument};

use super::{BOTH, Findings, Rule, note_opaque};

/// Policy document that is not one.
pub(super) static SYNTAX: Rule = Rule {
    metadata: Metadata {
        id: "policy-syntax-error",
        title: "Policy document that is not one",
        group: "policy-validity",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:E3510",
            "cfn-lint:E3512",
            "cfn-lint:E3513",
            "cfn-lint:E3530",
            "terrascan:AC_AWS_0481",
            "access-analyzer:JSON_SYNTAX_ERROR",
            "access-analyzer:DATA_TYPE_MISMATCH",
            "access-analyzer:EMPTY_ARRAY_ACTION",
            "access-analyzer:EMPTY_ARRAY_PRINCIPAL",
            "access-analyzer:EMPTY_ARRAY_RESOURCE",
            "access-analyzer:EMPTY_OBJECT_CONDITION",
            "access-analyzer:EMPTY_OBJECT_PRINCIPAL",
            "access-analyzer:EMPTY_SID_VALUE",
            "access-analyzer:INVALID_CONDITION_DATA_TYPE",
            "access-analyzer:INVALID_EFFECT",
            "access-analyzer:INVALID_POLICY_ELEMENT",
            "access-analyzer:INVALID_VERSION",
            "access-analyzer:MISSING_ACTION",
            "access-analyzer:MISSING_EFFECT",
            "access-analyzer:MISSING_PRINCIPAL",
            "access-analyzer:MISSING_RESOURCE",
            "access-analyzer:MISSING_STATEMENT",
            "access-analyzer:UNIQUE_SIDS_RECOMMENDED",
            "access-analyzer:UNIQUE_SIDS_REQUIRED",
            "access-analyzer:UNSUPPORTED_ELEMENT_COMBINATION",
            "access-analyzer:UNSUPPORTED_SID",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-syntax-error.md"),
    },
    check: syntax_error,
};

/// Element that policies of this type do not take.
pub(super) static ELEMENT_UNSUPPORTED: Rule = Rule {
    metadata: Metadata {
        id: "policy-element-unsupported",
        title: "Element that policies of this type do not take",
        group: "policy-validity",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:E3510",
            "cfn-lint:E3512",
            "cfn-lint:E3530",
            "access-analyzer:RCP_SYNTAX_ERROR_ACTION",
            "access-analyzer:RCP_SYNTAX_ERROR_ALLOW",
            "access-analyzer:RCP_SYNTAX_ERROR_NOTACTION",
            "access-analyzer:RCP_SYNTAX_ERROR_PRINCIPAL",
            "access-analyzer:ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
            "access-analyzer:ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
            "access-analyzer:SCP_SYNTAX_ERROR_PRINCIPAL",
            "access-analyzer:UNSUPPORTED_ACTION_IN_POLICY",
            "access-analyzer:UNSUPPORTED_PRINCIPAL",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-element-unsupported.md"),
    },
    check: |account, findings| tell(&ELEMENT_UNSUPPORTED, Check::UnsupportedElement, account, findings),
};

/// Policy of the old version.
pub(super) static VERSION_OLD: Rule = Rule {
    metadata: Metadata {
        id: "policy-version-old",
        title: "Policy of the old version",
        group: "policy-validity",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["cfn-lint:W2511", "access-analyzer:MISSING_VERSION"],
        controls: &[],
        documentation: include_str!("docs/policy-version-old.md"),
    },
    check: |account, findings| tell(&VERSION_OLD, Check::OldVersion, account, findings),
};

/// Policy variable in a version without variables.
pub(super) static VARIABLE_IN_OLD_VERSION: Rule = Rule {
    metadata: Metadata {
        id: "policy-variable-in-old-version",
        title: "Policy variable in a version without variables",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["access-analyzer:VARIABLE_UNSUPPORTED_IN_VERSION"],
        controls: &[],
        documentation: include_str!("docs/policy-variable-in-old-version.md"),
    },
    check: |account, findings| tell(&VARIABLE_IN_OLD_VERSION, Check::VariableInOldVersion, account, findings),
};

/// Policy variable that stands for nothing.
pub(super) static VARIABLE_MALFORMED: Rule = Rule {
    metadata: Metadata {
        id: "policy-variable-malformed",
        title: "Policy variable that stands for nothing",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "access-analyzer:EMPTY_VARIABLE",
            "access-analyzer:INVALID_VARIABLE_FOR_OPERATOR",
            "access-analyzer:MISSING_BRACE_IN_VARIABLE",
            "access-analyzer:MISSING_QUOTE_IN_VARIABLE",
            "access-analyzer:UNSUPPORTED_SPACE_IN_VARIABLE",
            "access-analyzer:VARIABLE_UNSUPPORTED_IN_ELEMENT",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-variable-malformed.md"),
    },
    check: |account, findings| tell(&VARIABLE_MALFORMED, Check::MalformedVariable, account, findings),
};

/// Action that does not exist.
pub(super) static UNKNOWN_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "policy-unknown-action",
        title: "Action that does not exist",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:W3037",
            "access-analyzer:INVALID_ACTION",
            "access-analyzer:INVALID_SERVICE_IN_ACTION",
            "access-analyzer:WILDCARD_IN_SERVICE_NAME",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-unknown-action.md"),
    },
    check: |account, findings| tell(&UNKNOWN_ACTION, Check::UnknownAction, account, findings),
};

/// Condition key that does not exist.
pub(super) static UNKNOWN_CONDITION_KEY: Rule = Rule {
    metadata: Metadata {
        id: "policy-unknown-condition-key",
        title: "Condition key that does not exist",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "access-analyzer:DEPRECATED_GLOBAL_CONDITION_KEY",
            "access-analyzer:INVALID_CONDITION_KEY_FORMAT",
            "access-analyzer:INVALID_GLOBAL_CONDITION_KEY",
            "access-analyzer:INVALID_SERVICE_CONDITION_KEY",
            "access-analyzer:MISSING_TAG_KEY_IN_CONDITION",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-unknown-condition-key.md"),
    },
    check: |account, findings| tell(&UNKNOWN_CONDITION_KEY, Check::UnknownConditionKey, account, findings),
};

/// Condition key that requests for the actions do not carry.
pub(super) static CONDITION_KEY_UNSUPPORTED: Rule = Rule {
    metadata: Metadata {
        id: "policy-condition-key-unsupported",
        title: "Condition key that requests for the actions do not carry",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["access-analyzer:UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
        controls: &[],
        documentation: include_str!("docs/policy-condition-key-unsupported.md"),
    },
    check: |account, findings| tell(&CONDITION_KEY_UNSUPPORTED, Check::UnsupportedConditionKey, account, findings),
};

/// Condition whose operator, key and values do not fit.
pub(super) static CONDITION_INVALID: Rule = Rule {
    metadata: Metadata {
        id: "policy-condition-invalid",
        title: "Condition whose operator, key and values do not fit",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:E3510",
            "cfn-lint:E3512",
            "access-analyzer:DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
            "access-analyzer:INVALID_CONDITION_MULTIPLE_BOOLEAN",
            "access-analyzer:INVALID_CONDITION_OPERATOR",
            "access-analyzer:INVALID_REGION",
            "access-analyzer:INVALID_VPC_FORMAT",
            "access-analyzer:INVALID_VPCE_FORMAT",
            "access-analyzer:NULL_WITH_IF_EXISTS",
            "access-analyzer:NULL_WITH_QUALIFIER",
            "access-analyzer:TYPE_MISMATCH",
            "access-analyzer:TYPE_MISMATCH_BOOLEAN",
            "access-analyzer:TYPE_MISMATCH_DATE",
            "access-analyzer:TYPE_MISMATCH_IP_RANGE",
            "access-analyzer:TYPE_MISMATCH_NUMBER",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-condition-invalid.md"),
    },
    check: |account, findings| tell(&CONDITION_INVALID, Check::InvalidCondition, account, findings),
};

/// Wildcard where it is a character like others.
pub(super) static WILDCARD_WITHOUT_LIKE: Rule = Rule {
    metadata: Metadata {
        id: "policy-condition-wildcard-without-like",
        title: "Wildcard where it is a character like others",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["access-analyzer:WILDCARD_WITHOUT_LIKE_OPERATOR"],
        controls: &[],
        documentation: include_str!("docs/policy-condition-wildcard-without-like.md"),
    },
    check: |account, findings| tell(&WILDCARD_WITHOUT_LIKE, Check::WildcardWithoutLike, account, findings),
};

/// Qualifier that does not do what it looks like.
pub(super) static CONDITION_QUALIFIER: Rule = Rule {
    metadata: Metadata {
        id: "policy-condition-qualifier",
        title: "Qualifier that does not do what it looks like",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["access-analyzer:FORALLVALUES_WITH_SINGLE_VALUED_KEY", "access-analyzer:MISSING_QUALIFIER"],
        controls: &[],
        documentation: include_str!("docs/policy-condition-qualifier.md"),
    },
    check: |account, findings| tell(&CONDITION_QUALIFIER, Check::Qualifier, account, findings),
};

/// Condition that restricts nothing.
pub(super) static CONDITION_ALWAYS_TRUE: Rule = Rule {
    metadata: Metadata {
        id: "policy-condition-always-true",
        title: "Condition that restricts nothing",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["access-analyzer:PRIVATE_NOT_IP_ADDRESS"],
        controls: &[],
        documentation: include_str!("docs/policy-condition-always-true.md"),
    },
    check: |account, findings| tell(&CONDITION_ALWAYS_TRUE, Check::ConditionAlwaysTrue, account, findings),
};

/// Condition that no request fulfils.
pub(super) static CONDITION_NEVER_TRUE: Rule = Rule {
    metadata: Metadata {
        id: "policy-condition-never-true",
        title: "Condition that no request fulfils",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "access-analyzer:EMPTY_ARRAY_CONDITION",
            "access-analyzer:PRIVATE_IP_ADDRESS",
            "access-analyzer:PRIVATE_IP_ADDRESS_SUBSET",
            "access-analyzer:UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-condition-never-true.md"),
    },
    check: |account, findings| tell(&CONDITION_NEVER_TRUE, Check::ConditionNeverTrue, account, findings),
};

/// Condition on a date that has passed.
pub(super) static DATE_EXPIRED: Rule = Rule {
    metadata: Metadata {
        id: "policy-date-expired",
        title: "Condition on a date that has passed",
        group: "policy-validity",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/policy-date-expired.md"),
    },
    check: |account, findings| tell(&DATE_EXPIRED, Check::ExpiredDate, account, findings),
};

/// Deny that hits AWS's services too.
pub(super) static DENY_BREAKS_SERVICE_CALLS: Rule = Rule {
    metadata: Metadata {
        id: "policy-deny-breaks-service-calls",
        title: "Deny that hits AWS's services too",
        group: "policy-validity",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[],
        controls: &[],
        documentation: include_str!("docs/policy-deny-breaks-service-calls.md"),
    },
    check: |account, findings| tell(&DENY_BREAKS_SERVICE_CALLS, Check::DenyBreaksServiceCalls, account, findings),
};

/// Resource that is not an ARN.
pub(super) static RESOURCE_ARN_MALFORMED: Rule = Rule {
    metadata: Metadata {
        id: "policy-resource-arn-malformed",
        title: "Resource that is not an ARN",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:E3514",
            "access-analyzer:ARN_ACCOUNT_NOT_ALLOWED",
            "access-analyzer:ARN_REGION_NOT_ALLOWED",
            "access-analyzer:INVALID_ARN_ACCOUNT",
            "access-analyzer:INVALID_ARN_PREFIX",
            "access-analyzer:INVALID_ARN_REGION",
            "access-analyzer:INVALID_ARN_SERVICE_CASE",
            "access-analyzer:INVALID_PARTITION",
            "access-analyzer:INVALID_SERVICE",
            "access-analyzer:MISSING_ARN_ACCOUNT",
            "access-analyzer:MISSING_ARN_FIELD",
            "access-analyzer:MISSING_ARN_REGION",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-resource-arn-malformed.md"),
    },
    check: |account, findings| tell(&RESOURCE_ARN_MALFORMED, Check::MalformedArn, account, findings),
};

/// Action that is about none of its resources.
pub(super) static RESOURCE_NEVER_MATCHES: Rule = Rule {
    metadata: Metadata {
        id: "policy-resource-never-matches",
        title: "Action that is about none of its resources",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:I3510",
            "cfn-lint:W3664",
            "semgrep:lambda-permission-logs-missing-arn-asterisk",
            "access-analyzer:INVALID_ARN_RESOURCE",
            "access-analyzer:UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-resource-never-matches.md"),
    },
    check: |account, findings| tell(&RESOURCE_NEVER_MATCHES, Check::ResourceNeverMatches, account, findings),
};

/// Principal that cannot be.
pub(super) static PRINCIPAL_INVALID: Rule = Rule {
    metadata: Metadata {
        id: "policy-principal-invalid",
        title: "Principal that cannot be",
        group: "policy-validity",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:E3512",
            "cfn-lint:E3530",
            "access-analyzer:FEDERATED_PRINCIPAL_NOT_SUPPORTED",
            "access-analyzer:INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
            "access-analyzer:INVALID_PRINCIPAL_FORMAT",
            "access-analyzer:INVALID_PRINCIPAL_KEY",
            "access-analyzer:INVALID_ROLE_REFERENCE",
            "access-analyzer:INVALID_SERVICE_PRINCIPAL_FORMAT",
            "access-analyzer:INVALID_USER_REFERENCE",
            "access-analyzer:ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            "access-analyzer:UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
        ],
        controls: &[],
        documentation: include_str!("docs/policy-principal-invalid.md"),
    },
    check: |account, findings| tell(&PRINCIPAL_INVALID, Check::InvalidPrincipal, account, findings),
};

/// Trust policy whose action does not fit the principal.
pub(super) static TRUST_ACTION_MISMATCH: Rule = Rule {
    metadata: Metadata {
        id: "trust-action-mismatch",
        title: "Trust policy whose action does not fit the principal",
        group: "policy-validity",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-lint:E3530",
            "access-analyzer:MISMATCHED_ACTION_FOR_PRINCIPAL",
            "access-analyzer:MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
        ],
        controls: &[],
        documentation: include_str!("docs/trust-action-mismatch.md"),
    },
    check: |account, findings| tell(&TRUST_ACTION_MISMATCH, Check::TrustAction, account, findings),
};

fn syntax_error(account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for text in &carried.not_json {
            findings.add(&SYNTAX, carried.carrier, text.span.unwrap_or(carried.span), text.why.clone());
        }
        // Only this rule says what could not be read of a document that others are silent about.
        note_opaque(&SYNTAX, carried, findings);
    }
    tell(&SYNTAX, Check::Syntax, account, findings);
}

/// Each fault of one check, at its place.
fn tell(rule: &'static Rule, check: Check, account: &Account, findings: &mut Findings) {
    for carried in account.documents() {
        for fault in carried.faults().iter().filter(|fault| fault.check == check) {
            tell_one(rule, fault, carried, findings);
        }
    }
}

fn tell_one(rule: &'static Rule, fault: &Fault, carried: &CarriedDocument, findings: &mut Findings) {
    let span = fault.span.unwrap_or(carried.span);
    let finding = findings.add(rule, carried.carrier, span, fault.message.clone());
    finding.severity = match fault.weight {
        Weight::Trifle | Weight::Note => Severity::Info,
        Weight::Minor => finding.severity.min(Severity::Low),
        Weight::Usual => finding.severity,
        Weight::Worse => worse(finding.severity),
    };
    if fault.weight == Weight::Trifle {
        finding.level = Level::Pedantic;
    }
    if !fault.is_certain {
        finding.at_most(Confidence::Likely);
    }
}

fn worse(severity: Severity) -> Severity {
    match severity {
        Severity::Info => Severity::Low,
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => severity,
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;

    /// Every code that a check gives is an alias of some rule.
    #[test]
    fn codes_of_aws_are_aliases() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/iam/validate");
        let mut codes = 0;
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("tests.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            // All in capitals, with an underscore: nothing else here looks so.
            let is_code =
                |text: &&str| text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            for name in code.split('"').skip(1).step_by(2).filter(is_code) {
                codes += 1;
                assert!(!find(&format!("access-analyzer:{name}")).is_empty(), "{name} in {}", path.display());
            }
        }
        assert!(codes > 60, "{codes}");
    }
}
