//! Finds in a template's source what its author overlooked, with the place: unknown placeholders, and those that
//! may be empty and have no `or`.
//!
//! Reads only as much of the template language as that takes: where expressions and `if`s lie.

use std::ops::Range;

use super::values::{PLACEHOLDERS, Placeholder};

/// A stretch of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    kind: Kind,
    /// What stands between the brackets.
    inner: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `{{ … }}`
    Expression,
    /// `{% … %}`
    Statement,
}

/// Where a name stands within the brackets of a template; the whole template if it cannot be found.
pub(super) fn place_of(source: &str, name: &str) -> Range<usize> {
    pieces(source)
        .into_iter()
        .find_map(|piece| {
            let inner = source.get(piece.inner.clone())?;
            let at = paths(inner)
                .into_iter()
                .find(|path| inner.get(path.clone()) == Some(name))?;
            Some(piece.inner.start + at.start..piece.inner.start + at.end)
        })
        .unwrap_or(0..source.len())
}

/// Placeholders that may be empty and are printed without saying what stands there instead.
pub(super) fn without_or(source: &str) -> Vec<(Placeholder, Range<usize>)> {
    let mut guards: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for piece in pieces(source) {
        let inner = source.get(piece.inner.clone()).unwrap_or_default();
        match piece.kind {
            Kind::Statement => follow_ifs(inner, &mut guards),
            Kind::Expression if says_instead(inner) => {}
            Kind::Expression => {
                let bare = paths(inner).into_iter().filter_map(|path| {
                    let name = inner.get(path.clone())?;
                    let placeholder = may_be_empty(name)?;
                    let guarded = guards.iter().any(|guard| mentions(guard, name));
                    let place = piece.inner.start + path.start..piece.inner.start + path.end;
                    (!guarded).then_some((placeholder, place))
                });
                found.extend(bare);
            }
        }
    }
    found
}

/// True where the known tree has that name, or a part of the tree begins with it.
pub(super) fn is_known(name: &str) -> bool {
    PLACEHOLDERS.iter().any(|placeholder| {
        placeholder.name == name
            // What hangs below a list is seen only when the template is tried.
            || name.strip_prefix(placeholder.name).is_some_and(|rest| rest.starts_with('.'))
    })
}

fn may_be_empty(name: &str) -> Option<Placeholder> {
    PLACEHOLDERS
        .into_iter()
        .find(|placeholder| placeholder.may_be_empty && placeholder.name == name)
}

/// Keeps the conditions of the open `if`s.
fn follow_ifs(statement: &str, guards: &mut Vec<String>) {
    let statement = statement.trim().trim_matches('-').trim();
    let (word, rest) = statement
        .split_once(char::is_whitespace)
        .unwrap_or((statement, ""));
    match word {
        "if" => guards.push(rest.to_owned()),
        "elif" => {
            // What was asked before still stands: `if not x … elif y` knows that there is x.
            if let Some(guard) = guards.last_mut() {
                guard.push(' ');
                guard.push_str(rest);
            }
        }
        "endif" => {
            guards.pop();
        }
        _ => {}
    }
}

fn mentions(condition: &str, name: &str) -> bool {
    paths(condition)
        .into_iter()
        .any(|path| condition.get(path) == Some(name))
}

fn says_instead(expression: &str) -> bool {
    paths(expression)
        .into_iter()
        .filter_map(|path| expression.get(path))
        .any(|word| matches!(word, "or" | "default" | "if" | "d" | "length" | "count"))
}

/// Names and dotted names outside of quotes.
fn paths(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut quote: Option<char> = None;
    let mut start: Option<usize> = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        if let Some(open) = quote {
            quote = (character != open).then_some(open);
            continue;
        }
        let belongs = character.is_alphanumeric() || matches!(character, '_' | '.');
        match (belongs, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(from..at);
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
        if matches!(character, '"' | '\'') {
            quote = Some(character);
        }
    }
    found
}

fn pieces(source: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = source.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + open;
        let (kind, close) = match source.get(start..start + 2) {
            Some("{{") => (Some(Kind::Expression), "}}"),
            Some("{%") => (Some(Kind::Statement), "%}"),
            Some("{#") => (None, "#}"),
            _ => {
                at = start + 1;
                continue;
            }
        };
        let Some(length) = source.get(start + 2..).and_then(|rest| rest.find(close)) else {
            break;
        };
        let inner = start + 2..start + 2 + length;
        at = inner.end + close.len();
        found.extend(kind.map(|kind| Piece { kind, inner }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_that_may_be_empty_needs_an_or_or_an_if() {
        let check = |source: &str, expected: &[&str]| {
            let found: Vec<&str> = without_or(source)
                .into_iter()
                .map(|(_, place)| source.get(place).unwrap())
                .collect();
            assert_eq!(found, expected, "{source}");
        };
        check("{{ ticket.client }}", &["ticket.client"]);
        check("{{ ticket.client or \"not stated\" }}", &[]);
        check("{{ promise.solve | local_time }}", &["promise.solve"]);
        check(
            "{% if promise.solve %}{{ promise.solve | local_time }}{% endif %}",
            &[],
        );
        check("{% if ask %}{{ ask }}{% endif %} {{ ask }}", &["ask"]);
        check("{% if not trust %}-{% else %}{{ trust }}{% endif %}", &[]);
        check("{% for step in ticket.steps %}{{ step }}{% endfor %}", &[]);
        check("{{ digest | length }}", &[]);
        check("{{ ticket.id }} {# {{ ticket.client }} #}", &[]);
        check("{{ \"ticket.client\" }}", &[]);
        check(
            "{%- if trust -%}{{ ticket.client }}{%- endif -%}",
            &["ticket.client"],
        );
    }

    #[test]
    fn a_name_is_found_where_it_stands() {
        let source = "Hello {{ ticket.cleint or '' }}";
        assert_eq!(
            source.get(place_of(source, "ticket.cleint")),
            Some("ticket.cleint")
        );
        assert_eq!(place_of(source, "nowhere"), 0..source.len());
    }
}
