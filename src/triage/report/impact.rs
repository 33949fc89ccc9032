//! Who is affected, as the writer puts it: a number and people, all of them, or one alone.
//!
//! "3 of 40 users" counts as 3; "all users" counts as many, whatever their number. Everything is drawn from words that
//! the lexicon's one pass has found, looking back from each word for people over a few words: linear, however long.

use std::ops::Range;

use super::labels::Labelled;
use super::lexicon::{Meaning, People, Table};
use super::matcher::Hit;
use super::normal::Folded;
use super::reading::Reading;
use super::sentences::Sentence;
use super::{Found, Points};

/// Who is affected.
#[derive(Clone, Debug, Default)]
pub(super) struct Impact {
    pub(super) affected: Option<Found<String>>,
    number: Option<u32>,
    all: bool,
}

/// So many people are many.
const MANY: u32 = 50;
/// So many people are some.
const SOME: u32 = 8;
/// A later number in a long mail is about something else.
const LOOKED_AT_SENTENCES: usize = 60;
/// So many words may stand between a number and its people: "12 of our users".
const BETWEEN_WORDS: usize = 2;
/// "Everyone in the London office": a place has so many words at most.
const PLACE_WORDS: usize = 3;
/// A department in front of the number of its people has no more characters.
const GROUP_CHARACTERS: usize = 12;
/// No desk counts more digits.
const DIGITS: usize = 9;

impl Impact {
    pub(super) fn of(reading: &Reading<'_>, labels: &[Labelled]) -> Self {
        let by_label = labels
            .iter()
            .filter(|label| label.field == "affected_users" && !label.value.is_empty())
            .find_map(|label| by_label(reading, label));
        by_label.or_else(|| by_words(reading)).unwrap_or_default()
    }

    /// What it adds to the urgency.
    pub(super) fn points(&self) -> Option<Points> {
        let found = self.affected.as_ref()?;
        let points = match self.number {
            Some(number) if number >= MANY => 2.0,
            _ if self.all => 2.0,
            Some(number) if number >= SOME => 1.0,
            Some(1) => -1.0,
            Some(_) | None => return None,
        };
        Some(Points {
            points,
            because: "people affected".to_owned(),
            evidence: found.evidence.first().cloned(),
        })
    }
}

fn by_label(reading: &Reading<'_>, label: &Labelled) -> Option<Impact> {
    let value = reading.source.text.get(label.value.clone())?;
    let folded = Folded::words(value);
    let hits = reading
        .lexicon
        .matcher
        .find(&folded, reading.language.as_deref());
    let all = hits.iter().any(|hit| {
        hit.at.start == 0
            && matches!(
                reading.table(hit),
                Some(Table::People(People::All | People::Everybody))
            )
    });
    let in_words = || hits.iter().find_map(|hit| number_of(reading, hit));
    let evidence = reading
        .source
        .evidence("affected_users", &label.value, "labelled line");
    Some(Impact {
        affected: Some(Found {
            value: value.to_owned(),
            confidence: 0.95,
            evidence: vec![evidence],
        }),
        number: first_number(value).or_else(|| in_words()?),
        all,
    })
}

fn first_number(text: &str) -> Option<u32> {
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// The value of a word for a number; "many" has none.
#[expect(
    clippy::option_option,
    reason = "no number, and a number without a value"
)]
fn number_of(reading: &Reading<'_>, hit: &Hit) -> Option<Option<u32>> {
    match reading.meaning(hit) {
        Meaning::Table(Table::Number(number)) => Some(number),
        Meaning::Table(_)
        | Meaning::Group
        | Meaning::Component(_)
        | Meaning::Symptom(_)
        | Meaning::Points(_)
        | Meaning::ClientName(_)
        | Meaning::ClientDomain(_)
        | Meaning::UrgencyLabel
        | Meaning::UrgencyName(_)
        | Meaning::Modifier(_) => None,
    }
}

/// People as they stand in a sentence.
#[derive(Clone, Debug)]
struct Counted {
    at: Range<usize>,
    number: Option<u32>,
    all: bool,
}

/// A number says most, then "all of them", then "only me"; of equals the first.
fn by_words(reading: &Reading<'_>) -> Option<Impact> {
    let (mut everybody, mut one) = (None, None);
    for sentence in reading.sentences.all.iter().take(LOOKED_AT_SENTENCES) {
        if sentence.question {
            // A count in a question asks, it does not report.
            continue;
        }
        let around = Around {
            reading,
            sentence,
            hits: reading.of_tables_in(&sentence.at),
        };
        for hit in around.hits {
            let Some(Table::People(people)) = reading.table(hit) else {
                continue;
            };
            match people {
                People::Noun => {
                    if let Some(counted) = around.counted(&hit.at) {
                        return Some(counted.impact(reading, 0.8));
                    }
                    everybody = everybody.or_else(|| around.all_before(&hit.at));
                }
                People::Everybody => {
                    everybody = everybody.or_else(|| Some(around.with_place(&hit.at)));
                }
                People::One => one = one.or_else(|| Some(Counted::one(&hit.at))),
                People::All
                | People::Place
                | People::Around
                | People::Of
                | People::Between
                | People::Group => {}
            }
        }
    }
    let counted = everybody.or(one)?;
    Some(counted.impact(reading, 0.7))
}

impl Counted {
    fn one(at: &Range<usize>) -> Self {
        Self {
            at: at.clone(),
            number: Some(1),
            all: false,
        }
    }

    fn impact(self, reading: &Reading<'_>, confidence: f32) -> Impact {
        let evidence = reading.evidence(&self.at, "affected_users", "people counted");
        let words: Vec<&str> = evidence.text.split_whitespace().collect();
        Impact {
            affected: Some(Found {
                value: words.join(" "),
                confidence,
                evidence: vec![evidence],
            }),
            number: self.number,
            all: self.all,
        }
    }
}

/// The words around people in one sentence.
#[derive(Clone, Copy)]
struct Around<'r> {
    reading: &'r Reading<'r>,
    sentence: &'r Sentence,
    hits: &'r [Hit],
}

impl Around<'_> {
    /// The number of these people, a few words before them: "about 40 of our users", "3 of 40 users", "12名".
    fn counted(&self, people: &Range<usize>) -> Option<Counted> {
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
        start = self.group_before(start).unwrap_or(start);
        Some(Counted {
            at: start..people.end,
            number,
            all,
        })
    }

    /// "All our users", "every London office": at most one word between, beside those that always may stand there.
    fn all_before(&self, people: &Range<usize>) -> Option<Counted> {
        let behind_word = self.word_before(people.start).map(|word| word.start);
        let places = [Some(people.start), behind_word];
        let all = |at: usize| self.of_table(at, &[People::All]);
        let start = places.into_iter().flatten().find_map(|at| {
            let between = self.of_table(at, &[People::Between]).unwrap_or(at);
            let of = self.of_table(between, &[People::Of]);
            all(at).or_else(|| all(between)).or_else(|| all(of?))
        })?;
        Some(Counted {
            at: start..people.end,
            number: None,
            all: true,
        })
    }

    /// "Everyone in the London office".
    fn with_place(&self, everybody: &Range<usize>) -> Counted {
        let place = everybody.end + 1;
        let is_place = self.hits.iter().any(|hit| {
            hit.at.start == place && self.reading.table(hit) == Some(Table::People(People::Place))
        });
        let mut end = everybody.end;
        for _ in 0..if is_place { 1 + PLACE_WORDS } else { 0 } {
            end = self.word_behind(end).map_or(end, |word| word.end);
        }
        Counted {
            at: everybody.start..end,
            number: None,
            all: true,
        }
    }

    /// Where a number begins that ends right before `at`, and its value.
    fn number_before(&self, at: usize) -> Option<(usize, Option<u32>)> {
        let end = self.without_blank(at);
        let in_words = self.hits.iter().filter(|hit| hit.at.end == end);
        let in_words = in_words
            .filter_map(|hit| Some((hit.at.start, number_of(self.reading, hit)?)))
            .next();
        in_words.or_else(|| {
            let start = figures_before(self.text_before(end))?;
            let start = self.sentence.at.start + start;
            let digits = self.reading.text(&(start..end));
            let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
            // Of "10-15 users" the lower one counts.
            let lower = self.without_blank(start);
            let range = figures_before(self.text_before(lower)).filter(|_| lower < start);
            match range {
                Some(lower_start) => {
                    let begin = self.sentence.at.start + lower_start;
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
        Some(self.sentence.at.start + start)
    }

    /// Where the longest word of these tables begins that ends right before `at`.
    fn of_table(&self, at: usize, tables: &[People]) -> Option<usize> {
        let end = self.without_blank(at);
        // Hits stand in the order of their beginnings, so the first is the longest.
        let mut hits = self.hits.iter().filter(|hit| hit.at.end == end);
        let found = hits.find(|hit| {
            let table = self.reading.table(hit);
            tables
                .iter()
                .any(|wanted| table == Some(Table::People(*wanted)))
        });
        found.map(|hit| hit.at.start)
    }

    /// A word without any mark that stands right before `at`.
    fn word_before(&self, at: usize) -> Option<Range<usize>> {
        let end = self.without_blank(at);
        let before = self.text_before(end);
        let start = before.rfind([' ', '\n']).map_or(0, |blank| blank + 1);
        let word = before.get(start..)?;
        let plain = word.chars().all(|c| c.is_alphanumeric() || c == '\'');
        (end < at && !word.is_empty() && plain).then(|| self.sentence.at.start + start..end)
    }

    /// The word that stands behind one blank at `at`.
    fn word_behind(&self, at: usize) -> Option<Range<usize>> {
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

    /// What the sentence says before `at`.
    fn text_before(&self, at: usize) -> &str {
        self.reading.text(&(self.sentence.at.start..at))
    }
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

#[cfg(test)]
mod tests {
    use crate::triage::report::tests::report;

    #[test]
    fn people_are_counted() {
        let check = |text: &str, expected: Option<(&str, Option<f32>)>| {
            let report = report("", text);
            let affected = report.affected_users.map(|found| found.value);
            let mut points = report.points.iter();
            let points = points.find(|line| line.because == "people affected");
            let found = affected
                .as_deref()
                .map(|value| (value, points.map(|points| points.points)));
            assert_eq!(found, expected, "{text}");
        };
        check(
            "It hits about 40 of our users.",
            Some(("about 40 of our users", Some(1.0))),
        );
        check("It hits 3 of 40 users.", Some(("3 of 40 users", None)));
        check(
            "It hits 3 out of our 40 users.",
            Some(("3 out of our 40 users", None)),
        );
        check("It hits 1 200 users.", Some(("1 200 users", Some(2.0))));
        check("It hits 1,200 users.", Some(("1,200 users", Some(2.0))));
        check("It hits 10-15 users.", Some(("10-15 users", Some(1.0))));
        check("It hits twelve people.", Some(("twelve people", Some(1.0))));
        check("It hits all 9 offices.", Some(("all 9 offices", Some(2.0))));
        check("It hits several clients.", Some(("several clients", None)));
        check(
            "All of our offices see it.",
            Some(("All of our offices", Some(2.0))),
        );
        check(
            "Everyone in the London office sees it, we hear.",
            Some(("Everyone in the London office", Some(2.0))),
        );
        check("It hits only me.", Some(("only me", Some(-1.0))));
        check(
            "It hits just one user.",
            Some(("just one user", Some(-1.0))),
        );
        check(
            "Mindestens fünfzig Mitarbeiterinnen sehen nichts.",
            Some(("Mindestens fünfzig Mitarbeiterinnen", Some(2.0))),
        );
        check(
            "De 12 magazijnmedewerkers zien niets.",
            Some(("12 magazijnmedewerkers", Some(1.0))),
        );
        check(
            "経理部の約12名が使えません。",
            Some(("経理部の約12名", Some(1.0))),
        );
        check("Does it hit 40 users?", None);
        check("It shows 40 rows, users complain.", None);
        check("Room 7, colleagues wait.", None);
        check("Users see v12 dashboards.", None);
    }
}
