//! Credentials that stand in the code in clear text. The text of none of them goes into a message.

mod files;
mod naming;
mod search;

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::model::kinds::secret_place::{self, Holds, SecretPlace};
use crate::model::kinds::{access_key, http_request, parameter, secret};
use crate::model::{Account, Resource, Setting, texts};
use crate::value::Value;

use crate::rules::{BOTH, CLOUDFORMATION, Findings, Rule, TERRAFORM};

pub(in crate::rules) use files::{ACCESS_KEY, in_files};
use search::Found;

/// Start-up script holds a credential.
pub(in crate::rules) static USER_DATA: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-user-data",
        title: "Start-up script holds a credential",
        group: "secrets",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_46",
            "trivy:AVD-AWS-0029",
            "trivy:AVD-AWS-0129",
            "trivy:AVD-AWS-0122",
            "terrascan:AC_AWS_0168",
            "prowler:ec2_instance_secrets_user_data",
            "prowler:ec2_launch_template_no_secrets",
            "prowler:autoscaling_find_secrets_ec2_launch_configuration",
            "kics:443488f5-c734-460b-a36d-5b3f330174dc",
            "kics:568cc372-ca64-420d-9015-ee347d00d288",
            "kics:d7b9d850-3e06-4a75-852f-c46c2e92240b",
        ],
        controls: &[],
        documentation: include_str!("../docs/secret-in-user-data.md"),
    },
    check: user_data,
};

/// Environment of a program holds a credential.
pub(in crate::rules) static ENVIRONMENT: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-environment",
        title: "Environment of a program holds a credential",
        group: "secrets",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_45",
            "semgrep:aws-lambda-environment-credentials",
            "prowler:awslambda_function_no_secrets_in_variables",
            "kics:1402afd8-a95c-4e84-8b0b-6fb43758e6ce",
            "trivy:AVD-AWS-0036",
            "prowler:ecs_task_definitions_no_environment_secrets",
            "prowler:batch_job_definition_no_secrets",
            "kics:d40210ea-64b9-4cce-a4fb-e8604f3c062c",
            "cfn-guard:CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK",
            "prowler:codebuild_project_no_secrets_in_variables",
        ],
        controls: &["fsbp:CodeBuild.2", "fsbp:ECS.8"],
        documentation: include_str!("../docs/secret-in-environment.md"),
    },
    check: environment,
};

/// Address of a repository holds a credential.
pub(in crate::rules) static SOURCE_URL: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-source-url",
        title: "Address of a repository holds a credential",
        group: "secrets",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-guard:CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK",
            "prowler:codebuild_project_source_repo_url_no_sensitive_credentials",
        ],
        controls: &["fsbp:CodeBuild.1"],
        documentation: include_str!("../docs/secret-in-source-url.md"),
    },
    check: source_url,
};

/// Value of a secret stands in the code.
pub(in crate::rules) static VALUE: Rule = Rule {
    metadata: Metadata {
        id: "secret-value-literal",
        title: "Value of a secret stands in the code",
        group: "secrets",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_384"],
        controls: &[],
        documentation: include_str!("../docs/secret-value-literal.md"),
    },
    check: value,
};

/// Template's metadata hold a credential.
pub(in crate::rules) static TEMPLATE_METADATA: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-template-metadata",
        title: "Template's metadata hold a credential",
        group: "secrets",
        severity: Severity::High,
        level: Level::Default,
        frameworks: CLOUDFORMATION,
        aliases: &["cfn-nag:W1", "cfn-guard:CFN_AUTHENTICATION_RULE", "kics:9ecb6b21-18bc-4aa7-bd07-db20f1c746db"],
        controls: &[],
        documentation: include_str!("../docs/secret-in-template-metadata.md"),
    },
    check: template_metadata,
};

/// Output shows a credential.
pub(in crate::rules) static OUTPUT: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-output",
        title: "Output shows a credential",
        group: "secrets",
        severity: Severity::High,
        level: Level::Default,
        frameworks: CLOUDFORMATION,
        aliases: &["prowler:cloudformation_stack_outputs_find_secrets", "cfn-lint:W2010"],
        controls: &[],
        documentation: include_str!("../docs/secret-in-output.md"),
    },
    check: output,
};

/// Password or key of a resource stands in the code.
pub(in crate::rules) static PROPERTY: Rule = Rule {
    metadata: Metadata {
        id: "secret-plaintext-property",
        title: "Password or key of a resource stands in the code",
        group: "secrets",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:F23",
            "cfn-nag:F24",
            "cfn-nag:F31",
            "cfn-nag:F34",
            "cfn-nag:F35",
            "cfn-nag:F36",
            "cfn-nag:F37",
            "cfn-nag:F41",
            "cfn-nag:F42",
            "cfn-nag:F43",
            "cfn-nag:F44",
            "cfn-nag:F45",
            "cfn-nag:F46",
            "cfn-nag:F47",
            "cfn-nag:F48",
            "cfn-nag:F49",
            "cfn-nag:F50",
            "cfn-nag:F52",
            "cfn-nag:F53",
            "cfn-nag:F54",
            "cfn-nag:F55",
            "cfn-nag:F56",
            "cfn-nag:F57",
            "cfn-nag:F58",
            "cfn-nag:F60",
            "cfn-nag:F61",
            "cfn-nag:F62",
            "cfn-nag:F63",
            "cfn-nag:F64",
            "cfn-nag:F65",
            "cfn-nag:F66",
            "cfn-nag:F67",
            "cfn-nag:F68",
            "cfn-nag:F69",
            "cfn-nag:F70",
            "cfn-nag:F71",
            "cfn-nag:F74",
            "cfn-nag:F75",
            "cfn-guard:AMAZON_MQ_BROKER_USERS_NO_PLAINTEXT_PASSWORD",
            "cfn-guard:DMS_USES_SECURE_PARAMETER",
            "cfn-guard:KINESIS_FIREHOSE_REDSHIFT_DESTINATION_CONFIGURATION_USES_SECURE_PARAMETER",
            "cfn-guard:KINESIS_FIREHOSE_SPLUNK_DESTINATION_CONFIGURATION_USES_SECURE_PARAMETER",
            "cfn-guard:MICROSOFT_AD_PASSWORD_USES_SECURE_PARAMETER",
            "cfn-guard:RDS_CLUSTER_MASTER_USER_PASSWORD_USES_SECURE_PARAMETER",
            "cfn-guard:RDS_MASTER_USER_PASSWORD_USES_SECURE_PARAMETER",
            "cfn-guard:REDSHIFT_CLUSTER_MASTER_USER_PASSWORD_USES_SECURE_PARAMETER",
            "checkov:CKV_AWS_295",
            "cfn-lint:W2501",
            "cfn-lint:W1011",
            "semgrep:rds-insecure-password-storage-in-source-code",
            "kics:3c3b7a58-b018-4d07-9444-d9ee7156e111",
            "kics:39423ce4-9011-46cd-b6b1-009edcd9385d",
            "kics:dfb56e5d-ee68-446e-b32a-657b62befe69",
            "kics:71493c8b-3014-404c-9802-078b74496fb7",
            "kics:03b38885-8f4e-480c-a0e4-12c1affd15db",
            "kics:6685d912-d81f-4cfa-95ad-e316ea31c989",
            "kics:06b9f52a-8cd5-459b-bdc6-21a22521e1be",
            "kics:5f700072-b7ce-4e84-b3f3-497bf1c24a4d",
            "kics:5b48c507-0d1f-41b0-a630-76817c6b4189",
            "kics:73980e43-f399-4fcc-a373-658228f7adf7",
            "kics:f988a17f-1139-46a3-8928-f27eafd8b024",
        ],
        controls: &[],
        documentation: include_str!("../docs/secret-plaintext-property.md"),
    },
    check: property,
};

/// Configuration or inline code holds a credential.
pub(in crate::rules) static CONFIGURATION: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-configuration-text",
        title: "Configuration or inline code holds a credential",
        group: "secrets",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "prowler:awslambda_function_no_secrets_in_code",
            "prowler:stepfunctions_statemachine_no_secrets_in_definition",
            "prowler:ssm_document_secrets",
            "prowler:glue_etl_jobs_no_secrets_in_arguments",
            "prowler:glue_catalog_connection_no_secrets",
            "prowler:apigateway_restapi_no_secrets_in_stage_variables",
            "prowler:amplify_app_no_secrets_in_environment",
            "prowler:datapipeline_pipeline_no_secrets_in_definition",
            "prowler:sagemaker_notebook_instance_no_secrets",
            "prowler:elasticbeanstalk_environment_no_secrets_in_configuration",
        ],
        controls: &[],
        documentation: include_str!("../docs/secret-in-configuration-text.md"),
    },
    check: configuration,
};

/// Secret is sent to an address while planning.
pub(in crate::rules) static SENT_OVER_HTTP: Rule = Rule {
    metadata: Metadata {
        id: "secret-sent-over-http",
        title: "Secret is sent to an address while planning",
        group: "secrets",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV2_AWS_36", "trivy:AVD-AWS-0134"],
        controls: &[],
        documentation: include_str!("../docs/secret-sent-over-http.md"),
    },
    check: sent_over_http,
};

/// Parameter of a credential is not a `SecureString`.
pub(in crate::rules) static PLAIN_PARAMETER: Rule = Rule {
    metadata: Metadata {
        id: "ssm-parameter-plain-string",
        title: "Parameter of a credential is not a SecureString",
        group: "secrets",
        severity: Severity::Info,
        level: Level::Pedantic,
        frameworks: TERRAFORM,
        aliases: &["checkov:CKV2_AWS_34"],
        controls: &[],
        documentation: include_str!("../docs/ssm-parameter-plain-string.md"),
    },
    check: plain_parameter,
};

fn user_data(account: &Account, findings: &mut Findings) {
    in_places(&USER_DATA, Holds::UserData, "the start-up script", account, findings, search::in_script);
}

fn environment(account: &Account, findings: &mut Findings) {
    in_places(&ENVIRONMENT, Holds::Environment, "the environment", account, findings, search::in_setting);
}

fn configuration(account: &Account, findings: &mut Findings) {
    in_places(&CONFIGURATION, Holds::Configuration, "the configuration", account, findings, search::in_setting);
}

fn source_url(account: &Account, findings: &mut Findings) {
    in_places(&SOURCE_URL, Holds::SourceUrl, "the repository's address", account, findings, search::in_address);
}

/// Each property of the code that holds such, with its resource.
fn places<'a>(
    account: &Account<'a>,
    holds: Holds,
) -> impl Iterator<Item = (&'a Resource, &'static SecretPlace, Setting)> {
    account.root.resources.iter().flat_map(move |resource| {
        let places = secret_place::ALL.iter().filter(move |place| place.holds == holds && place.kind.is(resource));
        places.filter_map(move |place| Some((resource, place, resource.explicit(&place.attribute)?)))
    })
}

fn in_places(
    rule: &'static Rule,
    holds: Holds,
    what: &str,
    account: &Account,
    findings: &mut Findings,
    look: impl Fn(&Setting) -> Vec<Found>,
) {
    for (resource, _, setting) in places(account, holds) {
        for found in look(&setting) {
            let message = format!("{what} holds {} in clear text", found.what);
            let finding = findings.add(rule, resource, found.span, message);
            if found.is_harmless {
                finding.severity = Severity::Low;
            }
            if found.possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

fn property(account: &Account, findings: &mut Findings) {
    for (resource, _, setting) in places(account, Holds::Credential) {
        for (span, content, possible) in search::literals(&setting) {
            let finding = findings.add(&PROPERTY, resource, span, "the credential stands in the code in clear text");
            if search::is_stand_in(&content) {
                // It may be replaced by hand once the resource is there.
                finding.severity = Severity::Medium;
                finding.at_most(Confidence::Likely);
            }
            if possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

fn value(account: &Account, findings: &mut Findings) {
    let of_secrets = account.of_kind(&secret::KIND).chain(account.of_kind(&secret::VERSION));
    let of_secrets = of_secrets.filter_map(|resource| Some((resource, resource.explicit(&secret::TEXT)?)));
    let of_parameters = account
        .of_kind(&parameter::KIND)
        .filter(|parameter| is_secure(parameter) || is_named_as_credential(parameter))
        .filter_map(|parameter| Some((parameter, parameter.explicit(&parameter::VALUE)?)));
    for (resource, setting) in of_secrets.chain(of_parameters) {
        let found = search::in_setting(&setting);
        let known: Vec<_> = found.iter().map(|found| (found.span, found.possible)).collect();
        let known = if known.is_empty() { whole(&setting) } else { known };
        for (span, possible) in known {
            let message = "the value of the secret stands in the code, where all who can read the code can read it";
            let finding = findings.add(&VALUE, resource, span, message);
            if possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// The literals of a secret that is one text, unless they say that they are to be replaced.
fn whole(setting: &Setting) -> Vec<(crate::source::Span, bool)> {
    let literals = search::literals(setting).into_iter().filter(|(_, content, _)| {
        let is_structured = content.trim_start().starts_with(['{', '[']);
        !is_structured && !search::is_stand_in(content) && !content.chars().any(char::is_whitespace)
    });
    literals.map(|(span, _, possible)| (span, possible)).collect()
}

fn is_secure(parameter: &Resource) -> bool {
    parameter.setting(&parameter::TYPE).as_str() == Ok(Some("SecureString".to_owned()))
}

fn is_named_as_credential(parameter: &Resource) -> bool {
    let name = parameter.setting(&parameter::NAME).value.to_text();
    name.is_some_and(|name| {
        let content = name.literal_content();
        naming::sort_of(content.rsplit('/').next().unwrap_or(content)).is_some()
    })
}

fn plain_parameter(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&parameter::KIND).filter(|parameter| is_named_as_credential(parameter)) {
        let kind = resource.setting(&parameter::TYPE);
        let plain = kind.as_str().map(|kind| kind.is_some_and(|kind| kind != "SecureString"));
        if findings.decide(&PLAIN_PARAMETER, resource, kind.span, plain) {
            let message = "the parameter is named as a credential and is kept in clear text";
            findings.add(&PLAIN_PARAMETER, resource, kind.span, message);
        }
    }
}

/// The metadata by which an instance signs in to fetch files. AWS: `AWS::CloudFormation::Authentication`.
const AUTHENTICATION: &str = "AWS::CloudFormation::Authentication";

fn template_metadata(account: &Account, findings: &mut Findings) {
    const CREDENTIALS: [&str; 3] = ["accessKeyId", "secretKey", "password"];
    for resource in &account.root.resources {
        let Some(entries) = resource.metadata.as_ref().and_then(|metadata| metadata.get(AUTHENTICATION)) else {
            continue;
        };
        let entries = entries.as_map().map(crate::value::Map::entries).unwrap_or_default();
        for (name, value) in entries.iter().flat_map(|entry| CREDENTIALS.map(|name| (name, entry.value.get(name)))) {
            let Some(value) = value.filter(|value| !value.is_null()) else { continue };
            let span = value.origin.unwrap_or(resource.span);
            let literal = value.as_str().is_some_and(|text| !text.contains("{{resolve:"));
            if literal {
                let message =
                    format!("the metadata hold {name} in clear text, and every user of the instance can read them");
                let finding = findings.add(&TEMPLATE_METADATA, resource, span, message);
                if name == "accessKeyId" {
                    finding.severity = Severity::Medium;
                }
            } else {
                let message = format!("the metadata show {name} in clear text to whoever may describe the resource");
                findings.add(&TEMPLATE_METADATA, resource, span, message).severity = Severity::Medium;
            }
        }
    }
}

fn output(account: &Account, findings: &mut Findings) {
    if account.root.framework.is_terraform() {
        // Terraform refuses an output of a sensitive value that is not marked so.
        return;
    }
    for (name, value) in &account.root.outputs {
        for (what, resource, possible) in value
            .alternatives()
            .iter()
            .filter_map(|own| shown(account, own))
            .map(|(what, resource)| (what, resource, value.alternatives().len() > 1))
        {
            let span = value.origin.unwrap_or(resource.span);
            let message = format!("the output {name} shows {what} to whoever may describe the stack");
            let finding = findings.add(&OUTPUT, resource, span, message);
            if possible {
                finding.at_most(Confidence::Likely);
            }
        }
    }
}

/// The credential that an output shows, and whose it is.
fn shown<'a>(account: &Account<'a>, value: &Value) -> Option<(&'static str, &'a Resource)> {
    let text = value.to_text()?;
    let symbols = text.symbols();
    symbols.filter_map(|(_, symbol)| symbol.reference()).find_map(|reference| {
        let resource = account.at(&reference.address)?;
        let is_key = access_key::KIND.is(resource) && &*reference.attribute == access_key::SECRET_ATTRIBUTE;
        is_key.then_some(("the secret of an access key", resource))
    })
}

fn sent_over_http(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&http_request::KIND) {
        let address = resource.setting(&http_request::URL);
        let is_shielded = address.value.to_text().is_some_and(|url| url.literal_content().starts_with("https://"));
        // Headers are where a caller shows who it is.
        let headers = resource.explicit(&http_request::HEADERS).filter(|_| !is_shielded);
        for setting in [Some(address), resource.explicit(&http_request::BODY), headers].into_iter().flatten() {
            let Some(source) = secret_in(account, &setting.value) else { continue };
            let message = "each plan sends a secret to this address";
            let finding = findings.add(&SENT_OVER_HTTP, resource, setting.span, message);
            finding.relate("the secret", Some(source.span));
        }
    }
}

/// The secret whose value flows into another.
fn secret_in<'a>(account: &Account<'a>, value: &Value) -> Option<&'a Resource> {
    let holds_secret = |resource: &&Resource| {
        secret::VERSION.is(resource)
            || secret::VERSION_LOOK_UP.is(resource)
            || parameter::LOOK_UP.is(resource)
            || parameter::KIND.is(resource) && is_secure(resource)
    };
    let values = value.as_map().map(|map| map.entries().iter().map(|entry| &entry.value).collect());
    let values: Vec<&Value> = values.unwrap_or_else(|| vec![value]);
    let texts = values.into_iter().flat_map(texts);
    let addresses = texts.flat_map(|(text, _)| {
        text.symbols()
            .filter_map(|(_, symbol)| symbol.reference().map(|reference| reference.address.clone()))
            .collect::<Vec<_>>()
    });
    addresses.filter_map(|address| account.at(&address)).find(holds_secret)
}
