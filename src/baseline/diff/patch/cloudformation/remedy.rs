//! What mends one fault.

use crate::baseline::Datum;
use crate::cloudformation::edit::{self, Change, Node};
use crate::iam::{Effect, Statement};
use crate::model::kinds::{account_settings, bucket_settings, budget, detector, event_rule, key, trail};
use crate::model::{Attribute, Kind};
use crate::source::Span;

use super::super::super::reading::{Reading, Spot};
use super::super::super::relation::Have;
use super::super::super::world::Found;
use super::super::matches::Match;
use super::super::terraform::{STATEMENTS, in_words, wanted};
use super::super::{Fault, free_sid, stops_others};
use super::{Pending, Plan, node};

impl<'w> Plan<'_, 'w, '_> {
    /// Mends what is weaker than it should be.
    pub(super) fn mend(&mut self, fault: &Fault<'w>, owner: Found<'w>, reading: &Reading<'w>) {
        let word = fault.subject.rsplit('.').next().unwrap_or_default();
        match &reading.spot {
            Spot::Argument { carrier, attribute, value } => self.set(fault, *carrier, attribute, *value, reading),
            Spot::Companion { kind } => self.add_companion(fault, owner, kind),
            Spot::Reasoned => match word {
                "denies_plain_http" | "writers" | "denies_deletion" => self.add_statement(fault, word, reading),
                "features" => self.add_features(fault, reading),
                "notifies" => self.add_beside(fault, reading.found),
                "management_events" => self.record_all(reading.found),
                "subscribers" => self.add_subscribers(fault, reading.found),
                "enabled" => self.encrypt_volumes(reading.found),
                "denied_without_mfa" | "exempt_from_mfa" | "denied_by_access_key_without_mfa" => {
                    // All groups together, at the end.
                }
                _ => self.by_hand(in_words(fault, reading)),
            },
        }
    }

    fn set(
        &mut self,
        fault: &Fault<'w>,
        carrier: Found<'w>,
        attribute: &'static Attribute,
        value: Option<Span>,
        reading: &Reading<'w>,
    ) {
        let template = carrier.resource.block.file;
        let Some(want) = wanted(fault, attribute) else { return self.set_as_donor(fault, carrier, attribute) };
        // Where the value is a parameter's default, or in a mapping, it is changed there.
        let written = value.and_then(|value| {
            let file = self.file(value)?;
            Some((value.file, edit::path_at(&file, value).ok()?))
        });
        if let Some((template, path)) = written {
            return self.change(template, Pending::Ready(Change::Set { path, value: node::of_datum(&want) }));
        }
        if attribute == &event_rule::PATTERN || attribute == &bucket_settings::EXPIRATION_DAYS {
            return self.by_hand(in_words(fault, reading));
        }
        let path = self.path_of(fault, carrier, attribute);
        self.change(template, Pending::Ready(Change::Set { path, value: node::of_datum(&want) }));
    }

    /// The path of a property, lists on the way included, which are as in the donor.
    fn path_of(&self, fault: &Fault<'w>, carrier: Found<'w>, attribute: &'static Attribute) -> Vec<String> {
        let donor = self.donor.answer(fault).map(|answer| answer.reading.found.resource.address.to_string());
        let mut path: Vec<String> = Vec::new();
        for step in attribute.cloudformation.split('.') {
            path.push(step.to_owned());
            let here = donor.as_deref().and_then(|donor| self.grafts.node(donor, &path));
            if here.is_some_and(|here| matches!(here.content, edit::Content::List(_))) {
                path.push("0".to_owned());
            }
        }
        node::property(&carrier.resource.address, &path)
    }

    /// Sets a property to what the donor has there, and brings in what that refers to.
    fn set_as_donor(&mut self, fault: &Fault<'w>, carrier: Found<'w>, attribute: &'static Attribute) {
        let Some(answer) = self.donor.answer(fault) else { return };
        let donor = answer.reading.found.resource.address.to_string();
        let template = carrier.resource.block.file;
        if fault.subject.ends_with("log_group.kms_key") {
            self.let_logs_use_key(carrier);
        }
        let is_own_control = fault.subject.split('.').count() == 2 || attribute == &bucket_settings::ACCESS_LOG;
        if is_own_control {
            let resources = self.resources_of(fault.control);
            self.target(Some(template)).resources.extend(resources);
        }
        let mut attributes = vec![attribute];
        if fault.subject.ends_with(".log_group") {
            // The trail writes with a role.
            attributes.push(&trail::LOG_ROLE);
        }
        for attribute in attributes {
            let path: Vec<String> = attribute.cloudformation.split('.').map(str::to_owned).collect();
            let index = self.expression(template, donor.clone(), path.clone());
            let path = node::property(&carrier.resource.address, &path);
            self.change(template, Pending::Expression { path, index });
        }
    }

    /// Brings in a resource that stands beside another: a bucket's policy.
    fn add_companion(&mut self, fault: &Fault<'w>, owner: Found<'w>, kind: &'static Kind) {
        let of_owner = self.donor.answer(fault).map(|answer| answer.owner.companions(kind));
        let Some(companion) = of_owner.and_then(|found| found.into_iter().next()) else { return };
        let name = companion.resource.address.to_string();
        self.target(Some(owner.resource.block.file)).resources.insert(name);
    }

    /// Brings in what a control adds, beside a resource.
    fn add_beside(&mut self, fault: &Fault<'w>, found: Found<'w>) {
        let resources = self.resources_of(fault.control);
        self.target(Some(found.resource.block.file)).resources.extend(resources);
    }

    /// Adds a statement to a bucket's policy.
    fn add_statement(&mut self, fault: &Fault<'w>, word: &str, reading: &Reading<'w>) {
        let is_open = matches!(&reading.have, Have::Value(Some(Datum::Text(text))) if text.starts_with("any trail"));
        if is_open {
            return self.tie_to_account(fault, reading);
        }
        if let Some(why) = stops_others(word, reading.found) {
            return self.by_hand(why);
        }
        let Some((_, sid)) = STATEMENTS.iter().find(|(name, _)| *name == word) else { return };
        self.append_statement(reading.found, sid, fault, reading);
    }

    /// Appends a statement of the donor to the policy that a resource carries.
    pub(super) fn append_statement(&mut self, carrier: Found<'w>, sid: &str, fault: &Fault<'w>, reading: &Reading<'w>) {
        let declaring = self.donor.statement(fault, sid).and_then(|statement| self.donor.declaring(statement.span?));
        let found = declaring.and_then(|found| {
            let name = found.resource.address.to_string();
            let list = self.grafts.node(&name, &["PolicyDocument", "Statement"])?;
            let edit::Content::List(items) = &list.content else { return None };
            let is_it = |item: &Node| item.get("Sid").and_then(Node::as_text) == Some(sid);
            Some((name, items.iter().position(is_it)?))
        });
        let Some((donor, number)) = found else { return self.by_hand(in_words(fault, reading)) };
        let template = carrier.resource.block.file;
        let path = ["PolicyDocument", "Statement"].map(str::to_owned).to_vec();
        let of_donor = path.iter().cloned().chain([number.to_string()]).collect();
        let index = self.expression(template, donor, of_donor);
        let path = node::property(&carrier.resource.address, &path);
        let sid = Some(free_sid(carrier, sid));
        self.change(template, Pending::Statement { path, index, sid });
    }

    /// Has the policy of a key let CloudWatch Logs use it, unless it does.
    fn let_logs_use_key(&mut self, group: Found<'w>) {
        let key = self.matches.iter().find(|matched| key::KIND.is(matched.existing.resource)).copied();
        let Some(Match { donor, existing }) = key else { return };
        let is_for_logs = |statement: &&Statement| {
            let services = statement.principals.iter().flat_map(|principals| &principals.items);
            statement.effect == Effect::Allow
                && services.into_iter().any(|principal| principal.text.literal_content().starts_with("logs."))
        };
        if existing.statements().iter().any(is_for_logs) {
            return;
        }
        let number = donor.statements().iter().position(is_for_logs);
        let template = existing.resource.block.file;
        match number.filter(|_| template == group.resource.block.file) {
            Some(number) => {
                let path = ["KeyPolicy", "Statement"].map(str::to_owned).to_vec();
                let of_donor = path.iter().cloned().chain([number.to_string()]).collect();
                let index = self.expression(template, donor.resource.address.to_string(), of_donor);
                let path = node::property(&existing.resource.address, &path);
                self.change(template, Pending::Statement { path, index, sid: None });
            }
            None => self.by_hand(format!(
                "{}: let CloudWatch Logs use the key in its policy, or {} cannot be encrypted with it",
                existing.resource.address, group.resource.address
            )),
        }
    }

    /// Lets a statement that every trail may use hold for the account's own trails only.
    fn tie_to_account(&mut self, fault: &Fault<'w>, reading: &Reading<'w>) {
        let path = self.file(reading.span).and_then(|file| edit::path_at(&file, reading.span).ok());
        let Some(mut path) = path else { return self.by_hand(in_words(fault, reading)) };
        path.extend(["Condition", "StringEquals", "aws:SourceAccount"].map(str::to_owned));
        let value = Node::reference("AWS::AccountId");
        self.change(reading.span.file, Pending::Ready(Change::Set { path, value }));
    }

    /// Turns on the protection plans that are off.
    fn add_features(&mut self, fault: &Fault<'w>, reading: &Reading<'w>) {
        let detector = reading.found.resource;
        let (Datum::List(wanted), Have::Value(Some(Datum::List(have)))) = (&fault.want, &reading.have) else { return };
        let template = detector.block.file;
        let features = detector::FEATURES.cloudformation.to_owned();
        let existing: Vec<Option<String>> = detector
            .blocks(&detector::FEATURES)
            .iter()
            .map(|feature| detector.setting_in(feature, &detector::FEATURE_NAME).as_str().ok().flatten())
            .collect();
        let mut missing = Vec::new();
        for name in wanted.iter().filter(|name| !have.contains(name)) {
            if let Some(number) = existing.iter().position(|known| known.as_ref() == Some(name)) {
                let path = [features.clone(), number.to_string(), "Status".to_owned()];
                let path = node::property(&detector.address, &path);
                self.change(template, Pending::Ready(Change::Set { path, value: Node::text("ENABLED") }));
            } else {
                let status = ("Status", Node::text("ENABLED"));
                missing.push(Node::mapping([("Name", Node::text(name.clone())), status]));
            }
        }
        if !missing.is_empty() {
            let path = node::property(&detector.address, &[features]);
            self.change(template, Pending::Ready(Change::Append { path, items: missing }));
        }
    }

    /// Has a trail record all management events.
    fn record_all(&mut self, trail: Found<'w>) {
        let resource = trail.resource;
        let selectors = resource.blocks(&trail::EVENT_SELECTORS);
        if selectors.is_empty() {
            let address = &resource.address;
            return self.by_hand(format!("{address}: have its advanced event selectors record all management events"));
        }
        let name = trail::EVENT_SELECTORS.cloudformation;
        let template = resource.block.file;
        let path = |attribute: &Attribute| node::property(&resource.address, &[name, "0", attribute.cloudformation]);
        let set = |attribute, value| Pending::Ready(Change::Set { path: path(attribute), value });
        self.change(template, set(&trail::READ_WRITE_TYPE, Node::text("All")));
        self.change(template, set(&trail::MANAGEMENT_EVENTS, Node::bool(true)));
        let excludes = |selector| resource.setting_in(selector, &trail::EXCLUDED_SOURCES).explicit;
        if selectors.first().is_some_and(excludes) {
            self.change(template, Pending::Ready(Change::Remove { path: path(&trail::EXCLUDED_SOURCES) }));
        }
    }

    /// Has a budget tell whom the donor's tells.
    fn add_subscribers(&mut self, fault: &Fault<'w>, found: Found<'w>) {
        let Some(answer) = self.donor.answer(fault) else { return };
        let template = found.resource.block.file;
        let path = vec![budget::NOTIFICATIONS.cloudformation.to_owned()];
        let index = self.expression(template, answer.reading.found.resource.address.to_string(), path.clone());
        let path = node::property(&found.resource.address, &path);
        self.change(template, Pending::Expression { path, index });
    }

    fn encrypt_volumes(&mut self, found: Found<'w>) {
        let Some(donor) = self.settings_of_donor() else { return };
        let template = found.resource.block.file;
        let path = vec![account_settings::EBS_ENCRYPTION_REGIONS.cloudformation.to_owned()];
        let index = self.expression(template, donor, path.clone());
        let path = node::property(&found.resource.address, &path);
        self.change(template, Pending::Expression { path, index });
    }
}
