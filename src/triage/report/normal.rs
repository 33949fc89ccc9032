//! The text that is looked at, folded: small letters, no accents, `ß` as `ss`, single blanks, hyphens as blanks.
//!
//! Every byte remembers where it came from, so that evidence points into the mail. A line that a mail program
//! broke at its right edge is joined again; a line that the writer ended stays a line.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Evidence, Within};
use crate::triage::mail::{Kind, Mail, Part};

/// No more of a mail is looked at: nobody describes a trouble in more than 5,000 words, and a log pasted behind them adds none.
const LOOKED_AT_BYTES: usize = 32 * 1024;
/// With fewer words of one's own, what is forwarded is what the mail says.
const FEW_WORDS: usize = 15;
/// A line in which the next word would have ended before this column was ended by its writer: mail programs break at 60 to
/// 78 columns.
const BROKEN_LINE_CHARACTERS: usize = 60;

/// The text of a mail, and behind it the words of a message that is attached, as if it had been forwarded inline.
#[derive(Debug)]
pub(super) struct Body<'m> {
    text: Cow<'m, str>,
    /// Where the attached words lie in `text`; empty where none are attached.
    attached: Range<usize>,
}

impl<'m> Body<'m> {
    pub(super) fn of(mail: &'m Mail) -> Self {
        let end = mail.text.len();
        let is_inline = mail.segments.iter().any(|it| it.part == Part::Forwarded);
        let attached = mail.forwarded.as_ref().filter(|_| !is_inline);
        let Some(body) = attached.map(|attached| attached.body.as_str()) else {
            return Self {
                text: Cow::Borrowed(&mail.text),
                attached: end..end,
            };
        };
        let body = body
            .get(cut(body, 0..body.len(), LOOKED_AT_BYTES))
            .unwrap_or_default();
        let text = [&mail.text, body].join(APART);
        Self {
            attached: end + APART.len()..text.len(),
            text: Cow::Owned(text),
        }
    }

    /// Moves evidence that lies in the attached words to where the mail has them; what lies in both keeps its first half.
    pub(super) fn settle(&self, evidence: &mut Evidence) {
        if evidence.within != Within::Text || self.attached.is_empty() {
            return;
        }
        if evidence.start >= self.attached.start {
            evidence.within = Within::Forwarded;
            evidence.start -= self.attached.start;
            evidence.end -= self.attached.start;
            return;
        }
        let end_of_text = self.attached.start - APART.len();
        if evidence.end > end_of_text {
            evidence.end = end_of_text.max(evidence.start);
            let kept = self.text.get(evidence.start..evidence.end);
            evidence.text = kept.unwrap_or_default().to_owned();
        }
    }
}

/// Keeps the words of two messages from running together.
const APART: &str = "\n\n";

/// Which words of a mail count, in its own letters.
#[derive(Clone, Debug)]
pub(super) struct Source<'m> {
    pub(super) subject: &'m str,
    pub(super) text: &'m str,
    /// What the writer (or, for a bare forward, the forwarded one) says now: bytes into `text`.
    pub(super) primary: Vec<Range<usize>>,
    /// The subject is that of an earlier mail: a reply keeps it whatever it says.
    pub(super) old_subject: bool,
    /// Forwarded words that stand behind enough words of one's own: good for fields, weaker for meaning.
    pub(super) forwarded: Vec<Range<usize>>,
}

impl<'m> Source<'m> {
    pub(super) fn of(mail: &'m Mail, body: &'m Body<'_>) -> Self {
        let mut left = LOOKED_AT_BYTES;
        let mut own = Vec::new();
        let mut forwarded = Vec::new();
        for segment in &mail.segments {
            let range = cut(&mail.text, segment.range.clone(), left);
            match segment.part {
                Part::New => own.push(range.clone()),
                Part::Forwarded => forwarded.push(behind_headers(&mail.text, range.clone())),
                Part::Quoted | Part::Signature | Part::Disclaimer => continue,
            }
            left = left.saturating_sub(range.len());
        }
        if let Some(innermost) = innermost(mail, &forwarded) {
            forwarded = vec![innermost];
        }
        if !body.attached.is_empty() {
            forwarded.push(body.attached.clone());
        }
        let words: usize = own
            .iter()
            .filter_map(|range| mail.text.get(range.clone()))
            .map(|text| text.split_whitespace().take(FEW_WORDS).count())
            .sum();
        if words < FEW_WORDS {
            own.append(&mut forwarded);
        }
        Self {
            subject: mail.subject.as_deref().unwrap_or_default(),
            text: &body.text,
            old_subject: mail.kind == Kind::Reply && words > 0,
            primary: own,
            forwarded,
        }
    }

    /// Every stretch that counts, the primary ones first.
    pub(super) fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.primary.iter().chain(&self.forwarded)
    }

    pub(super) fn evidence(&self, field: &str, range: &Range<usize>, because: &str) -> Evidence {
        Evidence {
            field: field.to_owned(),
            text: self.text.get(range.clone()).unwrap_or_default().to_owned(),
            start: range.start,
            end: range.end,
            within: Within::Text,
            because: because.to_owned(),
        }
    }
}

/// The last forwarded message's words, where they stand in the text as they are.
fn innermost(mail: &Mail, forwarded: &[Range<usize>]) -> Option<Range<usize>> {
    let body = mail.forwarded.as_ref()?.body.trim();
    let within = forwarded.last()?;
    let start = mail.text.get(within.clone())?.find(body)? + within.start;
    (!body.is_empty()).then(|| start..start + body.len())
}

/// The header block of a forwarded message is no part of what it says.
fn behind_headers(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(block) = text.get(range.clone()) else {
        return range;
    };
    let mut at = range.start;
    let mut seen = false;
    for line in block.split_inclusive('\n').take(20) {
        let bare = line.trim_start_matches(['>', ' ', '*']).trim();
        let head = bare
            .split_once(':')
            .is_some_and(|(name, _)| name.len() <= 24 && !name.contains("//"));
        if head || bare.starts_with('-') || bare.starts_with('_') {
            seen |= head;
        } else if !bare.is_empty() || seen {
            break;
        }
        at += line.len();
    }
    if seen { at..range.end } else { range }
}

fn cut(text: &str, range: Range<usize>, left: usize) -> Range<usize> {
    let mut end = range
        .end
        .min(range.start.saturating_add(left))
        .min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    range.start..end.max(range.start)
}

/// A folded text that knows its source.
#[derive(Clone, Debug, Default)]
pub(super) struct Folded {
    pub(super) text: String,
    /// Where the bytes of `text` came from, in order.
    runs: Vec<Run>,
    /// Where the subject ends in `text`.
    pub(super) subject_end: usize,
    /// Where the primary text ends in `text`.
    pub(super) primary_end: usize,
}

/// A stretch of the folded text with one source. Most of a mail is a few long runs, byte for byte.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Where it begins in the folded text.
    at: usize,
    /// Where it begins in the source.
    from: usize,
    /// All of it comes from one character of so many bytes; `None`: byte for byte.
    character: Option<usize>,
}

impl Folded {
    /// Folds the subject, the primary text and the forwarded text, in this order.
    pub(super) fn of(source: &Source<'_>) -> Self {
        let size = source.subject.len() + source.ranges().map(Range::len).sum::<usize>();
        let mut folded = Self {
            text: String::with_capacity(size + 8),
            ..Self::default()
        };
        folded.line(source.subject, 0);
        folded.put('\n', (0, 0));
        folded.subject_end = folded.text.len();
        for range in &source.primary {
            folded.block(source.text, range);
        }
        folded.primary_end = folded.text.len();
        for range in &source.forwarded {
            folded.block(source.text, range);
        }
        folded
    }

    /// Words of a rule file, folded in the same way.
    pub(super) fn words(text: &str) -> String {
        let mut folded = Self::default();
        folded.line(text, 0);
        folded.text.trim().to_owned()
    }

    /// Where a piece of the folded text lies: in the subject or in the text.
    pub(super) fn origin(&self, piece: &Range<usize>) -> (Within, Range<usize>) {
        let within = if piece.start < self.subject_end {
            Within::Subject
        } else {
            Within::Text
        };
        let start = self.source_of(piece.start).start;
        let last = piece.end.checked_sub(1);
        let end = last.map_or(start, |last| self.source_of(last).end);
        (within, start..end.max(start))
    }

    /// The bytes that one byte of the folded text came from.
    fn source_of(&self, at: usize) -> Range<usize> {
        let behind = self.runs.partition_point(|run| run.at <= at);
        let run = behind.checked_sub(1).and_then(|last| self.runs.get(last));
        run.map_or(0..0, |run| match run.character {
            Some(bytes) => run.from..run.from + bytes,
            None => run.from + (at - run.at)..run.from + (at - run.at) + 1,
        })
    }

    /// The words behind a piece of the folded text.
    pub(super) fn evidence(
        &self,
        source: &Source<'_>,
        piece: &Range<usize>,
        (field, because): (&str, &str),
    ) -> Evidence {
        let (within, range) = self.origin(piece);
        let text = if within == Within::Subject {
            source.subject
        } else {
            source.text
        };
        Evidence {
            field: field.to_owned(),
            text: text.get(range.clone()).unwrap_or_default().to_owned(),
            start: range.start,
            end: range.end,
            within,
            because: because.to_owned(),
        }
    }

    fn block(&mut self, text: &str, range: &Range<usize>) {
        let mut at = range.start;
        let mut columns = 0;
        for line in text
            .get(range.clone())
            .unwrap_or_default()
            .split_inclusive('\n')
        {
            let bare = line.trim_start_matches(['>', ' ', '\t']);
            let word = bare
                .split_whitespace()
                .next()
                .map_or(0, |word| word.chars().count());
            let broken = columns > 0 && columns + 1 + word >= BROKEN_LINE_CHARACTERS;
            if !(broken && goes_on(bare)) {
                self.end_line(at);
            }
            self.line(bare, at + line.len() - bare.len());
            columns = line.trim_end().chars().count();
            at += line.len();
        }
        self.end_line(at);
    }

    fn end_line(&mut self, at: usize) {
        if self.text.ends_with(' ') {
            self.text.pop();
            self.runs.pop_if(|run| run.at >= self.text.len());
        }
        if !self.text.ends_with('\n') {
            self.put('\n', (at, at));
        }
    }

    fn line(&mut self, line: &str, from: usize) {
        let mut at = 0;
        while let Some(byte) = line.as_bytes().get(at) {
            if byte.is_ascii() {
                self.ascii(*byte, from + at);
                at += 1;
                continue;
            }
            let Some(character) = line.get(at..).and_then(|rest| rest.chars().next()) else {
                break;
            };
            let behind = at + character.len_utf8();
            self.foreign(character, (from + at, from + behind));
            at = behind;
        }
    }

    fn ascii(&mut self, byte: u8, from: usize) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b'-' | b'_' | b'*' | b'"' => {
                if !matches!(self.text.as_bytes().last(), None | Some(b' ' | b'\n')) {
                    self.byte(b' ', from);
                }
            }
            _ => self.byte(byte.to_ascii_lowercase(), from),
        }
    }

    /// Appends a byte that stands for one byte of the source.
    fn byte(&mut self, byte: u8, from: usize) {
        let at = self.text.len();
        let goes_on = self.runs.last().is_some_and(|run| {
            run.character.is_none() && at - run.at == from.wrapping_sub(run.from)
        });
        if !goes_on {
            self.runs.push(Run {
                at,
                from,
                character: None,
            });
        }
        self.text.push(char::from(byte));
    }

    fn foreign(&mut self, character: char, place: (usize, usize)) {
        match character {
            'ß' | 'ẞ' => ['s', 's'].into_iter().for_each(|s| self.put(s, place)),
            '’' | '‘' | '´' | '`' => self.put('\'', place),
            '…' => self.put('.', place),
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
            '“' | '”' | '„' | '«' | '»' | '\u{2010}' | '\u{2011}' => self.blank(place),
            '–' | '—' | '、' => self.put(',', place),
            '。' => {
                self.put('.', place);
                self.put(' ', place);
            }
            _ if character.is_whitespace() => self.blank(place),
            _ => std::iter::once(character)
                .nfkd()
                .filter(|part| !is_combining_mark(*part))
                .flat_map(char::to_lowercase)
                .for_each(|part| self.put(part, place)),
        }
    }

    fn blank(&mut self, place: (usize, usize)) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.put(' ', place);
        }
    }

    /// Appends a character that stands for the character at `from..to`.
    fn put(&mut self, character: char, (from, to): (usize, usize)) {
        self.runs.push(Run {
            at: self.text.len(),
            from,
            character: Some(to - from),
        });
        self.text.push(character);
    }
}

/// True for a line that may be the rest of the one before: neither empty nor a bullet nor a label.
fn goes_on(line: &str) -> bool {
    let line = line.trim();
    let begins = line.chars().next();
    let bullet = begins.is_none_or(|first| !first.is_alphanumeric() && !"(\"'«„“".contains(first));
    let numbered = begins.is_some_and(|first| first.is_ascii_digit())
        && line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with(['.', ')']);
    !bullet && !numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_folded_and_know_where_they_came_from() {
        let check = |text: &str, expected: &str| assert_eq!(Folded::words(text), expected);
        check("  Straße\tÄRGER  Été ", "strasse arger ete");
        check("It’s \u{200b}down", "it's down");
        check("SLA-Verletzung", "sla verletzung");
        let mail = Mail::read("Subject: Prüfung\n\nDie Straße\nist zu".as_bytes());
        let body = Body::of(&mail);
        let source = Source::of(&mail, &body);
        let folded = Folded::of(&source);
        let at = folded.text.find("strasse").unwrap();
        let evidence = folded.evidence(&source, &(at..at + 7), ("x", "y"));
        assert_eq!(
            (evidence.text.as_str(), evidence.within),
            ("Straße", Within::Text)
        );
        let at = folded.text.find("prufung").unwrap();
        let evidence = folded.evidence(&source, &(at..at + 7), ("x", "y"));
        assert_eq!(
            (evidence.text.as_str(), evidence.within),
            ("Prüfung", Within::Subject)
        );
    }
}
