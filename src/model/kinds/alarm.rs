//! Alarms of CloudWatch, and the filters of logs that make their metrics.

use crate::model::{Attribute, Category, Default, Kind};

/// An alarm.
pub const KIND: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cloudwatch_metric_alarm"],
    cloudformation: &["AWS::CloudWatch::Alarm"],
};

/// What makes a metric of events in a log group.
pub const FILTER: Kind = Kind {
    category: Category::Managed,
    terraform: &["aws_cloudwatch_log_metric_filter"],
    cloudformation: &["AWS::Logs::MetricFilter"],
};

/// Which events.
pub const PATTERN: Attribute =
    Attribute { terraform: "pattern", cloudformation: "FilterPattern", default: Default::None };

/// The metrics that a filter makes.
pub const TRANSFORMATIONS: Attribute =
    Attribute { terraform: "metric_transformation", cloudformation: "MetricTransformations", default: Default::None };

/// Within one of these: its name.
pub const MADE_NAME: Attribute = Attribute { terraform: "name", cloudformation: "MetricName", default: Default::None };

/// Within one of these: its namespace.
pub const MADE_NAMESPACE: Attribute =
    Attribute { terraform: "namespace", cloudformation: "MetricNamespace", default: Default::None };

/// The metric that an alarm watches.
pub const METRIC: Attribute =
    Attribute { terraform: "metric_name", cloudformation: "MetricName", default: Default::None };

/// The namespace of that metric.
pub const NAMESPACE: Attribute =
    Attribute { terraform: "namespace", cloudformation: "Namespace", default: Default::None };

/// What happens when it goes off.
pub const ACTIONS: Attribute =
    Attribute { terraform: "alarm_actions", cloudformation: "AlarmActions", default: Default::None };

/// Whether that happens.
pub const ACTIONS_ENABLED: Attribute =
    Attribute { terraform: "actions_enabled", cloudformation: "ActionsEnabled", default: Default::Bool(true) };
