//! The generated baseline as code that is understood: rendered, evaluated, looked up.

use std::path::PathBuf;

use crate::baseline::{GeneratedFile, Language, render};
use crate::iam::Statement;
use crate::model::{CarriedDocument, Category, Resource, Root, Wanted};
use crate::source::Sources;
use crate::value::Text;
use crate::{cloudformation, terraform};

use super::super::assess::{self, Answer};
use super::super::reasoned;
use super::super::subject::Path;
use super::super::world::{Found, World};
use super::{Donor, Fault, PatchError};

/// Where the donor's files are said to lie. Nothing is read from or written to there.
const DIRECTORY: &str = "/baselint-generated";

/// The donor's files, and what they declare.
pub(super) struct View {
    pub(super) files: Vec<GeneratedFile>,
    pub(super) roots: Vec<Root>,
}

/// The donor, to look things up in.
pub(super) struct There<'f, 'd> {
    pub(super) files: &'f [GeneratedFile],
    pub(super) world: World<'d>,
}

impl View {
    /// Renders and evaluates the donor.
    pub(super) fn render(sources: &Sources, donor: &Donor<'_>, language: Language) -> Result<Self, PatchError> {
        let files = render(donor.pack, donor.profile, language, donor.values)?;
        let wanted_types = Wanted::with_baseline();
        let wanted = |category: Category, name: &str| wanted_types.contains(category, name);
        let directory = PathBuf::from(DIRECTORY).join(language.name());
        let add = |file: &GeneratedFile| {
            let path = directory.join(&file.name);
            let added = sources.add_text(path, file.text.clone().into_bytes());
            added.map_err(|error| PatchError::Unreadable(error.message))
        };
        let mut roots = Vec::new();
        match language {
            Language::Terraform => {
                let mut directories: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
                for file in files.iter().filter(|file| file.has_extension("tf")) {
                    let path = add(file)?.path().to_owned();
                    let parent = path.parent().map(PathBuf::from).unwrap_or_default();
                    match directories.iter_mut().find(|(directory, _)| *directory == parent) {
                        Some((_, files)) => files.push(path),
                        None => directories.push((parent, vec![path])),
                    }
                }
                let options = terraform::Options::default();
                let configuration = terraform::Configuration::load(sources, &directories, &[], options);
                roots.push(configuration.evaluate(&directory, &wanted));
            }
            Language::CloudFormation => {
                for file in files.iter().filter(|file| file.has_extension("yaml")) {
                    let options = cloudformation::Options::default();
                    let loaded = cloudformation::load(sources, &add(file)?, &options, &wanted);
                    roots.extend(loaded.map(|loaded| loaded.root));
                }
            }
        }
        match roots.iter().flat_map(|root| &root.errors).next() {
            Some(error) => Err(PatchError::Unreadable(format!("{}: {}", error.path, error.message))),
            None => Ok(Self { files, roots }),
        }
    }
}

impl<'d> There<'_, 'd> {
    /// What a fault's fact is about in the donor.
    pub(super) fn answer(&self, fault: &Fault<'_>) -> Option<Answer<'d>> {
        let path = Path::parse(&fault.subject).ok()?;
        let anchor = self.world.of_kind(path.anchor.kind).into_iter().next()?;
        assess::look_up(&self.world, anchor, &path, fault.relation, &fault.want)
    }

    /// A statement by its name, in the documents that the donor has for a fault's fact.
    pub(super) fn statement(&self, fault: &Fault<'_>, sid: &str) -> Option<&'d Statement> {
        let found = self.answer(fault)?.reading.found;
        let carried =
            found.account.documents().filter(move |carried| carried.carrier.address == found.resource.address);
        let of_resource: Vec<&CarriedDocument<'d>> = carried.collect();
        let of_group = reasoned::mfa::policies(found).documents;
        let documents = of_resource.into_iter().chain(of_group);
        let mut statements = documents.flat_map(|carried| &carried.document.statements);
        statements.find(|statement| statement.sid.as_ref().and_then(Text::as_str) == Some(sid))
    }

    /// The resource whose block holds a place.
    pub(super) fn declaring(&self, span: crate::source::Span) -> Option<Found<'d>> {
        declaring(&self.world, span)
    }
}

/// The resource whose block holds a place.
pub(super) fn declaring<'w>(world: &World<'w>, span: crate::source::Span) -> Option<Found<'w>> {
    world.accounts.iter().find_map(|account| {
        let resource = account.root.declared().find(|resource: &&Resource| resource.block.contains(span))?;
        Some(Found { account, resource })
    })
}
