//! Address lists of headers (RFC 5322, 3.4) to [`Person`]s, as they are really written.
//!
//! The structure is read before encoded words are decoded: a comma inside a word separates nothing.

use super::Person;
use super::words;

/// Addresses taken from one header. Newsletters name hundreds; beyond this it is an attack.
const ADDRESSES_MAX: usize = 1_000;

/// Every mailbox of an address list, groups opened, in order.
pub(super) fn list(header: &str) -> Vec<Person> {
    let mut reader = Reader::default();
    let mut rest = header;
    while let Some(ch) = rest.chars().next() {
        if reader.found.len() >= ADDRESSES_MAX {
            break;
        }
        rest = reader.take(ch, rest);
    }
    reader.finish();
    reader.found
}

/// The first mailbox of an address list.
pub(super) fn first(header: &str) -> Option<Person> {
    list(header).into_iter().next()
}

/// One address as it stands in Return-Path or Delivered-To: no name, brackets or not, in lower case.
pub(super) fn bare(value: &str) -> String {
    let value = value.trim();
    let inside = value
        .split_once('<')
        .map_or(value, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    clean(inside)
}

/// The first word that looks like an address, in lower case.
pub(super) fn within(text: &str) -> Option<String> {
    let at = text.find('@')?;
    let stops = |ch: char| {
        ch.is_whitespace()
            || ch.is_control()
            || matches!(
                ch,
                '<' | '>' | '"' | '\'' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '*' | '|'
            )
    };
    let start = text.get(..at)?.rfind(stops).map_or(0, |at| {
        at + text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    let tail = text.get(at + 1..)?;
    let end = tail.find(stops).map_or(text.len(), |end| at + 1 + end);
    let found = text
        .get(start..end)?
        .trim_end_matches(['.', '!', '?'])
        .to_lowercase();
    let (local, domain) = found.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then(|| found.clone())
}

/// Which bracket the reader is in.
#[derive(Default, PartialEq, Eq)]
enum In {
    #[default]
    Phrase,
    Quotes,
    Comment(u32),
    Angle,
}

#[derive(Default)]
struct Reader {
    state: In,
    phrase: String,
    comment: String,
    angle: Option<String>,
    found: Vec<Person>,
}

impl Reader {
    /// Takes one character, or a whole encoded word, and returns what is left.
    fn take<'t>(&mut self, ch: char, rest: &'t str) -> &'t str {
        let next = rest.get(ch.len_utf8()..).unwrap_or_default();
        match (&self.state, ch) {
            (In::Phrase, '=') if rest.starts_with("=?") => return self.encoded_word(rest),
            (In::Quotes | In::Comment(_), '\\') => {
                let mut after = next.chars();
                if let Some(escaped) = after.next() {
                    self.push(escaped);
                }
                return after.as_str();
            }
            (In::Quotes, '"') => self.state = In::Phrase,
            (In::Comment(depth), '(') => self.state = In::Comment(depth + 1),
            (In::Comment(depth), ')') => {
                self.state = if *depth > 0 {
                    In::Comment(depth - 1)
                } else {
                    In::Phrase
                }
            }
            (In::Angle, '>') => self.state = In::Phrase,
            (In::Phrase, '"') => self.state = In::Quotes,
            (In::Phrase, '(') => self.state = In::Comment(0),
            (In::Phrase, '<') => {
                self.angle.get_or_insert_default();
                self.state = In::Angle;
            }
            (In::Phrase, ',' | ';') => self.finish(),
            (In::Phrase, ':') => self.colon(),
            (In::Phrase | In::Quotes | In::Comment(_) | In::Angle, ch) => self.push(ch),
        }
        next
    }

    fn push(&mut self, ch: char) {
        match self.state {
            In::Phrase | In::Quotes => self.phrase.push(ch),
            In::Comment(_) => self.comment.push(ch),
            In::Angle => {
                if let Some(angle) = self.angle.as_mut() {
                    angle.push(ch);
                }
            }
        }
    }

    /// An encoded word is one piece, whatever signs it has inside.
    fn encoded_word<'t>(&mut self, rest: &'t str) -> &'t str {
        /// RFC 2047 allows 75; some senders write a whole name list as one word.
        const WORD_BYTES_MAX: usize = 2_000;
        let mut marks = rest
            .char_indices()
            .take(WORD_BYTES_MAX)
            .filter(|(_, ch)| *ch == '?')
            .map(|(at, _)| at);
        let text_start = marks.nth(2);
        let end = text_start.and_then(|_| {
            marks.find(|at| rest.get(at + 1..).is_some_and(|tail| tail.starts_with('=')))
        });
        let length = end.map_or(2, |end| end + 2);
        self.phrase.push_str(rest.get(..length).unwrap_or_default());
        rest.get(length..).unwrap_or_default()
    }

    /// A group's name ends; a colon after an `@` is a slip inside an address.
    fn colon(&mut self) {
        if self.phrase.contains('@') {
            self.phrase.push(':');
        } else {
            self.phrase.clear();
            self.comment.clear();
        }
    }

    fn finish(&mut self) {
        let phrase = std::mem::take(&mut self.phrase);
        let comment = std::mem::take(&mut self.comment);
        self.state = In::Phrase;
        let person = match self.angle.take() {
            Some(angle) => with_angle(&phrase, &comment, &angle),
            None => without_angle(&phrase, &comment),
        };
        self.found.extend(person);
    }
}

fn with_angle(phrase: &str, comment: &str, angle: &str) -> Option<Person> {
    let decoded = words::decode_text(&without_comments(angle));
    let address = clean(
        decoded
            .rsplit_once('<')
            .map_or(decoded.as_str(), |(_, inner)| inner),
    );
    let name = name(phrase).or_else(|| name(comment));
    if address.contains('@') {
        return Some(Person { name, address });
    }
    // `"jane@acme.example" <>` and `jane@acme.example <Jane>`: the address stands in the wrong place.
    let phrase = words::decode_text(phrase);
    if let Some(address) = within(&phrase) {
        let name = name.filter(|name| !name.eq_ignore_ascii_case(&address));
        return Some(Person { name, address });
    }
    (name.is_some() || !address.is_empty()).then_some(Person { name, address })
}

/// Comments may stand inside the brackets, too.
fn without_comments(angle: &str) -> std::borrow::Cow<'_, str> {
    if !angle.contains('(') {
        return angle.into();
    }
    let mut depth = 0_u32;
    let kept = angle.chars().filter(|ch| {
        depth = match ch {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        depth == 0 && *ch != ')'
    });
    kept.collect::<String>().into()
}

fn without_angle(phrase: &str, comment: &str) -> Option<Person> {
    let phrase = words::decode_text(phrase);
    let comment_name = name(comment);
    let Some(address) = within(&phrase) else {
        let local = phrase.trim();
        return (!local.is_empty()).then(|| match name(local) {
            // `Cron Daemon` is a name, `root` is an address on the sender's own machine.
            Some(name) if local.contains(char::is_whitespace) => Person {
                name: Some(name),
                address: String::new(),
            },
            _ => Person {
                name: comment_name,
                address: clean(local),
            },
        });
    };
    let before = phrase
        .to_lowercase()
        .find(&address)
        .and_then(|at| phrase.get(..at))
        .unwrap_or_default();
    Some(Person {
        name: name(before).or(comment_name),
        address,
    })
}

/// A display name without quotes, control characters and doubled blanks.
pub(super) fn name(raw: &str) -> Option<String> {
    let decoded = words::decode_text(raw);
    let words: Vec<&str> = decoded
        .split(|ch: char| ch.is_whitespace() || ch.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join(" ");
    let quotes = ['"', ' ', '<', '>', '[', ']', '«', '»', '„', '“', '”'];
    let mut name = joined.trim_matches(quotes);
    if let Some(inner) = name
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        name = inner.trim();
    }
    (!name.is_empty()).then(|| name.to_owned())
}

/// An address in lower case without blanks, route, brackets and control characters.
fn clean(address: &str) -> String {
    let kept: String = address
        .chars()
        .filter(|ch| !ch.is_whitespace() && !ch.is_control() && !matches!(ch, '<' | '>'))
        .collect();
    let kept = if kept.starts_with('@') {
        kept.rsplit_once(':')
            .map_or(kept.as_str(), |(_, tail)| tail)
    } else {
        &kept
    };
    let kept = kept.strip_prefix("mailto:").unwrap_or(kept);
    kept.trim_matches(['"', '\'', ',', ';']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{list, within};

    fn check(header: &str, people: &[(&str, &str)]) {
        let found: Vec<(String, String)> = list(header)
            .into_iter()
            .map(|person| (person.name.unwrap_or_default(), person.address))
            .collect();
        let wanted: Vec<(String, String)> = people
            .iter()
            .map(|(name, address)| ((*name).to_owned(), (*address).to_owned()))
            .collect();
        assert_eq!(found, wanted, "{header}");
    }

    #[test]
    fn reads_every_way_to_write_an_address() {
        check("jane@acme.example", &[("", "jane@acme.example")]);
        check(
            "Jane Doe <Jane@ACME.example>",
            &[("Jane Doe", "jane@acme.example")],
        );
        check(
            "\"Doe, Jane\" <jane@acme.example>, bob@acme.example",
            &[("Doe, Jane", "jane@acme.example"), ("", "bob@acme.example")],
        );
        check(
            "jane@acme.example (Jane Doe)",
            &[("Jane Doe", "jane@acme.example")],
        );
        check(
            "=?utf-8?Q?Doe,_Jane?= <jane@acme.example>",
            &[("Doe, Jane", "jane@acme.example")],
        );
        check(
            "Team: a@x.example, B <b@x.example>;, c@x.example",
            &[
                ("", "a@x.example"),
                ("B", "b@x.example"),
                ("", "c@x.example"),
            ],
        );
        check("undisclosed-recipients:;", &[]);
        check(
            "Jane \"the boss\" Doe <jane@acme.example>",
            &[("Jane the boss Doe", "jane@acme.example")],
        );
        check(
            "'Jane Doe' <jane@acme.example>",
            &[("Jane Doe", "jane@acme.example")],
        );
        check(
            "Jane Doe jane@acme.example",
            &[("Jane Doe", "jane@acme.example")],
        );
        check(
            "<@relay.example:jane@acme.example>",
            &[("", "jane@acme.example")],
        );
        check("root (Cron Daemon)", &[("Cron Daemon", "root")]);
        check("\"jane@acme.example\" <>", &[("", "jane@acme.example")]);
        check(
            "\"Never closed <jane@acme.example>",
            &[("Never closed", "jane@acme.example")],
        );
        check(
            "Ja\u{7}ne\t\tDoe <jane@acme.example>",
            &[("Ja ne Doe", "jane@acme.example")],
        );
    }

    #[test]
    fn finds_an_address_in_a_sentence() {
        assert_eq!(
            within("write to (Jane@Acme.example)."),
            Some("jane@acme.example".to_owned())
        );
        assert_eq!(within("an @ alone"), None);
    }
}
