//! What makes a profile's facts hold, as a patch: existing blocks are edited in place, and what is missing is grafted
//! from the generated baseline, which is the donor: there every fact holds already.
//!
//! The way: faults → for each language a plan (`terraform`, `cloudformation`), which looks the fault's fact up in the
//! donor → edits of files and new files → a unified diff. What cannot be done without a doubt is left to do by hand,
//! in words.

mod cloudformation;
mod donor;
mod literal;
mod matches;
mod terraform;
mod unified;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::baseline::{Language, Pack, Profile, RenderError, Values};
use crate::model::Account;
use crate::source::{Sources, TextEdit, apply};
use crate::value::Text;

use super::assess::{Comparison, Fault, What};
use super::reasoned::bucket_policy;
use super::world::{Found, World};
use super::{Assessment, Status};

/// What the generated baseline is rendered from.
pub struct Donor<'a> {
    /// Profiles and templates.
    pub pack: &'a Pack,
    /// The profile.
    pub profile: &'a Profile,
    /// What is set.
    pub values: &'a Values,
}

/// Changes that mend what separates the code from the baseline.
#[derive(Clone, Default, Debug)]
pub struct Patch {
    /// A unified diff, for `git apply` in the path that was compared.
    pub text: String,
    /// The files as they would be.
    pub files: BTreeMap<PathBuf, String>,
    /// What it does not do, and somebody must.
    pub by_hand: Vec<String>,
}

/// Why there is no patch.
#[derive(thiserror::Error, Debug)]
pub enum PatchError {
    /// The donor cannot be rendered.
    #[error(transparent)]
    Donor(#[from] RenderError),
    /// The donor, rendered, is not what its language takes.
    #[error("the generated baseline cannot be read: {0}")]
    Unreadable(String),
}

/// What one language's plan comes to.
#[derive(Default)]
struct Changes {
    edits: Vec<TextEdit>,
    new_files: BTreeMap<PathBuf, String>,
    by_hand: Vec<String>,
}

/// What a plan works with.
struct Task<'t, 'w> {
    sources: &'t Sources,
    /// The existing code.
    world: World<'w>,
    comparison: &'t Comparison<'w>,
    /// The faults to mend in this language.
    faults: Vec<&'t Fault<'w>>,
    profile: &'t Profile,
    values: &'t Values,
    /// The directory that was compared.
    path: &'t Path,
}

/// Makes a patch. What is missing altogether is added in `language`.
pub fn patch(
    sources: &Sources,
    comparison: &Comparison<'_>,
    donor: &Donor<'_>,
    language: Language,
    path: &Path,
) -> Result<Patch, PatchError> {
    let directory = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    let mut made = Patch { by_hand: conflicts(&comparison.assessments), ..Patch::default() };
    let mut edits = Vec::new();
    for of_language in Language::ALL {
        let is_of_language = |fault: &&Fault<'_>| match &fault.what {
            What::Missing => language == of_language,
            What::Weaker { reading, .. } => {
                reading.found.resource.framework().is_terraform() == (of_language == Language::Terraform)
            }
        };
        let faults: Vec<&Fault<'_>> = comparison.faults.iter().filter(is_of_language).collect();
        if faults.is_empty() {
            continue;
        }
        let view = donor::View::render(sources, donor, of_language)?;
        let accounts: Vec<Account<'_>> = view.roots.iter().map(Account::new).collect();
        let there = donor::There { files: &view.files, world: World { accounts: &accounts } };
        let world = World { accounts: comparison.accounts };
        let (profile, values) = (donor.profile, donor.values);
        let task = Task { sources, world, comparison, faults, profile, values, path: directory };
        let changes = match of_language {
            Language::Terraform => terraform::plan(&task, &there)?,
            Language::CloudFormation => cloudformation::plan(&task, &there)?,
        };
        edits.extend(changes.edits);
        made.files.extend(changes.new_files);
        made.by_hand.extend(changes.by_hand);
    }
    edited(sources, edits, &mut made);
    made.text = unified::diff(sources, &made.files, directory);
    let mut seen = rustc_hash::FxHashSet::default();
    made.by_hand.retain(|what| seen.insert(what.clone()));
    Ok(made)
}

/// Why a bucket's policy cannot be given the Deny of a fact's word without a doubt: others write to the bucket.
fn stops_others(word: &str, carrier: Found<'_>) -> Option<String> {
    let writers = bucket_policy::other_writers(carrier);
    if word == "denies_plain_http" || writers.is_empty() {
        return None;
    }
    let action = if word == "writers" { "writing" } else { "deleting" };
    Some(format!(
        "{}: deny {action} to everybody but AWS's services, once {} no longer need{} it, or have the trail write to a \
         bucket of its own",
        carrier.resource.address,
        writers.join(" and "),
        if writers.len() == 1 { "s" } else { "" },
    ))
}

/// The name for a statement that is added to what a resource carries: names are unique within a document.
fn free_sid(carrier: Found<'_>, sid: &str) -> String {
    let taken = carrier.statements();
    let is_free =
        |name: &String| !taken.iter().any(|statement| statement.sid.as_ref().and_then(Text::as_str) == Some(name));
    let mut names = std::iter::once(sid.to_owned()).chain((2..1000).map(|count| format!("{sid}{count}")));
    names.find(is_free).unwrap_or_else(|| sid.to_owned())
}

/// Two definitions of one thing: which of them stays is not for a program to say.
fn conflicts(assessments: &[Assessment]) -> Vec<String> {
    let conflicting = assessments.iter().filter(|assessment| assessment.status == Status::Conflicting);
    conflicting
        .map(|assessment| {
            let names = assessment.resources.join(" and ");
            format!("{}: {names} undo each other; keep one of them", assessment.control.id)
        })
        .collect()
}

/// Applies the edits to their files.
fn edited(sources: &Sources, edits: Vec<TextEdit>, patch: &mut Patch) {
    let mut by_file: BTreeMap<_, Vec<TextEdit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    for (id, edits) in by_file {
        let Some(file) = sources.get(id) else { continue };
        match apply(file.text(), &edits) {
            Ok(text) => {
                patch.files.insert(file.path().to_owned(), text);
            }
            Err(error) => {
                patch.by_hand.push(format!("{}: its changes get in each other's way ({error})", file.shown_path()));
            }
        }
    }
}
