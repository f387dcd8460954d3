//! A directory of Terraform files: its blocks, which of them overrides which, and where a name is declared.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::split::{self, MAX_BLOCKS};
use super::syntax::{self, Attribute, Body, JsonBlock, Kind, Objects};
use crate::source::{InputError, SourceFile, Sources, Span};
use crate::value::{Text, Value, json};

/// The block types that mean something here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum BlockKind {
    Resource,
    Data,
    Variable,
    Module,
    Output,
    Provider,
    Locals,
    /// `terraform`
    Settings,
    Moved,
    /// `removed`, `import`, `check`, `ephemeral`, and what is not known: accepted and passed over.
    Other,
}

impl BlockKind {
    fn named(name: &str) -> Self {
        match name {
            "resource" => Self::Resource,
            "data" => Self::Data,
            "variable" => Self::Variable,
            "module" => Self::Module,
            "output" => Self::Output,
            "provider" => Self::Provider,
            "locals" => Self::Locals,
            "terraform" => Self::Settings,
            "moved" => Self::Moved,
            _ => Self::Other,
        }
    }

    /// Whether one name is declared once only.
    fn is_unique(self) -> bool {
        matches!(self, Self::Resource | Self::Data | Self::Variable | Self::Module | Self::Output)
    }
}

/// A top-level block, parsed when somebody asks.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// The labels; empty where there is none.
    pub(super) labels: [Box<str>; 2],
    pub(super) file: Arc<SourceFile>,
    /// The block type and the labels.
    pub(super) header: Span,
    /// From the block type to the closing brace.
    pub(super) whole: Span,
    /// The body, where it was read as JSON.
    json: Option<Value>,
    /// The blocks in override files that change this one, in order.
    overrides: Vec<Block>,
    parsed: OnceLock<Parsed>,
    source: OnceLock<Source>,
}

/// The `source` of a module call, as far as it shows without parsing.
#[derive(Debug)]
enum Source {
    /// It is the text in these bytes of the file.
    Text(Range<usize>),
    /// Only a parser can tell.
    Unseen,
}

#[derive(Debug)]
struct Parsed {
    body: Option<Body>,
    errors: Vec<InputError>,
}

impl Block {
    /// The body with what override files change in it; `None` if it cannot be parsed.
    pub(super) fn body(&self) -> Option<&Body> {
        self.parsed().body.as_ref()
    }

    /// What is wrong in it, if it was parsed.
    pub(super) fn known_errors(&self) -> &[InputError] {
        self.parsed.get().map_or(&[], |parsed| &parsed.errors)
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let Parsed { mut body, mut errors } = self.parse_alone();
            for change in &self.overrides {
                let change = change.parse_alone();
                errors.extend(change.errors);
                if let (Some(body), Some(change)) = (&mut body, change.body) {
                    merge(body, change);
                }
            }
            Parsed { body, errors }
        })
    }

    /// Whether the word stands anywhere in the block or in what overrides it, as far as can be told without parsing.
    pub(super) fn mentions(&self, word: &str) -> bool {
        let here = self.json.is_some()
            || memchr::memmem::find(self.file.slice(self.whole).as_bytes(), word.as_bytes()).is_some();
        here || self.overrides.iter().any(|change| change.mentions(word))
    }

    fn parse_alone(&self) -> Parsed {
        if let Some(value) = &self.json {
            // Only the provider of AWS spells most objects as blocks.
            let is_aws = self.labels.first().is_some_and(|label| label.starts_with("aws"));
            let objects = match self.kind {
                BlockKind::Settings => Objects::Blocks,
                BlockKind::Resource | BlockKind::Data | BlockKind::Provider if is_aws => Objects::Blocks,
                BlockKind::Variable => Objects::Literals,
                _ => Objects::Values,
            };
            let (body, errors) = syntax::json_body(value, objects);
            let errors = errors.into_iter().map(|(span, message)| error_at(&self.file, span, message)).collect();
            return Parsed { body: Some(body), errors };
        }
        let parsed = if self.is_argument() {
            syntax::parse_argument(&self.file, self.whole.range())
        } else {
            syntax::parse_block(&self.file, self.whole.range())
        };
        match parsed {
            Ok((body, errors)) => Parsed { body: Some(body), errors },
            Err(error) => Parsed { body: None, errors: vec![error] },
        }
    }

    /// Whether this is one argument of a `locals` block, which is all that is ever asked of one.
    fn is_argument(&self) -> bool {
        self.kind == BlockKind::Locals && !self.labels[0].is_empty()
    }

    /// What the module call says as its `source`, if it is plain text.
    fn source(&self) -> Option<&str> {
        let cut = self.source.get_or_init(|| match &self.json {
            None => source_of(self.file.text(), self.whole.range()),
            Some(_) => Source::Unseen,
        });
        if let Source::Text(range) = cut {
            return self.file.text().get(range.clone());
        }
        match &self.body()?.get("source")?.kind {
            Kind::Literal(source) => source.as_str(),
            _ => None,
        }
    }

    fn key(&self) -> (BlockKind, &str, &str) {
        let [first, second] = &self.labels;
        (self.kind, first, second)
    }

    fn described(&self) -> String {
        let kind = match self.kind {
            BlockKind::Resource => "resource",
            BlockKind::Data => "data",
            BlockKind::Variable => "variable",
            BlockKind::Module => "module",
            BlockKind::Output => "output",
            BlockKind::Provider => "provider",
            BlockKind::Locals => "locals",
            BlockKind::Settings => "terraform",
            BlockKind::Moved => "moved",
            BlockKind::Other => "block",
        };
        match &self.labels {
            [first, _] if first.is_empty() => kind.to_owned(),
            [first, second] if second.is_empty() => format!("{kind} \"{first}\""),
            [first, second] => format!("{kind} \"{first}\" \"{second}\""),
        }
    }
}

/// Terraform's rule for override files: arguments replace arguments, the blocks of a type all blocks of that type.
fn merge(body: &mut Body, change: Body) {
    for attribute in change.attributes {
        match body.attributes.iter_mut().find(|old| old.name.text == attribute.name.text) {
            Some(old) => *old = attribute,
            None => body.attributes.push(attribute),
        }
    }
    body.blocks.retain(|old| !change.blocks.iter().any(|new| new.kind.text == old.kind.text));
    body.blocks.extend(change.blocks);
}

/// A module as it is written: the files of one directory.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(super) path: PathBuf,
    /// In the order of the files' names, and within a file in its order.
    pub(super) blocks: Vec<Block>,
    /// Those that can be looked up by name, sorted by kind and labels.
    index: Vec<usize>,
    /// What is wrong with the files and between the blocks.
    pub(super) errors: Vec<InputError>,
    locals: OnceLock<FxHashMap<Box<str>, (usize, usize)>>,
    local_errors: OnceLock<Vec<InputError>>,
    /// By the provider's name, the blocks that configure it.
    providers: OnceLock<FxHashMap<Box<str>, Vec<usize>>>,
}

impl Directory {
    /// Reads and cuts the files.
    pub(super) fn read(sources: &Sources, path: &Path, files: &[PathBuf]) -> Self {
        let mut files: Vec<&PathBuf> = files.iter().filter(|file| is_configuration(file)).collect();
        files.sort();
        // OpenTofu reads `x.tofu` in place of an `x.tf` beside it.
        let tofu: Vec<String> = files.iter().filter_map(|file| tofu_twin(file)).collect();
        let mut blocks = Vec::new();
        let mut overrides = Vec::new();
        let mut errors = Vec::new();
        for path in files {
            if tofu.iter().any(|twin| path.to_str() == Some(twin)) {
                continue;
            }
            match sources.read(path) {
                Ok(file) => {
                    let target = if is_override(path) { &mut overrides } else { &mut blocks };
                    blocks_of(&file, target, &mut errors);
                }
                Err(error) => errors.push(error),
            }
        }
        let mut directory = Self {
            path: path.to_owned(),
            blocks,
            index: Vec::new(),
            errors,
            locals: OnceLock::new(),
            local_errors: OnceLock::new(),
            providers: OnceLock::new(),
        };
        directory.index();
        directory.apply(overrides);
        directory
    }

    fn index(&mut self) {
        let blocks = &self.blocks;
        let mut index: Vec<usize> =
            (0..blocks.len()).filter(|&at| blocks.get(at).is_some_and(|b| b.kind.is_unique())).collect();
        index.sort_by_key(|&at| (blocks.get(at).map(Block::key), at));
        let mut errors = Vec::new();
        index.dedup_by(|later, first| {
            let (Some(later), Some(first)) = (blocks.get(*later), blocks.get(*first)) else { return false };
            if later.key() != first.key() {
                return false;
            }
            let line = first.file.position(first.header.start).line;
            let message = format!(
                "{} is declared twice, first in {} on line {line}; Terraform refuses this. Remove or rename one; \
                 the first was checked",
                later.described(),
                first.file.shown_path(),
            );
            errors.push(error_at(&later.file, later.header, message));
            true
        });
        self.index = index;
        self.errors.extend(errors);
    }

    fn apply(&mut self, overrides: Vec<Block>) {
        for change in overrides {
            let target = match change.kind {
                BlockKind::Locals | BlockKind::Settings | BlockKind::Moved | BlockKind::Other => None,
                BlockKind::Provider => self.blocks.iter().position(|block| block.key() == change.key()),
                _ => self.find(change.kind, &change.labels[0], &change.labels[1]),
            };
            match target.and_then(|target| self.blocks.get_mut(target)) {
                Some(block) => block.overrides.push(change),
                None if change.kind.is_unique() => {
                    let message = format!(
                        "{} overrides nothing; Terraform refuses this. Declare it in a file that is no override file",
                        change.described(),
                    );
                    self.errors.push(error_at(&change.file, change.header, message));
                }
                // Locals of an override file win by standing last; see `locals`.
                None => self.blocks.push(change),
            }
        }
    }

    /// The block of a name, as an index into `blocks`.
    pub(super) fn find(&self, kind: BlockKind, first: &str, second: &str) -> Option<usize> {
        let key = Some((kind, first, second));
        let found = self.index.binary_search_by_key(&key, |&at| self.blocks.get(at).map(Block::key));
        found.ok().and_then(|at| self.index.get(at).copied())
    }

    /// Whether this block is the one that its name stands for, and not a repetition.
    pub(super) fn is_first(&self, at: usize) -> bool {
        self.blocks.get(at).is_some_and(|block| {
            !block.kind.is_unique() || self.find(block.kind, &block.labels[0], &block.labels[1]) == Some(at)
        })
    }

    /// A local value, as the block and the argument in it.
    pub(super) fn local(&self, name: &str) -> Option<(usize, usize)> {
        self.locals().get(name).copied()
    }

    /// The argument that [`local`](Self::local) found.
    pub(super) fn local_attribute(&self, (block, attribute): (usize, usize)) -> Option<&Attribute> {
        self.blocks.get(block)?.body()?.attributes.get(attribute)
    }

    fn locals(&self) -> &FxHashMap<Box<str>, (usize, usize)> {
        self.locals.get_or_init(|| {
            let mut locals: FxHashMap<Box<str>, (usize, usize)> = FxHashMap::default();
            let mut errors = Vec::new();
            for (at, block) in self.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Locals) {
                let names: Vec<(&Box<str>, Span)> = if block.is_argument() {
                    vec![(&block.labels[0], block.header)]
                } else {
                    let attributes = block.body().map(|body| &body.attributes[..]).unwrap_or_default();
                    attributes.iter().map(|attribute| (&attribute.name.text, attribute.name.span)).collect()
                };
                for (index, (name, span)) in names.into_iter().enumerate() {
                    if !locals.contains_key(name) || is_override(block.file.path()) {
                        locals.insert(name.clone(), (at, index));
                        continue;
                    }
                    let message = format!(
                        "the local value \"{name}\" is declared twice; Terraform refuses this. Remove one; the first was checked"
                    );
                    errors.push(error_at(&block.file, span, message));
                }
            }
            let _ = self.local_errors.set(errors);
            locals
        })
    }

    /// The configurations of a provider, in order.
    pub(super) fn providers(&self, name: &str) -> impl Iterator<Item = &Block> {
        let providers = self.providers.get_or_init(|| {
            let mut providers: FxHashMap<Box<str>, Vec<usize>> = FxHashMap::default();
            for (at, block) in self.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Provider) {
                providers.entry(block.labels[0].clone()).or_default().push(at);
            }
            providers
        });
        providers.get(name).into_iter().flatten().filter_map(|&at| self.blocks.get(at))
    }

    /// What is wrong in the directory as far as it was looked at.
    pub(super) fn known_errors(&self) -> impl Iterator<Item = &InputError> {
        let locals = self.local_errors.get().map(Vec::as_slice).unwrap_or_default();
        self.errors.iter().chain(locals).chain(self.blocks.iter().flat_map(Block::known_errors))
    }

    /// The calls of modules: the block and what `source` says.
    pub(super) fn calls(&self) -> impl Iterator<Item = (usize, &str)> {
        self.blocks.iter().enumerate().filter(|(_, block)| block.kind == BlockKind::Module).filter_map(|(at, block)| {
            // An override may say another source.
            let overridden = block.overrides.iter().rev().find_map(Block::source);
            Some((at, overridden.or_else(|| block.source())?))
        })
    }
}

/// Whether Terraform or `OpenTofu` reads this file as configuration.
pub(super) fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let known = [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|suffix| name.ends_with(suffix));
    // Editors' temporary files.
    known && !name.starts_with('.') && !name.starts_with('#')
}

/// The Terraform file whose place an `OpenTofu` file takes.
fn tofu_twin(path: &Path) -> Option<String> {
    let path = path.to_str()?;
    path.strip_suffix(".tofu")
        .map(|stem| format!("{stem}.tf"))
        .or_else(|| path.strip_suffix(".tofu.json").map(|stem| format!("{stem}.tf.json")))
}

fn is_override(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

fn blocks_of(file: &Arc<SourceFile>, blocks: &mut Vec<Block>, errors: &mut Vec<InputError>) {
    if file.path().extension().is_some_and(|extension| extension == "json") {
        match json::parse(&Text::literal_at(file.text(), file.whole())) {
            Ok(value) => {
                let mut found = syntax::json_blocks(&value, MAX_BLOCKS + 1);
                if found.len() > MAX_BLOCKS {
                    found.truncate(MAX_BLOCKS);
                    errors.push(InputError::of_file(file.shown_path(), split::too_many_blocks()));
                }
                blocks.extend(found.into_iter().map(|block| json_block(file, block)));
            }
            Err(error) => errors.push(error_at(file, error.span.unwrap_or(file.whole()), error.message)),
        }
        return;
    }
    let split = split::split(file.text());
    let mut room = MAX_BLOCKS;
    let span = |range: Range<usize>| Span::new(file.id(), range.start, range.end);
    for block in split.blocks {
        let slice = |range: Range<usize>| file.text().get(range).unwrap_or_default();
        let kind = BlockKind::named(slice(block.kind.clone()));
        if let Some(message) = wrong_header(slice(block.kind.clone()), block.label_count) {
            errors.push(error_at(file, span(block.header.clone()), message));
        }
        if let Some(flaw) = &block.flaw {
            let message = format!("{}; the rest of the file was checked", flaw.message);
            errors.push(error_at(file, span(flaw.at..flaw.at), message));
        }
        // Whoever asks need not find the flaw once more.
        let parsed = |whole: &Range<usize>| match &block.flaw {
            Some(flaw) if whole.contains(&flaw.at) => OnceLock::from(Parsed { body: None, errors: Vec::new() }),
            _ => OnceLock::new(),
        };
        if kind == BlockKind::Locals
            && let Some(arguments) = split::arguments(file.text(), block.whole.clone())
        {
            let Some(left) = room.checked_sub(arguments.len()) else {
                errors.push(error_at(file, span(block.header), split::too_many_blocks()));
                break;
            };
            room = left;
            // Each local value by itself: most are never asked for.
            blocks.extend(arguments.into_iter().map(|argument| Block {
                kind,
                labels: [slice(argument.name.clone()).into(), Box::default()],
                file: Arc::clone(file),
                header: span(argument.name),
                parsed: parsed(&argument.whole),
                whole: span(argument.whole),
                json: None,
                overrides: Vec::new(),
                source: OnceLock::new(),
            }));
            continue;
        }
        let parsed = parsed(&block.whole);
        blocks.push(Block {
            kind,
            labels: block.labels.map(|label| label.map(slice).unwrap_or_default().into()),
            file: Arc::clone(file),
            header: span(block.header),
            whole: span(block.whole),
            json: None,
            overrides: Vec::new(),
            parsed,
            source: OnceLock::new(),
        });
    }
    errors.extend(split.flaws.into_iter().map(|flaw| error_at(file, span(flaw.at..flaw.at), flaw.message)));
}

/// What Terraform would say of a block of this type with so many labels. Types that are like none that is known are
/// accepted: Terraform grows.
fn wrong_header(kind: &str, labels: usize) -> Option<String> {
    const BLOCKS: [(&str, usize); 14] = [
        ("resource", 2),
        ("data", 2),
        ("ephemeral", 2),
        ("action", 2),
        ("variable", 1),
        ("output", 1),
        ("module", 1),
        ("provider", 1),
        ("check", 1),
        ("locals", 0),
        ("terraform", 0),
        ("moved", 0),
        ("removed", 0),
        ("import", 0),
    ];
    /// Names that are less alike (0 to 1) are no misspellings of each other.
    const ALIKE: f64 = 0.9;
    if let Some((_, expected)) = BLOCKS.into_iter().find(|(name, _)| *name == kind) {
        let form = ["", " \"name\"", " \"type\" \"name\""].get(expected)?;
        return (labels != expected).then(|| {
            format!("a {kind} block has {expected} labels, and this one {labels}; write `{kind}{form} {{ … }}`. Terraform refuses this file")
        });
    }
    let likeness = |name: &str| strsim::jaro_winkler(kind, name);
    let (nearest, _) = BLOCKS.into_iter().max_by(|(a, _), (b, _)| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(nearest) >= ALIKE)
        .then(|| format!("Terraform knows no block type {kind:?}; did you mean {nearest:?}? The block was not checked"))
}

fn json_block(file: &Arc<SourceFile>, block: JsonBlock) -> Block {
    let mut labels = block.labels.into_iter();
    Block {
        kind: BlockKind::named(&block.kind),
        labels: [labels.next().unwrap_or_default(), labels.next().unwrap_or_default()],
        file: Arc::clone(file),
        header: block.header,
        whole: block.body.origin.map_or(block.header, |body| Span { start: block.header.start, ..body }),
        json: Some(block.body),
        overrides: Vec::new(),
        parsed: OnceLock::new(),
        source: OnceLock::new(),
    }
}

/// Finds the `source` of a module call without parsing it.
fn source_of(text: &str, block: Range<usize>) -> Source {
    let Some(arguments) = split::arguments(text, block) else { return Source::Unseen };
    let slice = |range: Range<usize>| text.get(range).unwrap_or_default();
    let mut sources = arguments.iter().filter(|argument| slice(argument.name.clone()) == "source");
    let (Some(source), None) = (sources.next(), sources.next()) else { return Source::Unseen };
    let value = slice(source.name.end..source.whole.end).trim_start_matches([' ', '\t', '=']);
    let Some(quoted) = value.strip_prefix('"') else { return Source::Unseen };
    match quoted.split_once('"') {
        // Nothing behind it, and nothing in it that stands for something else.
        Some((inner, "")) if !inner.contains(['$', '%', '\\']) => {
            let start = source.whole.end - quoted.len();
            Source::Text(start..start + inner.len())
        }
        _ => Source::Unseen,
    }
}

/// An error at a place of a file.
pub(super) fn error_at(file: &SourceFile, span: Span, message: impl Into<String>) -> InputError {
    InputError::at_line(file.shown_path(), file.position(span.start).line, message)
}
