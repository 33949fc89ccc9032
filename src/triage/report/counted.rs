//! People as a sentence counts them: what stands before a word for people, a few words back.
//!
//! Each word for people costs the same, however long the text is: nothing is looked for but what the lexicon's one pass
//! has found, and figures.

use std::ops::Range;

use super::lexicon::{People, Table};
use super::matcher::Hit;
use super::reading::Reading;
use super::sentences::Sentence;

/// So many words may stand between a number and its people: "12 of our users".
const BETWEEN_WORDS: usize = 2;
/// A department in front of the number of its people has no more characters.
const GROUP_CHARACTERS: usize = 12;
/// What belongs to people stands within so many bytes before them; so a text without any blank costs no more.
const NEAR_BYTES: usize = 96;
/// No desk counts more digits.
const DIGITS: usize = 9;
/// So many digits, without a mark between thousands, number something else: a ticket, an order.
const NAMING_DIGITS: usize = 5;
/// Words for a number above twice this come in two parts.
const TENS: u32 = 10;
/// No team that says "we are" has more digits; a year has.
const OUR_DIGITS: usize = 3;
/// "We are three to use it": a longer word behind a number is what is counted.
const SMALL_WORD: usize = 3;

/// People as they stand in a sentence.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) at: Range<usize>,
    /// `None` where no number is given, or one without a value.
    pub(super) number: Option<u32>,
    pub(super) all: bool,
}

/// The words around people in one sentence.
#[derive(Clone, Copy)]
pub(super) struct Around<'r> {
    pub(super) reading: &'r Reading<'r>,
    pub(super) sentence: &'r Sentence,
    /// Those of [`Meaning::Table`](super::lexicon::Meaning::Table) in the sentence.
    pub(super) hits: &'r [Hit],
}

impl Around<'_> {
    /// The number of these people, a few words before them: "about 40 of our users", "3 of 40 users", "12名".
    pub(super) fn counted(&self, people: &Range<usize>) -> Option<Counted> {
        let mut at = people.start;
        let mut number = self.number_before(at);
        for _ in 0..BETWEEN_WORDS {
            if number.is_some() {
                break;
            }
            at = self.word_before(at)?.start;
            number = self.number_before(at);
        }
        let (mut start, mut number) = number?;
        if number == Some(1) && !self.is_one_alone(start, people) {
            return None;
        }
        if let Some(of) = self.of_before(start)
            && let Some((first, part)) = self.number_before(of)
        {
            (start, number) = (first, part);
        }
        let mut all = false;
        while let Some((before, is_all)) = self.around_before(start) {
            start = before;
            all |= is_all;
        }
        if self.begins(at, People::Article) && number != Some(2) && !all {
            // "At eleven the secretary", but "both the secretaries".
            return None;
        }
        start = self.group_before(start).unwrap_or(start);
        Some(Counted {
            at: start..people.end,
            number,
            all,
        })
    }

    /// "1 user", "One partner" where it begins a clause; "one of them", "for one user" say no more than "a user".
    fn is_one_alone(&self, one: usize, people: &Range<usize>) -> bool {
        let clause = self.reading.sentences.clause(one, &self.sentence.at);
        let words = self.reading.text(&(one..people.end));
        let begins = self.reading.text(&(clause.start..one)).trim().is_empty();
        let counts = begins || words.starts_with('1') || !words.is_ascii();
        counts && !self.begins(people.start, People::Of)
    }

    /// True where a word of that table begins.
    pub(super) fn begins(&self, at: usize, table: People) -> bool {
        let first = self.hits.partition_point(|hit| hit.at.start < at);
        let here = self.hits.get(first..).unwrap_or_default().iter();
        here.take_while(|hit| hit.at.start == at)
            .any(|hit| self.reading.table(hit) == Some(Table::People(table)))
    }

    /// "The planners (7)": the number stands in brackets behind these people.
    pub(super) fn counted_behind(&self, people: &Range<usize>) -> Option<Counted> {
        let behind = self.reading.text(&(people.end..self.sentence.at.end));
        let inner = behind.strip_prefix(" (")?;
        let number = leading_digits(inner)?;
        let closes = inner.get(number.len()..)?.starts_with(')');
        closes.then(|| Counted {
            at: people.start..people.end + " ()".len() + number.len(),
            number: number.parse().ok(),
            all: false,
        })
    }

    /// "We are three", "somos 9": the number stands behind these words, and nothing that is counted behind it.
    pub(super) fn we(&self, words: &Range<usize>) -> Option<Counted> {
        let start = words.end + 1;
        let first = self.hits.partition_point(|hit| hit.at.start < start);
        let hits = self.hits.get(first..).unwrap_or_default().iter();
        let in_words = hits.take_while(|hit| hit.at.start == start);
        let in_words = in_words.filter_map(|hit| Some((hit.at.end, number_of(self.reading, hit)?)));
        let figures = || {
            let number = leading_digits(self.reading.text(&(start..self.sentence.at.end)))?;
            let number = Some(number).filter(|number| number.len() <= OUR_DIGITS)?;
            Some((start + number.len(), number.parse().ok()))
        };
        let (end, number) = in_words.last().or_else(figures)?;
        let behind = self.reading.text(&(end..self.sentence.at.end));
        let next = behind.split(' ').nth(1).unwrap_or_default();
        let next = next.trim_end_matches(['.', ',', '!', ';']);
        let small = next.len() <= SMALL_WORD && !next.bytes().any(|byte| byte.is_ascii_digit());
        let ends =
            behind.is_empty() || behind.starts_with([')', '!', ';']) || matches!(behind, "." | ",");
        let alone = ends || behind.starts_with(", ") || behind.starts_with(' ') && small;
        alone.then_some(Counted {
            at: words.start..end,
            number,
            all: false,
        })
    }

    /// Where a number begins that ends right before `at`, and its value.
    fn number_before(&self, at: usize) -> Option<(usize, Option<u32>)> {
        let end = self.without_blank(at);
        let in_words = self.near(end).iter().filter(|hit| hit.at.end == end);
        let in_words = in_words
            .filter_map(|hit| Some((hit.at.start, number_of(self.reading, hit)?)))
            .next();
        let in_words = in_words.map(|(start, number)| self.with_tens(start, number));
        in_words.or_else(|| {
            let start = figures_before(self.text_before(end))?;
            let start = self.from(end) + start;
            let digits = self.reading.text(&(start..end));
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain && digits.len() >= NAMING_DIGITS {
                return None;
            }
            let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
            // Of "10-15 users" the lower one counts.
            let lower = self.without_blank(start);
            let range = figures_before(self.text_before(lower)).filter(|_| lower < start);
            match range {
                Some(lower_start) => {
                    let begin = self.from(lower) + lower_start;
                    let lower = self.reading.text(&(begin..lower)).parse().ok();
                    let number = digits.parse().ok();
                    (lower < number)
                        .then_some((begin, lower))
                        .or(Some((start, number)))
                }
                None => Some((start, digits.parse().ok())),
            }
        })
    }

    /// "Thirty-two": of words for a number the tens stand in front.
    fn with_tens(&self, start: usize, number: Option<u32>) -> (usize, Option<u32>) {
        let Some(units) = number.filter(|units| *units < TENS) else {
            return (start, number);
        };
        let end = self.without_blank(start);
        let mut before = self.near(end).iter().filter(|hit| hit.at.end == end);
        let tens = before.find_map(|hit| {
            let tens = number_of(self.reading, hit)??;
            (tens >= 2 * TENS && tens % TENS == 0).then_some((hit.at.start, tens))
        });
        tens.map_or((start, number), |(start, tens)| (start, Some(tens + units)))
    }

    /// Where the number before "of" ends, if "of", "out of our" stands right before `at`.
    fn of_before(&self, at: usize) -> Option<usize> {
        let of = |at| self.of_table(at, &[People::Of]);
        of(at).or_else(|| of(self.of_table(at, &[People::Between])?))
    }

    /// Words before a number that belong to it, and whether they say that it is all of them.
    fn around_before(&self, at: usize) -> Option<(usize, bool)> {
        let all = self.of_table(at, &[People::All]);
        let around = self.of_table(at, &[People::Around, People::Between]);
        match (all, around) {
            (Some(all), around) if around.is_none_or(|around| all <= around) => Some((all, true)),
            (_, around) => around.map(|around| (around, false)),
        }
    }

    /// `経理部の12名`: the department in front of a number, which is written without the letters of particles.
    fn group_before(&self, at: usize) -> Option<usize> {
        let end = self.of_table(at, &[People::Group])?;
        let before = self.text_before(end).char_indices().rev();
        let group = before
            .take(GROUP_CHARACTERS)
            .take_while(|(_, c)| c.is_alphanumeric() && !('\u{3040}'..='\u{309f}').contains(c));
        let start = group.last().map(|(start, _)| start)?;
        Some(self.from(end) + start)
    }

    /// Where the longest word of these tables begins that ends right before `at`.
    pub(super) fn of_table(&self, at: usize, tables: &[People]) -> Option<usize> {
        let end = self.without_blank(at);
        // Hits stand in the order of their beginnings, so the first is the longest.
        let mut hits = self.near(end).iter().filter(|hit| hit.at.end == end);
        let found = hits.find(|hit| {
            let table = self.reading.table(hit);
            tables
                .iter()
                .any(|wanted| table == Some(Table::People(*wanted)))
        });
        found.map(|hit| hit.at.start)
    }

    /// A word without any mark that stands right before `at`.
    pub(super) fn word_before(&self, at: usize) -> Option<Range<usize>> {
        let end = self.without_blank(at);
        let before = self.text_before(end);
        let start = before.rfind([' ', '\n']).map_or(0, |blank| blank + 1);
        let word = before.get(start..)?;
        let plain = word.chars().all(|c| c.is_alphanumeric() || c == '\'');
        (end < at && !word.is_empty() && plain).then(|| self.from(end) + start..end)
    }

    /// The word that stands behind one blank at `at`.
    pub(super) fn word_behind(&self, at: usize) -> Option<Range<usize>> {
        let behind = self.reading.text(&(at..self.sentence.at.end));
        let word = behind.strip_prefix(' ')?;
        let length = word.find(|c: char| !c.is_alphanumeric() && c != '\'');
        let length = length.unwrap_or(word.len());
        (length > 0).then(|| at + 1..at + 1 + length)
    }

    fn without_blank(&self, at: usize) -> usize {
        let before = self.text_before(at);
        at - usize::from(before.ends_with(' '))
    }

    /// What the sentence says right before `at`, from [`Around::from`] on.
    fn text_before(&self, at: usize) -> &str {
        self.reading.text(&(self.from(at)..at))
    }

    /// Where that begins which is near before `at`.
    fn from(&self, at: usize) -> usize {
        let text = &self.reading.folded.text;
        let near = text.floor_char_boundary(at.saturating_sub(NEAR_BYTES));
        near.max(self.sentence.at.start)
    }

    /// The hits that begin near before `at`.
    pub(super) fn near(&self, at: usize) -> &[Hit] {
        let from = at.saturating_sub(NEAR_BYTES);
        let first = self.hits.partition_point(|hit| hit.at.start < from);
        let behind = self.hits.partition_point(|hit| hit.at.start < at);
        self.hits.get(first..behind).unwrap_or_default()
    }
}

/// The value of a word for a number; "many" has none.
#[expect(
    clippy::option_option,
    reason = "no number, and a number without a value"
)]
pub(super) fn number_of(reading: &Reading<'_>, hit: &Hit) -> Option<Option<u32>> {
    let table = reading.table(hit)?;
    if let Table::Number(number) = table {
        Some(number)
    } else {
        None
    }
}

/// The figures that a text begins with, if they are few enough to count people.
fn leading_digits(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let digits = text.get(..digits)?;
    (1..NAMING_DIGITS).contains(&digits.len()).then_some(digits)
}

/// Where the figures begin that a text ends with, such as `40`, `1.200` or `1 200`.
fn figures_before(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits_before = |end: usize| {
        let digits = bytes.get(..end).unwrap_or_default().iter().rev();
        let digits = digits.take(DIGITS + 1);
        digits.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut start = bytes.len();
    let mut group = digits_before(start);
    start -= group;
    if group == 0 || group > DIGITS {
        return None;
    }
    while group == 3
        && let Some(mark) = start.checked_sub(1)
        && matches!(bytes.get(mark), Some(b'.' | b',' | b'\'' | b' '))
        && (1..=3).contains(&digits_before(mark))
    {
        group = digits_before(mark);
        start = mark - group;
    }
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    before
        .is_none_or(|byte| !byte.is_ascii_alphanumeric())
        .then_some(start)
}
