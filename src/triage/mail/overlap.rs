//! Quotation that no mark shows, found by exact overlap with what was said in the thread before.
//!
//! Programs that drop every mark still repeat the words. What a mail shares with an earlier one, word for word and long
//! enough to be no chance, is quotation; an answer written between such lines stays, because nobody said it before.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::{Mail, Part, Segment};

/// So many words in a row are compared at a time; lines may be broken elsewhere.
const RUN_WORDS: usize = 6;
/// A shorter stretch may be said twice: a greeting, a company's name, "it still does not work".
const REPEATED_BYTES: usize = 60;
/// No more words of one text are compared: quotation of a thread lies near the top of its mails.
const WORDS_MAX: usize = 20_000;

impl Mail {
    /// Marks as quotation every line of the writer's words that repeats one of these earlier texts. Returns false, and
    /// changes nothing, where nothing is repeated or where nothing else would be left.
    pub fn mark_repeated(&mut self, earlier: &[String]) -> bool {
        let known: HashSet<u64> = earlier
            .iter()
            .flat_map(|text| runs(&words(text, 0..text.len())).collect::<Vec<_>>())
            .collect();
        if known.is_empty() {
            return false;
        }
        let (mut segments, mut repeated, mut left) = (Vec::new(), false, false);
        for segment in &self.segments {
            if segment.part != Part::New {
                add(&mut segments, segment.clone());
                continue;
            }
            let covered = covered(&self.text, segment.range.clone(), &known);
            for line in lines(&self.text, segment.range.clone()) {
                let bare = self.text.get(line.clone()).unwrap_or_default().trim();
                let is_repeated = covered
                    .iter()
                    .any(|stretch| lies_in(&self.text, &line, stretch));
                repeated |= is_repeated && !bare.is_empty();
                left |= !is_repeated && bare.chars().any(char::is_alphanumeric);
                let part = if is_repeated { Part::Quoted } else { Part::New };
                add(&mut segments, Segment { part, range: line });
            }
        }
        if !repeated || !left {
            return false;
        }
        self.segments = segments;
        true
    }
}

/// Puts a segment behind the others, or makes the last one longer.
fn add(segments: &mut Vec<Segment>, segment: Segment) {
    match segments.last_mut() {
        Some(last) if last.part == segment.part => last.range.end = segment.range.end,
        Some(_) | None => segments.push(segment),
    }
}

fn lines(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut at = range.start;
    let pieces = text.get(range).unwrap_or_default().split_inclusive('\n');
    pieces
        .map(|piece| {
            let start = at;
            at += piece.len();
            start..at
        })
        .collect()
}

/// True if every word of the line lies in the stretch; a line without words does if it lies between its ends.
fn lies_in(text: &str, line: &Range<usize>, stretch: &Range<usize>) -> bool {
    let is_word = |(_, character): &(usize, char)| character.is_alphanumeric();
    let piece = text.get(line.clone()).unwrap_or_default();
    let mut places = piece.char_indices().filter(is_word);
    let Some((first, _)) = places.next() else {
        return stretch.start <= line.start && line.end <= stretch.end;
    };
    let last = places.next_back().map_or(first, |(last, _)| last);
    stretch.start <= line.start + first && line.start + last < stretch.end
}

/// The stretches whose words were all said before, each long enough to be no chance.
fn covered(text: &str, range: Range<usize>, known: &HashSet<u64>) -> Vec<Range<usize>> {
    let words = words(text, range);
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (place, run) in runs(&words).enumerate() {
        if !known.contains(&run) {
            continue;
        }
        let (Some(first), Some(last)) = (words.get(place), words.get(place + RUN_WORDS - 1)) else {
            continue;
        };
        match stretches.last_mut() {
            Some(stretch) if first.at.start < stretch.end => stretch.end = last.at.end,
            Some(_) | None => stretches.push(first.at.start..last.at.end),
        }
    }
    stretches.retain(|stretch| stretch.len() >= REPEATED_BYTES);
    stretches
}

/// A word and where it stands.
struct Word {
    hash: u64,
    at: Range<usize>,
}

/// Words without case and marks. Of a script without blanks each character is one.
fn words(text: &str, range: Range<usize>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut begun: Option<usize> = None;
    let start = range.start;
    let piece = text.get(range).unwrap_or_default();
    let mut end_word = |from: usize, to: usize| {
        let word = piece.get(from..to).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        word.chars()
            .flat_map(char::to_lowercase)
            .for_each(|c| c.hash(&mut hasher));
        let (hash, at) = (hasher.finish(), start + from..start + to);
        words.push(Word { hash, at });
        words.len() < WORDS_MAX
    };
    for (at, character) in piece.char_indices() {
        let stands_alone = character.is_alphanumeric() && character >= '\u{3040}';
        let goes_on = character.is_alphanumeric() && !stands_alone;
        if !goes_on
            && let Some(from) = begun.take()
            && !end_word(from, at)
        {
            return words;
        }
        if goes_on {
            begun.get_or_insert(at);
        } else if stands_alone && !end_word(at, at + character.len_utf8()) {
            return words;
        }
    }
    if let Some(from) = begun {
        end_word(from, piece.len());
    }
    words
}

/// One number for each run of words.
fn runs(words: &[Word]) -> impl Iterator<Item = u64> {
    words.windows(RUN_WORDS).map(|run| {
        let mut hasher = DefaultHasher::new();
        run.iter().for_each(|word| word.hash.hash(&mut hasher));
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: &str = "Dear support,\n\nthe export of the monthly sales report stops after a thousand rows.\n\
                           It began on Monday. Can you please tell us when it will be mended?\n\nIna Berg\n";

    fn new_text(text: &str, earlier: &[&str]) -> String {
        let raw = format!("From: a@b.example\nSubject: Re: Export\n\n{text}");
        let mut mail = Mail::read(raw.as_bytes());
        let earlier: Vec<String> = earlier.iter().map(|text| (*text).to_owned()).collect();
        let before = mail.text.clone();
        mail.mark_repeated(&earlier);
        assert_eq!(mail.text, before, "nothing is taken from the text");
        let end = mail.segments.iter().fold(0, |end, segment| {
            assert_eq!(segment.range.start, end, "no gap and no overlap");
            segment.range.end
        });
        assert_eq!(end, mail.text.len());
        mail.new_text()
    }

    #[test]
    fn what_was_said_before_is_quotation() {
        let check = |text: &str, expected: &str| {
            let shown = new_text(text, &["Another matter altogether.", EARLIER]);
            assert_eq!(shown, expected, "{text}");
        };
        // Unmarked, as it was, behind the answer.
        check(
            &format!("Now all stores are hit.\n\n{EARLIER}"),
            "Now all stores are hit.",
        );
        // Broken at other places, in another case.
        check(
            "Now all stores are hit.\n\nDear Support, the export of the\nmonthly sales report stops after a\nthousand rows. It began\non Monday.",
            "Now all stores are hit.",
        );
        // An answer between the lines stays.
        check(
            "the export of the monthly sales report stops after a thousand rows.\nStill so.\nIt began on Monday. Can you please tell us when it will be mended?\nToday!",
            "Still so.\nToday!",
        );
        // A short repetition is no quotation, and neither is the whole mail.
        check(
            "It began on Monday. Can you please call?",
            "It began on Monday. Can you please call?",
        );
        check(EARLIER.trim(), EARLIER.trim());
    }

    #[test]
    fn scripts_without_blanks_overlap_as_well() {
        let earlier = "月曜日から売上レポートのエクスポートが途中で止まり、千行までしか出力されません。ご確認ください。";
        let text = format!("全店舗で発生しています。\n\n{earlier}\n");
        assert_eq!(new_text(&text, &[earlier]), "全店舗で発生しています。");
    }
}
