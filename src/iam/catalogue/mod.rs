//! What there is to ask of AWS: services, actions, resource types, condition keys; and the policies that AWS publishes.
//!
//! Two text files beside this one, written by `refresh.py`, are part of the program. Nothing is parsed before somebody
//! asks, and then one service or one policy only: finding a service's lines is a search for their first one.
//!
//! `actions.txt`, after its header of `#` lines, has for each service:
//!
//! ```text
//! = s3<TAB>Amazon S3                            a service: prefix, name
//! k :prefix<TAB>String                          a condition key with its type
//! r object<TAB>arn:…:${BucketName}/${Key}<TAB>keys     a resource type: name, ARN, condition keys
//! R GetObject<TAB>object*<TAB>keys<TAB>actions  an action: level, name, resource types, condition keys, dependents
//! ```
//!
//! A key that starts with a colon has the service's prefix. Between resource types stands `|`. A type that an action requires ends in `*`;
//! behind it, in brackets, stand keys that the action takes for this type besides those that the type always takes.
//! Levels are List, Read, Write, Tagging and Permissions management, by their first letters.

mod managed;

pub use managed::{ManagedPolicy, managed_policies, managed_policies_date, managed_policy};

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use memchr::memmem;
use rustc_hash::FxHashMap;

static ACTIONS: &str = include_str!("actions.txt");

/// The prefix under which the keys of all services stand.
const GLOBAL: &str = "aws";

/// The day that the list of actions is of, as `2026-01-31`.
pub fn date() -> &'static str {
    header(ACTIONS, "date").unwrap_or("an unknown day")
}

/// The packages that the list of actions is from, with their versions.
pub fn source() -> &'static str {
    header(ACTIONS, "source").unwrap_or_default()
}

/// A line of a file's header.
fn header(text: &'static str, name: &str) -> Option<&'static str> {
    let mut lines = text.lines().map_while(|line| line.strip_prefix("# "));
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Where each service's lines are: one search over the text, when the first service is asked for.
static INDEX: LazyLock<FxHashMap<&'static str, Indexed>> =
    LazyLock::new(|| all().map(|service| (service.prefix, Indexed { service, lines: OnceLock::new() })).collect());

/// A service, and its lines once they are read.
#[derive(Debug)]
struct Indexed {
    service: Service,
    lines: OnceLock<Lines>,
}

/// What a service's lines say. Read when the first is asked for.
#[derive(Debug)]
struct Lines {
    /// The actions by their names in lower case, sorted by these.
    actions: Vec<(Box<str>, Action)>,
    /// The types of resources, sorted by name.
    types: Vec<ResourceType>,
    /// The condition keys with their types, as they are listed.
    keys: Vec<(&'static str, &'static str)>,
    /// Where in `keys` those stand that are one name, by that in lower case and with the prefix.
    named_keys: FxHashMap<Box<str>, usize>,
}

impl Lines {
    fn read(service: Service) -> Self {
        let (mut actions, mut types) = (Vec::new(), Vec::new());
        let (mut keys, mut named_keys) = (Vec::new(), FxHashMap::default());
        for line in service.lines.lines() {
            if let Some(rest) = line.strip_prefix("k ") {
                let Some((name, kind)) = rest.split_once('\t') else { continue };
                if !is_pattern(name) {
                    let full = service.full_name(name).to_ascii_lowercase().into_boxed_str();
                    named_keys.entry(full).or_insert(keys.len());
                }
                keys.push((name, kind));
            } else if let Some(rest) = line.strip_prefix("r ") {
                let mut fields = rest.split('\t');
                let (Some(name), Some(arn)) = (fields.next(), fields.next()) else { continue };
                types.push(ResourceType { service, name, arn, keys: fields.next().unwrap_or_default() });
            } else if let Some(action) = Action::read(service, line) {
                actions.push((action.name.to_ascii_lowercase().into_boxed_str(), action));
            }
        }
        actions.sort_by(|(a, _), (b, _)| a.cmp(b));
        types.sort_by_key(|kind| kind.name);
        Self { actions, types, keys, named_keys }
    }
}

/// All services, sorted by prefix.
static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| all().filter(|service| service.prefix != GLOBAL).collect());

/// The sections of the text, the one of the keys of all services first.
fn all() -> impl Iterator<Item = Service> {
    let starts = memmem::find_iter(ACTIONS.as_bytes(), b"\n= ");
    starts.filter_map(|at| Service::at(ACTIONS.get(at + 1..)?))
}

/// The services, sorted by prefix.
pub fn services() -> impl Iterator<Item = Service> {
    SERVICES.iter().copied()
}

/// The service with this prefix (`s3`), in any case.
pub fn service(prefix: &str) -> Option<Service> {
    indexed(prefix).map(|indexed| indexed.service)
}

fn indexed(prefix: &str) -> Option<&'static Indexed> {
    // Most are written as they are listed.
    INDEX.get(prefix).or_else(|| INDEX.get(&*prefix.to_ascii_lowercase()))
}

/// The action with this name (`s3:GetObject`), in any case.
pub fn action(name: &str) -> Option<Action> {
    let (prefix, name) = name.split_once(':')?;
    service(prefix)?.action(name)
}

/// The actions of this name (`GetObject`), written in this case, of whatever services.
pub fn actions_of_any_service(name: &str) -> impl Iterator<Item = Action> {
    let needle = format!(" {name}\t");
    let starts: Vec<usize> = memmem::find_iter(ACTIONS.as_bytes(), needle.as_bytes()).collect();
    starts.into_iter().filter_map(|at| {
        // A line is of the last service that begins before it.
        let offset = |service: &Service| service.lines.as_ptr().addr() - ACTIONS.as_ptr().addr();
        let after = SERVICES.partition_point(|service| offset(service) <= at);
        let service = *SERVICES.get(after.checked_sub(1)?)?;
        let line = ACTIONS.get(at.checked_sub(1)?..)?.lines().next()?;
        Action::read(service, line)
    })
}

/// The condition key with this name (`aws:SourceIp`, `s3:prefix`, `aws:ResourceTag/team`), in any case.
pub fn condition_key(name: &str) -> Option<ConditionKey> {
    let (prefix, _) = name.split_once(':')?;
    let service = service(prefix)?;
    let lines = service.read()?;
    let (key, kind) = if let Some(&at) = lines.named_keys.get(&*name.to_ascii_lowercase()) {
        *lines.keys.get(at)?
    } else {
        let bare = name.get(prefix.len()..)?;
        let is_named = |key: &str| is_pattern(key) && is_key(key, if key.starts_with(':') { bare } else { name });
        *lines.keys.iter().find(|(key, _)| is_named(key))?
    };
    Some(ConditionKey { name: service.full_name(key), kind })
}

/// Whether resource control policies limit access to this service's resources.
/// AWS Organizations User Guide, "Resource control policies".
pub fn has_resource_control(prefix: &str) -> bool {
    header(ACTIONS, "resource-control").is_some_and(|list| list.split(',').any(|service| service == prefix))
}

/// A service.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The prefix of its actions and keys.
    pub prefix: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its lines without the first.
    lines: &'static str,
}

impl Service {
    fn at(text: &'static str) -> Option<Self> {
        let text = text.strip_prefix("= ")?;
        let end = memmem::find(text.as_bytes(), b"\n= ").unwrap_or(text.len());
        let (first, lines) = text.get(..end)?.split_once('\n')?;
        let (prefix, name) = first.split_once('\t')?;
        Some(Self { prefix, name, lines })
    }

    /// The actions, sorted by their names in lower case.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        self.actions_by_name().map(|(_, action)| action)
    }

    /// The action with this name (`GetObject`), in any case.
    pub fn action(self, name: &str) -> Option<Action> {
        let actions = &self.read()?.actions;
        let name = name.to_ascii_lowercase();
        let found = actions.binary_search_by(|(known, _)| (**known).cmp(&*name)).ok()?;
        actions.get(found).map(|(_, action)| *action)
    }

    /// The actions with their names in lower case, sorted by these.
    pub fn actions_by_name(self) -> impl Iterator<Item = (&'static str, Action)> {
        let actions: &'static [(Box<str>, Action)] = self.read().map_or(&[], |lines| &lines.actions);
        actions.iter().map(|(name, action)| (&**name, *action))
    }

    /// The type of resources with this name.
    pub fn resource_type(self, name: &str) -> Option<ResourceType> {
        let types = &self.read()?.types;
        let found = types.binary_search_by(|kind| kind.name.cmp(name)).ok()?;
        types.get(found).copied()
    }

    fn read(self) -> Option<&'static Lines> {
        INDEX.get(self.prefix).map(|indexed| indexed.lines.get_or_init(|| Lines::read(self)))
    }

    /// The types of resources, sorted by name.
    pub fn resource_types(self) -> impl Iterator<Item = ResourceType> {
        let types: &'static [ResourceType] = self.read().map_or(&[], |lines| &lines.types);
        types.iter().copied()
    }

    /// The condition keys, sorted by name.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey> {
        let keys: &'static [(&str, &str)] = self.read().map_or(&[], |lines| &lines.keys);
        keys.iter().map(move |(name, kind)| ConditionKey { name: self.full_name(name), kind })
    }

    /// A key's name with its prefix.
    fn full_name(self, name: &'static str) -> Cow<'static, str> {
        if name.starts_with(':') { Cow::Owned(format!("{}{name}", self.prefix)) } else { Cow::Borrowed(name) }
    }

    fn full_names(self, list: &'static str) -> impl Iterator<Item = Cow<'static, str>> {
        list.split(',').filter(|name| !name.is_empty()).map(move |name| self.full_name(name))
    }
}

/// What an action does, as AWS sorts it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AccessLevel {
    /// Finds resources.
    List,
    /// Reads what is in them.
    Read,
    /// Makes, changes or deletes them.
    Write,
    /// Changes their tags.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

/// An action.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The service.
    pub service: Service,
    /// The name without the service's prefix.
    pub name: &'static str,
    /// What it does.
    pub level: AccessLevel,
    resources: &'static str,
    keys: &'static str,
    dependents: &'static str,
}

impl Action {
    fn read(service: Service, line: &'static str) -> Option<Self> {
        let (letter, rest) = line.split_once(' ')?;
        let level = match letter {
            "L" => AccessLevel::List,
            "R" => AccessLevel::Read,
            "W" => AccessLevel::Write,
            "T" => AccessLevel::Tagging,
            "P" => AccessLevel::PermissionsManagement,
            _ => return None,
        };
        let mut fields = rest.split('\t');
        let name = fields.next()?;
        let mut next = || fields.next().unwrap_or_default();
        Some(Self { service, name, level, resources: next(), keys: next(), dependents: next() })
    }

    /// Whether it is about no resource, so that only `*` names what it is asked for.
    pub fn is_wildcard_only(&self) -> bool {
        self.resources.is_empty()
    }

    /// The types of resources that it is about.
    pub fn resources(&self) -> impl Iterator<Item = ActionResource> + use<> {
        let service = self.service;
        self.resources.split('|').filter(|resource| !resource.is_empty()).map(move |resource| {
            let (name, keys) =
                resource.strip_suffix(')').and_then(|open| open.split_once('(')).unwrap_or((resource, ""));
            let (name, is_required) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
            ActionResource { service, name, is_required, keys }
        })
    }

    /// The condition keys that it takes for every resource.
    pub fn condition_keys(&self) -> impl Iterator<Item = Cow<'static, str>> + use<> {
        self.service.full_names(self.keys)
    }

    /// Whether requests for it carry this condition key, as far as AWS lists: its own, those of the resources that it is
    /// about, and, for tags of the resource, the service's own spelling of the same.
    pub fn takes_key(&self, name: &str) -> bool {
        let is_named = |key: Cow<'static, str>| is_key(&key, name) || names_same_tag(&key, name);
        self.condition_keys().any(is_named)
            || self.resources().any(|resource| {
                resource.condition_keys().any(is_named)
                    || resource.resource_type().is_some_and(|kind| kind.condition_keys().any(is_named))
            })
    }

    /// Actions that the caller must be allowed besides, for some uses of this one.
    pub fn dependents(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.dependents.split(',').filter(|name| !name.is_empty())
    }
}

/// A type of resources that an action is about.
#[derive(Clone, Copy, Debug)]
pub struct ActionResource {
    service: Service,
    /// The type's name.
    pub name: &'static str,
    /// Whether the action is always about one.
    pub is_required: bool,
    keys: &'static str,
}

impl ActionResource {
    /// The type.
    pub fn resource_type(&self) -> Option<ResourceType> {
        self.service.resource_type(self.name)
    }

    /// The keys that the action takes for this type, besides its own and the type's.
    pub fn condition_keys(&self) -> impl Iterator<Item = Cow<'static, str>> + use<> {
        self.service.full_names(self.keys)
    }
}

/// A type of resources.
#[derive(Clone, Copy, Debug)]
pub struct ResourceType {
    service: Service,
    /// The name.
    pub name: &'static str,
    /// The ARN, with `${Partition}` and the like for what varies. Of a few types there are several, with commas between.
    pub arn: &'static str,
    keys: &'static str,
}

impl ResourceType {
    /// The ARNs, one by one.
    pub fn arns(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.arn.split(", ")
    }

    /// The service that it is of.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The condition keys that stand for something about the resource.
    pub fn condition_keys(&self) -> impl Iterator<Item = Cow<'static, str>> + use<> {
        self.service.full_names(self.keys)
    }
}

/// A condition key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConditionKey {
    /// The name, with `${TagKey}` and the like for what varies.
    pub name: Cow<'static, str>,
    /// The type as AWS names it: `String`, `ArrayOfString`, `Bool`, …
    pub kind: &'static str,
}

impl ConditionKey {
    /// Whether a request may have several values for it.
    pub fn is_multivalued(&self) -> bool {
        self.kind.starts_with("ArrayOf")
    }

    /// Whether this name, in any case, is one of the key's: what varies may be anything but nothing.
    pub fn is_named(&self, name: &str) -> bool {
        is_key(&self.name, name)
    }
}

/// Whether part of a key's name varies.
fn is_pattern(key: &str) -> bool {
    key.contains("${") || key.contains('<') || key.ends_with('/') || key.ends_with("tag-key")
}

fn is_key(key: &str, name: &str) -> bool {
    // `aws:RequestTag/${TagKey}`, and, in some services, `s3:ExistingObjectTag/<key>`, `ResourceTag/tag-key`, or nothing.
    let (before, after) = if let Some((before, rest)) = key.split_once("${") {
        (before, rest.split_once('}').map_or("", |(_, after)| after))
    } else if let Some((before, rest)) = key.split_once('<') {
        (before, rest.split_once('>').map_or("", |(_, after)| after))
    } else if let Some(before) = key.strip_suffix("tag-key").or(Some(key)).filter(|before| before.ends_with('/')) {
        (before, "")
    } else {
        return key.eq_ignore_ascii_case(name);
    };
    name.len() > before.len() + after.len()
        && name.get(..before.len()).is_some_and(|start| start.eq_ignore_ascii_case(before))
        && name.get(name.len() - after.len()..).is_some_and(|end| end.eq_ignore_ascii_case(after))
}

/// Whether a key is one of tags of the resource (`ec2:ResourceTag/${TagKey}`) and the name is of the other spelling
/// (`aws:ResourceTag/team`).
fn names_same_tag(key: &str, name: &str) -> bool {
    let of_resource = |text: &str| {
        let (prefix, rest) = text.split_once(':')?;
        rest.get(..12).filter(|start| start.eq_ignore_ascii_case("ResourceTag/")).map(|_| prefix.to_ascii_lowercase())
    };
    match (of_resource(key), of_resource(name)) {
        (Some(a), Some(b)) => a == b || a == GLOBAL || b == GLOBAL,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_found_in_any_case() {
        let action = action("S3:getobject").unwrap();
        assert_eq!((action.service.prefix, action.name, action.level), ("s3", "GetObject", AccessLevel::Read));
        let object = action.resources().find(|resource| resource.name == "object").unwrap();
        assert_eq!(object.resource_type().unwrap().arn, "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
        assert!(object.condition_keys().chain(action.condition_keys()).any(|key| key == "s3:authType"));
        let role = super::action("iam:PassRole").unwrap().resources().next().unwrap();
        assert!(role.is_required && role.name == "role");
        assert!(super::action("s3:NoSuchAction").is_none());
        assert!(super::action("nosuchservice:GetObject").is_none());
        assert!(super::action("GetObject").is_none());
    }

    #[test]
    fn an_action_is_found_without_its_service() {
        let of = |name| actions_of_any_service(name).map(|action| action.service.prefix).collect::<Vec<_>>();
        assert_eq!(of("PassRole"), ["iam"]);
        assert!(of("TagResource").len() > 100);
        assert!(of("Role").is_empty());
    }

    #[test]
    fn what_escalates_is_permissions_management() {
        for name in
            ["iam:PassRole", "iam:CreateRole", "iam:PutRolePolicy", "iam:AttachUserPolicy", "s3:PutBucketPolicy"]
        {
            assert_eq!(action(name).unwrap().level, AccessLevel::PermissionsManagement, "{name}");
        }
    }

    #[test]
    fn some_actions_are_about_no_resource() {
        assert!(action("s3:ListAllMyBuckets").unwrap().is_wildcard_only());
        assert!(!action("s3:ListBucket").unwrap().is_wildcard_only());
    }

    #[test]
    fn creating_compute_depends_on_passing_a_role() {
        assert!(action("lambda:CreateFunction").unwrap().dependents().any(|name| name == "iam:PassRole"));
        assert!(action("s3:GetObject").unwrap().dependents().next().is_none());
    }

    #[test]
    fn keys_are_found_by_what_they_vary_in() {
        assert_eq!(condition_key("AWS:sourceip").unwrap().kind, "IPAddress");
        assert_eq!(condition_key("aws:PrincipalTag/team").unwrap().name, "aws:PrincipalTag/${TagKey}");
        assert!(condition_key("aws:PrincipalTag/").is_none());
        assert!(condition_key("aws:TagKeys").unwrap().is_multivalued());
        assert!(condition_key("aws:NoSuchKey").is_none());
        assert!(condition_key("s3:ExistingObjectTag/team").is_some());
        assert!(condition_key("secretsmanager:ResourceTag/team").is_some());
        assert_eq!(condition_key("s3:prefix").unwrap().kind, "String");
    }

    #[test]
    fn actions_take_keys_of_their_own_and_of_their_resources() {
        let takes = |name: &str, key: &str| action(name).unwrap().takes_key(key);
        assert!(takes("iam:PassRole", "iam:PassedToService"));
        assert!(!takes("iam:CreateUser", "iam:PassedToService"));
        assert!(takes("ec2:TerminateInstances", "aws:ResourceTag/team"));
        assert!(takes("ec2:TerminateInstances", "ec2:resourcetag/team"));
        assert!(!takes("ec2:DescribeInstances", "aws:ResourceTag/team"));
        assert!(takes("ec2:RunInstances", "aws:TagKeys"));
    }

    #[test]
    fn every_line_is_understood() {
        let mut counts = (0, 0, 0, 0);
        for service in services() {
            let kinds: Vec<_> = service.resource_types().map(|kind| kind.name).collect();
            for action in service.actions() {
                for resource in action.resources() {
                    assert!(kinds.contains(&resource.name), "{}:{} {}", service.prefix, action.name, resource.name);
                }
                assert!(action.dependents().all(|name| name.contains(':')), "{}", action.name);
                counts.1 += 1;
            }
            counts.0 += 1;
            counts.2 += kinds.len();
            counts.3 += service.condition_keys().count();
        }
        let lines = ACTIONS.lines().filter(|line| !line.starts_with(['#', '='])).count();
        let global = service(GLOBAL).unwrap().condition_keys().count();
        assert_eq!(lines, counts.1 + counts.2 + counts.3 + global);
        // What AWS takes away is little; a source that has lost a part is much.
        assert!(counts.0 >= 450 && counts.1 >= 22_000 && counts.2 >= 2_300 && counts.3 >= 2_500, "{counts:?}");
    }

    #[test]
    fn the_lists_are_dated() {
        assert_eq!(date().len(), "2026-01-31".len());
        assert!(source().contains("iam-data"));
        assert!(has_resource_control("s3") && !has_resource_control("ec2"));
    }
}
