//! Who is affected, as the writer puts it: a number and people, all of them, or one alone.
//!
//! "3 of 40 users" counts as 3; "all users" counts as many, whatever their number.

use std::ops::Range;

use super::counted::{Around, Counted, number_of};
use super::labels::Labelled;
use super::lexicon::{People, Table};
use super::normal::Folded;
use super::reading::Reading;
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
        .find(&folded, reading.language.as_deref().as_slice());
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
                    let counted = around.counted(&hit.at);
                    if let Some(counted) = counted.or_else(|| around.counted_behind(&hit.at)) {
                        return Some(counted.impact(reading, 0.8));
                    }
                    everybody = everybody.or_else(|| around.all_before(&hit.at));
                }
                People::Everybody => {
                    everybody = everybody.or_else(|| Some(around.with_place(&hit.at)));
                }
                People::We => {
                    if let Some(counted) = around.we(&hit.at) {
                        return Some(counted.impact(reading, 0.8));
                    }
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
        check("It hits several users.", Some(("several users", None)));
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
            Some(("De 12 magazijnmedewerkers", Some(1.0))),
        );
        check(
            "経理部の約12名が使えません。",
            Some(("経理部の約12名", Some(1.0))),
        );
        check("Does it hit 40 users?", None);
        check("It shows 40 rows, users complain.", None);
        check("The planners (7) see it.", Some(("planners (7)", None)));
        check("We are three to use it.", Some(("We are three", None)));
        check("We are three days late.", None);
        check("Re ticket 88127 users", None);
        check("Room 7, colleagues wait.", None);
        check("Users see v12 dashboards.", None);
    }
}
