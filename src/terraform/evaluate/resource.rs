//! Resources, data sources, providers and backends: their arguments, and what references to them stand for.

use std::rc::Rc;
use std::sync::Arc;

use super::blocks::{META, block_kinds};
use super::files::Files;
use super::identity::{Declared, identifiers, tags_as_read};
use super::module::{Module, joined};
use super::repetition::{Instance, Shape};
use super::{Evaluator, Key, Scope};
use crate::model::{Category, Existence, Resource};
use crate::source::Span;
use crate::terraform::access;
use crate::terraform::directory::{Block, BlockKind, Directory, error_at};
use crate::terraform::functions::Environment as _;
use crate::terraform::policy_document;
use crate::terraform::syntax::{Attribute, Body, Step};
use crate::value::{Encoding, Entry, Kind, List, Symbol, Text, Value, Why};

/// What a statement of a document costs to bring along: it is read once more for every document that it becomes a part
/// of, and judged by every rule.
const STEPS_PER_STATEMENT: usize = 16;

/// Further resources of one root are not looked at: a state of a tenth as many is more than Terraform copes with, and
/// modules in modules can make any number of few lines.
const MAX_RESOURCES: usize = 100_000;

impl<'a> Evaluator<'a> {
    /// Adds the wanted resources of a module and of all that it calls.
    pub(super) fn resources(&self, module: &Rc<Module<'a>>, found: &mut Vec<Resource>) {
        for (at, block) in module.directory.blocks.iter().enumerate() {
            if self.is_full.get() {
                return;
            }
            if !module.directory.is_first(at) {
                continue;
            }
            match category_of(block) {
                Some((category @ (Category::Managed | Category::Data), kind)) if (self.wanted)(category, kind) => {
                    self.instances(module, at, category, found);
                }
                Some((Category::Provider, kind)) if (self.wanted)(Category::Provider, kind) => {
                    found.extend(self.provider(module, block));
                }
                Some((Category::Backend, _)) if module.path.is_empty() => {
                    self.backends(module, block, found);
                }
                _ => {}
            }
        }
        for (at, _) in module.directory.calls() {
            if !module.directory.is_first(at) {
                continue;
            }
            let Some(repetition) = self.repetition(module, at) else {
                continue;
            };
            for instance in 0..repetition.instances.len() {
                if let Ok(callee) = self.callee(module, at, instance)
                    && self.is_relevant(callee.directory, &callee.key)
                {
                    self.resources(&callee, found);
                }
            }
        }
    }

    /// Whether a directory has, or calls one that has, anything wanted. `key` is the path of a call that leads there;
    /// another call of it has the same.
    fn is_relevant(&self, directory: &'a Directory, key: &str) -> bool {
        let place: *const Directory = directory;
        if let Some(&known) = self.relevant.borrow().get(&place) {
            return known;
        }
        // A circle adds nothing.
        self.relevant.borrow_mut().insert(place, false);
        let has_wanted = directory.blocks.iter().any(|block| match category_of(block) {
            Some((Category::Backend, _)) | None => false,
            Some((category, kind)) => (self.wanted)(category, kind),
        });
        let relevant = has_wanted
            || directory.calls().any(|(at, source)| {
                let name = directory.blocks.get(at).map(|block| &*block.labels[0]).unwrap_or_default();
                let key = joined(key, name);
                let callee = self.configuration.callee(&self.root.path, directory, source, &key);
                callee.is_some_and(|callee| self.is_relevant(callee, &key))
            });
        self.relevant.borrow_mut().insert(place, relevant);
        relevant
    }

    fn instances(&self, module: &Rc<Module<'a>>, at: usize, category: Category, found: &mut Vec<Resource>) {
        let Some(block) = module.directory.blocks.get(at) else {
            return;
        };
        let Some(body) = block.body() else { return };
        let Some(repetition) = self.repetition(module, at) else {
            return;
        };
        let [kind, _] = &block.labels;
        let kind: Arc<str> = Arc::from(&**kind);
        let base = Self::block_address(module, at);
        let provider = self.provider_of(module, &kind, body).map(|provider| Arc::clone(&provider.address));
        for (index, instance) in repetition.instances.iter().enumerate() {
            if found.len() >= MAX_RESOURCES {
                let message = format!(
                    "the configuration has more than {MAX_RESOURCES} resources; those from here on were not checked"
                );
                if !self.is_full.replace(true) {
                    self.error(error_at(&block.file, block.header, message));
                }
                return;
            }
            self.spend(1);
            let mut entries = self.arguments(module, at, index, body, instance);
            if category == Category::Data && &*kind == POLICY_DOCUMENT {
                entries.push(Entry::new("json", self.document(module, at, index, Encoding::IndentedJson)));
            }
            let existence = match &module.existence {
                Existence::Certain => instance.existence.clone(),
                possible @ Existence::Possible(_) => possible.clone(),
            };
            found.push(Resource {
                address: format!("{base}{}", instance.suffix).into(),
                kind: Arc::clone(&kind),
                provider: provider.clone(),
                category,
                attributes: Value::object(entries).at(block.whole),
                span: block.header,
                block: block.whole,
                existence,
                metadata: None,
                policies: None,
            });
        }
    }

    /// The address of a block without its instance.
    pub(super) fn block_address(module: &Module<'a>, at: usize) -> String {
        let Some(block) = module.directory.blocks.get(at) else {
            return module.path.to_string();
        };
        let [first, second] = &block.labels;
        let path = &module.path;
        match block.kind {
            BlockKind::Data => format!("{path}data.{first}.{second}"),
            BlockKind::Module => format!("{path}module.{first}"),
            _ => format!("{path}{first}.{second}"),
        }
    }

    /// The arguments of an instance, evaluated, in the order of the code; then its blocks.
    fn arguments(
        &self,
        module: &Rc<Module<'a>>,
        at: usize,
        index: usize,
        body: &Body,
        instance: &Instance,
    ) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(body.attributes.len());
        for (place, attribute) in body.attributes.iter().enumerate() {
            if META.contains(&&*attribute.name.text) {
                continue;
            }
            let value = self.attribute_value(module, at, index, place, attribute, instance);
            let key = Text::from(&*attribute.name.text);
            entries.push(Entry { key, key_origin: Some(attribute.name.span), value });
        }
        for (place, (kind, origin)) in block_kinds(body).into_iter().enumerate() {
            let value = self.blocks_value(module, at, index, place, body, instance, kind);
            entries.push(Entry { key: Text::from(kind), key_origin: Some(origin), value });
        }
        entries
    }

    /// The value of an argument or of the blocks of a type, once; `None` where the code sets neither.
    pub(super) fn argument_value(
        &self,
        module: &Rc<Module<'a>>,
        at: usize,
        index: usize,
        body: &Body,
        instance: &Instance,
        name: &str,
    ) -> Option<Value> {
        if let Some(place) = body.attributes.iter().position(|attribute| &*attribute.name.text == name) {
            let attribute = body.attributes.get(place)?;
            return Some(self.attribute_value(module, at, index, place, attribute, instance));
        }
        let place = block_kinds(body).iter().position(|(kind, _)| *kind == name)?;
        Some(self.blocks_value(module, at, index, place, body, instance, name))
    }

    /// The value of an argument, the `place`th of its body.
    fn attribute_value(
        &self,
        module: &Rc<Module<'a>>,
        at: usize,
        index: usize,
        place: usize,
        attribute: &Attribute,
        instance: &Instance,
    ) -> Value {
        let name = &attribute.name.text;
        let symbol = || format!("{}{}.{name}", Self::block_address(module, at), instance.suffix);
        let binding = instance.binding();
        let scope = binding.as_ref().map_or(Scope::of(module), |binding| Scope::of(module).with(binding));
        self.once(module, Key::Attribute(at, index, place), &symbol, || self.expression(&attribute.value, scope))
    }

    /// The blocks of a type, the `place`th of its body.
    #[allow(clippy::too_many_arguments, reason = "the place of a block takes all of these")]
    fn blocks_value(
        &self,
        module: &Rc<Module<'a>>,
        at: usize,
        index: usize,
        place: usize,
        body: &Body,
        instance: &Instance,
        kind: &str,
    ) -> Value {
        let symbol = || format!("{}{}.{kind}", Self::block_address(module, at), instance.suffix);
        let binding = instance.binding();
        let scope = binding.as_ref().map_or(Scope::of(module), |binding| Scope::of(module).with(binding));
        let key = Key::Attribute(at, index, body.attributes.len() + place);
        self.once(module, key, &symbol, || self.nested_blocks(body, kind, scope))
    }

    /// What `type.name` and the steps after it stand for.
    pub(super) fn resource_reference(
        &self,
        module: &Rc<Module<'a>>,
        category: Category,
        kind: &str,
        name: &str,
        steps: &[Step],
        scope: Scope<'_, 'a>,
    ) -> Value {
        let (block_kind, data) =
            if category == Category::Data { (BlockKind::Data, "data.") } else { (BlockKind::Resource, "") };
        let address = format!("{}{data}{kind}.{name}", module.path);
        let unknown = |why: Why| {
            let symbol = Symbol::of_resource(address.as_str(), "");
            self.steps(Value::unknown(symbol, why), steps, scope)
        };
        let Some(at) = module.directory.find(block_kind, kind, name) else {
            return unknown(Why::Absent(format!("the declaration of {address}").into()));
        };
        let Some(body) = module.directory.blocks.get(at).and_then(Block::body) else {
            return unknown(Why::Absent(format!("a readable declaration of {address}").into()));
        };
        let Some(repetition) = self.repetition(module, at) else {
            return unknown(Why::Cycle(address.as_str().into()));
        };
        self.through(&repetition, &address, steps, scope, &|index, steps| {
            let Some(instance) = repetition.instances.get(index) else {
                return unknown(Why::Absent(address.as_str().into()));
            };
            let instance_address = format!("{address}{}", instance.suffix);
            let (name, rest) = match steps.split_first() {
                Some((Step::Attribute(name), rest)) => (&**name, rest),
                // `type.name[0]` of what is not repeated: old code has it.
                Some((Step::Index(_), rest)) if repetition.shape == Shape::Single && !rest.is_empty() => {
                    let whole = self.whole(module, at, index, body, instance, &instance_address);
                    return self.steps(whole, rest, scope);
                }
                _ => {
                    let whole = self.whole(module, at, index, body, instance, &instance_address);
                    return self.steps(whole, steps, scope);
                }
            };
            let value = self
                .argument_value(module, at, index, body, instance, name)
                .filter(|value| !value.is_null())
                .map(|value| open_blocks(value, body, &instance_address, name))
                .map(|value| if name == "tags" && kind.starts_with("aws_") { tags_as_read(value) } else { value })
                .or_else(|| self.computed(module, category, kind, at, index, body, instance, name))
                .or_else(|| {
                    let address = &instance_address;
                    let declared = Declared { module, category, kind, at, index, body, instance, address };
                    self.identified(declared, name).or_else(|| self.looked_up_name(declared, name))
                })
                .unwrap_or_else(|| access::attribute_set_later(&instance_address, name));
            self.steps(value, rest, scope)
        })
    }

    /// An instance as an object: what the code sets, and a symbol for whatever else is asked of it.
    fn whole(
        &self,
        module: &Rc<Module<'a>>,
        at: usize,
        index: usize,
        body: &Body,
        instance: &Instance,
        address: &str,
    ) -> Value {
        let mut entries = self.arguments(module, at, index, body, instance);
        entries.retain(|entry| !entry.value.is_null());
        for entry in &mut entries {
            let name = entry.key.as_str().unwrap_or_default().to_owned();
            let value = std::mem::replace(&mut entry.value, Value::null());
            entry.value = open_blocks(value, body, address, &name);
        }
        if module.directory.blocks.get(at).is_some_and(is_policy_document) {
            entries.push(Entry::new("json", self.document(module, at, index, Encoding::IndentedJson)));
            entries.push(Entry::new("minified_json", self.document(module, at, index, Encoding::CompactJson)));
        }
        if let Some(block) = module.directory.blocks.get(at)
            && let Some((category, kind)) = category_of(block)
        {
            let declared = Declared { module, category, kind, at, index, body, instance, address };
            if kind == "terraform_data" {
                return self.whole_data(declared);
            }
            for name in identifiers(category, kind) {
                if !entries.iter().any(|entry| entry.key.as_str() == Some(name))
                    && let Some(value) = self.identified(declared, name)
                {
                    entries.push(Entry::new(name, value));
                }
            }
        }
        entries.push(access::other_attributes(address, ""));
        Value::object(entries)
    }

    /// A `terraform_data` as an object, whose attributes are Terraform's own and all known by name.
    fn whole_data(&self, declared: Declared<'_, 'a>) -> Value {
        let Declared { module, category, kind, at, index, body, instance, address } = declared;
        let attribute = |name: &str| {
            self.argument_value(module, at, index, body, instance, name)
                .or_else(|| self.computed(module, category, kind, at, index, body, instance, name))
                .unwrap_or_else(|| access::attribute_set_later(address, name))
        };
        let names = ["id", "input", "output", "triggers_replace"];
        Value::object(names.iter().map(|name| Entry::new(*name, attribute(name))).collect())
    }

    /// The attributes that a provider computes from the arguments alone.
    #[allow(clippy::too_many_arguments, reason = "the place of an argument takes all of these")]
    fn computed(
        &self,
        module: &Rc<Module<'a>>,
        category: Category,
        kind: &str,
        at: usize,
        index: usize,
        body: &Body,
        instance: &Instance,
        name: &str,
    ) -> Option<Value> {
        match (category, kind, name) {
            (Category::Data, POLICY_DOCUMENT, "json") => Some(self.document(module, at, index, Encoding::IndentedJson)),
            (Category::Data, POLICY_DOCUMENT, "minified_json") => {
                Some(self.document(module, at, index, Encoding::CompactJson))
            }
            (Category::Data, "template_file", "rendered") => {
                let template = self.argument_value(module, at, index, body, instance, "template")?;
                let variables = self.argument_value(module, at, index, body, instance, "vars");
                let variables = variables.unwrap_or_else(|| Value::object(Vec::new()));
                Some(match template.as_text() {
                    Some(text) => Files { evaluator: self }.render_text(text, &variables),
                    None => template,
                })
            }
            (Category::Managed, "terraform_data", "output") => {
                let input = self.argument_value(module, at, index, body, instance, "input");
                Some(input.unwrap_or_else(Value::null))
            }
            (Category::Managed, "terraform_data", "input" | "triggers_replace") => Some(Value::null()),
            _ => None,
        }
    }

    /// The text of a data source `aws_iam_policy_document`.
    fn document(&self, module: &Rc<Module<'a>>, at: usize, index: usize, encoding: Encoding) -> Value {
        let symbol = || format!("{}.json", Self::block_address(module, at));
        let Some(block) = module.directory.blocks.get(at) else {
            return Value::null();
        };
        let document = self.once(module, Key::Document(at, index), &symbol, || {
            let (Some(body), Some(repetition)) = (block.body(), self.repetition(module, at)) else {
                return Value::null();
            };
            let Some(instance) = repetition.instances.get(index) else {
                return Value::null();
            };
            let arguments = self.arguments(module, at, index, body, instance);
            let document = policy_document::render(&Value::object(arguments).at(block.whole));
            let statements = document.get("Statement").and_then(Value::as_list).map_or(0, List::len);
            self.spend(statements * STEPS_PER_STATEMENT);
            document.or_at(Some(block.header))
        });
        let text = |document: &Value| match &document.kind {
            Kind::Unknown(_) => document.clone(),
            _ => Value::text(Text::encoding(document.clone(), encoding)).or_at(document.origin),
        };
        match &document.kind {
            Kind::OneOf(arms) => access::each(&document, arms, text),
            _ => text(&document),
        }
    }

    fn provider(&self, module: &Rc<Module<'a>>, block: &'a Block) -> Option<Resource> {
        let [kind, _] = &block.labels;
        let entries = self.plain_arguments(module, block.body()?);
        let alias = entries.iter().find(|entry| entry.key.as_str() == Some("alias"));
        let alias = alias.and_then(|alias| alias.value.as_str()).map(|alias| format!(".{alias}")).unwrap_or_default();
        let address = format!("{}provider.{kind}{alias}", module.path);
        Some(configured(module, block, Category::Provider, kind, address, entries))
    }

    fn backends(&self, module: &Rc<Module<'a>>, block: &'a Block, found: &mut Vec<Resource>) {
        // Most `terraform` blocks only name versions; a look at the bytes is a tenth of a parse.
        if !block.mentions("backend") {
            return;
        }
        let Some(body) = block.body() else { return };
        for backend in body.blocks_of("backend") {
            let Some(kind) = backend.labels.first().map(|label| &*label.text) else {
                continue;
            };
            if (self.wanted)(Category::Backend, kind) {
                let entries = self.plain_arguments(module, &backend.body);
                let address = format!("terraform.backend.{kind}");
                let mut resource = configured(module, block, Category::Backend, kind, address, entries);
                resource.span = backend
                    .labels
                    .first()
                    .map_or(backend.span, |label| Span { end: label.span.end, ..backend.kind.span });
                resource.block = backend.span;
                found.push(resource);
            }
        }
    }

    /// The arguments and blocks of a body that is not repeated.
    fn plain_arguments(&self, module: &Rc<Module<'a>>, body: &Body) -> Vec<Entry> {
        self.nested_body(body, Scope::of(module))
    }
}

const POLICY_DOCUMENT: &str = "aws_iam_policy_document";

fn is_policy_document(block: &Block) -> bool {
    block.kind == BlockKind::Data && &*block.labels[0] == POLICY_DOCUMENT
}

/// What sort of resource a block declares, and its type.
fn category_of(block: &Block) -> Option<(Category, &str)> {
    let [kind, _] = &block.labels;
    match block.kind {
        BlockKind::Resource => Some((Category::Managed, kind)),
        BlockKind::Data => Some((Category::Data, kind)),
        BlockKind::Provider => Some((Category::Provider, kind)),
        BlockKind::Settings => Some((Category::Backend, "")),
        _ => None,
    }
}

fn configured(
    module: &Module<'_>,
    block: &Block,
    category: Category,
    kind: &str,
    address: String,
    entries: Vec<Entry>,
) -> Resource {
    Resource {
        address: address.into(),
        kind: kind.into(),
        provider: None,
        category,
        attributes: Value::object(entries).at(block.whole),
        span: block.header,
        block: block.whole,
        existence: module.existence.clone(),
        metadata: None,
        policies: None,
    }
}

/// Nested blocks as a reference sees them: what they do not set is the provider's to say.
fn open_blocks(value: Value, body: &Body, address: &str, name: &str) -> Value {
    if !block_kinds(body).iter().any(|(kind, _)| *kind == name) {
        return value;
    }
    let Kind::List(list) = &value.kind else {
        return value;
    };
    let open = list.iter().enumerate().map(|(index, item)| match &item.kind {
        Kind::Map(map) => {
            let mut entries = map.entries().to_vec();
            entries.push(access::other_attributes(address, &format!("{name}[{index}]")));
            Value::object(entries).or_at(item.origin)
        }
        _ => item.clone(),
    });
    Value::tuple(open.collect()).or_at(value.origin)
}
