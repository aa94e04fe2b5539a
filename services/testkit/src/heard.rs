//! What a thread tells operators while a test listens.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::DefaultGuard;

/// Listens to the thread that made it, until it is dropped.
#[derive(Debug)]
pub struct Heard {
    lines: Lines,
    _listening: DefaultGuard,
}

impl Heard {
    /// Listens from here on.
    pub fn begin() -> Self {
        let lines = Lines::default();
        let written = lines.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || written.clone()).finish();
        Self { lines, _listening: tracing::subscriber::set_default(subscriber) }
    }

    /// Every line so far.
    pub fn text(&self) -> String {
        let lines = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&lines).into_owned()
    }
}

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
