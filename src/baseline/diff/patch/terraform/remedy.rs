//! What mends one fault.

use crate::baseline::variable::hcl_datum;
use crate::baseline::{Datum, Relation};
use crate::iam::{Effect, Statement};
use crate::model::kinds::{bucket, bucket_settings, budget, detector, event_rule, key, policy_document, trail};
use crate::model::{Attribute, Kind, Resource};
use crate::source::Span;
use crate::terraform::edit::{Change, NestedWanted};
use crate::value::Text;

use super::super::super::reading::{Reading, Spot};
use super::super::super::relation::{GIVEN, Have};
use super::super::super::world::Found;
use super::super::matches::Match;
use super::super::{Fault, free_sid, literal, stops_others};
use super::place::{directory_of, local_address, without_index};
use super::{Pending, Plan};

/// The statements of the generated bucket policy that make a fact hold, by the fact's last word.
pub(in super::super) const STATEMENTS: [(&str, &str); 3] = [
    ("denies_plain_http", "OnlyOverTLS"),
    ("writers", "NobodyElseWritesOrDeletes"),
    ("denies_deletion", "NobodyElseWritesOrDeletes"),
];

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
                "subscribers" => self.add_nested(fault, reading.found, budget::NOTIFICATIONS.terraform),
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
        let block = carrier.resource.block;
        let want = wanted(fault, attribute);
        let path: Vec<String> = attribute.terraform.split('.').map(str::to_owned).collect();
        let Some(want) = want else { return self.set_as_donor(fault, carrier, path) };
        // Where the value is a variable's default, or an argument of the module's call, it is changed there.
        let is_within = value.is_some_and(|value| block.contains(value));
        let is_inexact = attribute == &event_rule::PATTERN || attribute == &bucket_settings::EXPIRATION_DAYS;
        if let Some(value) = value.filter(|_| !is_within || is_inexact) {
            if let Some(edit) = self.file(value).and_then(|file| literal::terraform(&file, value, &reading.have, &want))
            {
                if !self.changes.edits.contains(&edit) {
                    self.changes.edits.push(edit);
                }
                return;
            }
            if is_inexact {
                return self.by_hand(in_words(fault, reading));
            }
        }
        let expression = hcl_datum(&want);
        self.change(block, Pending::Ready(Change::SetArgument { within: None, path, expression }));
    }

    /// Sets an argument to the expression that the donor has there, and brings in what that refers to.
    fn set_as_donor(&mut self, fault: &Fault<'w>, carrier: Found<'w>, path: Vec<String>) {
        let Some(answer) = self.donor.answer(fault) else { return };
        let Spot::Argument { carrier: there, .. } = answer.reading.spot else { return };
        let address = without_index(&there.resource.address).to_owned();
        let Some(directory) = directory_of(self.task.sources, carrier.resource.block) else { return };
        let mut paths = vec![path];
        if fault.subject.ends_with(".log_group") {
            // The trail writes with a role.
            paths.push(vec![trail::LOG_ROLE.terraform.to_owned()]);
        }
        if fault.subject.ends_with("log_group.kms_key") {
            self.let_logs_use_key(carrier);
        }
        let blocks =
            if fault.subject.split('.').count() == 2 { self.blocks_of_control(fault.control) } else { Vec::new() };
        let block = carrier.resource.block;
        let target = self.target(&directory);
        target.blocks.extend(blocks);
        for path in paths {
            target.expressions.push((address.clone(), path.clone()));
            let index = target.expressions.len() - 1;
            target.pending.entry(block).or_default().push(Pending::Expression { path, index });
        }
    }

    /// Brings in a resource that stands beside another: a bucket's versioning, its policy.
    fn add_companion(&mut self, fault: &Fault<'w>, owner: Found<'w>, kind: &'static Kind) {
        let donor = self.donor.world.of_kind(kind);
        let answer = self.donor.answer(fault);
        let of_owner = answer.map(|answer| answer.owner.companions(kind));
        let Some(companion) = of_owner.and_then(|found| found.into_iter().next()).or(donor.first().copied()) else {
            return;
        };
        let address = without_index(&companion.resource.address).to_owned();
        let Some(directory) = directory_of(self.task.sources, owner.resource.block) else { return };
        // A bucket to log to comes with all that makes it safe.
        let is_logging = kind.terraform == bucket_settings::LOGGING.terraform;
        let besides = if is_logging { self.blocks_of_control(fault.control) } else { Vec::new() };
        let mut files = self.donor.files.iter().map(|file| super::place::blocks(&file.text));
        let of_file = files.find(|blocks| blocks.contains(&address)).unwrap_or_default();
        let target = self.target(&directory);
        target.blocks.extend(besides.into_iter().filter(|block| !of_file.contains(block)));
        target.blocks.insert(address);
    }

    /// Brings in the blocks of a control, beside a resource.
    fn add_beside(&mut self, fault: &Fault<'w>, found: Found<'w>) {
        let blocks = self.blocks_of_control(fault.control);
        let here = directory_of(self.task.sources, found.resource.block);
        // What a called module asks for, its callers would have to give.
        let directory = here.filter(|directory| self.is_root(directory)).unwrap_or_else(|| self.home());
        self.target(&directory).blocks.extend(blocks);
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
        let of_key = existing.statements();
        if of_key.iter().any(is_for_logs) {
            return;
        }
        let spans: Vec<Span> = of_key.iter().filter_map(|statement| statement.span).collect();
        match donor.statements().into_iter().find(is_for_logs) {
            Some(statement) if !spans.is_empty() => {
                self.insert_statement(existing, &spans, statement, &key::POLICY);
            }
            _ => self.by_hand(format!(
                "{}: let CloudWatch Logs use the key in its policy, or {} cannot be encrypted with it",
                existing.resource.address, group.resource.address
            )),
        }
    }

    /// Adds a statement to a bucket's policy.
    fn add_statement(&mut self, fault: &Fault<'w>, word: &str, reading: &Reading<'w>) {
        let Some((_, sid)) = STATEMENTS.iter().find(|(name, _)| *name == word) else { return };
        let carrier = reading.found;
        let documents =
            carrier.account.documents().filter(|carried| carried.carrier.address == carrier.resource.address);
        let spans: Vec<Span> =
            documents.flat_map(|carried| &carried.document.statements).filter_map(|statement| statement.span).collect();
        let is_open = matches!(&reading.have, Have::Value(Some(Datum::Text(text))) if text.starts_with("any trail"));
        if is_open {
            return self.tie_to_trail(fault, reading);
        }
        if let Some(why) = stops_others(word, carrier) {
            return self.by_hand(why);
        }
        match self.donor.statement(fault, sid) {
            Some(statement) => self.insert_statement(carrier, &spans, statement, &bucket::POLICY_DOCUMENT),
            None => self.by_hand(in_words(fault, reading)),
        }
    }

    /// Inserts a statement of the donor into the document that a resource carries.
    pub(super) fn insert_statement(
        &mut self,
        carrier: Found<'w>,
        statements: &[Span],
        statement: &Statement,
        attribute: &'static Attribute,
    ) {
        let sid = statement.sid.as_ref().and_then(Text::as_str);
        let declaring = statement.span.and_then(|span| self.donor.declaring(span));
        let (Some(sid), Some(declaring)) = (sid, declaring) else {
            return self
                .by_hand(format!("{}: add a statement as the generated baseline has it", carrier.resource.address));
        };
        let free = free_sid(carrier, sid);
        let wanted = NestedWanted {
            block: without_index(&declaring.resource.address).to_owned(),
            path: vec!["statement".to_owned()],
            with: Some(("sid".to_owned(), sid.to_owned())),
        };
        // The data source that says the last of the statements, if one does.
        let data = statements.iter().rev().find_map(|span| {
            let mut documents = carrier.account.of_kind(&policy_document::KIND);
            documents.find(|document| document.block.contains(*span))
        });
        let block = data.map_or(carrier.resource.block, |data| data.block);
        let Some(directory) = directory_of(self.task.sources, block) else { return };
        if data.is_some() {
            let target = self.target(&directory);
            let index = target.nested.iter().position(|known| *known == wanted).unwrap_or_else(|| {
                target.nested.push(wanted);
                target.nested.len() - 1
            });
            target.pending.entry(block).or_default().push(Pending::Nested { index, sid: Some(free) });
            return;
        }
        self.wrap(carrier, (wanted, free), attribute, &directory);
    }

    /// Puts a document around one that is written as text: everything that it said, and a statement more.
    fn wrap(
        &mut self,
        carrier: Found<'w>,
        wanted: (NestedWanted, String),
        attribute: &'static Attribute,
        directory: &std::path::Path,
    ) {
        let block = carrier.resource.block;
        let expression =
            self.file(block).and_then(|file| crate::terraform::edit::argument(&file, block, attribute.terraform));
        let Some(expression) = expression else {
            let address = &carrier.resource.address;
            return self.by_hand(format!("{address}: its policy lacks a statement that the generated baseline has"));
        };
        let name = local_address(&carrier.resource.address).split(['.', '[']).nth(1).unwrap_or("policy").to_owned();
        let wrapped = format!("{name}_hardened");
        let target = self.target(directory);
        if let Some(wrapping) = target.wrapped.get_mut(&block) {
            // Two facts may ask for one statement.
            if !wrapping.nested.contains(&wanted) {
                wrapping.nested.push(wanted);
            }
            return;
        }
        let wrapping = super::Wrapping { name: wrapped.clone(), expression, nested: vec![wanted] };
        target.wrapped.insert(block, wrapping);
        let expression = format!("data.aws_iam_policy_document.{wrapped}.json");
        let path = vec![attribute.terraform.to_owned()];
        self.change(block, Pending::Ready(Change::SetArgument { within: None, path, expression }));
    }

    /// Lets a statement that every trail may use hold for this trail only.
    fn tie_to_trail(&mut self, fault: &Fault<'w>, reading: &Reading<'w>) {
        let data = super::super::donor::declaring(&self.task.world, reading.span);
        let Some(data) = data.filter(|data| policy_document::KIND.is(data.resource)) else {
            return self.by_hand(in_words(fault, reading));
        };
        let account = "{{data.aws_caller_identity.current}}.account_id";
        let Some(directory) = directory_of(self.task.sources, data.resource.block) else { return };
        let text = format!(
            "condition {{\n  test     = \"StringEquals\"\n  variable = \"aws:SourceAccount\"\n  values   = [{account}]\n}}\n"
        );
        let block = data.resource.block;
        let within = Some(reading.span);
        let target = self.target(&directory);
        target.blocks.insert("data.aws_caller_identity.current".to_owned());
        target.pending.entry(block).or_default().push(Pending::Filled { within, text });
    }

    /// Turns on the protection plans that are off.
    fn add_features(&mut self, fault: &Fault<'w>, reading: &Reading<'w>) {
        let detector = reading.found;
        let Datum::List(wanted) = &fault.want else { return };
        let Have::Value(Some(Datum::List(have))) = &reading.have else { return };
        let mut missing: Vec<&String> = wanted.iter().filter(|name| !have.contains(name)).collect();
        let account = detector.account;
        let mut switched = Vec::new();
        for feature in account.of_kind(&detector::FEATURE) {
            let of = feature.setting(&detector::DETECTOR).value;
            let named = account.resolve(&of, &detector::KIND, &detector::NAME);
            if named.is_none_or(|named| named.address != detector.resource.address) {
                continue;
            }
            let name = feature.setting(&detector::FEATURE_NAME).as_str().ok().flatten();
            if let Some(place) = missing.iter().position(|wanted| Some(*wanted) == name.as_ref()) {
                missing.remove(place);
                if !switched.contains(&feature.block) {
                    switched.push(feature.block);
                }
            }
        }
        for block in switched {
            let path = vec![detector::FEATURE_STATUS.terraform.to_owned()];
            let expression = "\"ENABLED\"".to_owned();
            self.change(block, Pending::Ready(Change::SetArgument { within: None, path, expression }));
        }
        if missing.is_empty() {
            return;
        }
        let Some(directory) = directory_of(self.task.sources, detector.resource.block) else { return };
        let names = missing.iter().map(|name| format!("    {},", hcl_datum(&Datum::Text((*name).clone()))));
        let names = names.collect::<Vec<_>>().join("\n");
        let reference = local_address(&detector.resource.address);
        let control =
            self.task.profile.controls.get(fault.control).map(|control| control.title.clone()).unwrap_or_default();
        // Each detector's block takes the detector's name; one that a count may leave out has no plans then.
        let name = reference.split(['.', '[']).nth(1).unwrap_or("baseline");
        let condition = reference.strip_suffix("[0]").map(|all| format!("length({all}) == 0 ? [] : "));
        let condition = condition.unwrap_or_default();
        let text = format!(
            "# {control}.\nresource \"aws_guardduty_detector_feature\" \"{{{{!aws_guardduty_detector_feature.{name}}}}}\" {{\n  \
             for_each = toset({condition}[\n{names}\n  ])\n\n  \
             detector_id = {reference}.id\n  name        = each.value\n  status      = \"ENABLED\"\n}}\n"
        );
        self.target(&directory).own.push(("guardduty_features.tf".to_owned(), text));
    }

    /// Has a trail record all management events.
    fn record_all(&mut self, trail: Found<'w>) {
        let resource: &Resource = trail.resource;
        if resource.explicit(&trail::EVENT_SELECTORS).is_none() {
            return self.by_hand(format!(
                "{}: have its advanced event selectors record all management events",
                resource.address
            ));
        }
        let name = trail::EVENT_SELECTORS.terraform;
        for (attribute, expression) in [(&trail::READ_WRITE_TYPE, "\"All\""), (&trail::MANAGEMENT_EVENTS, "true")] {
            let path = vec![name.to_owned(), attribute.terraform.to_owned()];
            let change = Change::SetArgument { within: None, path, expression: expression.to_owned() };
            self.change(resource.block, Pending::Ready(change));
        }
        let excluded = resource.blocks(&trail::EVENT_SELECTORS).into_iter();
        if excluded.into_iter().any(|selector| resource.setting_in(&selector, &trail::EXCLUDED_SOURCES).explicit) {
            let path = vec![name.to_owned(), trail::EXCLUDED_SOURCES.terraform.to_owned()];
            self.change(resource.block, Pending::Ready(Change::RemoveArgument { within: None, path }));
        }
    }

    /// Adds the nested blocks that the donor has.
    fn add_nested(&mut self, fault: &Fault<'w>, found: Found<'w>, name: &str) {
        let Some(answer) = self.donor.answer(fault) else { return };
        let address = without_index(&answer.reading.found.resource.address).to_owned();
        let Some(directory) = directory_of(self.task.sources, found.resource.block) else { return };
        let wanted = NestedWanted { block: address, path: vec![name.to_owned()], with: None };
        let target = self.target(&directory);
        target.nested.push(wanted);
        let index = target.nested.len() - 1;
        target.pending.entry(found.resource.block).or_default().push(Pending::Nested { index, sid: None });
    }
}

/// The value to write, if it is one that can be written: others are taken from the donor.
pub(in super::super) fn wanted(fault: &Fault<'_>, attribute: &'static Attribute) -> Option<Datum> {
    if attribute == &bucket_settings::VERSIONING_ENABLED {
        return Some(Datum::Boolean(true));
    }
    match (&fault.want, fault.relation) {
        (Datum::Text(word), _) if word == GIVEN => None,
        (Datum::List(list), Relation::AnyOf) => list.first().cloned().map(Datum::Text),
        (want, _) => Some(want.clone()),
    }
}

/// What is left to do by hand.
pub(in super::super) fn in_words(fault: &Fault<'_>, reading: &Reading<'_>) -> String {
    let address = &reading.found.resource.address;
    match fault.subject.as_str() {
        "detector.regions" | "ebs_encryption_by_default.regions" => {
            return format!(
                "{address}: there is none in all of {}; `baselint generate --set other_regions={}` writes what is missing",
                fault.want, fault.want
            );
        }
        "user.has_policies" => return format!("{address} gives a user permissions; give them to a group instead"),
        "group.has_policies" => return format!("{address} has no policy; attach what its members need"),
        _ => {}
    }
    let have = match &reading.have {
        Have::Value(Some(have)) => format!(" is {have}, and"),
        _ => String::new(),
    };
    format!("{address}: {}{have} should be {}", reading.attribute, fault.want)
}
