//! What can be asked on the command line.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::baseline::Language;
use crate::finding::Severity;
use crate::iam::catalogue;
use crate::iam::simulate::MAX_VALUE_BYTES;
use crate::report;

use super::variables::Variables;

/// More threads than any machine has cores only cost memory.
const MAX_THREADS: i64 = 512;

/// Places what every command takes behind what is the command's own.
const LAST: usize = 900;

/// Finds what is dangerous in the AWS accounts that Terraform and CloudFormation code would create.
#[derive(Parser, Debug)]
#[command(
    name = "baselint",
    version,
    long_version = long_version(),
    propagate_version = false,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) everywhere: Everywhere,
}

/// What every command takes.
#[derive(Args, Debug)]
pub(super) struct Everywhere {
    /// When to use colours
    #[arg(long, global = true, display_order = LAST, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
    /// Print the findings only: no progress, no summary, no remarks
    #[arg(short, long, global = true, display_order = LAST)]
    pub(super) quiet: bool,
    /// How many threads work (default: as many as there are cores)
    #[arg(long, global = true, display_order = LAST, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS))]
    pub(super) threads: Option<u16>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Check Terraform and CloudFormation code
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Explain a rule
    Explain(Explain),
    /// List the rules
    Rules(Rules),
    /// Show what is understood of the code: resources with their evaluated arguments
    Inspect(Inspect),
    /// Show what separates code from the baseline, as a table and as a patch
    #[command(after_help = DIFF_HELP)]
    Diff(Diff),
    /// Answer a request as AWS would: allowed or denied, and by which statements
    #[command(after_help = SIMULATE_HELP)]
    Simulate(Simulate),
    /// Reason about who may do what
    #[command(subcommand)]
    Access(Access),
    /// Write the code of a hardened account
    #[command(after_help = GENERATE_HELP)]
    Generate(Generate),
}

#[derive(Subcommand, Debug)]
pub(super) enum Access {
    /// Show what a change newly grants and what it takes away, each with a request that shows it
    #[command(after_help = ACCESS_DIFF_HELP)]
    Diff(AccessDiff),
}

const ACCESS_DIFF_HELP: &str = "\
Compared is what AWS would allow, not text: a policy that is split, renamed, attached otherwise or
moved into a module shows nothing. What the code alone does not answer is listed as undecided.

Exit codes:
  0  nothing gained (of what --fail-on names)
  1  something gained
  2  wrong use, or an input that could not be read; all others were compared

Examples:
  baselint access diff before after
  baselint access diff --since origin/main
  baselint access diff --since v1.2.0 --until v1.3.0 infrastructure --format markdown";

#[derive(Args, Debug)]
pub(super) struct AccessDiff {
    /// The old and the new code, two directories or files; with --since the one to compare [default: .]
    #[arg(value_name = "OLD NEW", num_args = 0..=2)]
    pub(super) paths: Vec<PathBuf>,
    /// Compare a revision of the git repository with the work tree
    #[arg(long, value_name = "REV")]
    pub(super) since: Option<String>,
    /// Compare --since with this revision, not with the work tree
    #[arg(long, value_name = "REV", requires = "since")]
    pub(super) until: Option<String>,
    #[command(flatten)]
    pub(super) variables: Variables,
    #[command(flatten)]
    pub(super) parameters: Parameters,
    /// The account that the code is deployed to
    #[arg(long, value_name = "ACCOUNT", default_value = "123456789012")]
    pub(super) account: String,
    /// How to print the difference
    #[arg(long, value_enum, default_value_t = AccessDiffFormat::Text)]
    pub(super) format: AccessDiffFormat,
    /// What makes the exit code 1 when it is gained
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = FailOn::Any)]
    pub(super) fail_on: FailOn,
}

/// The formats of `access diff`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum AccessDiffFormat {
    /// For reading at a terminal
    Text,
    /// For programs: baselint/access-diff/v1
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// What of that which is gained fails a run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum FailOn {
    /// A new way to more rights
    Escalation,
    /// A door that is newly open to everyone
    Public,
    /// Anything
    Any,
    /// Anything, and what may be gained and is undecided
    Undecided,
}

const CHECK_HELP: &str = "\
Exit codes:
  0  nothing found at or above the severity of --fail-on
  1  something found
  2  wrong use, or an input that could not be read (everything else is still checked)

Suppressions, in the code, each naming rules by id or by another scanner's id:
  # baselint: ignore[iam-policy-full-admin] until=2030-01-31 reason=\"…\"
At the end of a finding's line, or above it, it covers that line; above a resource's block, or
anywhere else inside it, the block.";

#[derive(Args, Debug)]
pub(super) struct Check {
    /// Files and directories
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) variables: Variables,
    #[command(flatten)]
    pub(super) parameters: Parameters,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    /// Write the report into this file
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Show nothing below this severity
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = severity())]
    pub(super) severity: Severity,
    /// Exit with 1 for findings from this severity on, shown or not
    #[arg(long, value_name = "LEVEL", default_value = "medium", value_parser = severity())]
    pub(super) fail_on: Severity,
    /// Ask more: also the rules that most readers can do without
    #[arg(long)]
    pub(super) pedantic: bool,
    /// List what else is known
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) show: Vec<Show>,
    /// Ask these rules only: ids, or other scanners' ids
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = trimmed)]
    pub(super) select: Vec<String>,
    /// Do not ask these rules: ids, or other scanners' ids
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = trimmed)]
    pub(super) ignore: Vec<String>,
}

/// Values for what templates leave open.
#[derive(Args, Debug)]
pub(super) struct Parameters {
    /// Give a parameter of the templates a value, or a pseudo parameter such as `AWS::Region`
    #[arg(id = "parameter", long = "parameter", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(super) values: Vec<(String, String)>,
    /// Give parameters the values of a file, as the AWS CLI takes it; --parameter goes before it
    #[arg(id = "parameters", long = "parameters", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    /// A rule's id, or another scanner's id
    #[arg(value_parser = trimmed)]
    pub(super) rule: String,
}

#[derive(Args, Debug)]
pub(super) struct Rules {
    /// How to print the list
    #[arg(long, value_enum, default_value_t = RulesFormat::Text)]
    pub(super) format: RulesFormat,
}

#[derive(Args, Debug)]
pub(super) struct Inspect {
    /// Files and directories
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) variables: Variables,
    #[command(flatten)]
    pub(super) parameters: Parameters,
    /// How to print what was understood
    #[arg(long, value_enum, default_value_t = InspectFormat::Json)]
    pub(super) format: InspectFormat,
    /// Print who can become whom instead: the steps by which principals get more rights, as a graph
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "format")]
    pub(super) graph: Option<GraphForm>,
}

const SIMULATE_HELP: &str = "\
Policies come from files, from the code under PATH, or, with --batch, from each line.

Exit codes:
  0  answered, whatever the answer
  2  wrong use, or a policy, a line or code that could not be read (the rest is still answered)

Examples:
  baselint simulate --principal arn:aws:iam::111122223333:user/al --action s3:GetObject \\
    --resource arn:aws:s3:::logs/x --policy al.json --context aws:SourceIp=192.0.2.1
  baselint simulate . --principal aws_iam_role.ci --action iam:PassRole \\
    --resource arn:aws:iam::111122223333:role/admin
  baselint simulate --batch requests.jsonl --format json";

#[derive(Args, Debug)]
pub(super) struct Simulate {
    /// Take the policies from the code in this file or directory
    #[arg(value_name = "PATH", conflicts_with_all = ["policy", "batch"])]
    pub(super) path: Option<PathBuf>,
    #[command(flatten)]
    pub(super) variables: Variables,
    #[command(flatten)]
    pub(super) parameters: Parameters,
    /// Who asks: an ARN, a service (ec2.amazonaws.com), \"anonymous\", or an address in the code
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "batch")]
    pub(super) principal: Option<String>,
    /// For what: service:Action
    #[arg(long, value_name = "ACTION", required_unless_present = "batch", value_parser = action)]
    pub(super) action: Option<String>,
    /// On what: an ARN, or an address in the code
    #[arg(long, value_name = "RESOURCE", default_value = "*", value_parser = short)]
    pub(super) resource: String,
    /// The account of the resource, where its ARN does not tell (default: the principal's)
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) resource_account: Option<String>,
    /// The account that the code is deployed to
    #[arg(long, value_name = "ACCOUNT", default_value = "123456789012", requires = "path")]
    pub(super) account: String,
    /// A condition key of the request; again for each value of a key that has several
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub(super) context: Vec<(String, String)>,
    /// A policy of the principal
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Vec<PathBuf>,
    /// The policy of the resource; of a role: its trust policy
    #[arg(long, value_name = "FILE")]
    pub(super) resource_policy: Option<PathBuf>,
    /// The principal's permissions boundary
    #[arg(long, value_name = "FILE")]
    pub(super) boundary: Option<PathBuf>,
    /// The policy that was passed when the session was made
    #[arg(long, value_name = "FILE")]
    pub(super) session_policy: Option<PathBuf>,
    /// The service control policies of one level; again for the next one, the organization's root first
    #[arg(long, value_name = "FILE[,FILE]")]
    pub(super) scp: Vec<String>,
    /// The resource control policies of one level, likewise
    #[arg(long, value_name = "FILE[,FILE]")]
    pub(super) rcp: Vec<String>,
    /// Answer each line of this file (\"-\": of the standard input); see docs/simulate.md
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = [
        "principal", "action", "resource", "resource_account", "context", "policy", "resource_policy", "boundary",
        "session_policy", "scp", "rcp",
    ])]
    pub(super) batch: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = SimulateFormat::Text)]
    pub(super) format: SimulateFormat,
}

/// The formats of `simulate`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum SimulateFormat {
    /// For reading at a terminal
    Text,
    /// For programs: one object a line
    Json,
}

const GENERATE_HELP: &str = "\
Profiles:
  minimal  the least that an account should have before anybody works in it: password
           policy, groups, MFA enforcement, CloudTrail, GuardDuty, closed buckets,
           encrypted volumes, a spending alarm, a security contact

Exit codes:
  0  written
  2  wrong use, a value that is not allowed, or a file that is there already:
     nothing is written

Examples:
  baselint generate --format terraform --profile minimal --output baseline
  baselint generate --format cloudformation --profile minimal --set alert_email=ops@example.org";

#[derive(Args, Debug)]
pub(super) struct Generate {
    /// The language of the code
    #[arg(long, value_enum, required_unless_present = "list_values")]
    pub(super) format: Option<GenerateFormat>,
    /// How much of the baseline
    #[arg(long, value_name = "NAME", required_unless_present = "list_values")]
    pub(super) profile: Option<String>,
    #[command(flatten)]
    pub(super) value: ValueArguments,
    /// Write into this directory (default: to the standard output, each file under a header)
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite files that are there already
    #[arg(long, requires = "output")]
    pub(super) force: bool,
    /// List what --set and --values take
    #[arg(long)]
    pub(super) list_values: bool,
    #[command(flatten)]
    pub(super) pack: PackArguments,
}

/// What is set of the profile.
#[derive(Args, Debug)]
pub(super) struct ValueArguments {
    /// Set a value of --list-values; lists with commas
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Set values from a YAML file; --set goes before it
    #[arg(long, value_name = "FILE")]
    pub(super) values: Vec<PathBuf>,
}

/// Where profiles, values and templates come from.
#[derive(Args, Debug)]
pub(super) struct PackArguments {
    /// Profiles and values of your own, on top of those that come with the program
    #[arg(long, value_name = "DIR")]
    pub(super) baselines: Option<PathBuf>,
    /// Templates of your own (DIR/terraform, DIR/cloudformation), on top of those that come with the program
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
}

const DIFF_HELP: &str = "\
Exit codes:
  0  nothing is missing, weaker or conflicting (or --exit-zero)
  1  something is
  2  wrong use, or an input that could not be read; all others were compared

Examples:
  baselint diff
  baselint diff infrastructure --set password_minimum_length=16
  baselint diff --format patch | git apply";

#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The directory or file to compare
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) variables: Variables,
    #[command(flatten)]
    pub(super) parameters: Parameters,
    /// The profile to compare with
    #[arg(long, value_name = "NAME", default_value = "minimal")]
    pub(super) profile: String,
    /// How to print the difference
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
    /// The language of what is added (default: that of the code)
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(super) format_for_new: Option<GenerateFormat>,
    /// Exit with 0 whatever the difference is
    #[arg(long)]
    pub(super) exit_zero: bool,
    #[command(flatten)]
    pub(super) value: ValueArguments,
    #[command(flatten)]
    pub(super) pack: PackArguments,
}

/// The formats of `diff`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum DiffFormat {
    /// A table, then the patch
    Text,
    /// For programs: baselint/diff/v1
    Json,
    /// A unified diff, for git apply in PATH
    Patch,
}

/// The languages of `generate`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum GenerateFormat {
    /// Files for a root directory of Terraform
    Terraform,
    /// A template in YAML
    #[value(name = "cloudformation")]
    CloudFormation,
}

impl From<GenerateFormat> for Language {
    fn from(format: GenerateFormat) -> Self {
        match format {
            GenerateFormat::Terraform => Self::Terraform,
            GenerateFormat::CloudFormation => Self::CloudFormation,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum Color {
    /// On a terminal that shows them, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What `--show` lists.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum Show {
    /// What the code alone does not answer, and why
    Undecided,
}

/// The formats of `check`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum CheckFormat {
    /// For reading at a terminal
    Text,
    /// For programs: baselint/report/v1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a pull request on GitHub
    Github,
}

impl From<CheckFormat> for report::Format {
    fn from(format: CheckFormat) -> Self {
        match format {
            CheckFormat::Text => Self::Text,
            CheckFormat::Json => Self::Json,
            CheckFormat::Sarif => Self::Sarif,
            CheckFormat::Github => Self::Github,
        }
    }
}

/// The formats of `rules`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum RulesFormat {
    /// One rule a line
    Text,
    /// For programs
    Json,
    /// A table
    Markdown,
}

/// The formats of `inspect`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum GraphForm {
    /// For Graphviz
    Dot,
    /// For programs
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(super) enum InspectFormat {
    /// For programs
    Json,
    /// For reading at a terminal
    Text,
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::name)).try_map(|name| name.parse::<Severity>())
}

/// `KEY=VALUE`.
fn key_and_value(pair: &str) -> Result<(String, String), String> {
    let (key, value) = pair.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// A name without the spaces that stand around it where several are written with commas.
#[allow(clippy::unnecessary_wraps, reason = "a parser of values may fail")]
fn trimmed(name: &str) -> Result<String, Infallible> {
    Ok(name.trim().to_owned())
}

/// The version, and how old what it knows of AWS is.
fn long_version() -> String {
    let (actions, policies) = (catalogue::date(), catalogue::managed_policies_date());
    format!("{}\nactions as of {actions}, managed policies as of {policies}", env!("CARGO_PKG_VERSION"))
}

/// A name and a value with `=` between them.
fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), short(value)?)),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

/// What a request may carry.
fn short(text: &str) -> Result<String, String> {
    if text.len() > MAX_VALUE_BYTES { Err(format!("longer than {MAX_VALUE_BYTES} bytes")) } else { Ok(text.to_owned()) }
}

/// An action with its service.
fn action(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() => Ok(text.to_owned()),
        _ => Err("expected service:Action, such as s3:GetObject".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn wrong_values_name_the_right_ones() {
        let wrong = Arguments::try_parse_from(["baselint", "check", "--severity", "hgih"]).unwrap_err().to_string();
        for severity in Severity::ALL {
            assert!(wrong.contains(severity.name()), "{wrong}");
        }
    }

    #[test]
    fn rules_are_named_with_commas_or_again() {
        let arguments = ["baselint", "check", "--select", "a, b", "--select", "c", "--fail-on", "low", "x", "y"];
        let Command::Check(check) = Arguments::try_parse_from(arguments).unwrap().command else { panic!() };
        assert_eq!(check.select, ["a", "b", "c"]);
        assert_eq!((check.fail_on, check.paths.len()), (Severity::Low, 2));
    }

    #[test]
    fn variables_keep_their_order() {
        let arguments = ["baselint", "inspect", "--var", "a=1=2", "--var-file", "f", "--var=b=", "--workspace", "prod"];
        let Command::Inspect(inspect) = Arguments::try_parse_from(arguments).unwrap().command else { panic!() };
        let shown = format!("{:?}", inspect.variables);
        let places =
            ["\"1=2\"", "/f\"", "\"b\"", "\"prod\""].map(|part| shown.replace("File(\"f", "File(\"/f").find(part));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{shown}");
        assert!(Arguments::try_parse_from(["baselint", "check", "--var", "a"]).is_err());
    }
}
