//! The words of a mail that conclusions were drawn from, each stretch one mark with a number.
//!
//! On a terminal a mark has the colour of what it speaks for; elsewhere it stands in brackets, so that a pipe loses nothing.

use std::ops::Range;

use clap::builder::styling::{AnsiColor, Style};

use super::page::Page;
use crate::admin::screen;
use crate::triage::mail::{Mail, Part};
use crate::triage::report::{Evidence, Report, Within};

/// How the mail is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Colours and dimming instead of brackets.
    pub(super) coloured: bool,
    /// Columns of the screen; `None` where lines are not broken.
    pub(super) columns: Option<usize>,
}

/// More marks than a person reads.
const MARKS: usize = 60;
/// A stretch of one text that conclusions were drawn from.
#[derive(Debug)]
pub(super) struct Mark<'r> {
    pub(super) within: Within,
    pub(super) range: Range<usize>,
    /// What it speaks for, strongest first.
    pub(super) says: Vec<&'r Evidence>,
}

/// The marked mail and the list of its marks, ready to be printed.
#[derive(Debug)]
pub(super) struct Marked<'r> {
    pub(super) marks: Vec<Mark<'r>>,
    pub(super) look: Look,
}

impl<'r> Marked<'r> {
    pub(super) fn of(report: &'r Report, look: Look) -> Self {
        let mut marks: Vec<Mark<'r>> = Vec::new();
        for piece in report.evidence() {
            let range = piece.start..piece.end;
            let same = |mark: &Mark<'_>| mark.within == piece.within && mark.range == range;
            if let Some(place) = marks.iter().position(same) {
                if let Some(mark) = marks.get_mut(place) {
                    mark.says.push(piece);
                }
            } else if marks.len() < MARKS {
                marks.push(Mark {
                    within: piece.within,
                    range,
                    says: vec![piece],
                });
            }
        }
        marks.sort_by_key(|mark| {
            let text = match mark.within {
                Within::Header => 0,
                Within::Subject => 1,
                Within::Text => 2,
                Within::Forwarded => 3,
            };
            (text, mark.range.start, mark.range.end)
        });
        Self { marks, look }
    }

    /// The raised number of the mark that holds this piece of evidence; empty for what is in no text.
    pub(super) fn number(&self, evidence: &Evidence) -> String {
        let place = self.marks.iter().position(|mark| {
            mark.within == evidence.within && mark.range == (evidence.start..evidence.end)
        });
        place.map_or_else(String::new, |place| raised(place + 1))
    }

    /// The mail's lines: the subject, the text with what is what in the margin, an attached message.
    pub(super) fn mail(&self, mail: &Mail) -> Vec<String> {
        let mut page = Page::new(self);
        if let Some(subject) = &mail.subject {
            page.block("subject", subject, 0..subject.len(), Within::Subject);
        }
        for segment in &mail.segments {
            let margin = match segment.part {
                Part::New => "new",
                Part::Quoted => "quoted",
                Part::Forwarded => "forwarded",
                Part::Signature => "signature",
                Part::Disclaimer => "disclaimer",
            };
            page.block(margin, &mail.text, segment.range.clone(), Within::Text);
        }
        let is_inline = mail.segments.iter().any(|it| it.part == Part::Forwarded);
        if let Some(message) = mail.forwarded.as_ref().filter(|_| !is_inline) {
            let body = &message.body;
            page.block("attached", body, 0..body.len(), Within::Forwarded);
        }
        page.lines
    }

    /// What each mark speaks for, and why.
    pub(super) fn reasons(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (place, mark) in self.marks.iter().enumerate() {
            let number = raised(place + 1);
            for (nth, says) in mark.says.iter().enumerate() {
                let number = if nth == 0 { number.as_str() } else { "" };
                let field = self.dressed(style(&says.field), &format!("{:<15}", says.field));
                lines.push(format!(
                    "  {number:<3} {field} {}",
                    screen::tame(&says.because)
                ));
            }
        }
        lines
    }

    pub(super) fn dressed(&self, style: Style, text: &str) -> String {
        if self.look.coloured {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The colour of a field; signals are red, because they raise the alarm.
pub(super) fn style(field: &str) -> Style {
    let colour = |colour: AnsiColor| colour.on_default();
    match field {
        "client" => colour(AnsiColor::Cyan).bold(),
        "urgency" => colour(AnsiColor::Yellow).bold(),
        "description" => Style::new().bold(),
        "steps" => colour(AnsiColor::Green),
        "affected_users" => colour(AnsiColor::Magenta).bold(),
        "since" => colour(AnsiColor::Blue).bold(),
        "topic" => Style::new().underline(),
        _ => colour(AnsiColor::Red).bold(),
    }
}

/// A number as people write footnotes.
pub(super) fn raised(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = number.to_string();
    let digits = digits.bytes().map(|digit| usize::from(digit - b'0'));
    digits.filter_map(|digit| DIGITS.get(digit)).collect()
}
