//! Profiles and their controls: what must hold in an account, and which templates bring it about.

use serde::Deserialize;

use super::Language;
use super::datum::Datum;

/// A set of controls that belong together.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name, as on the command line.
    #[serde(rename = "profile")]
    pub id: String,
    /// What it is, in a line.
    pub title: String,
    /// The profile that this one adds to.
    #[serde(default)]
    pub extends: Option<String>,
    /// Templates that are rendered whichever the controls are.
    #[serde(default)]
    pub frame: Renders,
    /// The controls, in the order in which they are shown.
    #[serde(default)]
    pub controls: Vec<Control>,
}

/// One thing that must hold.
#[derive(Clone, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The name, in kebab-case; it never changes its meaning.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// What happens without it.
    pub reason: String,
    /// Numbers of published standards, such as `cis-aws-7.0:2.8`.
    pub standards: Vec<String>,
    /// What must hold, all of it.
    pub facts: Vec<Fact>,
    /// The templates that bring it about.
    pub renders: Renders,
    /// The resources of the CloudFormation template that are this control's own, by logical id: a template is one
    /// file, and what is missing of it may be less.
    #[serde(default)]
    pub brings: Vec<String>,
}

/// Templates by language, named like the files that they become.
#[derive(Clone, Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
pub struct Renders {
    /// Of Terraform.
    #[serde(default)]
    pub terraform: Vec<String>,
    /// Of CloudFormation.
    #[serde(default)]
    pub cloudformation: Vec<String>,
}

/// One setting and what it must be.
#[derive(Clone, Deserialize, Debug)]
#[serde(try_from = "FactEntry")]
pub struct Fact {
    /// A kind of resource of the model, then a setting of it: `trail.multi_region`. A resource that belongs to another
    /// is reached through it: `trail.bucket.versioning`.
    pub subject: String,
    /// How the setting is compared.
    pub relation: Relation,
    /// What with.
    pub operand: Operand,
}

/// How a setting is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// Equal; the text `given` stands for any value at all.
    Is,
    /// One of these texts; the first is what the baseline itself has, the others are better.
    AnyOf,
    /// A number that is not smaller, a list that contains all of these.
    AtLeast,
    /// A number that is not larger, a list that contains nothing but these.
    AtMost,
    /// A number of days that is not larger, where 0 is for ever. When the operand is 0, anything holds.
    Within,
}

/// What a setting is compared with.
#[derive(Clone, PartialEq, Eq, Deserialize, Debug)]
#[serde(untagged)]
pub enum Operand {
    /// What the user sets, by its key.
    Value {
        /// The key.
        value: String,
    },
    /// This.
    Literal(Datum),
}

/// A fact as it stands in the file: its relation is the name of a field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactEntry {
    fact: String,
    is: Option<Operand>,
    any_of: Option<Operand>,
    at_least: Option<Operand>,
    at_most: Option<Operand>,
    within: Option<Operand>,
}

impl TryFrom<FactEntry> for Fact {
    type Error = String;

    fn try_from(entry: FactEntry) -> Result<Self, String> {
        let FactEntry { fact: subject, is, any_of, at_least, at_most, within } = entry;
        let all = [
            (Relation::Is, is),
            (Relation::AnyOf, any_of),
            (Relation::AtLeast, at_least),
            (Relation::AtMost, at_most),
            (Relation::Within, within),
        ];
        let mut given = all.into_iter().filter_map(|(relation, operand)| operand.map(|operand| (relation, operand)));
        match (given.next(), given.next()) {
            (Some((relation, operand)), None) => Ok(Self { subject, relation, operand }),
            _ => Err(format!("the fact {subject} takes one of is, any_of, at_least, at_most, within")),
        }
    }
}

impl Renders {
    /// Those of a language.
    pub fn of(&self, language: Language) -> &[String] {
        match language {
            Language::Terraform => &self.terraform,
            Language::CloudFormation => &self.cloudformation,
        }
    }

    pub(super) fn add(&mut self, more: Self) {
        for (mine, more) in [(&mut self.terraform, more.terraform), (&mut self.cloudformation, more.cloudformation)] {
            for name in more {
                if !mine.contains(&name) {
                    mine.push(name);
                }
            }
        }
    }
}

impl Profile {
    /// Lays another profile's frame and controls on top: a control with a known id takes its place.
    pub(super) fn add(&mut self, more: Self) {
        self.frame.add(more.frame);
        for control in more.controls {
            match self.controls.iter_mut().find(|mine| mine.id == control.id) {
                Some(mine) => *mine = control,
                None => self.controls.push(control),
            }
        }
    }

    /// The templates to render, each once, sorted.
    pub(super) fn templates(&self, language: Language) -> Vec<&str> {
        let of_controls = self.controls.iter().flat_map(|control| control.renders.of(language));
        let mut names: Vec<&str> = self.frame.of(language).iter().chain(of_controls).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_has_one_relation() {
        let read = |text| serde_yaml::from_str::<Fact>(text);
        let fact = read("{ fact: trail.multi_region, is: true }").unwrap();
        assert_eq!((fact.relation, fact.operand), (Relation::Is, Operand::Literal(Datum::Boolean(true))));
        let fact = read("{ fact: a.b, at_least: { value: key } }").unwrap();
        assert_eq!(fact.operand, Operand::Value { value: "key".to_owned() });
        for wrong in ["{ fact: a.b }", "{ fact: a.b, is: 1, at_least: 2 }", "{ fact: a.b, equals: 1 }"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_profile_on_top_replaces_by_id() {
        let control = |id: &str, title: &str| Control {
            id: id.to_owned(),
            title: title.to_owned(),
            reason: String::new(),
            standards: Vec::new(),
            facts: Vec::new(),
            renders: Renders { terraform: vec![format!("{id}.tf")], cloudformation: Vec::new() },
            brings: Vec::new(),
        };
        let profile = |controls| Profile {
            id: "p".to_owned(),
            title: String::new(),
            extends: None,
            frame: Renders::default(),
            controls,
        };
        let mut below = profile(vec![control("a", "old"), control("b", "old")]);
        below.add(profile(vec![control("b", "new"), control("c", "new")]));
        let titles: Vec<_> = below.controls.iter().map(|control| (&*control.id, &*control.title)).collect();
        assert_eq!(titles, [("a", "old"), ("b", "new"), ("c", "new")]);
        assert_eq!(below.templates(Language::Terraform), ["a.tf", "b.tf", "c.tf"]);
    }
}
