//! `--var`, `--var-file` and `--workspace`: what a run of Terraform would be given.

use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::terraform::{Options, VariableSource};

use super::{Failure, absolute};

/// The values of variables, in the order in which they were given: later ones go before earlier ones, whether of the
/// command line or of a file.
#[derive(Debug)]
pub(super) struct Variables {
    sources: Vec<VariableSource>,
    workspace: Option<String>,
}

impl Variables {
    /// The options of a run.
    pub(super) fn options(&self) -> Result<Options, Failure> {
        let source = |source: &VariableSource| {
            Ok(match source {
                VariableSource::File(path) => {
                    VariableSource::File(absolute(std::slice::from_ref(path))?.pop().unwrap_or_default())
                }
                value @ VariableSource::Value { .. } => value.clone(),
            })
        };
        let variables = self.sources.iter().map(source).collect::<Result<_, Failure>>()?;
        Ok(Options { variables, workspace: self.workspace.clone(), ..Options::default() })
    }
}

const VALUE: &str = "var";
const FILE: &str = "var-file";
const WORKSPACE: &str = "workspace";

fn name_and_value(pair: &str) -> Result<VariableSource, String> {
    let (name, text) = pair.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok(VariableSource::Value { name: name.trim().into(), text: text.into() })
}

impl Args for Variables {
    fn augment_args(command: Command) -> Command {
        let value = Arg::new(VALUE)
            .long(VALUE)
            .value_name("NAME=VALUE")
            .value_parser(ValueParser::new(name_and_value))
            .action(ArgAction::Append)
            .help("Give a variable of the Terraform root modules a value, as Terraform's -var");
        let file = Arg::new(FILE)
            .long(FILE)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .action(ArgAction::Append)
            .help("Give variables the values of a file, as Terraform's -var-file");
        let workspace =
            Arg::new(WORKSPACE).long(WORKSPACE).value_name("NAME").help("Take this for terraform.workspace");
        command.args([value, file, workspace])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Variables {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let indices = |id| matches.indices_of(id).into_iter().flatten();
        let values = matches.get_many::<VariableSource>(VALUE).into_iter().flatten().cloned();
        let files = matches.get_many::<PathBuf>(FILE).into_iter().flatten().cloned().map(VariableSource::File);
        let mut sources: Vec<(usize, VariableSource)> =
            indices(VALUE).zip(values).chain(indices(FILE).zip(files)).collect();
        sources.sort_by_key(|(index, _)| *index);
        let sources = sources.into_iter().map(|(_, source)| source).collect();
        Ok(Self { sources, workspace: matches.get_one(WORKSPACE).cloned() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
