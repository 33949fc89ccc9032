//! One source file, as the rules of the house look at it: what ships, whom it names, how long its functions are.
//!
//! This reads rustfmt's layout, not Rust: the formatter has put every brace where it is looked for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub(crate) struct Source {
    /// From the root of the repository: `src/triage/mail/read.rs`.
    pub(crate) path: String,
    /// Where it stands among the modules: `triage`, `mail`, `read`.
    pub(crate) module: Vec<String>,
    /// The whole file.
    pub(crate) text: String,
    /// What ships: without comments, without tests; empty in a file that is all tests.
    pub(crate) code: String,
}

/// All Rust files below a folder; none if there is no such folder.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(path) = open.pop() {
        let whole = Path::new(ROOT).join(&path);
        if whole.is_dir() {
            let entries = fs::read_dir(whole).unwrap();
            open.extend(
                entries.map(|entry| {
                    format!("{path}/{}", entry.unwrap().file_name().to_str().unwrap())
                }),
            );
        } else if path.ends_with(".rs") {
            found.push(Source::new(&path, fs::read_to_string(whole).unwrap()));
        }
    }
    let tests: BTreeSet<Vec<String>> = found.iter().flat_map(Source::test_modules).collect();
    for file in &mut found {
        if (1..=file.module.len()).any(|length| tests.contains(&file.module[..length])) {
            file.code.clear();
        }
    }
    assert!(
        !found.is_empty() || !folder.starts_with("src"),
        "no sources in {folder}"
    );
    found
}

impl Source {
    fn new(path: &str, text: String) -> Source {
        let steps = path
            .trim_end_matches(".rs")
            .split('/')
            .skip(1)
            .map(str::to_owned);
        let module = steps
            .filter(|step| !matches!(step.as_str(), "mod" | "lib" | "main"))
            .collect();
        Source {
            path: path.to_owned(),
            module,
            code: shipped(&text),
            text,
        }
    }

    /// The children of this module that are compiled for tests only.
    fn test_modules(&self) -> Vec<Vec<String>> {
        let declared =
            Regex::new(r"(?m)^#\[cfg\(test\)\]\n(?:pub(?:\([a-z]+\))? )?mod (\w+);").unwrap();
        let child = |name: &str| {
            self.module
                .iter()
                .cloned()
                .chain([name.to_owned()])
                .collect()
        };
        declared
            .captures_iter(&self.text)
            .map(|found| child(&found[1]))
            .collect()
    }

    /// Everything of ours that the shipped code names by `crate::…` or `super::…`, from the root of the crate.
    pub(crate) fn paths(&self) -> Vec<Vec<String>> {
        let start = Regex::new(r"\b(?:crate|super)::").unwrap();
        let mut paths = Vec::new();
        let mut at = 0;
        while let Some(found) = start.find_at(&self.code, at) {
            let rest = &self.code[found.start()..];
            let end = path_end(rest);
            for path in spread(&rest[..end]) {
                let whole = self.resolve(&path);
                paths.extend((!whole.is_empty()).then_some(whole));
            }
            at = found.start() + end;
        }
        paths
    }

    fn resolve(&self, path: &str) -> Vec<String> {
        let mut whole = self.module.clone();
        for step in path.split("::") {
            match step {
                "crate" => whole.clear(),
                "super" => drop(whole.pop()),
                "self" | "*" | "" => {}
                name => whole.push(name.to_owned()),
            }
        }
        whole
    }

    /// The name and the length of each shipped function.
    pub(crate) fn functions(&self) -> Vec<(String, usize)> {
        let head =
            Regex::new(r"^( *)(?:pub(?:\([a-z]+\))? )?(?:const )?(?:async )?fn (\w+)").unwrap();
        let lines: Vec<&str> = self.code.lines().collect();
        let mut functions = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let Some(found) = head.captures(line) else {
                continue;
            };
            let (body_end, no_body) = (format!("{}}}", &found[1]), format!("{})", &found[1]));
            let ends = |line: &&str| {
                **line == body_end || line.starts_with(&no_body) && line.ends_with(';')
            };
            let length = if line.ends_with(['}', ';']) {
                1
            } else {
                lines[number..]
                    .iter()
                    .take_while(|line| !ends(line))
                    .count()
                    + 1
            };
            functions.push((found[2].to_owned(), length));
        }
        functions
    }
}

/// A file without comment lines and without what stands under `#[cfg(test)]`.
fn shipped(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        if line.trim() != "#[cfg(test)]" {
            code.push_str(line.split(" // ").next().unwrap_or_default());
            code.push('\n');
            continue;
        }
        // One item goes: to its end on the same line, or to the line that closes it.
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        let mut item = lines
            .by_ref()
            .skip_while(|line| line.trim_start().starts_with(['#', '/']));
        if item
            .next()
            .is_some_and(|first| !first.ends_with([';', '}']))
        {
            item.find(|line| *line == close || *line == format!("{close};"));
        }
    }
    code
}

/// Where a path with its braces ends.
fn path_end(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' if text[..at].ends_with("::") || depth > 0 => depth += 1,
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ':' | '_' => {}
            _ if depth > 0 || letter.is_alphanumeric() => {}
            _ => return at,
        }
    }
    text.len()
}

/// `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn spread(path: &str) -> Vec<String> {
    let Some((front, rest)) = path.split_once('{') else {
        let name = path.trim().split(" as ").next().unwrap_or_default();
        return vec![name.to_owned()];
    };
    let inner = rest
        .trim_end()
        .trim_end_matches(',')
        .strip_suffix('}')
        .unwrap_or(rest);
    let (mut depth, mut piece, mut all) = (0, String::new(), Vec::new());
    for letter in inner.chars().chain([',']) {
        match letter {
            ',' if depth == 0 => {
                let whole = std::mem::take(&mut piece);
                if !whole.trim().is_empty() {
                    all.extend(spread(&format!("{}{}", front.trim(), whole.trim())));
                }
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        piece.push(letter);
    }
    all
}

#[test]
fn paths_are_found_in_every_form() {
    // (what stands in src/triage/rules/plan.rs, what it names)
    let table = [
        ("use crate::triage::mail::Mail;", "triage::mail::Mail"),
        ("use super::super::letter;", "triage::letter"),
        (
            "use super::known::{Known, self as k};",
            "triage::rules::known::Known triage::rules::known",
        ),
        (
            "use crate::{\n    config,\n    triage::{mail::{Mail, Part}, report},\n};",
            "config triage::mail::Mail triage::mail::Part triage::report",
        ),
        (
            "    let x = crate::daemon::Clock::new(a::b);",
            "daemon::Clock::new",
        ),
        (
            "pub(in crate::triage) fn f(crate::config::C { a }: u8) {}",
            "triage config::C",
        ),
        ("// use crate::daemon;\nlet x = 1; // crate::daemon", ""),
        (
            "#[cfg(test)]\nmod tests {\n    use crate::daemon;\n}\nuse crate::config;",
            "config",
        ),
        (
            "#[cfg(test)]\nuse crate::daemon;\nuse crate::config;",
            "config",
        ),
    ];
    for (text, expected) in table {
        let file = Source::new("src/triage/rules/plan.rs", text.to_owned());
        let found: Vec<String> = file.paths().iter().map(|path| path.join("::")).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn functions_are_measured_from_head_to_closing_brace() {
    let text = "fn one() {}\ntrait T {\n    fn two(\n        a: u8,\n    ) -> u8;\n    async fn three() {\n        if x {\n        }\n    }\n}\n";
    let file = Source::new("src/a.rs", text.to_owned());
    let expected =
        [("one", 1), ("two", 3), ("three", 4)].map(|(name, lines)| (name.to_owned(), lines));
    assert_eq!(file.functions(), expected);
}
