//! Error codes and rare names in a mail: what two clients share although they write in two languages.
//!
//! Only what looks like no ordinary word counts, so no list of words is needed: codes with digits and underscores, names
//! of exceptions, HTTP statuses beside a word that makes them one, paths, file names, and what stands in quotation marks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::signature::Mark;
use crate::triage::mail::{Mail, Part};
use crate::triage::report::Within;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) codes: Vec<Mark>,
    pub(super) names: Vec<Mark>,
}

/// A mail names few codes; a pasted log names many, and the first ones say it.
const CODES_MAX: usize = 6;
const NAMES_MAX: usize = 8;

/// No more of a mail is looked at.
const LOOKED_AT_BYTES: usize = 16 * 1024;

/// Quoted words: from two on they are a message or a name that somebody chose, and beyond twelve they are a story.
const QUOTED_WORDS: std::ops::RangeInclusive<usize> = 2..=12;

#[expect(
    clippy::expect_used,
    reason = "the pattern is a constant, and a test compiles it"
)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern compiles")
}

/// Codes in capitals that hold a digit or an underscore, hexadecimal numbers, names of exceptions.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:0x[0-9A-Fa-f]{4,16}|[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+|[A-Z]{2,}[0-9]{3,}|[A-Z][A-Za-z0-9]*[a-z](?:Exception|Error|Fault)|ERR_[A-Z0-9_]+)\b",
    )
});

/// A number that may be an HTTP status.
static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[45][0-9]{2}\b"));

/// A word that makes a number beside it a status.
static STATUS_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)http|status|code|c[oó]digo|error|err\b|fehler|erreur|errore|\berro\b|fout|エラー|gateway|unavailable|internal server|timeout|forbidden|not found",
    )
});

/// Paths of addresses, file names, identifiers with an underscore.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:https?://)?[A-Za-z0-9.-]*(?:/[A-Za-z0-9_~%.-]{2,})+|\b[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+\b|\b[A-Za-z0-9_-]{3,}\.(?:xlsx?|csv|pdf|json|xml|sql|py|pbix)\b",
    )
});

/// What stands in quotation marks, on one line.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "\"([^\"\\n]{3,90})\"|[“„]([^“”„\\n]{3,90})[“”]|«\\s*([^«»\\n]{3,90}?)\\s*»|「([^「」\\n]{2,60})」",
    )
});

/// Statuses that a service answers with; 451 to 499 and the like are more often numbers of something else.
const STATUSES: [&str; 17] = [
    "400", "401", "403", "404", "405", "408", "409", "413", "422", "423", "429", "500", "501",
    "502", "503", "504", "520",
];

/// Bytes on either side of a number in which the word must stand that makes it a status.
const BESIDE_BYTES: usize = 28;

/// Finds them in the subject and in what was written or forwarded this time.
pub(super) fn marks(mail: &Mail, prefixes: &[&str]) -> Marks {
    let mut found = Marks::default();
    let mut left = LOOKED_AT_BYTES;
    if let Some(subject) = &mail.subject {
        look(
            subject,
            0..subject.len(),
            Within::Subject,
            prefixes,
            &mut found,
        );
    }
    for segment in &mail.segments {
        if !matches!(segment.part, Part::New | Part::Forwarded) {
            continue;
        }
        let mut end = segment.range.end.min(segment.range.start + left);
        while !mail.text.is_char_boundary(end) {
            end -= 1;
        }
        left = left.saturating_sub(end.saturating_sub(segment.range.start));
        look(
            &mail.text,
            segment.range.start..end,
            Within::Text,
            prefixes,
            &mut found,
        );
    }
    found
}

fn look(source: &str, at: Range<usize>, within: Within, prefixes: &[&str], found: &mut Marks) {
    let Some(text) = source.get(at.clone()) else {
        return;
    };
    let mark = |key: String, place: Range<usize>| Mark {
        key,
        text: text.get(place.clone()).unwrap_or_default().to_owned(),
        start: at.start + place.start,
        end: at.start + place.end,
        within,
    };
    for hit in CODE.find_iter(text) {
        if is_code(hit.as_str(), prefixes) && !is_in_address(text, &hit.range()) {
            add(
                &mut found.codes,
                CODES_MAX,
                mark(hit.as_str().to_lowercase(), hit.range()),
            );
        }
    }
    for hit in STATUS.find_iter(text) {
        if STATUSES.contains(&hit.as_str()) && STATUS_WORD.is_match(beside(text, &hit.range())) {
            add(
                &mut found.codes,
                CODES_MAX,
                mark(format!("http {}", hit.as_str()), hit.range()),
            );
        }
    }
    for hit in NAME.find_iter(text) {
        if is_in_address(text, &hit.range()) {
            continue;
        }
        let is_code = |key: &String| found.codes.iter().any(|code| code.key == *key);
        if let Some(key) = name(hit.as_str()).filter(|key| !is_code(key)) {
            add(&mut found.names, NAMES_MAX, mark(key, hit.range()));
        }
    }
    for captures in QUOTED.captures_iter(text) {
        let Some(hit) = captures.iter().skip(1).flatten().next() else {
            continue;
        };
        let words = hit.as_str().split_whitespace().count();
        let japanese = !hit.as_str().is_ascii() && words == 1 && text.contains('「');
        if QUOTED_WORDS.contains(&words) || japanese {
            add(
                &mut found.names,
                NAMES_MAX,
                mark(folded(hit.as_str()), hit.range()),
            );
        }
    }
}

fn add(list: &mut Vec<Mark>, most: usize, mark: Mark) {
    if list.len() < most && !list.iter().any(|known| known.key == mark.key) {
        list.push(mark);
    }
}

/// A ticket's number is no error code, and neither is a word in capitals with a hyphen.
fn is_code(word: &str, prefixes: &[&str]) -> bool {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let named = word.ends_with("Exception") || word.ends_with("Error") || word.ends_with("Fault");
    let before = word.split(['-', '_']).next().unwrap_or_default();
    let is_ours = prefixes
        .iter()
        .any(|prefix| prefix.trim_end_matches('-').eq_ignore_ascii_case(before));
    (has_digit || named || word.contains('_')) && !is_ours
}

/// `help@desk.example` and what stands in it.
fn is_in_address(text: &str, place: &Range<usize>) -> bool {
    let before = text
        .get(..place.start)
        .and_then(|text| text.chars().next_back());
    let behind = text.get(place.end..).and_then(|text| text.chars().next());
    before == Some('@') || behind == Some('@')
}

/// The last two parts of a path, or the name; nothing for what every mail may hold.
fn name(found: &str) -> Option<String> {
    let lower = found.to_lowercase();
    let Some((host, path)) = lower
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .split_once('/')
    else {
        return Some(lower);
    };
    // "and/or", "24/7", "Mo/Di": a path begins with a slash, or has a host before it.
    if !host.is_empty() && !host.contains('.') {
        return None;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let kept = parts.get(parts.len().saturating_sub(2)..)?;
    let key = format!("/{}", kept.join("/"));
    (key.len() >= 4).then_some(key)
}

fn beside<'t>(text: &'t str, place: &Range<usize>) -> &'t str {
    let mut start = place.start.saturating_sub(BESIDE_BYTES);
    let mut end = (place.end + BESIDE_BYTES).min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words
        .join(" ")
        .trim_end_matches(['.', '!', ',', ':'])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, codes: &[&str], names: &[&str]) {
        let mail = Mail::read(
            format!("Subject: A mail\r\nFrom: a@b.example\r\n\r\n{text}\r\n").as_bytes(),
        );
        let found = marks(&mail, &["EC-", "BD"]);
        let keys = |marks: &[Mark]| {
            marks
                .iter()
                .map(|mark| mark.key.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&found.codes), codes, "{text}");
        assert_eq!(keys(&found.names), names, "{text}");
        for mark in found.codes.iter().chain(&found.names) {
            assert_eq!(
                mail.text.get(mark.start..mark.end),
                Some(mark.text.as_str())
            );
        }
    }

    #[test]
    fn codes_and_names_are_found_in_any_language() {
        check(
            "The export ends with ERR_EXPORT_17.",
            &["err_export_17"],
            &[],
        );
        check("Der Export bricht mit Fehler 502 ab.", &["http 502"], &[]);
        check("We lost 500 euros and 404 rows.", &[], &[]);
        check(
            "java.lang.NullPointerException in the log",
            &["nullpointerexception"],
            &[],
        );
        check(
            "ORA-00942 und 0x80070005",
            &["ora-00942", "0x80070005"],
            &[],
        );
        check("As said in EC-1042 and bd-7", &[], &[]);
        check(
            "https://app.desk.example/reports/weekly-kpi is empty",
            &[],
            &["/reports/weekly-kpi"],
        );
        check(
            "GET /api/v2/exports gives HTTP 503",
            &["http 503"],
            &["/v2/exports"],
        );
        check(
            "the file sales_q3.xlsx and the table dim_region",
            &[],
            &["sales_q3", "dim_region"],
        );
        check(
            "Meldung: „Die Sitzung ist abgelaufen“",
            &[],
            &["die sitzung ist abgelaufen"],
        );
        check(
            "le message « Service momentanément indisponible »",
            &[],
            &["service momentanément indisponible"],
        );
        check(
            "write to help_desk@partner.example, 24/7 and/or by phone",
            &[],
            &[],
        );
        check("it says \"no\"", &[], &[]);
    }
}
