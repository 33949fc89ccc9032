//! Since when, as the writer puts it: a cue of the lexicon, and behind it words and figures that name a time.
//!
//! "Since 9:50" names one; "since we have no answer" is a reason and names none.

use std::ops::Range;

use super::Found;
use super::labels::Labelled;
use super::lexicon::{Since, Table};
use super::reading::Reading;
use super::sentences::Sentence;

/// A later time in a long mail is about something else.
const LOOKED_AT_SENTENCES: usize = 60;
/// A time has no more words than these: "Monday, 3 May 2027 at about 9 am".
const TIME_WORDS: usize = 12;

/// Since when, as written.
pub(super) fn since(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<String>> {
    by_label(reading, labels).or_else(|| {
        let sentences = reading.sentences.all.iter().take(LOOKED_AT_SENTENCES);
        let at = sentences
            .filter_map(|sentence| in_sentence(reading, sentence))
            .next()?;
        let evidence = reading.evidence(&at, "since", "since …");
        Some(Found {
            value: evidence.text.clone(),
            confidence: 0.8,
            evidence: vec![evidence],
        })
    })
}

fn by_label(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<String>> {
    let mut labels = labels
        .iter()
        .filter(|label| label.field == "since" && !label.value.is_empty());
    labels.find_map(|label| {
        let evidence = reading
            .source
            .evidence("since", &label.value, "labelled line");
        Some(Found {
            value: reading.source.text.get(label.value.clone())?.to_owned(),
            confidence: 0.95,
            evidence: vec![evidence],
        })
    })
}

fn in_sentence(reading: &Reading<'_>, sentence: &Sentence) -> Option<Range<usize>> {
    let cues = reading.of_tables_in(&sentence.at).iter();
    cues.filter(|hit| reading.table(hit) == Some(Table::Since(Since::Cue)))
        .find_map(|cue| Some(cue.at.start..end_of_time(reading, cue.at.end, sentence)?))
}

/// Where the time ends that begins behind `at`; nothing where no time is named there.
fn end_of_time(reading: &Reading<'_>, at: usize, sentence: &Sentence) -> Option<usize> {
    let mut at = at;
    let mut end = None;
    let mut free = true;
    for _ in 0..TIME_WORDS {
        let Some((piece, table)) = next_piece(reading, at, sentence) else {
            break;
        };
        let words = reading.text(&piece);
        let figure = words.starts_with(|c: char| c.is_ascii_digit());
        match table {
            Some(Since::Time) => end = Some(piece.end),
            Some(Since::Joint | Since::Between | Since::Cue) => {}
            None if figure => end = Some(piece.start + words.trim_end_matches('.').len()),
            // "Since version 4.2": one word may stand before the time.
            None if free => free = false,
            None => break,
        }
        at = piece.end;
    }
    end
}

/// The words of a table, or the one word, that stand behind one blank at `at`.
fn next_piece(
    reading: &Reading<'_>,
    at: usize,
    sentence: &Sentence,
) -> Option<(Range<usize>, Option<Since>)> {
    let blank = reading.text(&(at..sentence.at.end)).strip_prefix(' ')?;
    let start = at + 1;
    let word = blank.split([' ', '\n']).next().unwrap_or_default();
    let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let ordinal = bare.len() <= 2 && bare.bytes().all(|byte| byte.is_ascii_digit());
    // The dot of "3. Mai" belongs to it.
    let length = if ordinal && word.len() == bare.len() + 1 && word.len() < blank.len() {
        word.len()
    } else {
        bare.len()
    };
    let hits = reading.of_tables_in(&(start..start + 1)).iter();
    let of_table = hits.filter_map(|hit| match reading.table(hit)? {
        Table::Since(since) => Some((hit.at.clone(), Some(since))),
        Table::Grammar(_)
        | Table::Names(_)
        | Table::Steps(_)
        | Table::People(_)
        | Table::Staff(_)
        | Table::Number(_) => None,
    });
    // A word that names a time and may stand before one as well ("gestern") names it.
    let longest = of_table.max_by_key(|(at, since)| (at.end, *since == Some(Since::Time)));
    longest.or_else(|| (length > 0).then(|| (start..start + length, None)))
}

#[cfg(test)]
mod tests {
    use crate::triage::report::tests::report;

    #[test]
    fn a_time_ends_with_its_last_word() {
        let check = |text: &str, expected: Option<&str>| {
            let since = report("", text).since.map(|found| found.value);
            assert_eq!(since.as_deref(), expected, "{text}");
        };
        check("Bei uns steht seit 9:30 alles still", Some("seit 9:30"));
        check("Hier geht seit 9:30 Uhr nichts", Some("seit 9:30 Uhr"));
        check(
            "We see wrong totals since yesterday.",
            Some("since yesterday"),
        );
        check("It is down since 9 am, all of it.", Some("since 9 am"));
        check("C'est en panne depuis ce matin.", Some("depuis ce matin"));
        check(
            "Seit dem 3. Mai um 9 Uhr geht es nicht",
            Some("Seit dem 3. Mai um 9 Uhr"),
        );
        check(
            "Broken since the last update of Monday morning",
            Some("since the last update of Monday morning"),
        );
        check("Broken since version 4.2", Some("since version 4.2"));
        check("Since we have no answer, I ask again", None);
        check("It is down ever since", None);
    }
}
