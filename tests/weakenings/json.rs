//! How the generated template becomes worse when it is written in JSON.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Told;

/// A property by its JSON pointer, and the text that takes its place; taken out, if there is none.
type Edit = (&'static str, Option<&'static str>);

pub(crate) struct Weakening {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [Edit],
    pub(crate) told: &'static [Told],
}

pub(crate) const WEAKENINGS: &[Weakening] = &[
    Weakening {
        name: "short passwords",
        edits: &[("/Resources/AccountSettings/Properties/PasswordPolicy/MinimumPasswordLength", Some("8"))],
        told: &[("password-policy", "weaker", "PasswordPolicy.MinimumPasswordLength", "8", "14")],
    },
    Weakening {
        name: "no password policy",
        edits: &[("/Resources/AccountSettings/Properties/PasswordPolicy", None)],
        told: &[("password-policy", "missing", "PasswordPolicy.RequireSymbols", "null", "true")],
    },
    Weakening {
        name: "a trail of one region",
        edits: &[("/Resources/Trail/Properties/IsMultiRegionTrail", Some("false"))],
        told: &[("trail", "weaker", "IsMultiRegionTrail", "false", "true")],
    },
    Weakening {
        name: "a trail without validation",
        edits: &[("/Resources/Trail/Properties/EnableLogFileValidation", None)],
        told: &[("trail", "weaker", "EnableLogFileValidation", "false", "true")],
    },
    Weakening {
        name: "a trail without its key",
        edits: &[("/Resources/Trail/Properties/KMSKeyId", None)],
        told: &[("trail-key", "weaker", "KMSKeyId", "null", "\"given\"")],
    },
    Weakening {
        name: "a key that stays the same for ever",
        edits: &[("/Resources/TrailKey/Properties/EnableKeyRotation", Some("false"))],
        told: &[("trail-key", "weaker", "EnableKeyRotation", "false", "true")],
    },
    Weakening {
        name: "no versions",
        edits: &[("/Resources/TrailBucket/Properties/VersioningConfiguration", None)],
        told: &[("trail-bucket", "weaker", "VersioningConfiguration.Status", "null", "\"Enabled\"")],
    },
    Weakening {
        name: "nobody knows who read the files",
        edits: &[("/Resources/TrailBucket/Properties/LoggingConfiguration", None)],
        told: &[("trail-bucket", "weaker", "LoggingConfiguration.DestinationBucketName", "null", "\"given\"")],
    },
    Weakening {
        name: "a bucket without policy",
        edits: &[("/Resources/TrailBucketPolicy", None), ("/Resources/Trail/DependsOn", None)],
        told: &[("trail-bucket", "weaker", "denies_deletion", "false", "true")],
    },
    Weakening {
        name: "a bucket over plain HTTP",
        edits: &[("/Resources/TrailBucketPolicy/Properties/PolicyDocument/Statement/3", None)],
        told: &[("trail-bucket", "weaker", "denies_plain_http", "false", "true")],
    },
    Weakening {
        name: "GuardDuty is off",
        edits: &[("/Resources/Detector/Properties/Enable", Some("false"))],
        told: &[("guardduty", "weaker", "Enable", "false", "true")],
    },
    Weakening {
        name: "a plan less",
        edits: &[("/Resources/Detector/Properties/Features/0", None)],
        told: &[(
            "guardduty",
            "weaker",
            "features",
            r#"["EKS_AUDIT_LOGS","LAMBDA_NETWORK_LOGS","RDS_LOGIN_EVENTS","RUNTIME_MONITORING","S3_DATA_EVENTS"]"#,
            r#"["EBS_MALWARE_PROTECTION","EKS_AUDIT_LOGS","LAMBDA_NETWORK_LOGS","RDS_LOGIN_EVENTS","RUNTIME_MONITORING","S3_DATA_EVENTS"]"#,
        )],
    },
    Weakening {
        name: "findings that nobody hears of",
        edits: &[("/Resources/FindingsRule", None)],
        told: &[("guardduty-alerts", "weaker", "notifies", "null", "\"given\"")],
    },
    Weakening {
        name: "a group without the MFA policy",
        edits: &[("/Resources/Billing/Properties/ManagedPolicyArns/1", None)],
        told: &[("mfa", "weaker", "denied_without_mfa", "false", "true")],
    },
    Weakening {
        name: "no budget",
        edits: &[("/Resources/MonthlyBudget", None)],
        told: &[("spending-alarm", "missing", "limit", "null", "\"given\"")],
    },
];

/// Writes the template in JSON, made worse, in the place of the one in YAML.
pub(crate) fn rewrite(directory: &Path, edits: &[Edit]) {
    let yaml = directory.join("baseline.yaml");
    let mut template = in_json(serde_yaml::from_str(&fs::read_to_string(&yaml).unwrap()).unwrap());
    for (pointer, text) in edits {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        let parent = template.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not there"));
        let there = match (parent, text) {
            (Value::Object(entries), None) => entries.shift_remove(last),
            (Value::Array(items), None) => Some(items.remove(last.parse().unwrap())),
            (parent, Some(text)) => {
                parent.get_mut(last).map(|value| std::mem::replace(value, serde_json::from_str(text).unwrap()))
            }
            _ => None,
        };
        assert!(there.is_some(), "{pointer} is not there");
    }
    fs::write(directory.join("baseline.json"), serde_json::to_string_pretty(&template).unwrap() + "\n").unwrap();
    fs::remove_file(yaml).unwrap();
}

/// The template, as a JSON parser reads it.
pub(crate) fn read(directory: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(directory.join("baseline.json")).unwrap()).unwrap()
}

/// YAML as JSON, the short forms of functions written out.
fn in_json(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(bool) => json!(bool),
        serde_yaml::Value::Number(number) => serde_json::to_value(number).unwrap(),
        serde_yaml::Value::String(text) => json!(text),
        serde_yaml::Value::Sequence(items) => items.into_iter().map(in_json).collect(),
        serde_yaml::Value::Mapping(entries) => {
            let entry = |(key, value): (serde_yaml::Value, _)| (key.as_str().unwrap().to_owned(), in_json(value));
            Value::Object(entries.into_iter().map(entry).collect())
        }
        serde_yaml::Value::Tagged(tagged) => {
            let argument = in_json(tagged.value);
            let tag = tagged.tag.to_string();
            match (tag.as_str(), argument) {
                ("!Ref", argument) => json!({ "Ref": argument }),
                ("!GetAtt", Value::String(text)) => {
                    let (resource, attribute) = text.split_once('.').unwrap();
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                (tag, argument) => json!({ format!("Fn::{}", tag.trim_start_matches('!')): argument }),
            }
        }
    }
}
