//! Steps to reproduce: a numbered or bulleted list behind a cue, a chain of arrows, or "when I … then …".
//!
//! A list without a cue counts only if it is numbered and its items are things that one does.

use std::ops::Range;

use super::Found;
use super::labels::Labelled;
use super::normal::Folded;
use super::reading::Reading;
use super::step_prose::{announced, chain, does, told};

/// Nobody writes more.
const MOST: usize = 30;
/// A mail has fewer lines of its own than this.
const LINES: usize = 4_000;

/// The steps, in order.
pub(super) fn steps(reading: &Reading<'_>, labels: &[Labelled]) -> Option<Found<Vec<String>>> {
    let lines = lines(reading);
    labels
        .iter()
        .filter(|label| label.field == "steps")
        .find_map(|label| behind_cue(reading, &lines, (label, labels)))
        .or_else(|| announced_somewhere(reading, &lines, labels))
        .or_else(|| listed(reading, &lines))
        .or_else(|| found(reading, told(reading)?, 0.6, "done one after the other"))
}

/// A line of the text, with what stands in front of its words.
#[derive(Clone, Debug)]
struct Line {
    /// The words, without number or bullet.
    words: Range<usize>,
    mark: Mark,
    labelled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    None,
    Empty,
    Number(u32),
    Bullet,
    /// A number that has its line for itself: a cell of a table.
    Lone,
}

fn lines(reading: &Reading<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for range in reading.source.ranges() {
        let mut at = range.start;
        let block = reading.source.text.get(range.clone()).unwrap_or_default();
        for line in block.split_inclusive('\n').take(LINES) {
            let (mark, words) = marked(line);
            let labelled = line.trim_end().ends_with(':');
            lines.push(Line {
                words: at + words.start..at + words.end,
                mark,
                labelled,
            });
            at += line.len();
        }
    }
    lines
}

/// The number or bullet of a line, and its words.
fn marked(line: &str) -> (Mark, Range<usize>) {
    let end = line.trim_end().len();
    let start = line.len() - line.trim_start_matches(['>', ' ', '\t', '\u{a0}']).len();
    let bare = line.get(start..end).unwrap_or_default();
    if bare.is_empty() {
        return (Mark::Empty, start.min(end)..end);
    }
    let open = bare.strip_prefix('(').unwrap_or(bare);
    if bare.len() <= 2 && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return (Mark::Lone, start..end);
    }
    if let Some(rest) = numeral(bare).or_else(|| lettered(bare)) {
        return (Mark::Number(rest.0), end - rest.1.len()..end);
    }
    let digits = open.len() - open.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let behind = open.get(digits..).unwrap_or_default();
    let (mark, rest) = if (1..=2).contains(&digits) && behind.starts_with(['.', ')', ':', '-']) {
        let rest = behind.get(1..).unwrap_or_default();
        let number = open.get(..digits).and_then(|digits| digits.parse().ok());
        let spaced = rest.starts_with(' ') || rest.starts_with(char::is_alphabetic);
        match number.filter(|_| spaced) {
            Some(number) => (Mark::Number(number), rest),
            None => (Mark::None, bare),
        }
    } else if let Some(rest) = bare.strip_prefix([
        '-', '*', '•', '·', '–', '+', '◦', '→', '・', '●', '○', '■', '‣',
    ]) {
        (Mark::Bullet, rest)
    } else {
        (Mark::None, bare)
    };
    let words = rest.trim_start();
    (mark, end - words.len()..end)
}

/// `一、`: a Chinese numeral in front of a line.
fn numeral(line: &str) -> Option<(u32, &str)> {
    const NUMERALS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut characters = line.chars();
    let first = characters.next()?;
    let number = NUMERALS.iter().position(|numeral| *numeral == first)?;
    let rest = characters.as_str().strip_prefix(['、', '.', '．'])?;
    Some((u32::try_from(number).ok()? + 1, rest.trim_start()))
}

/// `a)`, `b.`, `1 - `: a letter, or a number with a dash apart.
fn lettered(line: &str) -> Option<(u32, &str)> {
    let open = line.strip_prefix('(').unwrap_or(line);
    let (mark, rest) = open.split_at_checked(1)?;
    let mark = mark.bytes().next()?;
    if (b'1'..=b'9').contains(&mark) {
        let rest = rest
            .strip_prefix(" - ")
            .or_else(|| rest.strip_prefix(" – "))?;
        return Some((u32::from(mark - b'0'), rest.trim_start()));
    }
    let rest = rest
        .strip_prefix([')', '.'])
        .filter(|rest| rest.starts_with(' '))?;
    let place = mark
        .to_ascii_lowercase()
        .checked_sub(b'a')
        .filter(|place| *place < LETTERS)?;
    Some((u32::from(place) + 1, rest.trim_start()))
}

/// Nobody goes on with letters behind `k)`; `P. Smith` is a name.
const LETTERS: u8 = 11;

fn behind_cue(
    reading: &Reading<'_>,
    lines: &[Line],
    (label, labels): (&Labelled, &[Labelled]),
) -> Option<Found<Vec<String>>> {
    let text = reading.source.text;
    let line_end = label.line.end;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    // Where the label's line says nothing, the value is what stands below, or nothing.
    let said = label.value.start..trimmed_end(text, line_end);
    let same_line = text.get(said.clone()).unwrap_or_default();
    if !same_line.is_empty() {
        ranges.extend(chain(reading, said));
    }
    let (mut blank, mut marked, mut lone) = (0, false, false);
    for line in lines.iter().filter(|line| line.words.start >= line_end) {
        match line.mark {
            Mark::Empty if ranges.is_empty() && blank == 0 => blank += 1,
            Mark::Empty => break,
            Mark::Lone => lone = true,
            Mark::None | Mark::Number(_) | Mark::Bullet if ends_steps(reading, line, labels) => {
                break;
            }
            Mark::Number(_) | Mark::Bullet if is_outcome(reading, &line.words) => break,
            Mark::Number(_) | Mark::Bullet => {
                marked = true;
                ranges.push(line.words.clone());
            }
            Mark::None if line.labelled && !ranges.is_empty() => break,
            Mark::None if line.labelled => {}
            Mark::None if same_line.is_empty() && ranges.is_empty() => {
                ranges.extend(chain(reading, line.words.clone()))
            }
            Mark::None if same_line.is_empty() => match ranges.last_mut() {
                // A broken line goes on with the item before; a line of its own is a step of its own.
                Some(last) if continues(text, last, line) => last.end = line.words.end,
                // Behind numbers or bullets a line without one is no step.
                Some(_) if marked && !lone => break,
                Some(_) | None => ranges.push(line.words.clone()),
            },
            Mark::None => break,
        }
        if ranges.len() >= MOST {
            break;
        }
    }
    found(reading, ranges, 0.93, "behind a label")
}

fn trimmed_end(text: &str, end: usize) -> usize {
    text.get(..end).map_or(end, |text| text.trim_end().len())
}

fn continues(text: &str, last: &Range<usize>, line: &Line) -> bool {
    let long = text.get(last.clone()).is_some_and(|last| last.len() > 55);
    let small = text
        .get(line.words.clone())
        .is_some_and(|words| words.starts_with(char::is_lowercase));
    long || small
}

/// A labelled line, or one that tells what came of the steps.
fn ends_steps(reading: &Reading<'_>, line: &Line, labels: &[Labelled]) -> bool {
    let next = labels.partition_point(|label| label.line.end <= line.words.start);
    let labelled = labels.get(next).is_some_and(|label| {
        label.line.start <= line.words.start && label.behind <= line.words.end
    });
    labelled || is_labelled(reading, line)
}

fn is_labelled(reading: &Reading<'_>, line: &Line) -> bool {
    let words = reading
        .source
        .text
        .get(line.words.clone())
        .unwrap_or_default();
    words.split_once(':').is_some_and(|(name, _)| {
        let name = Folded::words(name);
        let labels = &reading.lexicon.labels;
        name.len() < 40
            && (reading.lexicon.steps.is_outcome(&name)
                || labels.iter().any(|(label, _)| *label == name))
    })
}

/// Steps behind an announcement on its line, or in the list that it announces.
fn announced_somewhere(
    reading: &Reading<'_>,
    lines: &[Line],
    labels: &[Labelled],
) -> Option<Found<Vec<String>>> {
    let text = reading.source.text;
    lines
        .iter()
        .take(LOOKED_AT_LINES)
        .enumerate()
        .find_map(|(place, line)| {
            let next = lines.get(place + 1..).unwrap_or_default();
            let tail = announced(reading, &line.words).or_else(|| {
                // In Japanese a full stop may stand where others set a colon.
                let list = next.iter().find(|line| line.mark != Mark::Empty);
                let list =
                    list.is_some_and(|line| matches!(line.mark, Mark::Number(1) | Mark::Bullet));
                let words = Folded::words(text.get(line.words.clone())?);
                let cue = list
                    && reading
                        .lexicon
                        .steps
                        .announce(&words, reading.language.as_deref());
                cue.then_some(line.words.end..line.words.end)
            })?;
            if tail.is_empty() {
                return listed_behind(reading, lines, (tail.end, labels));
            }
            // A line that a mail program broke goes on in the next.
            let long = line.words.len() >= BROKEN_LINE_BYTES;
            let further = next.iter().take_while(|line| {
                let words = text.get(line.words.clone()).unwrap_or_default();
                line.mark == Mark::None && words.starts_with(char::is_lowercase)
            });
            let end = further.take(if long { BROKEN_LINES } else { 0 }).last();
            let end = end.map_or(tail.end, |line| line.words.end);
            let chain = chain(reading, tail.start..end);
            let done = chain
                .iter()
                .any(|link| does(reading, text.get(link.clone()).unwrap_or_default()));
            (done || chain.len() > 2).then(|| found(reading, chain, 0.85, "announced"))?
        })
}

/// Behind so many lines nobody begins to tell what he did.
const LOOKED_AT_LINES: usize = 200;
/// A shorter line was ended by its writer.
const BROKEN_LINE_BYTES: usize = 60;
/// Steps in a sentence are on no more lines than these.
const BROKEN_LINES: usize = 4;

/// A list behind an announcement that ends there.
fn listed_behind(
    reading: &Reading<'_>,
    lines: &[Line],
    (behind, labels): (usize, &[Labelled]),
) -> Option<Found<Vec<String>>> {
    let text = reading.source.text;
    let line_end = text.get(behind..).and_then(|rest| rest.find('\n'));
    let line_end = line_end.map_or(text.len(), |line| behind + line + 1);
    let label = Labelled {
        field: "steps".to_owned(),
        value: line_end..line_end,
        behind: line_end,
        line: behind..line_end,
    };
    let mut following = lines.iter().filter(|line| line.words.start >= line_end);
    let first = following.find(|line| line.mark != Mark::Empty)?;
    let found = behind_cue(reading, lines, (&label, labels))?;
    let done = found
        .value
        .iter()
        .filter(|step| does(reading, step))
        .count();
    let is_list = matches!(first.mark, Mark::Number(_) | Mark::Bullet);
    let enough = if is_list {
        done > 0 || found.value.len() > 1
    } else {
        done > 1 && done * 2 >= found.value.len()
    };
    enough.then_some(Found {
        confidence: 0.85,
        ..found
    })
}

/// A list without any announcement whose items mostly are things that one does.
fn listed(reading: &Reading<'_>, lines: &[Line]) -> Option<Found<Vec<String>>> {
    let text = reading.source.text;
    let mut from = 0;
    while let Some(first) = lines
        .get(from..)?
        .iter()
        .position(|line| starts_list(line.mark))
    {
        let first = from + first;
        let (items, behind) = items(reading, lines, first);
        from = behind.max(first + 1);
        let words = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let done = items
            .iter()
            .filter(|item| does(reading, words(item)))
            .count();
        let asks = items
            .iter()
            .any(|item| words(item).trim_end().ends_with('?'));
        let announcer = lines
            .get(..first)
            .and_then(|lines| lines.iter().rfind(|line| line.mark == Mark::None));
        let announcer = announcer.map_or("", |line| words(&line.words));
        let folded = Folded::words(announcer);
        let language = reading.language.as_deref();
        let asked =
            announcer.trim_end().ends_with('?') || reading.lexicon.steps.request(&folded, language);
        let numbered = lines
            .get(first)
            .is_some_and(|line| line.mark == Mark::Number(1));
        let announced = reading.lexicon.steps.announce(&folded, language);
        let share = if announced {
            true
        } else if numbered {
            2 * done >= items.len()
        } else {
            3 * done >= 2 * items.len()
        };
        if items.len() >= 2 && share && !asks && (numbered || !asked) {
            return found(reading, items, 0.8, "a list of what one does");
        }
    }
    None
}

fn starts_list(mark: Mark) -> bool {
    matches!(mark, Mark::Number(1) | Mark::Bullet)
}

/// The items of a list from this line on, and the line behind it.
fn items(reading: &Reading<'_>, lines: &[Line], first: usize) -> (Vec<Range<usize>>, usize) {
    let text = reading.source.text;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let bullets = lines
        .get(first)
        .is_some_and(|line| line.mark == Mark::Bullet);
    let mut at = first;
    let mut blank = false;
    for line in lines.get(first..).unwrap_or_default() {
        let next = u32::try_from(ranges.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        match line.mark {
            Mark::Number(number) if !bullets && number == next => ranges.push(line.words.clone()),
            Mark::Bullet if bullets && !blank => ranges.push(line.words.clone()),
            Mark::None
                if !blank
                    && ranges
                        .last()
                        .is_some_and(|last| continues(text, last, line)) =>
            {
                if let Some(last) = ranges.last_mut() {
                    last.end = line.words.end;
                }
            }
            Mark::Empty => blank = true,
            Mark::None | Mark::Lone | Mark::Number(_) | Mark::Bullet => break,
        }
        at += 1;
        if ranges.len() >= MOST {
            break;
        }
    }
    // "3. Result: …" ends the steps.
    let outcome = ranges.iter().position(|range| is_outcome(reading, range));
    ranges.truncate(outcome.unwrap_or(ranges.len()));
    (ranges, at)
}

fn is_outcome(reading: &Reading<'_>, range: &Range<usize>) -> bool {
    let words = reading.source.text.get(range.clone()).unwrap_or_default();
    let label = words.split_once(':').map(|(label, _)| Folded::words(label));
    label.is_some_and(|label| reading.lexicon.steps.is_outcome(&label))
}

fn found(
    reading: &Reading<'_>,
    ranges: Vec<Range<usize>>,
    confidence: f32,
    because: &str,
) -> Option<Found<Vec<String>>> {
    let text = reading.source.text;
    let value: Vec<String> = ranges
        .iter()
        .filter_map(|range| text.get(range.clone()))
        .map(|step| step.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|step| !step.is_empty() && !reading.lexicon.steps.is_none(step))
        .collect();
    let evidence = ranges
        .iter()
        .take(value.len())
        .map(|range| reading.source.evidence("steps", range, because))
        .collect();
    (!value.is_empty()).then_some(Found {
        value,
        confidence,
        evidence,
    })
}
