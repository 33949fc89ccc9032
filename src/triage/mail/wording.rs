//! The words of a sentence above a quotation: its verb, date and address in any language, and whom it names.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{Person, address};

/// "wrote" as clients say it; blanks around where a word is short.
const VERBS: &str = "\
    wrote| writes| said| says|a écrit|écrivait|a ecrit|schrieb|schreibt|geschrieben|schreef|geschreven|verzond|\
    ha scritto|scrisse|escribió|escribio|ha escrito|escreveu|napisał|pisze|napísal|napsal|skrev|kirjoitti|írta|\
    a scris|yazdı|yazmış|написал|писал|пишет|пише|написав|写道|寫道|书写|のメール|書きました|đã viết|작성|έγραψε|napisao|napisala|\
    je pisao|napisala|wrote:|sent:|schickte|a répondu|va escriure|написа|menulis|כתב|كتب|님이 작성|skrifaði|kirjutas|rašė|\
    napsala|skrifaði";

/// Words by which the sentence may begin; elsewhere it begins with the date or the name.
const OPENERS: &str = "\
    On |At |Am |Le |Il |El |Em |Op |Den |På |Dne |Dňa |W dniu |Dnia |Dana |U |Pe |În |La |Vào |在|于|Στις |Il giorno |\
    A |Quoting |Zitat von |In article |In message |Il |Em |Den |Mon, |Tue, |Wed, |Thu, |Fri, |Sat, |Sun, |No dia |Na |\
    Tarih |On,";

static VERB_FINDER: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(VERBS));
pub(super) static OPENING: LazyLock<Phrases> = LazyLock::new(|| Phrases::at_start(OPENERS));

/// What a line has of such a sentence.
pub(super) struct Said {
    pub(super) verb: bool,
    address: bool,
    date: Date,
    colon: bool,
    opened: bool,
    begins_with_date: bool,
}

impl Said {
    pub(super) fn of(sentence: &str) -> Self {
        Self {
            verb: VERB_FINDER.is_in(sentence),
            address: sentence.contains('@'),
            date: Date::in_text(sentence),
            colon: sentence.ends_with([':', '：']),
            opened: OPENING.is_in(sentence),
            begins_with_date: begins_with_date(sentence),
        }
    }

    /// Opener, date, address and verb: nobody writes that by hand.
    pub(super) fn is_exact(&self) -> bool {
        self.opened && self.date.any() && self.address
    }

    /// Before lines with `>`, little is asked: they say themselves what they are.
    pub(super) fn announces_marked(&self, sentence: &str) -> bool {
        let short = sentence.len() < 120;
        let named = sentence.contains('<') && sentence.contains('@');
        (self.verb && (self.date.any() || self.address || short))
            || (self.colon && short && (named || self.date.is_whole()))
            || (self.date.any() && self.address && self.begins_with_date && sentence.len() < 160)
    }

    /// Before lines without marks the sentence cuts all that follows, so it must be a client's beyond doubt.
    pub(super) fn announces_unmarked(&self, sentence: &str) -> bool {
        if sentence.len() > 200 || speaks_of_itself(sentence) {
            return false;
        }
        let bracketed = sentence
            .split_once('<')
            .is_some_and(|(_, rest)| rest.contains('@'));
        if self.verb && self.colon {
            return (self.date.any() && (self.opened || self.address))
                || (self.address && self.opened)
                || (self.date.is_whole() && sentence.len() < 100)
                || says_who_and_no_more(sentence)
                // `Jane via Acme Forum wrote:`, as forums put it into the name.
                || (sentence.contains(" via ") && sentence.len() < 80);
        }
        if self.begins_with_date && self.date.is_whole() && is_dated_name(sentence) {
            return true;
        }
        // Any language: a date, a name, an address in brackets, and nothing else.
        let ends = self.colon || sentence.ends_with('>');
        (ends && self.begins_with_date && self.date.any() && bracketed && sentence.len() < 160)
            || (self.colon && bracketed && self.date.is_whole())
    }
}

/// True if the writer is in the sentence: `On Monday we wrote to you:`. Clients never say "we".
fn speaks_of_itself(sentence: &str) -> bool {
    const PERSONS: [&str; 28] = [
        "I", "we", "We", "me", "us", "you", "ich", "Ich", "wir", "Wir", "mir", "uns", "mich",
        "vous", "Je", "nous", "Nous", "moi", "ik", "Ik", "wij", "Wij", "mij", "ons", "yo", "io",
        "Please", "Bitte",
    ];
    sentence
        .split(|ch: char| !ch.is_alphanumeric())
        .any(|word| PERSONS.contains(&word))
}

/// True for `2026-03-27 9:31 GMT+01:00 Jane Doe`, Gmail's of old without an address.
fn is_dated_name(sentence: &str) -> bool {
    const NAME_BYTES_MAX: usize = 30;
    let zone = sentence.split_once(" GMT").map(|(_, zone)| zone);
    let named = zone.and_then(|zone| zone.split_once(' '));
    named.is_some_and(|(zone, name)| {
        let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
        zone.starts_with(['+', '-'])
            && name.len() <= NAME_BYTES_MAX
            && !name.contains(['<', '@'])
            && name.split_whitespace().all(capital)
    })
}

/// True for `Jane Doe <jane@acme.example> wrote:`, where only the verb follows the address.
fn says_who_and_no_more(sentence: &str) -> bool {
    const NAME_WORDS_MAX: usize = 6;
    const VERB_BYTES_MAX: usize = 25;
    let Some((name, rest)) = sentence.split_once(['<', '(']) else {
        return false;
    };
    let Some((address, verb)) = rest.split_once(['>', ')']) else {
        return false;
    };
    address.contains('@')
        && !address.contains(' ')
        && name.split_whitespace().count() <= NAME_WORDS_MAX
        && verb.len() <= VERB_BYTES_MAX
}

/// True for `2026-03-27 …` and `Friday, 27 …`.
fn begins_with_date(sentence: &str) -> bool {
    let (first, rest) = sentence.split_once([' ', ',']).unwrap_or((sentence, ""));
    let digit = |text: &str| {
        text.bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit())
    };
    let weekday = first.chars().all(|ch| ch.is_alphabetic() || ch == '.')
        && (2..=12).contains(&first.chars().count());
    digit(first) || (weekday && digit(rest.trim_start_matches([' ', ','])))
}

/// What a text has of a date.
#[derive(Clone, Copy)]
struct Date {
    year: bool,
    time: bool,
    numeric: bool,
}

impl Date {
    fn in_text(text: &str) -> Self {
        let bytes = text.as_bytes();
        let digit = |byte: &u8| byte.is_ascii_digit();
        Self {
            year: bytes.windows(4).any(|four| {
                matches!(four, [b'1', b'9', c, d] | [b'2', b'0', c, d] if digit(c) && digit(d))
            }),
            time: bytes.windows(4).any(|four| {
                matches!(four, [a, b':' | b'.' | b'h', c, d] if digit(a) && digit(c) && digit(d))
            }),
            numeric: bytes.windows(4).any(|four| {
                matches!(four, [a, b'/' | b'.' | b'-', c, d]
                    if digit(a) && digit(c) && (digit(d) || matches!(d, b'/' | b'.' | b'-')))
            }),
        }
    }

    fn any(self) -> bool {
        self.year || self.time || self.numeric
    }

    /// The day and the time of day.
    fn is_whole(self) -> bool {
        self.time && (self.year || self.numeric)
    }
}

/// The person whom the sentence names, if it names an address.
pub(super) fn person(sentence: &str) -> Option<Person> {
    let address = address::within(sentence.split_once('<').map_or(sentence, |(_, rest)| rest))
        .or_else(|| address::within(sentence))?;
    let at = sentence.to_lowercase().find(&address)?;
    let before = sentence.get(..at)?.trim_end_matches(['<', ' ', '(', '[']);
    let before = before
        .trim_end_matches("[mailto:")
        .trim_end_matches("mailto:");
    Some(Person {
        name: name_in(before),
        address,
    })
}

/// The name at the end of what stands before the address: quoted, or behind the date and the verb.
fn name_in(before: &str) -> Option<String> {
    if let Some(inner) = before.strip_suffix('"') {
        return inner
            .rsplit_once('"')
            .and_then(|(_, name)| address::name(name));
    }
    let behind_date = before
        .rfind(|ch: char| ch.is_ascii_digit())
        .and_then(|at| before.get(at + 1..))
        .unwrap_or(before);
    let mut name = behind_date;
    for part in behind_date.split([',', ':']) {
        if part.chars().any(char::is_alphabetic) {
            name = part;
        }
    }
    let lower = name.to_lowercase();
    let verb_end = VERBS
        .split('|')
        .filter_map(|verb| lower.find(verb.trim()).map(|at| at + verb.trim().len()))
        .max();
    let name = verb_end.and_then(|end| name.get(end..)).unwrap_or(name);
    let words: Vec<&str> = name.split_whitespace().collect();
    // Names begin with a capital letter, or are written in a script that has none; what stands before them fills in.
    let begins_name = |word: &&str| {
        const FILLERS: [&str; 10] = [
            "AM", "PM", "Uhr", "UTC", "GMT", "CET", "CEST", "EST", "EDT", "PST",
        ];
        let letter = word.chars().find(|ch| ch.is_alphabetic());
        letter.is_some_and(|letter| !letter.is_lowercase())
            && !FILLERS.contains(&word.trim_matches([',', '.']))
    };
    let start = words.iter().position(begins_name).unwrap_or(0);
    let words = words.get(start..).unwrap_or_default();
    address::name(&words.join(" "))
}
