//! Log lines: a readable message with fields, or a JSON object.
//!
//! They are written to standard error, so that standard output has only what a command prints. Log lines never contain
//! secrets, and values from outside cannot break the line or the terminal.

use std::fmt;
use std::io::IsTerminal;

use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt as layers};

use crate::clock;
use crate::config::Config;
use crate::config::values::LogFormat;
use crate::terminal::printable;

/// Starts logging as configured. Only the first call has an effect.
pub fn start(config: &Config) {
    start_with(config.log.clone(), config.log_format);
}

/// Starts logging for a command without configuration.
pub fn start_with(filter: Targets, format: LogFormat) {
    let colors = std::io::stderr().is_terminal()
        && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let layer = match format {
        LogFormat::Text => layers::layer()
            .compact()
            .with_ansi(colors)
            .with_target(false)
            .with_timer(LogTimer)
            .fmt_fields(debug_fn(field).delimited(" "))
            .with_writer(std::io::stderr)
            .boxed(),
        LogFormat::Json => layers::layer()
            .json()
            .flatten_event(true)
            .with_timer(LogTimer)
            .with_writer(std::io::stderr)
            .boxed(),
    };
    // Tests start it more than once; the first one stays.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}

/// The message unchanged, a field as `name=value`.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let value = printable(&format!("{value:?}"));
    match field.name() {
        "message" => writer.write_str(&value),
        name => write!(writer, "{}={value}", name.trim_start_matches("r#")),
    }
}

struct LogTimer;

impl FormatTime for LogTimer {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{:.3}", clock::now())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct MemoryWriter(Arc<Mutex<Vec<u8>>>);

    impl Write for MemoryWriter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn one_line_each_whatever_the_fields_hold() {
        let memory = MemoryWriter::default();
        let writer = memory.clone();
        let layer = layers::layer()
            .compact()
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .fmt_fields(debug_fn(field).delimited(" "))
            .with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(order = 10_001, note = %"a\nb\u{1b}[2J", name = "x y", "order placed");
        });
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, " INFO order placed order=10001 note=a b\\u{1b}[2J name=\"x y\"\n");
    }
}
