//! A bar on the standard error, for work that takes long.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::walk::Progress;

use super::output::Streams;

/// Work that takes less shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// Draws no more often than people can see.
const FRAMES_PER_SECOND: u8 = 10;

/// The bar, drawn from the moment on when the work has taken long, on a terminal only.
pub(super) struct Bar {
    start: Instant,
    is_wanted: bool,
    drawn: OnceLock<ProgressBar>,
}

impl Bar {
    pub(super) fn new(quiet: bool) -> Self {
        Self { start: Instant::now(), is_wanted: !quiet && Streams::is_watched(), drawn: OnceLock::new() }
    }

    /// Takes note of how far the work is.
    pub(super) fn advance(&self, progress: &Progress) {
        if !self.is_wanted || self.start.elapsed() < PATIENCE {
            return;
        }
        let bar = self.drawn.get_or_init(|| {
            let style =
                ProgressStyle::with_template("{bar:40} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(FRAMES_PER_SECOND)).with_style(style)
        });
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = self.drawn.get() {
            bar.finish_and_clear();
        }
    }
}
