//! Steps to reproduce: a numbered or bulleted list behind a cue, a chain of arrows, or "when I … then …".
//!
//! A list without a cue counts only if it is numbered and its items are things that one does.

use std::ops::Range;

use super::Found;
use super::labels::Labelled;
use super::normal::Folded;
use super::reading::Reading;

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
        .or_else(|| numbered(reading, &lines))
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
    if let Some(rest) = numeral(bare) {
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
    } else if let Some(rest) = bare.strip_prefix(['-', '*', '•', '·', '–', '+', '◦', '→'])
    {
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

/// "Reports > Sales > Export" and "open X, click Y, choose Z" are chains; each link is a step.
fn chain(reading: &Reading<'_>, at: Range<usize>) -> Vec<Range<usize>> {
    let text = reading.source.text;
    let whole = text.get(at.clone()).unwrap_or_default();
    for separator in ["→", " -> ", "->", " => ", "; ", " 2. ", " 2) "] {
        if !whole.contains(separator) {
            continue;
        }
        if separator.contains('2') {
            return inline_numbers(text, at);
        }
        return split(text, at, separator);
    }
    let commas = split(text, at.clone(), ", ");
    let short = |piece: &Range<usize>| piece.len() < COMMA_BYTES;
    if commas.len() > 2 && commas.iter().all(short) {
        return commas;
    }
    let all_do = commas.len() > 1
        && commas
            .iter()
            .filter(|piece| does(reading, text.get((*piece).clone()).unwrap_or_default()))
            .count()
            * 2
            > commas.len();
    if all_do { commas } else { vec![at] }
}

/// Pieces between commas that are longer tell a story.
const COMMA_BYTES: usize = 48;

fn split(text: &str, at: Range<usize>, separator: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = at.start;
    for piece in text.get(at).unwrap_or_default().split(separator) {
        let bare = piece.trim();
        let begin = start + piece.len() - piece.trim_start().len();
        if !bare.is_empty() {
            ranges.push(begin..begin + bare.len());
        }
        start += piece.len() + separator.len();
    }
    ranges
}

/// "1. open it 2. click there 3. see the error"
fn inline_numbers(text: &str, at: Range<usize>) -> Vec<Range<usize>> {
    let whole = text.get(at.clone()).unwrap_or_default();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for number in 1..=9u8 {
        let marks = [format!("{number}. "), format!("{number}) ")];
        let next = marks.iter().find_map(|mark| {
            let place = whole.get(from..)?.find(mark.as_str())? + from;
            Some((place, place + mark.len()))
        });
        let Some((mark, behind)) = next else { break };
        if let Some(last) = ranges.last_mut() {
            last.end = at.start + mark;
        }
        ranges.push(at.start + behind..at.end);
        from = behind;
    }
    for range in &mut ranges {
        let piece = text.get(range.clone()).unwrap_or_default();
        range.end = range.start + piece.trim_end().trim_end_matches([',', ';']).len();
    }
    ranges
}

/// A numbered list from 1 on whose items mostly are things that one does.
fn numbered(reading: &Reading<'_>, lines: &[Line]) -> Option<Found<Vec<String>>> {
    let text = reading.source.text;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut next = 1;
    for line in lines {
        match line.mark {
            Mark::Number(number) if number == next => {
                ranges.push(line.words.clone());
                next += 1;
            }
            Mark::Number(1) => {
                ranges = vec![line.words.clone()];
                next = 2;
            }
            Mark::None if !ranges.is_empty() => {
                let goes_on = ranges
                    .last()
                    .is_some_and(|last| continues(text, last, line));
                match ranges.last_mut() {
                    Some(last) if goes_on => last.end = line.words.end,
                    Some(_) | None => break,
                }
            }
            Mark::Empty | Mark::None | Mark::Lone => {}
            Mark::Number(_) | Mark::Bullet => break,
        }
        if ranges.len() >= MOST {
            break;
        }
    }
    let doing = ranges
        .iter()
        .filter(|range| does(reading, text.get((*range).clone()).unwrap_or_default()))
        .count();
    let likely = ranges.len() >= 2 && doing * 2 >= ranges.len();
    likely.then(|| found(reading, ranges, 0.8, "numbered list"))?
}

/// True for words that tell to do something, and for a way through menus: `Reports > Sales`.
fn does(reading: &Reading<'_>, step: &str) -> bool {
    let language = reading.language.as_deref();
    step.contains(" > ") || reading.lexicon.steps.do_something(step, language)
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
