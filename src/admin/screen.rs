//! How commands speak: tables for people, JSON for programs, complaints on stderr. The one place that prints.

use std::io::{IsTerminal, Write};

use clap::builder::styling::Style;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;

/// Prints a line. A reader that went away (`| head`) is no fault of ours.
pub fn line(text: &str) {
    let mut out = anstream::stdout().lock();
    let _gone = writeln!(out, "{text}");
}

/// Prints the line that matters most.
pub fn strong(text: &str) {
    let style = Style::new().bold();
    line(&format!("{style}{text}{style:#}"));
}

/// Prints the title of what follows, behind an empty line.
pub fn heading(text: &str) {
    line("");
    strong(text);
}

/// Prints text as it is.
pub fn text(text: &str) {
    let mut out = anstream::stdout().lock();
    let _gone = write!(out, "{text}");
}

/// Prints a complaint.
pub fn complain(text: &str) {
    let mut out = anstream::stderr().lock();
    let _gone = writeln!(out, "triaged: {text}");
}

/// Prints a drawing to stderr as it is.
pub fn complaint(drawing: &str) {
    let mut out = anstream::stderr().lock();
    let _gone = writeln!(out, "{drawing}");
}

/// Prints a value as one JSON document.
pub fn json<T: Serialize>(value: &T) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(&text),
        Err(error) => complain(&format!("this cannot be written as JSON: {error}")),
    }
}

/// True if standard output shows colours: a terminal, and nobody said `NO_COLOR`.
#[must_use]
pub fn coloured() -> bool {
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    choice != anstream::ColorChoice::Never
}

/// The columns of the terminal; `None` where standard output is none.
#[must_use]
pub fn columns() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(usize::from(width.0))
}

/// Prints a table with a heading for each column; with no row, the sentence instead.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>, if_empty: &str) {
    if rows.is_empty() {
        return line(if_empty);
    }
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(headings);
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.add_rows(rows);
    for row in table.lines() {
        line(row.trim_end());
    }
}

/// Writes control characters out, so that a stranger's subject cannot move the cursor or colour the screen.
#[must_use]
pub fn tame(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}

/// At most `most` characters, with an ellipsis where something is left out.
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    let text = tame(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// So many of something: `1 letter`, `2 letters`.
#[must_use]
pub fn count(number: u64, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

/// Shows the daemon's answer, or says that it is not what this version expects.
pub fn shown<T: serde::de::DeserializeOwned>(value: serde_json::Value, show: impl FnOnce(T)) -> u8 {
    match serde_json::from_value(value) {
        Ok(value) => {
            show(value);
            super::DONE
        }
        Err(error) => {
            complain(&format!(
                "the daemon's answer is not understood ({error}); are both of the same version?"
            ));
            super::UNREACHED
        }
    }
}
