"""What AWS does and moto does not: little enough to be added here.

Importing this module changes moto for the whole process.
"""

import json
import os
from typing import Any

# The policies that AWS manages are there only if moto is told to load them, before its first use.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

from moto.budgets.responses import BudgetsResponse
from moto.guardduty.models import Detector

TAUGHT = [
    "guardduty UpdateDetector leaves the features as they are that a request does not name",
    "budgets DescribeSubscribersForNotification answers with the subscribers that were put",
    "budgets ListTagsForResource answers with the tags that CreateBudget was given",
]

_update = Detector.update


def _update_features(
    self: Detector, enable: bool, frequency: str, data_sources: dict[str, Any], features: list[dict[str, Any]] | None
) -> None:
    if features is not None:
        merged = {feature["name"]: feature for feature in [*self.features, *features]}
        features = list(merged.values())
    _update(self, enable, frequency, data_sources, features)


def _describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    asked = self._get_param("Notification")
    found = [n for n in budget.notifications if all(n.details.get(key) == asked[key] for key in asked)]
    return json.dumps({"Subscribers": [subscriber for n in found for subscriber in n.subscribers]})


_create_budget = BudgetsResponse.create_budget


def _create_tagged_budget(self: BudgetsResponse) -> str:
    answer = _create_budget(self)
    account, name = self._get_param("AccountId"), self._get_param("Budget")["BudgetName"]
    self.backend.budgets[account][name].tags = self._get_param("ResourceTags") or []
    return answer


def _list_tags_for_resource(self: BudgetsResponse) -> str:
    # arn:aws:budgets::123456789012:budget/name
    *_, account, name = self._get_param("ResourceARN").split(":")
    return json.dumps({"ResourceTags": self.backend.budgets[account][name.removeprefix("budget/")].tags})


Detector.update = _update_features
BudgetsResponse.create_budget = _create_tagged_budget
BudgetsResponse.list_tags_for_resource = _list_tags_for_resource
BudgetsResponse.describe_subscribers_for_notification = _describe_subscribers_for_notification
