//! Controls, values and templates: those that are embedded, and a user's own on top.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::control::{Operand, Profile};
use super::values::{Definition, Schema};
use super::{Language, instead};

/// Deeper directories hold something else than a pack.
const MAX_DEPTH: usize = 8;

/// More files than any pack has: a directory given by mistake is not read to its end.
const MAX_FILES: usize = 2000;

/// A larger file is no template and no control.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The longest chain of profiles that each add to another.
const MAX_EXTENDS: usize = 16;

/// The file of a pack that says what can be set; the others are profiles.
const VALUES: &str = "values.yaml";

/// How templates are named: like the file that they become, and this.
const TEMPLATE_SUFFIX: &str = ".tera";

macro_rules! embedded {
    ($directory:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../", $directory, "/", $name)))),*]
    };
}

/// `baselines/`.
const BASELINES: &[(&str, &str)] = embedded!("baselines": "values.yaml", "minimal.yaml");

/// `templates/`.
const TEMPLATES: &[(&str, &str)] = embedded!("templates":
    "cloudformation/README.md.tera",
    "cloudformation/baseline.yaml.tera",
    "cloudformation/parts/account_settings.py.tera",
    "cloudformation/parts/account_settings.yaml.tera",
    "cloudformation/parts/cloudtrail.yaml.tera",
    "cloudformation/parts/guardduty.yaml.tera",
    "cloudformation/parts/iam.yaml.tera",
    "cloudformation/parts/parameter.yaml.tera",
    "cloudformation/region.yaml.tera",
    "terraform/README.md.tera",
    "terraform/access_log_bucket.tf.tera",
    "terraform/account.tf.tera",
    "terraform/budget.tf.tera",
    "terraform/cloudtrail.tf.tera",
    "terraform/cloudtrail_bucket.tf.tera",
    "terraform/cloudtrail_key.tf.tera",
    "terraform/cloudtrail_logs.tf.tera",
    "terraform/ebs_encryption.tf.tera",
    "terraform/guardduty.tf.tera",
    "terraform/guardduty_alerts.tf.tera",
    "terraform/iam_groups.tf.tera",
    "terraform/iam_mfa.tf.tera",
    "terraform/outputs.tf.tera",
    "terraform/parts/account.tf.tera",
    "terraform/parts/ebs_encryption.tf.tera",
    "terraform/parts/guardduty.tf.tera",
    "terraform/parts/guardduty_alerts.tf.tera",
    "terraform/parts/requirements.tf.tera",
    "terraform/password_policy.tf.tera",
    "terraform/region/account.tf.tera",
    "terraform/region/ebs_encryption.tf.tera",
    "terraform/region/guardduty.tf.tera",
    "terraform/region/guardduty_alerts.tf.tera",
    "terraform/region/variables.tf.tera",
    "terraform/region/versions.tf.tera",
    "terraform/regions.tf.tera",
    "terraform/s3_account.tf.tera",
    "terraform/security_contact.tf.tera",
    "terraform/variables.tf.tera",
    "terraform/versions.tf.tera",
);

/// Everything that a baseline is made from.
#[derive(Clone, Default, Debug)]
pub struct Pack {
    profiles: BTreeMap<String, Profile>,
    schema: Schema,
    /// By language, then by the name of the file that they become.
    templates: BTreeMap<Language, BTreeMap<String, String>>,
}

/// Why a pack cannot be used.
#[derive(thiserror::Error, Debug)]
pub enum PackError {
    /// A directory or file cannot be read.
    #[error("cannot read {path}: {why}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A file does not say what it should.
    #[error("{name}: {why}")]
    Invalid {
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
    /// There is no such profile.
    #[error("there is no profile {asked:?}{instead}")]
    NoProfile {
        /// The name that was asked for.
        asked: String,
        /// The nearest, and all.
        instead: String,
    },
}

impl Pack {
    /// What comes with the program.
    pub fn embedded() -> Result<Self, PackError> {
        let mut pack = Self::default();
        for (name, text) in BASELINES {
            pack.add_baseline(name, name, text)?;
        }
        for (name, text) in TEMPLATES {
            pack.add_template(name, name, (*text).to_owned())?;
        }
        Ok(pack)
    }

    /// Lays a directory of profiles and values on top. A control or value that is known already is replaced.
    pub fn add_baselines(&mut self, directory: &Path) -> Result<(), PackError> {
        for (name, path) in files(directory)? {
            if name.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension, "yaml" | "yml")) {
                self.add_baseline(&name, &path.display().to_string(), &read(&path)?)?;
            }
        }
        Ok(())
    }

    /// Lays a directory of templates, `<language>/<file>.tera`, on top. One that is known already is replaced.
    pub fn add_templates(&mut self, directory: &Path) -> Result<(), PackError> {
        for (name, path) in files(directory)? {
            if name.ends_with(TEMPLATE_SUFFIX) {
                self.add_template(&name, &path.display().to_string(), read(&path)?)?;
            }
        }
        Ok(())
    }

    /// What can be set.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The names of the profiles, sorted.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// A profile with everything that it adds to.
    pub fn profile(&self, name: &str) -> Result<Profile, PackError> {
        let mut chain = Vec::new();
        let mut next = Some(name);
        while let Some(name) = next {
            let profile = self.profiles.get(name).ok_or_else(|| self.no_profile(name))?;
            if chain.len() == MAX_EXTENDS {
                let why = format!("more than {MAX_EXTENDS} profiles add to each other, or they do so in a circle");
                return Err(PackError::Invalid { name: format!("profile {name}"), why });
            }
            next = profile.extends.as_deref();
            chain.push(profile);
        }
        let mut chain = chain.into_iter();
        // The chain begins with the profile itself: the loop above has looked it up, or has returned.
        let mut whole = chain.next().cloned().ok_or_else(|| self.no_profile(name))?;
        for below in chain {
            let above = std::mem::replace(&mut whole, below.clone());
            (whole.id, whole.title, whole.extends) = (above.id.clone(), above.title.clone(), None);
            whole.add(above);
        }
        self.check(&whole)?;
        Ok(whole)
    }

    pub(super) fn templates(&self, language: Language) -> impl Iterator<Item = (&str, &str)> {
        self.templates.get(&language).into_iter().flatten().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    fn no_profile(&self, asked: &str) -> PackError {
        let names: Vec<String> = self.profiles.keys().cloned().collect();
        PackError::NoProfile { asked: asked.to_owned(), instead: instead(asked, "the profiles are", &names) }
    }

    /// Facts speak of values that there are.
    fn check(&self, profile: &Profile) -> Result<(), PackError> {
        for control in &profile.controls {
            for fact in &control.facts {
                if let Operand::Value { value } = &fact.operand
                    && self.schema.get(value).is_none()
                {
                    let why = format!("the fact {} speaks of the value {value}, which there is not", fact.subject);
                    return Err(PackError::Invalid { name: format!("control {}", control.id), why });
                }
            }
        }
        Ok(())
    }

    fn add_baseline(&mut self, name: &str, shown: &str, text: &str) -> Result<(), PackError> {
        let invalid = |why: String| PackError::Invalid { name: shown.to_owned(), why };
        if name == VALUES {
            let definitions: Vec<Definition> =
                serde_yaml::from_str(text).map_err(|error| invalid(error.to_string()))?;
            return definitions.into_iter().try_for_each(|definition| self.schema.add(definition)).map_err(invalid);
        }
        let profile: Profile = serde_yaml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        match self.profiles.get_mut(&profile.id) {
            Some(known) => known.add(profile),
            None => drop(self.profiles.insert(profile.id.clone(), profile)),
        }
        Ok(())
    }

    fn add_template(&mut self, name: &str, shown: &str, text: String) -> Result<(), PackError> {
        let name = name.trim_end_matches(TEMPLATE_SUFFIX);
        let place = name.split_once('/').and_then(|(directory, name)| {
            Language::ALL.into_iter().find(|language| language.name() == directory).map(|language| (language, name))
        });
        let (language, name) = place.ok_or_else(|| {
            let directories = Language::ALL.map(Language::name).join("/ or ");
            PackError::Invalid { name: shown.to_owned(), why: format!("a template stands under {directories}/") }
        })?;
        self.templates.entry(language).or_default().insert(name.to_owned(), text);
        Ok(())
    }
}

/// The files of a directory, by their path in it, with `/`; sorted.
fn files(directory: &Path) -> Result<Vec<(String, PathBuf)>, PackError> {
    let unreadable = |path: &Path, why: String| PackError::Unreadable { path: path.to_owned(), why };
    let mut found = Vec::new();
    for entry in WalkDir::new(directory).max_depth(MAX_DEPTH).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(directory).to_owned();
            let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            unreadable(&path, why)
        })?;
        if entry.depth() == 0 && !entry.file_type().is_dir() {
            return Err(unreadable(directory, "it is no directory".to_owned()));
        }
        if !entry.file_type().is_file() {
            continue;
        }
        if found.len() == MAX_FILES {
            return Err(unreadable(directory, format!("it holds more than {MAX_FILES} files")));
        }
        let inside = entry.path().strip_prefix(directory).unwrap_or(entry.path());
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        found.push((parts.join("/"), entry.path().to_owned()));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<String, PackError> {
    let unreadable = |why: String| PackError::Unreadable { path: path.to_owned(), why };
    let length = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if length > MAX_FILE_BYTES {
        return Err(unreadable(format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &str) -> Vec<String> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        files(&directory).unwrap().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn every_file_is_embedded() {
        for (directory, embedded) in [("baselines", BASELINES), ("templates", TEMPLATES)] {
            let mut listed: Vec<_> = embedded.iter().map(|(name, _)| *name).collect();
            listed.sort_unstable();
            let mut there = names(directory);
            there.sort_unstable();
            assert_eq!(listed, there);
        }
    }

    #[test]
    fn every_template_that_a_control_names_is_there() {
        let pack = Pack::embedded().unwrap();
        for name in pack.profiles.keys() {
            let profile = pack.profile(name).unwrap();
            for language in Language::ALL {
                for template in profile.templates(language) {
                    assert!(pack.templates(language).any(|(name, _)| name == template), "{language}/{template}");
                }
            }
        }
    }

    #[test]
    fn profiles_add_to_each_other() {
        let mut pack = Pack::embedded().unwrap();
        pack.add_baseline("more.yaml", "more.yaml", "{ profile: more, title: M, extends: minimal }").unwrap();
        let more = pack.profile("more").unwrap();
        assert_eq!((&*more.id, &*more.title), ("more", "M"));
        assert_eq!(more.controls.len(), pack.profile("minimal").unwrap().controls.len());
        pack.add_baseline("a.yaml", "a.yaml", "{ profile: a, title: A, extends: b }").unwrap();
        assert!(matches!(pack.profile("a"), Err(PackError::NoProfile { .. })));
        pack.add_baseline("b.yaml", "b.yaml", "{ profile: b, title: B, extends: a }").unwrap();
        assert!(matches!(pack.profile("a"), Err(PackError::Invalid { .. })));
        let message = pack.profile("minmal").unwrap_err().to_string();
        assert!(message.contains("did you mean minimal?"), "{message}");
    }

    #[test]
    fn a_fact_must_speak_of_a_value_that_there_is() {
        let mut pack = Pack::embedded().unwrap();
        let text = "{ profile: x, title: X, controls: [{ id: c, title: C, reason: R, standards: [], renders: {}, \
                    facts: [{ fact: a.b, is: { value: nothing } }] }] }";
        pack.add_baseline("x.yaml", "x.yaml", text).unwrap();
        assert!(pack.profile("x").unwrap_err().to_string().contains("nothing"));
    }
}
