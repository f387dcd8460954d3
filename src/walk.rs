//! Finding the inputs under a path.
#![allow(missing_docs)]

use std::path::PathBuf;

use crate::model::{Category, Existence, Framework, Resource, Root};
use crate::source::{InputError, Sources, Span};
use crate::value::{Entry, Value};

pub struct Scan {
    pub roots: Vec<Root>,
    pub errors: Vec<InputError>,
    pub files: usize,
}

pub struct Request<'a> {
    pub paths: &'a [PathBuf],
    pub everything: bool,
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

pub struct Progress {
    pub done: usize,
    pub total: usize,
}

pub fn scan(sources: &Sources, request: &Request) -> Scan {
    let mut scan = Scan { roots: vec![], errors: vec![], files: 0 };
    let mut files = vec![];
    for path in request.paths {
        if !path.exists() {
            scan.errors.push(InputError::of_file(sources.shown(path), "no such file or directory"));
        }
        for entry in ignore::Walk::new(path).flatten() {
            let path = entry.into_path();
            if path.extension().is_some_and(|ext| ext == "tf") {
                files.push(path);
            }
        }
    }
    for (done, path) in files.iter().enumerate() {
        (request.progress)(Progress { done, total: files.len() });
        let file = match sources.read(path) {
            Ok(file) => file,
            Err(error) => {
                scan.errors.push(error);
                continue;
            }
        };
        scan.files += 1;
        let text = file.text();
        let mut resources = vec![];
        for (start, _) in text.match_indices("resource \"") {
            let end = text[start..].find("\n}").map_or(text.len(), |end| start + end + 2);
            let names: Vec<&str> = text[start..end].split('"').take(4).collect();
            if names.len() < 4 {
                continue;
            }
            resources.push(Resource {
                address: format!("{}.{}", names[1], names[3]).into(),
                kind: names[1].into(),
                category: Category::Managed,
                attributes: Value::object(vec![Entry::new("x", Value::text("y"))]),
                span: Span::new(file.id(), start, start + 10),
                block: Span::new(file.id(), start, end),
                existence: Existence::Certain,
                metadata: None,
            });
        }
        scan.roots.push(Root { path: file.shown_path().into(), framework: Framework::Terraform, resources, outputs: vec![], errors: vec![] });
    }
    scan
}
