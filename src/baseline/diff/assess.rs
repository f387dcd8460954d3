//! Each control against existing code.

use std::collections::BTreeMap;

use crate::model::{Account, Existence};

use super::reading::{Reading, of_bucket, own};
use super::relation::{Have, Standing, judge};
use super::subject::{Anchor, How, Number, Path};
use super::world::{Found, Linked, World};
use super::{Assessment, Change, Status};
use crate::baseline::{Control, Datum, Language, Operand, Profile, Relation, Values};

/// A profile says something that cannot be compared.
#[derive(thiserror::Error, Debug)]
#[error("the control {control}: {why}")]
pub struct FactError {
    /// Whose fact.
    pub control: String,
    /// Why.
    pub why: String,
}

/// How a profile stands in existing code.
pub struct Comparison<'w> {
    /// In the profile's order.
    pub assessments: Vec<Assessment>,
    /// What must be mended.
    pub(super) faults: Vec<Fault<'w>>,
    /// What each first word of a fact stands for here.
    pub(super) chosen: BTreeMap<&'static str, Vec<Found<'w>>>,
    /// The roots that were compared.
    pub(super) accounts: &'w [Account<'w>],
}

impl Comparison<'_> {
    /// The language of most of the code; Terraform where there is none.
    pub fn language(&self) -> Language {
        language_of(self.accounts)
    }
}

fn language_of(accounts: &[Account<'_>]) -> Language {
    let (mut terraform, mut cloudformation) = (0, 0);
    for account in accounts {
        let count = account.root.declared().count();
        if account.root.framework.is_terraform() {
            terraform += count;
        } else {
            cloudformation += count;
        }
    }
    if cloudformation > terraform { Language::CloudFormation } else { Language::Terraform }
}

/// A fact that does not hold.
pub(super) struct Fault<'w> {
    /// The place of its control in the profile.
    pub(super) control: usize,
    /// The fact's subject, as in the profile.
    pub(super) subject: String,
    pub(super) relation: Relation,
    pub(super) want: Datum,
    pub(super) what: What<'w>,
}

/// What is wrong.
pub(super) enum What<'w> {
    /// There is nothing of the kind that the control is about.
    Missing,
    /// A setting is not as it should be. `owner` is what the last word belongs to.
    Weaker { owner: Found<'w>, reading: Reading<'w> },
}

/// A fact, ready to be looked up.
struct Asked {
    control: usize,
    subject: String,
    path: Path,
    relation: Relation,
    want: Datum,
}

/// What looking up a fact gave.
pub(super) struct Answer<'w> {
    pub(super) standing: Standing,
    pub(super) reading: Reading<'w>,
    /// What the last word belongs to.
    pub(super) owner: Found<'w>,
    /// What is wanted of it.
    pub(super) want: Datum,
}

/// Compares the roots with a profile. What a value without a default would say is not asked.
pub fn compare<'w>(
    accounts: &'w [Account<'w>],
    profile: &Profile,
    values: &Values,
) -> Result<Comparison<'w>, FactError> {
    let world = World { accounts };
    let language = language_of(accounts);
    let asked = asked(profile, values)?;
    let mut chosen: BTreeMap<&'static str, Vec<Found<'w>>> = BTreeMap::new();
    let mut assessments = Vec::new();
    let mut faults = Vec::new();
    for (index, control) in profile.controls.iter().enumerate() {
        let mut assessment = Assessor {
            world: &world,
            language,
            control,
            index,
            status: Status::Equal,
            resources: Vec::new(),
            changes: Vec::new(),
            faults: &mut faults,
        };
        for asked_of_anchor in by_anchor(&asked, index) {
            let Some(first) = asked_of_anchor.first() else { continue };
            let anchor = first.path.anchor;
            let found = chosen.entry(anchor.name).or_insert_with(|| choose(&world, anchor, &asked)).clone();
            assessment.assess(anchor, &found, &asked_of_anchor);
        }
        assessments.push(assessment.finish());
    }
    Ok(Comparison { assessments, faults, chosen, accounts })
}

fn asked(profile: &Profile, values: &Values) -> Result<Vec<Asked>, FactError> {
    let mut all = Vec::new();
    for (index, control) in profile.controls.iter().enumerate() {
        for fact in &control.facts {
            let path = Path::parse(&fact.subject).map_err(|why| FactError { control: control.id.clone(), why })?;
            let want = match &fact.operand {
                Operand::Literal(datum) => Some(datum),
                Operand::Value { value } => values.get(value),
            };
            let Some(want) = want.cloned() else { continue };
            all.push(Asked { control: index, subject: fact.subject.clone(), path, relation: fact.relation, want });
        }
    }
    Ok(all)
}

/// The facts of a control, by what they are about.
fn by_anchor(asked: &[Asked], control: usize) -> Vec<Vec<&Asked>> {
    let mut groups: Vec<Vec<&Asked>> = Vec::new();
    for one in asked.iter().filter(|one| one.control == control) {
        match groups
            .iter_mut()
            .find(|group| group.first().is_some_and(|first| first.path.anchor.name == one.path.anchor.name))
        {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// The resources that an anchor stands for: all of its kind, or, where one good one is enough, the best by all that is
/// asked of it in the whole profile. The order of the facts weighs: the first that tells two apart decides, before
/// their number does.
fn choose<'w>(world: &World<'w>, anchor: &'static Anchor, asked: &[Asked]) -> Vec<Found<'w>> {
    // The same trail may be good as one caller has it, and not as another has.
    let is_choice = anchor.number == Number::Best;
    let mut found = if is_choice { world.instances(anchor.kind) } else { world.of_kind(anchor.kind) };
    let about: Vec<&Asked> = asked.iter().filter(|one| one.path.anchor.name == anchor.name).collect();
    match anchor.number {
        Number::Each => found,
        Number::One => {
            // Where a fact tells which of its kind is meant (a contact's type), the others are not.
            for one in about.iter().filter(|one| one.path.word.name == "type") {
                found.retain(|found| {
                    answer(world, *found, one).is_none_or(|answer| answer.standing != Standing::Weaker)
                });
            }
            found
        }
        Number::Best => {
            let holds = |found: Found<'w>, one: &Asked| {
                answer(world, found, one)
                    .is_some_and(|answer| matches!(answer.standing, Standing::Equal | Standing::Stronger))
            };
            let score = |found: &Found<'w>| {
                let first = about.first().is_some_and(|one| holds(*found, one));
                (first, about.iter().filter(|one| holds(*found, one)).count())
            };
            // The first of several that are equally good.
            let best = found.iter().rev().max_by_key(|found| score(found)).copied();
            best.into_iter().collect()
        }
    }
}

/// Looks a fact up. `None`: it is about something that is not there, which another fact says.
pub(super) fn look_up<'w>(
    world: &World<'w>,
    anchor: Found<'w>,
    path: &Path,
    relation: Relation,
    want: &Datum,
) -> Option<Answer<'w>> {
    let mut owner = anchor;
    for way in &path.ways {
        match owner.follow(&way.link) {
            Linked::There(next) => owner = next,
            Linked::Nowhere => return None,
            Linked::Elsewhere { why, span } => {
                let mut reading = own(owner, way.link.attribute, want);
                (reading.span, reading.have) = (span, Have::Unknown(why.clone()));
                return Some(Answer { standing: Standing::Undecided(why), reading, owner, want: managed_here() });
            }
        }
    }
    let reading = match &path.word.how {
        How::Own(attribute) => own(owner, attribute, want),
        How::OfBucket(kind, attribute, on_bucket) => of_bucket(owner, kind, attribute, *on_bucket, want),
        How::Reasoned(read) => read(world, owner, want),
    };
    let standing = judge(&reading.have, relation, want);
    Some(Answer { standing, reading, owner, want: first_of(want, relation) })
}

fn answer<'w>(world: &World<'w>, anchor: Found<'w>, asked: &Asked) -> Option<Answer<'w>> {
    look_up(world, anchor, &asked.path, asked.relation, &asked.want)
}

/// What is wanted of what a resource leads to, when it leads out of the code.
fn managed_here() -> Datum {
    Datum::Text("managed by this code".to_owned())
}

/// Of several texts that will do, the first, which is what the baseline has.
fn first_of(want: &Datum, relation: Relation) -> Datum {
    match want {
        Datum::List(list) if relation == Relation::AnyOf => {
            list.first().cloned().map_or_else(|| want.clone(), Datum::Text)
        }
        other => other.clone(),
    }
}

/// One control on its way to an assessment.
struct Assessor<'a, 'w> {
    world: &'a World<'w>,
    /// In which language what is missing is spelled.
    language: Language,
    control: &'a Control,
    index: usize,
    status: Status,
    resources: Vec<String>,
    changes: Vec<Change>,
    faults: &'a mut Vec<Fault<'w>>,
}

impl<'w> Assessor<'_, 'w> {
    fn assess(&mut self, anchor: &'static Anchor, found: &[Found<'w>], asked: &[&Asked]) {
        for one in found {
            self.name(*one);
        }
        match (found, anchor.number) {
            ([], _) if asked.iter().all(|one| one.want == Datum::Boolean(false)) => {}
            ([], _) => self.missing(asked),
            ([_, _, ..], Number::One) => self.conflicting(found, asked),
            _ => {
                for anchor in found {
                    for one in asked {
                        if let Some(answer) = answer(self.world, *anchor, one) {
                            self.judge(*anchor, one, answer);
                        }
                    }
                }
            }
        }
    }

    fn missing(&mut self, asked: &[&Asked]) {
        self.status = self.status.max(Status::Missing);
        for one in asked {
            self.changes.push(Change {
                resource: String::new(),
                attribute: one.path.spelled(self.language),
                have: None,
                want: first_of(&one.want, one.relation),
                span: None,
                undecided: None,
            });
            self.fault(one, What::Missing);
        }
    }

    fn conflicting(&mut self, found: &[Found<'w>], asked: &[&Asked]) {
        self.status = self.status.max(Status::Conflicting);
        for definition in found {
            let read = asked.iter().filter_map(|one| Some((one, answer(self.world, *definition, one)?)));
            let weaker: Vec<_> = read.filter(|(_, answer)| answer.standing == Standing::Weaker).collect();
            if weaker.is_empty() {
                self.changes.push(Change {
                    resource: definition.resource.address.to_string(),
                    attribute: String::new(),
                    have: None,
                    want: Datum::Text("one definition in the account".to_owned()),
                    span: Some(definition.resource.span),
                    undecided: None,
                });
            }
            for (_, answer) in weaker {
                self.change(&answer.reading, &answer.want, None);
            }
        }
    }

    fn judge(&mut self, anchor: Found<'w>, asked: &Asked, answer: Answer<'w>) {
        let Answer { standing, reading, owner, want } = answer;
        let possible = [anchor, owner, reading.found].iter().find_map(|found| match &found.resource.existence {
            Existence::Certain => None,
            Existence::Possible(why) => Some(format!("whether {} exists: {why}", found.resource.address)),
        });
        let standing = match (standing, possible) {
            (Standing::Equal | Standing::Stronger, Some(why)) => Standing::Undecided(why),
            (standing, _) => standing,
        };
        match standing {
            Standing::Equal => {}
            Standing::Stronger => self.status = self.status.max(Status::Stronger),
            Standing::Undecided(why) => {
                self.status = self.status.max(Status::Undecided);
                self.change(&reading, &want, Some(why));
            }
            Standing::Weaker => {
                self.status = self.status.max(Status::Weaker);
                self.name(reading.found);
                self.change(&reading, &want, None);
                self.fault(asked, What::Weaker { owner, reading });
            }
        }
    }

    fn name(&mut self, found: Found<'w>) {
        let address = found.resource.address.to_string();
        if !self.resources.contains(&address) {
            self.resources.push(address);
        }
    }

    fn change(&mut self, reading: &Reading<'w>, want: &Datum, undecided: Option<String>) {
        let have = match &reading.have {
            Have::Value(value) => value.clone(),
            Have::Something | Have::Unknown(_) => None,
        };
        let change = Change {
            resource: reading.found.resource.address.to_string(),
            attribute: reading.attribute.clone(),
            have,
            want: want.clone(),
            span: Some(reading.span),
            undecided,
        };
        // The same place seen through several resources, or instances of one, is one change.
        let is_same = |known: &Change| {
            (known.span, &known.attribute, &known.have, &known.undecided)
                == (change.span, &change.attribute, &change.have, &change.undecided)
        };
        if !self.changes.iter().any(is_same) {
            self.changes.push(change);
        }
    }

    fn fault(&mut self, asked: &Asked, what: What<'w>) {
        let Asked { subject, relation, want, .. } = asked;
        self.faults.push(Fault {
            control: self.index,
            subject: subject.clone(),
            relation: *relation,
            want: want.clone(),
            what,
        });
    }

    fn finish(self) -> Assessment {
        Assessment {
            control: self.control.clone(),
            status: self.status,
            resources: self.resources,
            changes: self.changes,
        }
    }
}
