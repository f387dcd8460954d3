//! `baselint inspect`.

use crate::report::{write_graph_dot, write_graph_json, write_inspection_json, write_inspection_text};
use crate::walk::{self, Extent, Request};

use super::arguments::{Everywhere, GraphForm, Inspect, InspectFormat};
use super::output::Streams;
use super::parameters;
use super::progress::Bar;
use super::{Failure, Outcome, absolute, all_errors, remark_on_nothing, sources};

pub(super) fn run(inspect: &Inspect, everywhere: &Everywhere, streams: &Streams) -> Result<Outcome, Failure> {
    let sources = sources()?;
    let paths = absolute(&inspect.paths)?;
    let options = inspect.variables.options()?;
    let parameters = parameters::read(&inspect.parameters, &sources)?;
    let bar = Bar::new(everywhere.quiet);
    let progress = |progress| bar.advance(&progress);
    let (terraform, parameters) = (&options, &parameters);
    let request = Request { paths: &paths, extent: Extent::Everything, terraform, parameters, progress: &progress };
    let scan = parameters::with_unused_told(walk::scan(&sources, &request));
    bar.finish();
    let errors = all_errors(&scan);
    if !everywhere.quiet {
        remark_on_nothing(&scan, &inspect.paths, streams);
    }
    let written = match (inspect.graph, inspect.format) {
        (Some(GraphForm::Dot), _) => {
            streams.tell_errors(&errors);
            Streams::print_plainly(|out| write_graph_dot(&scan.roots, out))
        }
        (Some(GraphForm::Json), _) => {
            streams.tell_errors(&errors);
            Streams::print_plainly(|out| write_graph_json(&scan.roots, out))
        }
        (None, InspectFormat::Json) => {
            Streams::print_plainly(|out| write_inspection_json(&scan.roots, &scan.errors, &sources, out))
        }
        (None, InspectFormat::Text) => {
            streams.tell_errors(&errors);
            streams.print(|out| write_inspection_text(&scan.roots, &sources, out))
        }
    };
    match written {
        Ok(()) | Err(Failure::Closed) if errors.is_empty() => Ok(Outcome::Clean),
        Ok(()) | Err(Failure::Closed) => Ok(Outcome::Error),
        Err(failure) => Err(failure),
    }
}
