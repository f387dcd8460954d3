//! AWS's services as principals.

use crate::iam::catalogue;

/// Service principals that policies name, without `.amazonaws.com`. A list of what exists is not published; this one is
/// for telling what was meant, and what is not on it may exist. Source: the services' guides, "Using service-linked
/// roles" and "How … works with IAM" of each.
const KNOWN: &[&str] = &[
    "a4b",
    "access-analyzer",
    "account",
    "acm",
    "acm-pca",
    "amplify",
    "apidestinations.events",
    "apigateway",
    "appflow",
    "application-autoscaling",
    "application-insights",
    "appmesh",
    "apprunner",
    "appstream",
    "appstream.application-autoscaling",
    "appsync",
    "athena",
    "auditmanager",
    "autoscaling",
    "autoscaling-plans",
    "backup",
    "batch",
    "bedrock",
    "bedrock-agentcore",
    "billingconductor",
    "build.apprunner",
    "tasks.apprunner",
    "ce",
    "chatbot",
    "cloud9",
    "cloudformation",
    "cloudfront",
    "cloudhsm",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codecommit",
    "codedeploy",
    "codeguru-reviewer",
    "codepipeline",
    "codestar",
    "codestar-notifications",
    "cognito-idp",
    "cognito-sync",
    "comprehend",
    "config",
    "config-multiaccountsetup",
    "connect",
    "controltower",
    "credentials.iot",
    "custom-resource.application-autoscaling",
    "databrew",
    "datapipeline",
    "datasync",
    "datazone",
    "dax",
    "delivery.logs",
    "detective",
    "devops-guru",
    "directconnect",
    "dlm",
    "dms",
    "ds",
    "dynamodb",
    "dynamodb.application-autoscaling",
    "ec2",
    "ec2.application-autoscaling",
    "ec2fleet",
    "ecr",
    "ecs",
    "ecs-tasks",
    "ecs.application-autoscaling",
    "edgelambda",
    "eks",
    "eks-fargate",
    "eks-fargate-pods",
    "eks-nodegroup",
    "elasticache",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "elastictranscoder",
    "email",
    "emr-serverless",
    "es",
    "events",
    "firehose",
    "fis",
    "fms",
    "forecast",
    "frauddetector",
    "fsx",
    "gamelift",
    "globalaccelerator",
    "glue",
    "grafana",
    "greengrass",
    "guardduty",
    "health",
    "iam",
    "imagebuilder",
    "inspector",
    "inspector2",
    "internetmonitor",
    "iot",
    "iotanalytics",
    "iotevents",
    "ivs",
    "kafka",
    "kafkaconnect",
    "kendra",
    "kinesis",
    "kinesisanalytics",
    "kms",
    "lakeformation",
    "lambda",
    "lex",
    "lexv2",
    "license-manager",
    "lightsail",
    "logdelivery.elasticloadbalancing",
    "logger.cloudfront",
    "logs",
    "macie",
    "mediaconvert",
    "medialive",
    "monitoring",
    "monitoring.rds",
    "mq",
    "network-firewall",
    "opensearchservice",
    "opsworks",
    "organizations",
    "pipes",
    "pods.eks",
    "ram",
    "rds",
    "redshift",
    "replicator.lambda",
    "rolesanywhere",
    "route53",
    "s3",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "securityhub",
    "serverlessrepo",
    "servicecatalog",
    "servicediscovery",
    "ses",
    "shield",
    "sms",
    "snowball",
    "sns",
    "spot",
    "spotfleet",
    "sqs",
    "ssm",
    "ssm-incidents",
    "sso",
    "states",
    "storagegateway",
    "streams.metrics.cloudwatch",
    "sts",
    "support",
    "swf",
    "synthetics",
    "tagpolicies.tag",
    "timestream",
    "transcribe",
    "transfer",
    "translate",
    "trustedadvisor",
    "verified-access",
    "vpc-flow-logs",
    "waf",
    "wafv2",
    "workmail",
    "workspaces",
    "xray",
];

/// The domains under which services are principals.
const DOMAINS: [&str; 5] = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".amazon.com", ".amazonaws.eu"];

fn known() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().copied()
}

/// What a principal is that is given as a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// One that is known, or may exist.
    Service,
    /// Probably another one, misspelled.
    Near(String),
    /// Not in the form of a service principal; what was probably meant.
    Malformed(Option<String>),
}

/// Reads a service principal: `lambda.amazonaws.com`.
pub(super) fn read(text: &str) -> Reading {
    let full = |name: &str| format!("{name}.amazonaws.com");
    let Some((name, domain)) = DOMAINS.iter().find_map(|domain| Some((text.strip_suffix(domain)?, *domain))) else {
        let bare = text.split('.').next().unwrap_or(text);
        return Reading::Malformed(known().find(|known| *known == bare).map(full));
    };
    let is_name = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    // Some guides write services of other domains with capital letters or underscores.
    if !name.split('.').all(is_name) {
        let lower = name.to_ascii_lowercase();
        return Reading::Malformed(known().find(|known| **known == lower).map(full));
    }
    // In some regions a service has the region in its name: logs.eu-west-1.amazonaws.com.
    let is_plain = domain == ".amazonaws.com" && !name.contains('.');
    if !is_plain || known().any(|known| known == name) || catalogue::service(name).is_some() {
        return Reading::Service;
    }
    let near = known().find(|known| known.len() > 3 && strsim::osa_distance(known, name) == 1);
    near.map_or(Reading::Service, |near| Reading::Near(full(near)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_a_form() {
        for text in [
            "lambda.amazonaws.com",
            "logs.eu-west-1.amazonaws.com",
            "pods.eks.amazonaws.com",
            "ec2.amazonaws.com.cn",
            "something-new.amazonaws.com",
        ] {
            assert_eq!(read(text), Reading::Service, "{text}");
        }
        assert_eq!(read("lamda.amazonaws.com"), Reading::Near("lambda.amazonaws.com".to_owned()));
        assert_eq!(read("lambda"), Reading::Malformed(Some("lambda.amazonaws.com".to_owned())));
        assert_eq!(read("lambda.aws.com"), Reading::Malformed(Some("lambda.amazonaws.com".to_owned())));
        assert_eq!(read("arn:aws:iam::111122223333:root"), Reading::Malformed(None));
    }
}
