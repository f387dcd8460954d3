//! Budgets, which tell of spending.

use crate::model::{Attribute, Category, Default, Kind};

/// A budget.
pub const KIND: Kind =
    Kind { category: Category::Managed, terraform: &["aws_budgets_budget"], cloudformation: &["AWS::Budgets::Budget"] };

/// How much may be spent.
pub const LIMIT: Attribute =
    Attribute { terraform: "limit_amount", cloudformation: "Budget.BudgetLimit.Amount", default: Default::None };

/// That the amount follows what was spent before.
pub const AUTO_ADJUST: Attribute =
    Attribute { terraform: "auto_adjust_data", cloudformation: "Budget.AutoAdjustData", default: Default::None };

/// An amount for each month.
pub const PLANNED_LIMITS: Attribute =
    Attribute { terraform: "planned_limit", cloudformation: "Budget.PlannedBudgetLimits", default: Default::None };

/// When whom to tell.
pub const NOTIFICATIONS: Attribute =
    Attribute { terraform: "notification", cloudformation: "NotificationsWithSubscribers", default: Default::None };

/// Within a notification, whom: all in one (CloudFormation), or those by e-mail.
pub const SUBSCRIBERS: Attribute =
    Attribute { terraform: "subscriber_email_addresses", cloudformation: "Subscribers", default: Default::None };

/// Within a notification, the topics to tell (Terraform only).
pub const SUBSCRIBER_TOPICS: Attribute =
    Attribute { terraform: "subscriber_sns_topic_arns", cloudformation: "", default: Default::None };
