//! The standard streams, and reports in files.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice, StripStream};

use crate::report;
use crate::source::InputError;

use super::Failure;
use super::arguments::Color;

/// Large enough that a report of thousands of findings costs few system calls.
const BUFFER_BYTES: usize = 64 << 10;

/// Where the program prints.
pub(super) struct Streams {
    color: ColorChoice,
}

impl Streams {
    pub(super) fn new(color: Color) -> Self {
        let color = match color {
            // Looks at the terminal and at NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM.
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        Self { color }
    }

    /// Whether somebody watches the standard error.
    pub(super) fn is_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Writes to the standard output, with styles where they are wanted.
    pub(super) fn print(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let stream = AutoStream::new(io::stdout(), self.color);
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, stream);
        write(&mut out).and_then(|()| out.flush()).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Write(format!("cannot write to the standard output: {error}")),
        })
    }

    /// Writes to the standard output what programs read: bytes as they are.
    pub(super) fn print_plainly(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        Self { color: ColorChoice::AlwaysAnsi }.print(write)
    }

    /// Tells people about errors.
    pub(super) fn tell_errors(&self, errors: &[InputError]) {
        // Where the standard error is closed, the exit code still tells.
        let _ = report::write_errors(errors, &mut AutoStream::new(io::stderr().lock(), self.color));
    }

    /// Tells people why the program stops.
    pub(super) fn complain(&self, message: &str) {
        let style = anstyle::AnsiColor::BrightRed.on_default().bold();
        self.say(&format!("{style}error{style:#}: {}", report::visible(message)));
    }

    /// Tells people something that is not an error.
    pub(super) fn remark(&self, message: &str) {
        self.say(&report::visible(message));
    }

    fn say(&self, line: &str) {
        let _ = writeln!(AutoStream::new(io::stderr().lock(), self.color), "{line}");
    }
}

/// Writes a file as a whole or not at all: into a temporary file beside it, which then takes its name.
pub(super) fn write_file(
    path: &Path,
    styles: Styles,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    try_write_file(path, styles, write)
        .map_err(|error| Failure::Write(format!("cannot write {}: {error}", path.display())))
}

/// What happens to terminal styles in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Styles {
    /// The format has none; bytes are written as they are.
    None,
    /// They are taken out.
    Removed,
}

fn try_write_file(path: &Path, styles: Styles, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A link keeps being one: what it points to is replaced.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let write_to = |file: &mut File| match styles {
        Styles::None => {
            let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
            write(&mut out).and_then(|()| out.flush())
        }
        Styles::Removed => {
            let mut out = BufWriter::with_capacity(BUFFER_BYTES, StripStream::new(file));
            write(&mut out).and_then(|()| out.flush())
        }
    };
    if std::fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        // A device or a pipe has a name that nothing must take.
        return write_to(&mut File::options().write(true).open(&target)?);
    }
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".baselint-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: the user's mask takes away what it must.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    if !directory.is_dir() {
        return Err(io::Error::other("there is no directory for it; make one first"));
    }
    // The error names the temporary file, which nobody has asked for.
    let mut file = builder.tempfile_in(directory).map_err(|error| io::Error::from(error.kind()))?;
    write_to(file.as_file_mut())?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
