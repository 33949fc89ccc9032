//! Where writers sign: the last lines of what somebody wrote, from his own name on.
//!
//! A name there is the firm of who signs. That is the client if he is the one whose mail was forwarded, and mostly is
//! not if he forwards: a partner signs with the partner's name.

use std::ops::Range;

use super::name_words::{NameWords, fold};
use super::reading::Reading;
use super::spelled::domain_label;
use crate::triage::mail::{Mail, Part, Person};

/// Nobody signs with more lines.
const LINES: usize = 9;
/// A longer line is no signature's.
const LINE_CHARACTERS: usize = 90;

/// Where the writer and the forwarded writer sign: bytes into the text.
#[derive(Clone, Debug, Default)]
pub(super) struct SignOffs {
    writers: Vec<Range<usize>>,
    forwarded: Vec<Range<usize>>,
}

impl SignOffs {
    pub(super) fn of(reading: &Reading<'_>, mail: &Mail) -> Self {
        let text = reading.source.text;
        let own = |part: Part| {
            let segments = mail.segments.iter();
            segments.filter(move |segment| segment.part == part)
        };
        let is_new = |range: &Range<usize>| {
            own(Part::New).any(|segment| segment.range.contains(&range.start))
        };
        let ranges = || reading.source.ranges();
        let writer = words_of(mail.from.as_ref());
        let forwarder = mail.forwarded.as_ref().and_then(|it| it.from.as_ref());
        let forwarder = words_of(forwarder);
        let signed = own(Part::Signature).map(|segment| segment.range.clone());
        let new = ranges().filter(|range| is_new(range));
        let old = ranges().filter(|range| !is_new(range));
        Self {
            writers: new
                .filter_map(|range| sign_off(text, range, &writer))
                .chain(signed)
                .collect(),
            forwarded: old
                .filter_map(|range| sign_off(text, range, &forwarder))
                .collect(),
        }
    }

    /// True for a place in the writer's own signature.
    pub(super) fn is_writers(&self, at: &Range<usize>) -> bool {
        self.writers.iter().any(|range| range.contains(&at.start))
    }

    /// True for a place in the signature of a message that was forwarded.
    pub(super) fn is_forwarded_writers(&self, at: &Range<usize>) -> bool {
        self.forwarded.iter().any(|range| range.contains(&at.start))
    }

    /// Where the writer signs.
    pub(super) fn writers(&self) -> &[Range<usize>] {
        &self.writers
    }
}

/// From the line that begins with the writer's name to the end.
fn sign_off(text: &str, range: &Range<usize>, person: &[String]) -> Option<Range<usize>> {
    let block = text.get(range.clone())?;
    let mut end = block.len();
    let mut start = None;
    for line in block
        .rsplit('\n')
        .filter(|line| !line.trim().is_empty())
        .take(LINES)
    {
        // Lines are slices of the block, so their places are known.
        let at = line.as_ptr() as usize - block.as_ptr() as usize;
        if line.trim().chars().count() > LINE_CHARACTERS {
            break;
        }
        if begins_with_name(line, person) {
            start = Some(at);
        }
        end = end.max(at + line.len());
    }
    start.map(|start| range.start + start..range.start + end)
}

/// "Jo Doe", "J. Doe, Harbor Bank", "Jo @ Harbor Bank".
fn begins_with_name(line: &str, person: &[String]) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let name = line.split([',', '|', '(', '@', '/', '·', '–', '—']).next();
    let name = name
        .and_then(|name| name.split(" - ").next())
        .unwrap_or_default();
    let mut words = name.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let mut known = 0;
    let all = words.all(|word| {
        let folded = fold(word);
        let own = person.contains(&folded);
        known += usize::from(own && !word.is_empty());
        // Initials and titles stand before a name.
        own || word.chars().count() <= 2 || word.len() <= TITLE_BYTES && known == 0
    });
    all && known > 0
}

/// "Dr", "Prof", "Sr": a longer word before a name is none of its titles.
const TITLE_BYTES: usize = 4;

/// The words of a person's name, or what his address is called by; folded.
fn words_of(person: Option<&Person>) -> Vec<String> {
    let Some(person) = person else {
        return Vec::new();
    };
    let local = person.address.split('@').next().unwrap_or_default();
    let name = person.name.as_deref().unwrap_or(local);
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.filter(|word| !word.is_empty()).map(fold).collect()
}

/// What the domains of the writer and of those written to are called: their names are not the client's.
pub(super) fn own_labels(mail: &Mail, words: &NameWords) -> Vec<String> {
    let people = mail.from.iter().chain(&mail.to);
    let labels = people.filter_map(|person| domain_label(person, words));
    labels.collect()
}

/// True for the name of a firm, or the domain of one, that looks after others: "Sundial Analytics".
pub(super) fn is_agency(name: &str, words: &NameWords) -> bool {
    let mut pieces = name.split(|c: char| !c.is_alphanumeric());
    pieces.any(|word| words.agencies.has_written(word))
        || words
            .agencies
            .is_within(&fold(name).replace(['-', '.'], ""))
}
