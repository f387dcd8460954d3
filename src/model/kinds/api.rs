//! APIs of API Gateway and AppSync.

use crate::model::{Attribute, Category, Default, Kind};

const fn kind(terraform: &'static [&'static str], cloudformation: &'static [&'static str]) -> Kind {
    Kind { category: Category::Managed, terraform, cloudformation }
}

const fn attribute(terraform: &'static str, cloudformation: &'static str) -> Attribute {
    Attribute { terraform, cloudformation, default: Default::None }
}

/// A REST API.
pub const REST: Kind = kind(&["aws_api_gateway_rest_api"], &["AWS::ApiGateway::RestApi"]);

/// The policy of a REST API, as a resource of its own.
pub const REST_POLICY: Kind = kind(&["aws_api_gateway_rest_api_policy"], &[]);

/// What may be done with a path of a REST API.
pub const METHOD: Kind = kind(&["aws_api_gateway_method"], &["AWS::ApiGateway::Method"]);

/// What may be done with a path of an HTTP or WebSocket API.
pub const ROUTE: Kind = kind(&["aws_apigatewayv2_route"], &["AWS::ApiGatewayV2::Route"]);

/// A GraphQL API.
pub const GRAPHQL: Kind = kind(&["aws_appsync_graphql_api"], &["AWS::AppSync::GraphQLApi"]);

/// From where a REST API is reached: `EDGE`, `REGIONAL` or `PRIVATE`.
pub const ENDPOINTS: Attribute = attribute("endpoint_configuration.types", "EndpointConfiguration.Types");

/// The API of a method, route or policy.
pub const API: Attribute = attribute("rest_api_id", "RestApiId");

/// The policy on the API itself.
pub const POLICY: Attribute = attribute("policy", "Policy");

/// The name: others refer to an API by its id.
pub const NAME: Attribute = attribute("", "");

/// Who may call: `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS`, `JWT`.
pub const AUTHORIZATION: Attribute =
    Attribute { terraform: "authorization", cloudformation: "AuthorizationType", default: Default::Text("NONE") };

/// Who may call a route.
pub const ROUTE_AUTHORIZATION: Attribute =
    Attribute { terraform: "authorization_type", cloudformation: "AuthorizationType", default: Default::Text("NONE") };

/// The verb of a method.
pub const VERB: Attribute = attribute("http_method", "HttpMethod");

/// Verb and path of a route.
pub const ROUTE_KEY: Attribute = attribute("route_key", "RouteKey");

/// How callers of a GraphQL API sign in: `API_KEY` is no more than a name.
pub const GRAPHQL_AUTHENTICATION: Attribute = attribute("authentication_type", "AuthenticationType");

/// Whether a GraphQL API is reached from everywhere: `GLOBAL` or `PRIVATE`.
pub const VISIBILITY: Attribute =
    Attribute { terraform: "visibility", cloudformation: "Visibility", default: Default::Text("GLOBAL") };
