//! The known paths from some rights to more, as data: `paths.txt`, which says what its columns are.

use std::sync::LazyLock;

static PATHS: &str = include_str!("paths.txt");

/// What a path does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// Writes a policy that applies to whoever walks the path.
    Own,
    /// Takes over another user or role.
    Principal,
    /// Starts something new with a role that is passed to it.
    Pass,
    /// Reaches into something that runs already.
    Compute,
    /// Changes whom an identity provider vouches for.
    Provider,
    /// Takes the walker's own permissions boundary off.
    Boundary,
    /// Makes a new user or role with rights of the walker's choice.
    Create,
    /// Edits or assigns permission sets.
    PermissionSet,
}

const CLASSES: [(&str, Class); 8] = [
    ("own", Class::Own),
    ("principal", Class::Principal),
    ("pass", Class::Pass),
    ("compute", Class::Compute),
    ("provider", Class::Provider),
    ("boundary", Class::Boundary),
    ("create", Class::Create),
    ("permission-set", Class::PermissionSet),
];

/// What an action of a path is aimed at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// A managed policy attached to whoever walks the path.
    OwnPolicy,
    /// Whoever walks the path, a user.
    OwnUser,
    /// Whoever walks the path, a role.
    OwnRole,
    /// A group of whoever walks the path.
    OwnGroup,
    /// The policy that is the permissions boundary of whoever walks the path.
    OwnBoundary,
    /// A group that they are not in.
    Group,
    /// The user who is taken over.
    User,
    /// The role that is taken over.
    Role,
    /// The role that is taken over, whose trust policy lets in whoever walks the path.
    Assumable,
    /// A managed policy attached to the role that is taken over.
    Policy,
    /// The role that is passed.
    Passed,
    /// What runs already.
    Compute,
    /// An identity provider.
    Provider,
    /// Whatever the action takes.
    Any,
}

const TARGETS: [(&str, Target); 14] = [
    ("own-policy", Target::OwnPolicy),
    ("own-user", Target::OwnUser),
    ("own-role", Target::OwnRole),
    ("own-group", Target::OwnGroup),
    ("own-boundary", Target::OwnBoundary),
    ("group", Target::Group),
    ("user", Target::User),
    ("role", Target::Role),
    ("assumable", Target::Assumable),
    ("policy", Target::Policy),
    ("passed", Target::Passed),
    ("compute", Target::Compute),
    ("provider", Target::Provider),
    ("any", Target::Any),
];

/// A path.
#[derive(Debug)]
pub struct Path {
    /// What it is called here: kebab-case.
    pub id: &'static str,
    /// What it does.
    pub class: Class,
    /// Ids of the same path in the catalogue pathfinding.cloud.
    pub aliases: Vec<&'static str>,
    /// What it takes, all together.
    pub needs: Vec<Need>,
    /// The service that the passed role must trust, or the kind of what runs.
    pub service: Option<&'static str>,
}

/// An action that a path takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Need {
    /// The action, as its place in [`Table::actions`].
    pub action: usize,
    /// What it is aimed at.
    pub target: Target,
}

/// An action that some path takes.
#[derive(Debug)]
pub struct Action {
    /// `iam:PassRole`.
    pub name: &'static str,
    /// The same in lower case, as policies are compared.
    pub lower: String,
}

impl Action {
    /// The service of the action.
    pub fn service(&self) -> &'static str {
        self.name.split(':').next().unwrap_or_default()
    }
}

/// All paths.
#[derive(Debug)]
pub struct Table {
    /// The paths, in the order of the file.
    pub paths: Vec<Path>,
    /// The actions that they take, once each.
    pub actions: Vec<Action>,
    /// The place of `sts:AssumeRole` among the actions.
    pub assume_role: usize,
    /// The place of `iam:PassRole` among the actions.
    pub pass_role: usize,
}

/// The table, read when it is first asked for.
pub fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(PATHS));
    &TABLE
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Self { paths: Vec::new(), actions: Vec::new(), assume_role: 0, pass_role: 0 };
        table.assume_role = table.action("sts:AssumeRole");
        table.pass_role = table.action("iam:PassRole");
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some(path) = table.path(line) {
                table.paths.push(path);
            }
        }
        table
    }

    /// Reads a line; `None` for one that is not a path, which a test keeps out of the file.
    fn path(&mut self, line: &'static str) -> Option<Path> {
        let mut columns = line.split('|').map(str::trim);
        let id = columns.next()?;
        let class = columns.next()?;
        let (_, class) = CLASSES.into_iter().find(|(name, _)| *name == class)?;
        let aliases = columns.next()?.split(',').filter(|alias| !alias.is_empty()).collect();
        let needs = columns.next()?.split(' ').map(|need| self.need(need)).collect::<Option<Vec<_>>>()?;
        let service = columns.next().filter(|service| !service.is_empty());
        Some(Path { id, class, aliases, needs, service })
    }

    fn need(&mut self, text: &'static str) -> Option<Need> {
        let (action, target) = text.split_once('@')?;
        let (_, target) = TARGETS.into_iter().find(|(name, _)| *name == target)?;
        Some(Need { action: self.action(action), target })
    }

    fn action(&mut self, name: &'static str) -> usize {
        self.actions.iter().position(|action| action.name == name).unwrap_or_else(|| {
            self.actions.push(Action { name, lower: name.to_ascii_lowercase() });
            self.actions.len() - 1
        })
    }

    /// The path with this id.
    pub fn find(&self, id: &str) -> Option<&Path> {
        self.paths.iter().find(|path| path.id == id)
    }
}

impl Path {
    /// The actions that it takes, for reading: `iam:PassRole and lambda:CreateFunction`.
    pub fn actions(&self) -> Vec<&'static str> {
        self.needs.iter().filter_map(|need| table().actions.get(need.action).map(|action| action.name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::catalogue;

    #[test]
    fn every_line_is_a_path() {
        let lines = PATHS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(table().paths.len(), lines);
        let mut ids: Vec<_> = table().paths.iter().map(|path| path.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), lines);
    }

    #[test]
    fn every_action_is_one_of_aws() {
        for action in &table().actions {
            let known = catalogue::action(action.name).unwrap_or_else(|| panic!("{}", action.name));
            assert_eq!(known.name, action.name.split_once(':').unwrap().1);
        }
    }

    #[test]
    fn passed_roles_have_a_service_and_workloads_a_kind() {
        for path in &table().paths {
            match path.class {
                Class::Pass => assert!(path.service.is_some_and(|service| service.ends_with(".amazonaws.com"))),
                Class::Compute => assert!(path.service.is_some_and(|kind| !kind.contains('.'))),
                _ => assert_eq!(path.service, None, "{}", path.id),
            }
            let passes = path.needs.iter().any(|need| need.target == Target::Passed);
            assert_eq!(passes, path.class == Class::Pass, "{}", path.id);
        }
    }

    #[test]
    fn a_pathfinding_id_is_covered_once() {
        let mut aliases: Vec<_> = table().paths.iter().flat_map(|path| &path.aliases).collect();
        let count = aliases.len();
        aliases.sort_unstable();
        aliases.dedup();
        assert_eq!(aliases.len(), count);
    }
}
