//! Who is affected, as the writer puts it: a number and people, all of them, or one alone.
//!
//! "3 of 40 users" counts as 3; "all users" counts as many, whatever their number.

use super::counted::{Around, Counted, number_of};
use super::labels::Labelled;
use super::lexicon::{People, Table};
use super::matcher::Hit;
use super::normal::Folded;
use super::reading::Reading;
use super::whom::one;
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
/// What is left of a confidence where a sentence speaks of the past, or supposes.
const DOUBT: f32 = 0.8;

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

/// What says who is hit, the surest last; of equals the first is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// "The nurses cannot": people who suffer, without a number.
    Subject,
    /// "only me", "only the brewer".
    Only,
    /// "everyone", "all our branches", "the whole team".
    Everybody,
    /// "four sites": the people there were not counted.
    Premises,
    /// A number, and a word that ends as words for people do.
    Perhaps,
    /// A number of people.
    Number,
}

impl Says {
    fn confidence(self) -> f32 {
        match self {
            Self::Number => 0.8,
            Self::Premises | Self::Perhaps | Self::Only | Self::Everybody => 0.7,
            Self::Subject => 0.6,
        }
    }
}

fn by_words(reading: &Reading<'_>) -> Option<Impact> {
    let mut best: Option<(Says, bool, Counted)> = None;
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
            let Some((says, counted)) = said(&around, hit) else {
                continue;
            };
            let now = around.is_now(&counted.at);
            if now && says == Says::Number {
                return Some(counted.impact(reading, says.confidence()));
            }
            let surest = best.as_ref().map(|(says, now, _)| (*says, *now));
            if surest < Some((says, now)) {
                best = Some((says, now, counted));
            }
        }
    }
    let (says, now, counted) = best?;
    let doubt = if now { 1.0 } else { DOUBT };
    Some(counted.impact(reading, says.confidence() * doubt))
}

/// What one word says with those around it.
fn said(around: &Around<'_>, hit: &Hit) -> Option<(Says, Counted)> {
    let at = &hit.at;
    let people = match around.reading.table(hit)? {
        Table::People(People::Ending | People::Everybody) if around.is_thing(at) => return None,
        Table::People(people) => people,
        Table::Number(Some(_)) => return Some((Says::Perhaps, around.those_of(at)?)),
        Table::Number(None)
        | Table::Grammar(_)
        | Table::Names(_)
        | Table::Steps(_)
        | Table::Since(_)
        | Table::Staff(_) => return None,
    };
    let number = |says| {
        let counted = around.counted(at).or_else(|| around.counted_behind(at));
        let counted = counted.filter(|counted| !around.is_figure(counted.at.start))?;
        Some((says, counted))
    };
    let only = || Some((Says::Only, around.only_before(at)?));
    let all = || Some((Says::Everybody, around.all_before(at)?));
    let suffers = || Some((Says::Subject, around.suffering(at)?));
    match people {
        People::Noun => number(Says::Number)
            .or_else(only)
            .or_else(all)
            .or_else(suffers),
        People::Ending => number(Says::Perhaps).filter(|(_, counted)| counted.number.is_some()),
        People::Premises => number(Says::Premises).or_else(all),
        People::Crowd => {
            let whole = || Some((Says::Everybody, around.whole_before(at)?));
            let behind = || Some((Says::Number, around.counted_behind(at)?));
            behind().or_else(whole)
        }
        People::Everybody => Some((Says::Everybody, around.with_place(at))),
        People::We if around.reading.is_subject(around.sentence) => None,
        People::We => Some((Says::Number, around.we(at)?)),
        People::One if around.is_denied(at.start) => None,
        People::One => Some((Says::Only, one(at.clone()))),
        People::Alone => Some((Says::Only, around.alone(at))),
        People::Thing
        | People::Whole
        | People::Article
        | People::Only
        | People::Suffers
        | People::From
        | People::Figure
        | People::All
        | People::Place
        | People::Around
        | People::Of
        | People::Between
        | People::Group => None,
    }
}

impl Counted {
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
