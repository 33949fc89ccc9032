//! `triaged check`: every mistake in a folder of rules, drawn, and one line that sums up.

use std::io::{self, Write};
use std::path::Path;

use jiff::Zoned;
use jiff::civil::Date;
use serde_json::json;

use crate::daemon::rules_files::{self, Loaded};
use crate::finding::{self, Colour, Finding, Gravity, Texts};

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: drawn, coloured on a terminal.
    #[default]
    Text,
    /// For programs: one JSON object.
    Json,
}

/// What `check` is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Warnings count as errors.
    pub strict: bool,
    /// The day for which lists that run out are judged; today, if not given.
    pub at: Option<Date>,
    /// How to print.
    pub format: Format,
}

/// Nothing is wrong.
const CLEAN: u8 = 0;
/// There are errors, or, strictly, warnings.
const WRONG: u8 = 1;
/// The folder cannot be read.
const UNREADABLE: u8 = 3;

/// Checks the folder and prints what was found on standard output. Returns the exit code.
#[must_use]
pub fn run(folder: &Path, wish: Wish) -> u8 {
    let at = wish.at.unwrap_or_else(|| Zoned::now().date());
    let loaded = match rules_files::load(folder, at) {
        Ok(loaded) => loaded,
        Err(error) => {
            let _ = writeln!(io::stderr(), "triaged: {error}");
            return UNREADABLE;
        }
    };
    let printed = match wish.format {
        Format::Text => text(&loaded),
        Format::Json => as_json(&loaded).to_string(),
    };
    // Where nobody reads our output any more, the exit code still tells.
    let _ = writeln!(anstream::stdout().lock(), "{printed}");
    exit_code(&loaded, wish.strict)
}

/// Prints what is wrong with the configuration, without which the folder of rules is not known.
#[must_use]
pub fn refused(findings: &[Finding], texts: &Texts, format: Format) -> u8 {
    let printed = match format {
        Format::Text => finding::draw(findings, texts, Colour::Coloured),
        Format::Json => json!({
            "findings": finding::json(findings, texts),
            "errors": findings.iter().filter(|finding| finding.gravity == Gravity::Error).count(),
        })
        .to_string(),
    };
    let _ = writeln!(anstream::stdout().lock(), "{printed}");
    WRONG
}

fn exit_code(loaded: &Loaded, strict: bool) -> u8 {
    let (errors, warnings) = counts(loaded);
    if errors > 0 || (strict && warnings > 0) {
        WRONG
    } else {
        CLEAN
    }
}

fn counts(loaded: &Loaded) -> (usize, usize) {
    let errors = loaded
        .findings
        .iter()
        .filter(|finding| finding.gravity == Gravity::Error)
        .count();
    (errors, loaded.findings.len() - errors)
}

fn text(loaded: &Loaded) -> String {
    let drawn = finding::draw(&loaded.findings, &loaded.files, Colour::Coloured);
    let summary = summary(loaded);
    if drawn.is_empty() {
        summary
    } else {
        format!("{drawn}\n\n{summary}")
    }
}

/// `37 files, 13 rules, 2 partners: no mistakes`
fn summary(loaded: &Loaded) -> String {
    let (errors, warnings) = counts(loaded);
    let mut what = vec![several(loaded.files.len(), "file")];
    if let Some(rules) = &loaded.rules {
        what.push(several(rules.rules.len(), "rule"));
        what.push(several(rules.partners.len(), "partner"));
    }
    let found = match (errors, warnings) {
        (0, 0) => "no mistakes".to_owned(),
        (0, warnings) => format!("no mistakes, {}", several(warnings, "warning")),
        (errors, 0) => several(errors, "error"),
        (errors, warnings) => format!(
            "{}, {}",
            several(errors, "error"),
            several(warnings, "warning")
        ),
    };
    format!("{}: {found}", what.join(", "))
}

fn several(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

fn as_json(loaded: &Loaded) -> serde_json::Value {
    let (errors, warnings) = counts(loaded);
    json!({
        "findings": finding::json(&loaded.findings, &loaded.files),
        "files": loaded.files.len(),
        "rules": loaded.rules.as_ref().map(|rules| rules.rules.len()),
        "partners": loaded.rules.as_ref().map(|rules| rules.partners.len()),
        "version": loaded.rules.as_ref().map(|rules| &rules.version),
        "errors": errors,
        "warnings": warnings,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::civil::date;

    use super::*;
    use crate::triage::rules::shipped;

    /// The shipped rules with one piece changed, on disk.
    fn folder(path: &str, from: &str, to: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in shipped::files() {
            let changed = if file == path {
                text.replacen(from, to, 1)
            } else {
                text
            };
            let target = folder.path().join(file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, changed).unwrap();
        }
        folder
    }

    #[test]
    fn the_exit_code_and_the_last_line_tell_how_it_went() {
        let check = |change: (&str, &str, &str), (lax, strict): (u8, u8), last: &str| {
            let folder = folder(change.0, change.1, change.2);
            let wish = |strict| Wish {
                strict,
                at: Some(date(2026, 6, 1)),
                format: Format::Json,
            };
            assert_eq!(run(folder.path(), wish(false)), lax, "{change:?}");
            assert_eq!(run(folder.path(), wish(true)), strict, "{change:?}");
            let loaded = rules_files::load(folder.path(), date(2026, 6, 1)).unwrap();
            let summary = summary(&loaded);
            assert!(summary.ends_with(last), "{summary}");
        };
        check(("", "", ""), (0, 0), "rules, 2 partners: no mistakes");
        check(
            ("sla.toml", "\"1 hour\"", "\"1\""),
            (1, 1),
            "files: 1 error",
        );
        check(
            (
                "calendars.toml",
                "mon = \"09:00-17:00\"",
                "mon = \"09:00-23:59\"",
            ),
            (0, 1),
            "2 partners: no mistakes, 1 warning",
        );
        assert_eq!(run(Path::new("/nowhere"), Wish::default()), 3);
    }
}
