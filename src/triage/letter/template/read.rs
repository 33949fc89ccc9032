//! Reads template files: names, subjects, syntax; then tries each with full and with bare values, so that no mail
//! can bring a letter down later.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::super::leak;
use super::{FUEL_PER_PART, Templates, Values, Voice, filters, sample, scan, values_of};

/// A mistake in a template file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, as it was given.
    pub path: String,
    /// Bytes into the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Its name is not `NAME.LANG.txt` or `NAME.LANG.html`.
    Name,
    /// An HTML part without its text.
    NoText,
    /// The template engine cannot read it.
    Syntax(String),
    /// There is no such placeholder.
    Unknown(String),
    /// The placeholder may be empty and has no `or`.
    MayBeEmpty(String),
    /// It cannot be filled in.
    Fails(String),
}

/// The name under which a template's subject is kept.
pub(super) fn subject_of(path: &str) -> String {
    format!("subject of {path}")
}

/// The HTML part's file.
pub(super) fn html_beside(path: &str) -> String {
    path.strip_suffix(".txt")
        .map_or_else(String::new, |stem| format!("{stem}.html"))
}

pub(super) fn read(
    files: &BTreeMap<String, String>,
    voices: BTreeMap<String, Voice>,
    vendor: &[String],
) -> (Templates, Vec<Fault>) {
    let mut reading = Reading {
        env: environment(),
        faults: Vec::new(),
        good: BTreeSet::new(),
        with_subject: BTreeSet::new(),
    };
    for (path, source) in files {
        reading.file(path, source, files);
    }
    let naming_the_vendor = files
        .iter()
        .filter(|(path, source)| {
            let html = files.get(&html_beside(path)).map_or("", String::as_str);
            [source.as_str(), html]
                .into_iter()
                .any(|text| !leak::places(text, vendor).is_empty())
        })
        .map(|(path, _)| path.clone())
        .collect();
    reading.env.set_debug(false);
    let templates = Templates {
        env: reading.env,
        files: reading.good,
        with_subject: reading.with_subject,
        naming_the_vendor,
        voices,
    };
    (templates, reading.faults)
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL_PER_PART));
    // A line that holds nothing but an `if` leaves no blank line behind.
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        env.set_syntax(syntax);
    }
    // Errors then know their place in the source; off again once all is read, because it costs time.
    env.set_debug(true);
    filters::install(&mut env);
    env
}

struct Reading {
    env: Environment<'static>,
    faults: Vec<Fault>,
    good: BTreeSet<String>,
    with_subject: BTreeSet<String>,
}

/// A part of a file that is a template of its own.
struct Part<'a> {
    path: &'a str,
    /// The template engine's name for it. Its ending decides about escaping.
    name: String,
    source: &'a str,
    /// Where it begins in the file.
    offset: usize,
}

impl Reading {
    fn file(&mut self, path: &str, source: &str, files: &BTreeMap<String, String>) {
        let is_html = std::path::Path::new(path)
            .extension()
            .is_some_and(|ending| ending == "html");
        if !is_named_well(path) {
            return self.fault(path, 0..0, Wrong::Name);
        }
        if is_html && !files.contains_key(&path.replace(".html", ".txt")) {
            return self.fault(path, 0..0, Wrong::NoText);
        }
        let (subject, body) = if is_html {
            (None, 0..source.len())
        } else {
            split(source)
        };
        let mut fine = true;
        if let Some(subject) = &subject {
            fine &= self.part(&Part {
                path,
                name: subject_of(path),
                source: source.get(subject.clone()).unwrap_or_default(),
                offset: subject.start,
            });
        }
        fine &= self.part(&Part {
            path,
            name: path.to_owned(),
            source: source.get(body.clone()).unwrap_or_default(),
            offset: body.start,
        });
        if !fine {
            self.env.remove_template(path);
            return;
        }
        if subject.is_some() {
            self.with_subject.insert(path.to_owned());
        }
        if !is_html {
            self.good.insert(path.to_owned());
        }
    }

    /// Reads and tries one part; false where it cannot be used.
    fn part(&mut self, part: &Part<'_>) -> bool {
        let added = self
            .env
            .add_template_owned(part.name.clone(), part.source.to_owned());
        if let Err(error) = added {
            let wrong = Wrong::Syntax(words_of(&error));
            self.note(part, error.range().unwrap_or(0..0), wrong);
            return false;
        }
        let mut fine = self.names_are_known(part);
        for (placeholder, place) in scan::without_or(part.source) {
            self.note(part, place, Wrong::MayBeEmpty(placeholder.name.to_owned()));
            fine = false;
        }
        fine && self.survives(part, &sample::full()) && self.survives(part, &sample::bare())
    }

    fn names_are_known(&mut self, part: &Part<'_>) -> bool {
        let Ok(template) = self.env.get_template(&part.name) else {
            return false;
        };
        let mut unknown: Vec<String> = template
            .undeclared_variables(true)
            .into_iter()
            .filter(|name| {
                !scan::is_known(name) && !self.env.globals().any(|(global, _)| global == name)
            })
            .collect();
        unknown.sort();
        for name in &unknown {
            self.note(
                part,
                scan::place_of(part.source, name),
                Wrong::Unknown(name.clone()),
            );
        }
        unknown.is_empty()
    }

    fn survives(&mut self, part: &Part<'_>, values: &Values) -> bool {
        let context: Value = values_of(values, "en", values.ask.as_deref());
        let tried = self
            .env
            .get_template(&part.name)
            .and_then(|template| template.render(context));
        let Err(error) = tried else {
            return true;
        };
        let place = error.range().unwrap_or(0..part.source.len());
        let wrong = if error.kind() == ErrorKind::UndefinedError {
            let name = part.source.get(place.clone()).unwrap_or_default();
            Wrong::Unknown(name.to_owned())
        } else {
            Wrong::Fails(words_of(&error))
        };
        self.note(part, place, wrong);
        false
    }

    fn note(&mut self, part: &Part<'_>, place: Range<usize>, wrong: Wrong) {
        self.fault(
            part.path,
            part.offset + place.start..part.offset + place.end,
            wrong,
        );
    }

    fn fault(&mut self, path: &str, span: Range<usize>, wrong: Wrong) {
        self.faults.push(Fault {
            path: path.to_owned(),
            span,
            wrong,
        });
    }
}

/// The innermost error says why; the ones around it only say where.
fn words_of(error: &Error) -> String {
    let inner = std::error::Error::source(error).and_then(|inner| inner.downcast_ref());
    if let Some(inner) = inner {
        return words_of(inner);
    }
    error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// `NAME.LANG.txt`, at most in one folder.
fn is_named_well(path: &str) -> bool {
    let file = match path.split_once('/') {
        Some((_, rest)) if rest.contains('/') => return false,
        Some((_, file)) => file,
        None => path,
    };
    let pieces: Vec<&str> = file.split('.').collect();
    let [name, language, ending] = pieces.as_slice() else {
        return false;
    };
    let is_language = language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase());
    !name.is_empty() && is_language && matches!(*ending, "txt" | "html")
}

/// The subject's place, if there is one, and the body's.
fn split(source: &str) -> (Option<Range<usize>>, Range<usize>) {
    const MARK: &str = "Subject:";
    if !source.starts_with(MARK) {
        return (None, 0..source.len());
    }
    let end = source.find('\n').unwrap_or(source.len());
    let body = source.get(end..).unwrap_or_default();
    let blank = body.len() - body.trim_start_matches(['\r', '\n']).len();
    (Some(MARK.len()..end), end + blank..source.len())
}
