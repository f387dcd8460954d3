//! What a directory declares already.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::SourceFile;
use crate::terraform::{split, syntax};
use crate::value::{Map, Text, json};

/// The addresses that a directory's files declare (`aws_kms_key.trail`, `data.aws_region.here`, `local.a`, `var.b`,
/// `module.c`, `output.d`, `provider.aws`, `provider.aws.alias`), with the code of each where it is native syntax: the
/// body with its braces, or a local value's expression.
#[derive(Clone, Default, Debug)]
pub struct Taken {
    pub(super) code: BTreeMap<String, Option<String>>,
}

impl Taken {
    /// Whether something of this address is declared.
    pub fn contains(&self, address: &str) -> bool {
        self.code.contains_key(address)
    }

    /// The addresses, in order.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.code.keys().map(String::as_str)
    }
}

/// Lists what the files of one directory declare. A file or block that cannot be read adds nothing.
pub fn taken(files: &[Arc<SourceFile>]) -> Taken {
    let mut taken = Taken::default();
    for file in files {
        if super::super::is_json(file.shown_path()) {
            add_json(file, &mut taken);
        } else {
            add_native(file.text(), &mut taken);
        }
    }
    taken
}

fn add_native(text: &str, taken: &mut Taken) {
    let slice = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    for block in split::split(text).blocks {
        let kind = slice(block.kind.clone());
        let labels: Vec<&str> = block.labels.iter().flatten().map(|label| slice(label.clone())).collect();
        let body = slice(block.header.end..block.whole.end).trim_start();
        if kind == "locals" {
            add_locals(text, &block, taken);
            continue;
        }
        let alias = (kind == "provider").then(|| alias(slice(block.whole.clone()))).flatten();
        if let Some(address) = address(kind, &labels, alias.as_deref()) {
            taken.code.entry(address).or_insert_with(|| Some(body.to_owned()));
        }
    }
}

fn add_locals(text: &str, block: &split::RawBlock, taken: &mut Taken) {
    let mut add = |name: &str, code: Option<&str>| {
        taken.code.entry(format!("local.{name}")).or_insert_with(|| code.map(str::to_owned));
    };
    if let Some(arguments) = split::arguments(text, block.whole.clone()) {
        for argument in arguments {
            let name = text.get(argument.name.clone()).unwrap_or_default();
            let value = text.get(argument.name.end..argument.whole.end).unwrap_or_default();
            add(name, value.trim_start().strip_prefix('=').map(str::trim));
        }
    } else if let Ok(body) = super::super::locate::parse(text.get(block.whole.clone()).unwrap_or_default()) {
        for argument in body.blocks().flat_map(|block| block.body.attributes()) {
            add(argument.key.as_str(), None);
        }
    }
}

fn add_json(file: &SourceFile, taken: &mut Taken) {
    let Ok(root) = json::parse(&Text::literal_at(file.text(), file.whole())) else { return };
    for block in syntax::json_blocks(&root, split::MAX_BLOCKS) {
        if &*block.kind == "locals" {
            let entries = block.body.as_map().map(Map::entries).into_iter().flatten();
            let names = entries.filter_map(|entry| entry.key.as_str());
            taken.code.extend(names.map(|name| (format!("local.{name}"), None)));
            continue;
        }
        let labels: Vec<&str> = block.labels.iter().map(|label| &**label).collect();
        let alias = block.body.get("alias").and_then(|alias| alias.as_str()).filter(|_| &*block.kind == "provider");
        if let Some(address) = address(&block.kind, &labels, alias) {
            taken.code.entry(address).or_insert(None);
        }
    }
}

/// The alias of a provider's configuration.
fn alias(block: &str) -> Option<String> {
    let body = super::super::locate::parse(block).ok()?;
    let alias = body.blocks().next()?.body.get_attribute("alias")?;
    alias.value.as_str().map(str::to_owned)
}

/// How a block is referred to, without the attributes of it.
pub(super) fn address(kind: &str, labels: &[&str], alias: Option<&str>) -> Option<String> {
    match (kind, labels) {
        ("resource", [kind, name]) => Some(format!("{kind}.{name}")),
        ("data" | "ephemeral", [resource, name]) => Some(format!("{kind}.{resource}.{name}")),
        ("variable", [name]) => Some(format!("var.{name}")),
        ("module" | "output", [name]) => Some(format!("{kind}.{name}")),
        ("provider", [name]) => Some(match alias {
            Some(alias) => format!("provider.{name}.{alias}"),
            None => format!("provider.{name}"),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn both_syntaxes_are_listed() {
        let sources = Sources::new("/".into());
        let native = "resource \"a\" \"b\" {}\ndata \"c\" \"d\" { x = 1 }\nlocals {\n  e = [\n    1\n  ] # c\n}\nprovider \"aws\" {\n  alias = \"f\"\n}\nvariable \"g\" {\n";
        let json = "{\"locals\": {\"h\": 1}, \"resource\": {\"i\": {\"j\": {}}}, \"provider\": {\"aws\": [{}, {\"alias\": \"k\"}]}}";
        let native = sources.add_text("/a.tf".into(), native.as_bytes().to_vec()).unwrap();
        let json = sources.add_text("/a.tf.json".into(), json.as_bytes().to_vec()).unwrap();
        let taken = taken(&[native, json]);
        let want = ["a.b", "data.c.d", "i.j", "local.e", "local.h", "provider.aws", "provider.aws.f", "provider.aws.k"];
        assert_eq!(taken.addresses().collect::<Vec<_>>(), want);
        assert_eq!(taken.code["data.c.d"].as_deref(), Some("{ x = 1 }"));
        assert!(taken.code["local.e"].as_deref().unwrap().starts_with('['));
    }
}
