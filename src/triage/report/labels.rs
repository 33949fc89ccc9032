//! Labelled lines: `Client: Acme`, `**Dringlichkeit**: hoch`, rows of a form's table.
//!
//! A label is one of the lexicon's, with at most one wrong letter; the value is the rest of the line, or the line
//! behind it where the label stands alone.

use std::ops::Range;

use super::normal::{Folded, Source};

/// A longer beginning of a line is no label.
const LABEL_BYTES: usize = 48;
/// Shorter labels must be right to the letter.
const TYPO_BYTES: usize = 7;
/// A form has fewer lines than this; more would cost time for nothing.
const LINES: usize = 4_000;

/// One labelled line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) field: String,
    /// The value, bytes into the mail's text; empty where none was given.
    pub(super) value: Range<usize>,
    /// Where the text goes on behind the label.
    pub(super) behind: usize,
    /// The whole line.
    pub(super) line: Range<usize>,
}

/// Every labelled line, in the order of the text.
pub(super) fn labelled(source: &Source<'_>, labels: &[(String, String)]) -> Vec<Labelled> {
    let mut found: Vec<Labelled> = Vec::new();
    for range in source.ranges() {
        let mut at = range.start;
        let mut waits = false;
        let block = source.text.get(range.clone()).unwrap_or_default();
        for line in block.split_inclusive('\n').take(LINES) {
            let place = at..at + line.len();
            at = place.end;
            let first = found.len();
            found.extend(label(line, place.start, labels));
            further(line, place.start, labels, (&mut found, first));
            if found.len() > first {
                waits = found.last().is_some_and(|label| label.value.is_empty());
            } else if !line.trim().is_empty()
                && std::mem::take(&mut waits)
                && let Some(last) = found.last_mut()
            {
                last.value = trimmed(line, place.start);
            }
        }
    }
    found
}

/// "Client: Acme. Urgency: high.": labels behind the first sentence of a line; each ends the value before it.
fn further(
    line: &str,
    at: usize,
    labels: &[(String, String)],
    (found, first): (&mut Vec<Labelled>, usize),
) {
    if line.len() > FURTHER_BYTES || !line.contains(": ") {
        return;
    }
    let pieces = line.char_indices().filter(|(place, mark)| {
        let behind = line.get(place + mark.len_utf8()..).unwrap_or_default();
        matches!(mark, '.' | ';' | ',' | '|') && behind.starts_with(' ')
    });
    for (place, mark) in pieces {
        let start = place + mark.len_utf8() + 1;
        let rest = line.get(start..).unwrap_or_default();
        let head = rest
            .get(..rest.floor_char_boundary(LABEL_BYTES))
            .unwrap_or_default();
        let Some((name, _)) = head.split_once(':') else {
            continue;
        };
        let begins = name.trim_start().starts_with(char::is_uppercase) || found.len() > first;
        let folded = Folded::words(name);
        let known = labels.iter().find(|(label, _)| *label == folded);
        let Some((_, field)) = known.filter(|_| begins) else {
            continue;
        };
        if let Some(last) = found
            .get_mut(first..)
            .and_then(|on_line| on_line.last_mut())
        {
            last.value.end = last.value.end.min(at + place).max(last.value.start);
        }
        let behind = start + name.len() + 1;
        found.push(Labelled {
            field: field.clone(),
            value: trimmed(line.get(behind..).unwrap_or_default(), at + behind),
            behind: at + behind,
            line: at..at + line.len(),
        });
    }
    if found.len() > first + 1 || first < found.len() && label(line, at, labels).is_none() {
        // The last value ends with its sentence.
        if let Some(last) = found.last_mut() {
            let from = last.value.start.saturating_sub(at);
            let rest = line.get(from..).unwrap_or_default();
            let end = rest
                .find(". ")
                .or_else(|| rest.trim_end().strip_suffix('.').map(str::len));
            if let Some(end) = end {
                last.value.end = last.value.end.min(last.value.start + end);
            }
        }
    }
}

/// In a longer line a colon behind a word is no label's.
const FURTHER_BYTES: usize = 400;

fn label(line: &str, at: usize, labels: &[(String, String)]) -> Option<Labelled> {
    let head = line.get(..line.floor_char_boundary(LABEL_BYTES))?;
    let (end, separator) = mark(head)
        .or_else(|| dash(head))
        .or_else(|| leader(head))
        .or_else(|| alone(head, labels))?;
    let name = head.get(..end)?;
    let field = field_of(&Folded::words(name.trim_start_matches(DECORATION)), labels)?;
    let behind = end + separator;
    let rest = line.get(behind..)?;
    Some(Labelled {
        field: field.to_owned(),
        value: trimmed(rest, at + behind),
        behind: at + behind,
        line: at..at + line.len(),
    })
}

/// `Client: Acme`: where the mark between label and value stands.
fn mark(head: &str) -> Option<(usize, usize)> {
    let plain = |byte: &u8| matches!(byte, b':' | b'\t' | b'|' | b'?' | b'=' | b']');
    let bytes = head.as_bytes().iter();
    let place = bytes.skip(1).position(plain).map(|place| place + 1);
    if head.is_ascii() {
        return place.map(|place| (place, 1));
    }
    let wide = head.find('：').filter(|place| *place > 0);
    match (place, wide) {
        (Some(place), Some(wide)) if wide < place => Some((wide, '：'.len_utf8())),
        (None, Some(wide)) => Some((wide, '：'.len_utf8())),
        (place, _) => place.map(|place| (place, 1)),
    }
}

/// `Client - Acme`: where the dash and its blanks stand.
fn dash(head: &str) -> Option<(usize, usize)> {
    // Most lines have none: that is asked first, because it costs least.
    if !head.contains(['-', '–', '—']) {
        return None;
    }
    [" - ", " – ", " — ", " -\n"]
        .iter()
        .filter_map(|dash| Some((head.find(dash)?, dash.len())))
        .filter(|(place, _)| *place > 0)
        .min()
}

/// `Client ......... Acme`, `<<Client>> Acme`: where the dots or the brackets stand.
fn leader(head: &str) -> Option<(usize, usize)> {
    let bytes = head.as_bytes();
    let dots = bytes.windows(3).position(|dots| dots == b"...");
    let place = dots
        .or_else(|| bytes.windows(2).position(|brackets| brackets == b">>"))
        .filter(|place| *place > 0)?;
    let rest = head.get(place..)?;
    Some((
        place,
        rest.len() - rest.trim_start_matches(['.', '>']).len(),
    ))
}

/// A label that has its line for itself, to the letter: the row of a form whose table was lost.
fn alone(head: &str, labels: &[(String, String)]) -> Option<(usize, usize)> {
    let bare = head.trim_end();
    let begins = bare.starts_with(|c: char| c.is_uppercase() || c > '\u{2e80}');
    let begins = begins && bare.len() < head.len();
    let words = (begins && bare.len() >= ALONE_BYTES)
        .then(|| Folded::words(bare.trim_end_matches('。')))?;
    let known = labels.iter().any(|(label, _)| *label == words);
    known.then_some((bare.len(), 0))
}

/// A shorter word has a line for itself for other reasons as well.
const ALONE_BYTES: usize = 7;

/// What may stand in front of a label or around a value.
const DECORATION: [char; 17] = [
    '<', '[', '>', ' ', '\t', '*', '-', '•', '#', '|', '·', '–', '_', ':', '■', '●', '◆',
];

fn trimmed(text: &str, at: usize) -> Range<usize> {
    let end = text
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '|' | '_'))
        .len();
    let whole = text.get(..end).unwrap_or_default();
    let bare = whole.trim_start_matches(|c: char| c.is_whitespace() || DECORATION.contains(&c));
    at + whole.len() - bare.len()..at + whole.len()
}

fn field_of<'l>(name: &str, labels: &'l [(String, String)]) -> Option<&'l str> {
    let name = name
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '))
        .trim_end_matches(['.', '>', ']', ' ']);
    let exact = labels.iter().find(|(label, _)| label == name);
    let near = || {
        labels.iter().find(|(label, _)| {
            label.len() >= TYPO_BYTES && one_letter_apart(label.as_bytes(), name.as_bytes())
        })
    };
    exact.or_else(near).map(|(_, field)| field.as_str())
}

/// One letter more, less, or another.
fn one_letter_apart(one: &[u8], other: &[u8]) -> bool {
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let rest = |bytes: &[u8], skip: usize| {
        bytes
            .get(same + skip..)
            .map(<[u8]>::to_vec)
            .unwrap_or_default()
    };
    match one.len().cmp(&other.len()) {
        std::cmp::Ordering::Equal => rest(one, 1) == rest(other, 1),
        std::cmp::Ordering::Less => rest(one, 0) == rest(other, 1),
        std::cmp::Ordering::Greater => rest(one, 1) == rest(other, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::mail::Mail;

    #[test]
    fn labelled_lines_in_any_dress() {
        let labels = [
            ("client".to_owned(), "client".to_owned()),
            ("dringlichkeit".to_owned(), "urgency".to_owned()),
        ];
        let check = |line: &str, expected: Option<(&str, &str)>| {
            let mail = Mail::read(format!("Subject: x\n\n{line}\n").as_bytes());
            let body = crate::triage::report::normal::Body::of(&mail);
            let source = Source::of(&mail, &body);
            let found = labelled(&source, &labels);
            let found = found.first().map(|label| {
                (
                    label.field.as_str(),
                    mail.text.get(label.value.clone()).unwrap_or_default(),
                )
            });
            assert_eq!(found, expected, "{line}");
        };
        check("Client: Acme Ltd", Some(("client", "Acme Ltd")));
        check("**Client:** Acme", Some(("client", "Acme")));
        check("- Dringlichkeit : hoch", Some(("urgency", "hoch")));
        check("Dringlichkiet: hoch", None);
        check("Dringlichkei: hoch", Some(("urgency", "hoch")));
        check("Client:\nAcme", Some(("client", "Acme")));
        check("The client said: no", None);
        check("Client ....... Acme", Some(("client", "Acme")));
        check("Client.......: Acme", Some(("client", "Acme")));
        check("<<Client>> Acme", Some(("client", "Acme")));
        check(
            "I pass it on. Client: Acme. It is late.",
            Some(("client", "Acme")),
        );
        check(
            "Client: Acme, Dringlichkeit: hoch",
            Some(("client", "Acme")),
        );
        check("I know the client: Acme", None);
    }
}
