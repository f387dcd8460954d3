//! What stands for a value that is not known.

use std::fmt::{self, Write as _};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use super::Text;

/// Bytes of a name that is made of a value: a name, not a printout. Longer ones are cut, and told apart by their length
/// and a hash.
pub(super) const LONG: usize = 256;

/// The name of something that is not known, equal to itself and to nothing else: an unresolved reference such
/// as `aws_s3_bucket.logs.arn`, a parameter without a value, a function of one of these.
#[derive(Clone, Debug)]
pub struct Symbol(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: Box<str>,
    reference: Option<Reference>,
    expansion: Option<Text>,
    form: Option<Form>,
    entries: Option<Entries>,
}

/// How the entries of a map that is not known are called: a filter by keys alone says which entries there are, and not
/// what they are.
#[derive(Clone, Debug)]
struct Entries {
    /// The map's name without that filter.
    name: Box<str>,
    /// The keys that the filter leaves out.
    without: Arc<[Box<str>]>,
}

/// What an unknown will be once it is known. Engines know the types of what they do not know, and convert what stands
/// beside it: `["1"]` is what `tolist([1, id])` starts with where `id` is text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// A truth value.
    Bool,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A list of such elements, as far as that is known.
    List(Option<Arc<Form>>),
    /// A set of such elements.
    Set(Option<Arc<Form>>),
    /// Names to such values.
    Map(Option<Arc<Form>>),
    /// An object of exactly these attributes.
    Object(Arc<[(Box<str>, Option<Form>)]>),
}

impl Form {
    /// Whether it has neither elements nor attributes.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::Text)
    }
}

/// The attribute of a resource that a symbol stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reference {
    /// The resource's address, as `terraform show` prints it, or its logical id.
    pub address: Box<str>,
    /// The attribute's path (`arn`, `website[0].domain`); empty for the resource itself.
    pub attribute: Box<str>,
}

impl Symbol {
    /// A symbol of this name. The name must tell apart what may differ: module path, instance, expression.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner { name: name.into(), reference: None, expansion: None, form: None, entries: None }))
    }

    /// The symbol of an attribute of a resource.
    pub fn of_resource(address: impl Into<Box<str>>, attribute: impl Into<Box<str>>) -> Self {
        let reference = Reference { address: address.into(), attribute: attribute.into() };
        let name = if reference.attribute.is_empty() {
            reference.address.clone()
        } else {
            format!("{}.{}", reference.address, reference.attribute).into()
        };
        Self(Arc::new(Inner { name, reference: Some(reference), expansion: None, form: None, entries: None }))
    }

    /// The same symbol with what is known of the text that it stands for: `arn:${partition}:s3:::logs` of a bucket's
    /// ARN. It still is the reference, and is compared by its name.
    #[must_use]
    pub fn expanded_as(&self, expansion: Text) -> Self {
        let Inner { name, reference, .. } = &*self.0;
        let (name, reference) = (name.clone(), reference.clone());
        let (expansion, form) = (Some(expansion), Some(Form::Text));
        Self(Arc::new(Inner { name, reference, expansion, form, entries: None }))
    }

    /// The same symbol, said to stand for a value of this form.
    #[must_use]
    pub fn of_form(self, form: Option<Form>) -> Self {
        if self.0.form == form {
            return self;
        }
        let Inner { name, reference, expansion, entries, .. } = &*self.0;
        let (name, reference, expansion, entries) =
            (name.clone(), reference.clone(), expansion.clone(), entries.clone());
        Self(Arc::new(Inner { name, reference, expansion, form, entries }))
    }

    /// The symbol of a map that is like the one of another name but for entries of these keys, which it has not.
    #[must_use]
    pub fn of_entries(self, mut name: String, without: Vec<Box<str>>) -> Self {
        let Inner { name: own, reference, expansion, form, .. } = &*self.0;
        shorten(&mut name, 0, LONG);
        let entries = Some(Entries { name: name.into(), without: without.into() });
        let (own, reference, expansion, form) = (own.clone(), reference.clone(), expansion.clone(), form.clone());
        Self(Arc::new(Inner { name: own, reference, expansion, form, entries }))
    }

    /// The name of the map that an entry of it is called by.
    pub fn name_for_entry(&self, key: &str) -> &str {
        let entries = self.0.entries.as_ref().filter(|entries| entries.without.iter().all(|other| **other != *key));
        entries.map_or(&*self.0.name, |entries| &*entries.name)
    }

    /// What the value that it stands for will be, as far as that is known.
    pub fn form(&self) -> Option<&Form> {
        self.0.form.as_ref()
    }

    /// What is known of the text that it stands for.
    pub fn expansion(&self) -> Option<&Text> {
        self.0.expansion.as_ref()
    }

    /// The name, for reading and for comparing.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The resource attribute that this stands for, if it is one.
    pub fn reference(&self) -> Option<&Reference> {
        self.0.reference.as_ref()
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.name == other.0.name
    }
}

impl Eq for Symbol {}

impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

/// A value that is not known: by which name, and why.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// What stands for it.
    pub symbol: Symbol,
    /// Why it is not known.
    pub why: Why,
}

impl Unknown {
    /// Whether it certainly has neither elements nor attributes.
    pub fn is_primitive(&self) -> bool {
        self.symbol.form().is_some_and(Form::is_primitive)
    }
}

/// Why a value is not known.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Why {
    /// An input of the root: a variable or parameter without a value.
    Input(Arc<str>),
    /// Known only after deployment: an attribute that AWS sets.
    AfterDeployment(Arc<str>),
    /// Depends on time, randomness, the network or the account.
    Runtime(Arc<str>),
    /// Stands in a module, file or stack that is not here.
    Absent(Arc<str>),
    /// Refers to itself.
    Cycle(Arc<str>),
    /// Over a bound of this program.
    Budget(Arc<str>),
    /// Something that this program does not evaluate.
    Unsupported(Arc<str>),
    /// An error that the engine would report.
    Error(Arc<str>),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(name) => write!(f, "{name} has no value here"),
            Self::AfterDeployment(name) => write!(f, "{name} is known only after deployment"),
            Self::Runtime(what) => write!(f, "{what} is known only when deploying"),
            Self::Absent(what) => write!(f, "{what} is not in the scanned code"),
            Self::Cycle(what) => write!(f, "{what} refers to itself"),
            Self::Budget(what) => write!(f, "{what}"),
            Self::Unsupported(what) => write!(f, "{what} is not evaluated"),
            Self::Error(message) => write!(f, "{message}"),
        }
    }
}

/// Cuts what `out` holds from `start` on to about `limit` bytes, keeping different texts different.
pub(super) fn shorten(out: &mut String, start: usize, limit: usize) {
    let length = out.len() - start;
    if length <= limit {
        return;
    }
    let hash = rustc_hash::FxBuildHasher.hash_one(&out[start..]);
    let mut cut = start + limit / 2;
    while !out.is_char_boundary(cut) {
        cut -= 1;
    }
    out.truncate(cut);
    // Writing to a String cannot fail.
    let _ = write!(out, "…#{length}:{hash:x}");
}
