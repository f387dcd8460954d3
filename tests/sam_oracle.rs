//! SAM templates against what AWS's own translator makes of them. testdata/cloudformation/sam has the templates and, by
//! tests/oracles/sam.py, the translator's answers: both are evaluated here, and whatever is known of a resource must be
//! what the translation says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use baselint::cloudformation::{Options, load};
use baselint::model::Resource;
use baselint::source::Sources;
use baselint::value::{Kind, Value};

/// What the translator adds to resources and is not here.
const LEFT_OUT: [(&str, &str); 5] = [
    // Named by a hash of the definition.
    ("AWS::ApiGateway::Deployment", "Description"),
    ("AWS::ApiGateway::Deployment", "StageName"),
    // Of the types of endpoints, given again.
    ("AWS::ApiGateway::RestApi", "Parameters"),
    // What calls a function, told at the resource that does.
    ("AWS::Cognito::UserPool", "LambdaConfig"),
    ("AWS::S3::Bucket", "NotificationConfiguration"),
];

#[derive(Default)]
struct Tally {
    equal: usize,
    unknown: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

fn resources(path: &Path) -> Vec<Resource> {
    let sources = Sources::new(path.parent().unwrap().to_owned());
    let file = sources.read(path).unwrap();
    // The translator is asked in a region.
    let parameters = [("AWS::Region".to_owned(), "us-east-1".to_owned())].into_iter().collect();
    let options = Options { parameters, outputs: true, scanned: Vec::new() };
    let root = load(&sources, &file, &options, &|_, _| true).expect("a template").root;
    assert_eq!(root.errors, [], "{}", path.display());
    root.resources
}

/// A text with the hashes that the translator puts behind some ids taken away.
fn without_hashes(text: &str, renamed: &[(String, String)]) -> String {
    renamed.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

fn compare(ours: &Value, theirs: &Value, path: &str, renamed: &[(String, String)], tally: &mut Tally) {
    let mut differ = || tally.wrong.push(format!("{path}: {} is {}", ours.canonical(), theirs.canonical()));
    match (&ours.kind, &theirs.kind) {
        (Kind::Unknown(unknown), Kind::Unknown(other)) => {
            if unknown.symbol.name() == without_hashes(other.symbol.name(), renamed) {
                tally.equal += 1;
            } else {
                *tally.unknown.entry(unknown.why.to_string()).or_default() += 1;
            }
        }
        (Kind::Unknown(unknown), _) => *tally.unknown.entry(unknown.why.to_string()).or_default() += 1,
        (Kind::List(ours), Kind::List(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                compare(ours, theirs, &format!("{path}[{index}]"), renamed, tally);
            }
        }
        (Kind::OneOf(ours), Kind::OneOf(theirs)) if ours.len() == theirs.len() => {
            for (ours, theirs) in ours.iter().zip(theirs.iter()) {
                compare(ours, theirs, &format!("{path}|"), renamed, tally);
            }
        }
        (Kind::Map(ours), Kind::Map(theirs)) => {
            for entry in ours.entries() {
                let name = entry.key.to_string();
                match theirs.get(&name) {
                    Some(theirs) => compare(&entry.value, theirs, &format!("{path}.{name}"), renamed, tally),
                    None => tally.wrong.push(format!("{path}.{name} is not there: {}", entry.value.canonical())),
                }
            }
            for entry in theirs.entries() {
                let name = entry.key.to_string();
                if ours.get(&name).is_none() {
                    tally.wrong.push(format!("{path}.{name} is missing: {}", entry.value.canonical()));
                }
            }
        }
        _ => match (ours.to_text(), theirs.to_text()) {
            (Some(our_text), Some(their_text))
                if our_text.to_string() == without_hashes(&their_text.to_string(), renamed) =>
            {
                tally.equal += 1;
            }
            _ if ours == theirs => tally.equal += 1,
            _ => differ(),
        },
    }
}

#[test]
fn what_is_known_is_what_the_translator_says() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cloudformation/sam");
    let mut templates: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    templates.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    templates.sort();
    assert!(templates.len() >= 62);
    let mut tally = Tally::default();
    let mut made = 0;
    for template in &templates {
        let name = template.file_stem().unwrap().to_string_lossy().into_owned();
        let ours = resources(template);
        let theirs = resources(&template.with_extension("json"));
        let is_hash = |text: &str| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_ours = |address: &str| ours.iter().any(|resource| &*resource.address == address);
        let mut renamed = Vec::new();
        for resource in &theirs {
            let own = ours.iter().find(|own| {
                !is_ours(&resource.address) && resource.address.strip_prefix(&*own.address).is_some_and(is_hash)
            });
            renamed.extend(own.map(|own| (resource.address.to_string(), own.address.to_string())));
        }
        made += ours.len();
        for resource in &ours {
            let same = |theirs: &&Resource| without_hashes(&theirs.address, &renamed) == *resource.address;
            let Some(theirs) = theirs.iter().find(same) else {
                tally.wrong.push(format!("{name}: {} is not made", resource.address));
                continue;
            };
            let path = format!("{name}: {}", resource.address);
            if theirs.kind != resource.kind {
                tally.wrong.push(format!("{path} is {}, not {}", theirs.kind, resource.kind));
            }
            let is_left_out = |name: &str| LEFT_OUT.contains(&(&*resource.kind, name));
            let entries = theirs.attributes.as_map().unwrap().entries();
            let rest = entries.iter().filter(|entry| !is_left_out(entry.key.as_str().unwrap())).cloned().collect();
            compare(&resource.attributes, &Value::object(rest), &path, &renamed, &mut tally);
        }
        for resource in &theirs {
            let is_made = is_ours(&without_hashes(&resource.address, &renamed));
            if !is_made {
                tally.wrong.push(format!("{name}: {} {} is missing", resource.kind, resource.address));
            }
        }
    }
    println!("{} templates, {made} resources, {} values equal", templates.len(), tally.equal);
    for (why, count) in &tally.unknown {
        println!("  {count:4} {why}");
    }
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
}
