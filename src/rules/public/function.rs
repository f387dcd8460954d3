//! Who may call Lambda functions.
//! Source: AWS Lambda Developer Guide, "Viewing resource-based IAM policies in Lambda" and "Control access to Lambda
//! function URLs".

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::callers::{self, Pin, Stranger};
use crate::iam::{AccessLevel, PrincipalKind, catalogue};
use crate::model::kinds::{bucket, permission};
use crate::model::{Account, CarriedDocument, Kind, Resource, Setting};
use crate::rules::{BOTH, Findings, Rule, note_opaque};
use crate::source::Span;
use crate::value::Value;

use super::policy::report;

/// Function or layer is open to everyone.
pub(in crate::rules) static PERMISSION: Rule = Rule {
    metadata: Metadata {
        id: "lambda-permission-public",
        title: "Function or layer is open to everyone",
        group: "public-access",
        severity: Severity::Critical,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_301",
            "cfn-nag:F13",
            "cfn-guard:LAMBDA_NO_WILDCARD_PRINCIPALS",
            "cfn-guard:LAMBDA_NO_WILDCARD_PRINCIPAL",
            "cfn-guard:LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
            "regula:FG_R00276",
            "prowler:awslambda_function_not_publicly_accessible",
            "kics:1d6e16f1-5d8a-4379-bfb3-2dadd38ed5a7",
        ],
        controls: &["cis-aws-7.0:2.21", "fsbp:Lambda.1"],
        documentation: include_str!("../docs/lambda-permission-public.md"),
    },
    check: permission,
};

/// Function permission allows more than calling.
pub(in crate::rules) static BROAD_ACTION: Rule = Rule {
    metadata: Metadata {
        id: "lambda-permission-broad-action",
        title: "Function permission allows more than calling",
        group: "public-access",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W24",
            "cfn-guard:LAMBDA_PERMISSION_INVOKE_FUNCTION_ACTION",
            "kics:9b83114b-b2a1-4534-990d-06da015e47aa",
        ],
        controls: &[],
        documentation: include_str!("../docs/lambda-permission-broad-action.md"),
    },
    check: broad_action,
};

/// Function URL answers everyone.
pub(in crate::rules) static URL: Rule = Rule {
    metadata: Metadata {
        id: "lambda-url-public",
        title: "Function URL answers everyone",
        group: "public-access",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["checkov:CKV_AWS_258", "prowler:awslambda_function_url_public"],
        controls: &[],
        documentation: include_str!("../docs/lambda-url-public.md"),
    },
    check: url,
};

/// Every customer of a service can make it call the function.
pub(in crate::rules) static SERVICE: Rule = Rule {
    metadata: Metadata {
        id: "lambda-permission-service-unrestricted",
        title: "Every customer of a service can make it call the function",
        group: "trust",
        severity: Severity::High,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_364",
            "trivy:AVD-AWS-0067",
            "semgrep:aws-lambda-permission-unrestricted-source-arn",
            "regula:FG_R00499",
            "cfn-guard:LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
        ],
        controls: &[],
        documentation: include_str!("../docs/lambda-permission-service-unrestricted.md"),
    },
    check: service,
};

/// Function trusts a bucket whoever owns it.
pub(in crate::rules) static OWNER: Rule = Rule {
    metadata: Metadata {
        id: "lambda-permission-bucket-owner-unchecked",
        title: "Function trusts a bucket whoever owns it",
        group: "trust",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &["regula:FG_R00499", "cfn-guard:LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", "cfn-lint:W3663"],
        controls: &[],
        documentation: include_str!("../docs/lambda-permission-bucket-owner-unchecked.md"),
    },
    check: owner,
};

/// Function permission names an account and not what calls.
pub(in crate::rules) static NO_SOURCE: Rule = Rule {
    metadata: Metadata {
        id: "lambda-permission-without-source-arn",
        title: "Function permission names an account and not what calls",
        group: "trust",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["trivy:AVD-AWS-0067", "semgrep:aws-lambda-permission-unrestricted-source-arn", "regula:FG_R00499"],
        controls: &[],
        documentation: include_str!("../docs/lambda-permission-without-source-arn.md"),
    },
    check: no_source,
};

const URL_ACTION: &str = "lambda:InvokeFunctionUrl";

/// The permissions of a kind, as the statements that they make.
fn permissions<'b, 'a>(account: &'b Account<'a>, kind: &'static Kind) -> impl Iterator<Item = &'b CarriedDocument<'a>> {
    account.documents().filter(|carried| kind.is(carried.carrier))
}

fn permission(account: &Account, findings: &mut Findings) {
    for carried in [&permission::FUNCTION, &permission::LAYER].into_iter().flat_map(|kind| permissions(account, kind)) {
        note_opaque(&PERMISSION, carried, findings);
        let authorization = carried.carrier.setting(&permission::URL_AUTHORIZATION).as_str().ok().flatten();
        for opening in carried.document.openings("lambda") {
            if open_url_of(account, carried.carrier).is_some() {
                // The URL is the fault, and has its own rule.
                continue;
            }
            let finding = report(&PERMISSION, carried, &opening, "lambda", findings);
            if authorization.as_deref() == Some("AWS_IAM") {
                // Callers sign, and need rights of their own account; that account may be anybody's.
                finding.severity = finding.severity.min(Severity::High);
            }
            if permission::FUNCTION.is(carried.carrier)
                && let Some(function) = function_of(account, carried.carrier)
            {
                finding.relate("the function", Some(function.span));
            }
        }
    }
}

fn function_of<'a>(account: &Account<'a>, permission: &Resource) -> Option<&'a Resource> {
    let name = permission.setting(&permission::FUNCTION_NAME).value;
    account.at(&name.to_text()?.as_symbol()?.reference()?.address)
}

/// The URL without authorization that a permission opens to everyone.
fn open_url_of<'a>(account: &Account<'a>, permission: &Resource) -> Option<&'a Resource> {
    let is_for_urls =
        permission.setting(&permission::ACTION).as_str().ok().flatten().is_some_and(|action| action == URL_ACTION)
            || permission.setting(&permission::BY_URL).as_bool() == Ok(true);
    let function = permission.setting(&permission::FUNCTION_NAME).value;
    account
        .of_kind(&permission::FUNCTION_URL)
        .find(|url| is_for_urls && is_open(url) && is_same(&url.setting(&permission::URL_TARGET).value, &function))
}

/// Whether two settings name the same function, by reference or by text.
fn is_same(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.to_text(), other.to_text()) else { return false };
    let address = |text: &crate::value::Text| Some(text.as_symbol()?.reference()?.address.clone());
    match (address(&one), address(&other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.expanded() == other.expanded(),
    }
}

fn is_open(url: &Resource) -> bool {
    url.setting(&permission::AUTHORIZATION).as_str().is_ok_and(|kind| kind.as_deref() == Some("NONE"))
}

fn url(account: &Account, findings: &mut Findings) {
    for url in account.of_kind(&permission::FUNCTION_URL) {
        let authorization = url.setting(&permission::AUTHORIZATION);
        let open = authorization.as_str().map(|kind| kind.as_deref() == Some("NONE"));
        if !findings.decide(&URL, url, authorization.span, open) {
            continue;
        }
        let target = url.setting(&permission::URL_TARGET).value;
        let opener = account.of_kind(&permission::FUNCTION).find(|permission| {
            open_url_of(account, permission).is_some()
                && is_same(&permission.setting(&permission::FUNCTION_NAME).value, &target)
        });
        let finding = findings.add(&URL, url, authorization.span, "anyone who knows the address can call the function");
        match opener {
            Some(opener) => drop(finding.relate("the permission that goes with it", Some(opener.span))),
            // Terraform's provider makes the permission itself. Elsewhere AWS answers 403 until somebody adds one.
            None if !url.framework().is_terraform() => drop(finding.at_most(Confidence::Likely)),
            None => {}
        }
    }
}

fn broad_action(account: &Account, findings: &mut Findings) {
    for resource in account.of_kind(&permission::FUNCTION) {
        let action = resource.setting(&permission::ACTION);
        let name = match action.as_str() {
            Ok(Some(name)) => name,
            Ok(None) => continue,
            Err(why) => {
                findings.undecided(&BROAD_ACTION, resource, action.span, &why);
                continue;
            }
        };
        if [URL_ACTION, "lambda:InvokeFunction"].iter().any(|usual| usual.eq_ignore_ascii_case(&name)) {
            continue;
        }
        let level = catalogue::action(&name).map(|action| action.level);
        let finding =
            findings.add(&BROAD_ACTION, resource, action.span, format!("{name} is more than calling the function"));
        let calls = name.eq_ignore_ascii_case("lambda:InvokeAsync");
        if !calls && !matches!(level, Some(AccessLevel::List | AccessLevel::Read)) {
            finding.severity = Severity::Medium;
        }
    }
}

/// A function permission for a service.
struct ForService<'b, 'a> {
    carried: &'b CarriedDocument<'a>,
    service: String,
    span: Span,
    pin: Pin,
}

impl ForService<'_, '_> {
    fn setting(&self, attribute: &crate::model::Attribute) -> Option<Setting> {
        self.carried.carrier.explicit(attribute)
    }
}

fn for_services<'b, 'a>(account: &'b Account<'a>) -> impl Iterator<Item = ForService<'b, 'a>> {
    permissions(account, &permission::FUNCTION).filter_map(|carried| {
        let statement = carried.document.statements.first()?;
        let principal = statement.principals.as_ref()?.items.first()?;
        if principal.kind != PrincipalKind::Service {
            return None;
        }
        let service = principal.text.expanded().to_string();
        let pin = callers::pin_of_allow(statement, "lambda", Stranger::SignedIn);
        Some(ForService { carried, service, span: principal.span.unwrap_or(carried.span), pin })
    })
}

fn service(account: &Account, findings: &mut Findings) {
    for permission in for_services(account).filter(|permission| permission.pin == Pin::None) {
        let message = format!(
            "anyone's {} can call the function: neither its account nor what calls is named",
            permission.service
        );
        findings.add(&SERVICE, permission.carried.carrier, permission.span, message);
    }
}

fn owner(account: &Account, findings: &mut Findings) {
    for permission in for_services(account) {
        let Some(source) = permission.setting(&permission::SOURCE_ARN) else { continue };
        let pinned = [&permission::SOURCE_ACCOUNT, &permission::PRINCIPAL_ORGANIZATION];
        if permission.pin == Pin::None || pinned.iter().any(|attribute| permission.setting(attribute).is_some()) {
            continue;
        }
        let Some(text) = source.value.to_text() else { continue };
        let own = text.as_symbol().and_then(|symbol| symbol.reference()).and_then(|of| account.at(&of.address));
        let own = own.filter(|resource| bucket::BUCKET.is(resource));
        let arn = text.expanded().to_string();
        if own.is_none() && !(arn.starts_with("arn:") && arn.contains(":s3:::")) {
            continue;
        }
        let message = "a bucket's ARN names no account: whoever has a bucket of this name can call the function";
        let finding = findings.add(&OWNER, permission.carried.carrier, source.span, message);
        if let Some(bucket) = own {
            // As long as the code keeps the bucket, nobody else can have the name.
            finding.severity = Severity::Low;
            finding.at_most(Confidence::Likely).relate("the bucket", Some(bucket.span));
        }
    }
}

fn no_source(account: &Account, findings: &mut Findings) {
    for permission in for_services(account).filter(|permission| permission.pin == Pin::Caller) {
        let Some(source) = permission.setting(&permission::SOURCE_ACCOUNT) else { continue };
        if permission.setting(&permission::SOURCE_ARN).is_none() {
            let message = format!("everything of {} in the account can call the function", permission.service);
            findings.add(&NO_SOURCE, permission.carried.carrier, source.span, message);
        }
    }
}
