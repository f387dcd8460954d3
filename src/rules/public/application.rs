//! What an application hands to its visitors, devices and networks.

use crate::finding::{Confidence, Level, Metadata, Severity};
use crate::iam::{Effectiveness, Patterns, Statement};
use crate::model::kinds::{api, endpoint, identity_pool, resource_policy, role};
use crate::model::{Account, Attribute, CarriedDocument, Purpose, Resource, texts};
use crate::rules::{BOTH, Findings, Rule, note_opaque};

/// Visitors who have not signed in get AWS credentials.
pub(in crate::rules) static GUESTS: Rule = Rule {
    metadata: Metadata {
        id: "cognito-guest-access",
        title: "Visitors who have not signed in get AWS credentials",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_366",
            "cfn-nag:W57",
            "cfn-guard:COGNITO_ALLOW_UNAUTHENTICATED_IDENTITIES_RULE",
            "prowler:cognito_identity_pool_guest_access_disabled",
        ],
        controls: &[],
        documentation: include_str!("../docs/cognito-guest-access.md"),
    },
    check: guests,
};

/// Endpoint policy lets everything pass.
pub(in crate::rules) static ENDPOINT: Rule = Rule {
    metadata: Metadata {
        id: "vpc-endpoint-policy-unrestricted",
        title: "Endpoint policy lets everything pass",
        group: "public-access",
        severity: Severity::Low,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &["prowler:vpc_endpoint_connections_trust_boundaries"],
        controls: &[],
        documentation: include_str!("../docs/vpc-endpoint-policy-unrestricted.md"),
    },
    check: endpoint,
};

/// Device policy allows everything.
pub(in crate::rules) static DEVICE: Rule = Rule {
    metadata: Metadata {
        id: "iot-policy-wildcard",
        title: "Device policy allows everything",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Default,
        frameworks: BOTH,
        aliases: &[
            "cfn-nag:W38",
            "cfn-nag:W39",
            "cfn-guard:IOT_POLICY_WILDCARD_ACTION_RULE",
            "cfn-guard:IOT_POLICY_WILDCARD_RESOURCE_RULE",
            "kics:4d32780f-43a4-424a-a06d-943c543576a5",
            "kics:be5b230d-4371-4a28-a441-85dc760e2aa3",
        ],
        controls: &[],
        documentation: include_str!("../docs/iot-policy-wildcard.md"),
    },
    check: device,
};

/// API can be called without authorization.
pub(in crate::rules) static API: Rule = Rule {
    metadata: Metadata {
        id: "api-without-authorizer",
        title: "API can be called without authorization",
        group: "public-access",
        severity: Severity::Medium,
        level: Level::Pedantic,
        frameworks: BOTH,
        aliases: &[
            "checkov:CKV_AWS_59",
            "checkov:CKV_AWS_309",
            "checkov:CKV2_AWS_70",
            "prowler:apigateway_restapi_authorizers_enabled",
            "prowler:apigateway_restapi_public_with_authorizer",
            "prowler:apigatewayv2_api_authorizers_enabled",
            "prowler:appsync_graphql_api_no_api_key_authentication",
            "kics:15ccec05-5476-4890-ad19-53991eba1db8",
            "kics:108aa260-6dab-4a75-ae3f-de917d634840",
            "kics:1056dfbb-5802-4762-bf2b-8b9b9684b1b0",
            "kics:3641d5b4-d339-4bc2-bfb9-208fe8d3477f",
        ],
        controls: &["fsbp:APIGateway.8"],
        documentation: include_str!("../docs/api-without-authorizer.md"),
    },
    check: api,
};

fn guests(account: &Account, findings: &mut Findings) {
    for pool in account.of_kind(&identity_pool::KIND) {
        let open = pool.setting(&identity_pool::GUESTS);
        if !findings.decide(&GUESTS, pool, open.span, open.as_bool()) {
            continue;
        }
        let of_pool = |roles: &&Resource| {
            let of = roles.setting(&identity_pool::POOL).value;
            account
                .resolve(&of, &identity_pool::KIND, &identity_pool::NAME)
                .is_some_and(|of| of.address == pool.address)
        };
        let roles: Vec<_> = account.of_kind(&identity_pool::ROLES).filter(of_pool).collect();
        let named = roles.iter().find_map(|roles| roles.explicit(&identity_pool::GUEST_ROLE));
        let role = named.as_ref().and_then(|named| account.resolve(&named.value, &role::KIND, &role::NAME));
        let rights = role.map(|role| has_rights(account, role));
        if rights == Some(false) {
            continue;
        }
        let message = "anyone who opens the application gets AWS credentials without signing in";
        let finding = findings.add(&GUESTS, pool, open.span, message);
        match role {
            Some(role) => drop(finding.relate("the role that they get", Some(role.span))),
            None => drop(finding.at_most(Confidence::Likely)),
        }
    }
}

/// Whether anything is written on a role or attached to it, as far as the code shows.
fn has_rights(account: &Account, role: &Resource) -> bool {
    account.principals().filter(|principal| principal.resource.address == role.address).any(|principal| {
        account.inline_documents_of(principal.id).next().is_some()
            || account.attachments_of(principal.id).next().is_some()
    })
}

fn endpoint(account: &Account, findings: &mut Findings) {
    let policies = || account.documents().filter(|carried| resource_policy::LIMIT.is(carried.carrier));
    for resource in account.of_kind(&endpoint::KIND) {
        let takes_policy = resource
            .setting(&endpoint::TYPE)
            .as_str()
            .map(|kind| matches!(kind.as_deref(), Some("Gateway" | "Interface")));
        let is_for = |carrier: &Resource| {
            let target = carrier.setting(&endpoint::TARGET).value;
            carrier.address == resource.address
                || account
                    .resolve(&target, &endpoint::KIND, &endpoint::NAME)
                    .is_some_and(|of| of.address == resource.address)
        };
        if !findings.decide(&ENDPOINT, resource, resource.span, takes_policy) {
            continue;
        }
        let mut own = policies().filter(|carried| is_for(carried.carrier)).peekable();
        if own.peek().is_none() {
            let is_open = account.of_kind(&endpoint::POLICY_RESOURCE).any(is_for);
            if !is_open && resource.explicit(&endpoint::POLICY).is_none() {
                let message = "without a policy of its own the endpoint carries data to any account";
                findings.add(&ENDPOINT, resource, resource.span, message);
            }
            continue;
        }
        for carried in own {
            note_opaque(&ENDPOINT, carried, findings);
            if let Some(open) = carried.document.allows().find(|statement| lets_everything_pass(statement)) {
                let span = open.resources.as_ref().and_then(|resources| resources.items.first()?.span).or(open.span);
                let message =
                    "every principal reaches every resource through the endpoint, those of other accounts included";
                findings.add(&ENDPOINT, carried.carrier, span.unwrap_or(carried.span), message);
            }
        }
    }
}

fn lets_everything_pass(statement: &Statement) -> bool {
    let everyone = statement.principals.as_ref().is_none_or(|principals| {
        principals.negated || principals.items.iter().any(|principal| principal.is_everyone() && !principal.possible)
    });
    let restricts =
        statement.conditions.iter().any(|condition| condition.effectiveness("") == Effectiveness::Restricts);
    everyone && !restricts && statement.resources.as_ref().is_some_and(Patterns::is_broad)
}

fn device(account: &Account, findings: &mut Findings) {
    for carried in account.documents().filter(|carried| carried.purpose == Purpose::Device) {
        note_opaque(&DEVICE, carried, findings);
        for statement in carried.document.allows() {
            // A condition on the device, such as that its certificate belongs to a thing, narrows the statement.
            if statement.conditions.iter().any(|condition| condition.effectiveness("iot") == Effectiveness::Restricts) {
                continue;
            }
            let all = |patterns: &Patterns| {
                let is_all = |text: &str| matches!(text, "*" | "iot:*");
                let found = patterns.items.iter().find(|pattern| pattern.text.as_str().is_some_and(is_all));
                found.filter(|_| !patterns.negated).map(|pattern| pattern.span)
            };
            let by_action = statement.actions.as_ref().and_then(all).map(|span| (span, "every action of AWS IoT"));
            let by_resource =
                || statement.resources.as_ref().and_then(all).map(|span| (span, "every topic and client id"));
            let Some((span, what)) = by_action.or_else(by_resource) else { continue };
            let message = format!("each device that carries the policy may use {what}");
            findings.add(&DEVICE, carried.carrier, span.or(statement.span).unwrap_or(carried.span), message);
        }
    }
}

fn api(account: &Account, findings: &mut Findings) {
    for method in account.of_kind(&api::METHOD) {
        let rest = account.resolve(&method.setting(&api::API).value, &api::REST, &api::NAME);
        let is_preflight = method.setting(&api::VERB).as_str().is_ok_and(|verb| verb.as_deref() == Some("OPTIONS"));
        if !is_preflight && !rest.is_some_and(|rest| is_guarded(account, rest)) {
            unauthorized(findings, method, &api::AUTHORIZATION, "NONE");
        }
    }
    for route in account.of_kind(&api::ROUTE) {
        let key = route.setting(&api::ROUTE_KEY).as_str().ok().flatten().unwrap_or_default();
        // Messages of a WebSocket come after the connection, where the caller is asked; theirs are single words.
        let is_exempt = key.starts_with("OPTIONS ") || (key.starts_with('$') && key != "$connect" && key != "$default");
        if !is_exempt && (key.contains(' ') || key.starts_with('$')) {
            unauthorized(findings, route, &api::ROUTE_AUTHORIZATION, "NONE");
        }
    }
    for graphql in account.of_kind(&api::GRAPHQL) {
        if graphql.setting(&api::VISIBILITY).as_str().is_ok_and(|seen| seen.as_deref() == Some("GLOBAL")) {
            unauthorized(findings, graphql, &api::GRAPHQL_AUTHENTICATION, "API_KEY");
        }
    }
}

fn unauthorized(findings: &mut Findings, resource: &Resource, attribute: &Attribute, open: &str) {
    let authorization = resource.setting(attribute);
    let is_open = authorization.as_str().map(|kind| kind.as_deref() == Some(open));
    if findings.decide(&API, resource, authorization.span, is_open) {
        let how = if open == "API_KEY" {
            "an API key is all that callers need"
        } else {
            "callers are not asked who they are"
        };
        findings.add(&API, resource, authorization.span, how);
    }
}

/// Whether an API is reached from networks only, or has a policy.
fn is_guarded(account: &Account, rest: &Resource) -> bool {
    let is_private =
        texts(&rest.setting(&api::ENDPOINTS).value).iter().any(|(kind, _)| kind.as_str() == Some("PRIVATE"));
    let has_policy = |carried: &CarriedDocument| {
        carried.carrier.address == rest.address
            || api::REST_POLICY.is(carried.carrier)
                && account
                    .resolve(&carried.carrier.setting(&api::API).value, &api::REST, &api::NAME)
                    .is_some_and(|of| of.address == rest.address)
    };
    is_private || account.documents().any(has_policy)
}
