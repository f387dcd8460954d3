mod any_change;
mod graft;
mod in_place;

use std::sync::Arc;

use super::*;
use crate::source::{Sources, apply};

pub(super) fn file(text: &str) -> Arc<SourceFile> {
    let sources = Sources::new("/".into());
    sources.add_text("/template.yaml".into(), text.as_bytes().to_vec()).unwrap()
}

fn changed(text: &str, edits: Result<Vec<TextEdit>, EditError>) -> String {
    apply(text, &edits.unwrap()).unwrap()
}

fn path(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

fn texts(texts: &[&str]) -> Node {
    Node::list(texts.iter().map(|&text| Node::text(text)))
}
