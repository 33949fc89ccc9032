//! A marked mail as lines of a screen: what is what in the margin, long stretches left out and counted, words wrapped.

use std::ops::Range;

use clap::builder::styling::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::marked::{Mark, Marked, raised, style};
use crate::admin::screen;
use crate::triage::report::Within;

/// So many lines without a mark are shown in a row: of the writer's words, of everything else.
const PLAIN_LINES: (usize, usize) = (40, 3);
/// The width of the margin that says what a line is.
const MARGIN: usize = 11;
/// A narrower screen gets no broken lines: they would be shreds.
const NARROWEST: usize = 40;

/// Lines as they are composed.
pub(super) struct Page<'p, 'r> {
    marked: &'p Marked<'r>,
    pub(super) lines: Vec<String>,
    line: String,
    column: usize,
    style: Style,
}

/// A line of a text, and which text it is of.
struct Line<'t> {
    text: &'t str,
    range: Range<usize>,
    within: Within,
}

impl<'p, 'r> Page<'p, 'r> {
    pub(super) fn new(marked: &'p Marked<'r>) -> Self {
        Self {
            marked,
            lines: Vec::new(),
            line: String::new(),
            column: 0,
            style: Style::new(),
        }
    }

    /// One stretch, its lines behind a margin; long stretches without a mark are left out and counted.
    pub(super) fn block(&mut self, margin: &str, text: &str, range: Range<usize>, within: Within) {
        let is_new = matches!(margin, "new" | "forwarded" | "attached" | "subject");
        let plain_lines = if is_new { PLAIN_LINES.0 } else { PLAIN_LINES.1 };
        let mut margin = margin;
        let mut at = range.start;
        let (mut plain, mut left_out) = (0, 0);
        for piece in text.get(range).unwrap_or_default().split_inclusive('\n') {
            let bare = piece.trim_end_matches(['\r', '\n']);
            let line = Line {
                text,
                range: at..at + bare.len(),
                within,
            };
            at += piece.len();
            plain = if self.is_marked(&line) { 0 } else { plain + 1 };
            if plain > plain_lines {
                left_out += 1;
                continue;
            }
            self.left_out(std::mem::take(&mut left_out));
            self.begin(margin, is_new);
            self.words(&line);
            self.end();
            margin = "";
        }
        self.left_out(left_out);
    }

    fn left_out(&mut self, lines: u64) {
        if lines > 0 {
            let text = format!("… {} without a mark", screen::count(lines, "more line"));
            let text = self.marked.dressed(Style::new().dimmed(), &text);
            self.lines.push(format!("{:MARGIN$}│ {text}", ""));
        }
    }

    fn is_marked(&self, line: &Line<'_>) -> bool {
        self.marks_of(line.within).any(|(_, mark)| {
            mark.range.start <= line.range.end && line.range.start < mark.range.end
        })
    }

    fn marks_of(
        &self,
        within: Within,
    ) -> impl Iterator<Item = (usize, &'p Mark<'r>)> + use<'p, 'r> {
        let marks = self.marked.marks.iter().enumerate();
        marks.filter(move |(_, mark)| mark.within == within && !mark.range.is_empty())
    }

    fn begin(&mut self, margin: &str, is_new: bool) {
        let margin = format!("{margin:>width$} │ ", width = MARGIN - 1);
        self.line = self.marked.dressed(Style::new().dimmed(), &margin);
        self.column = MARGIN + 2;
        self.style = Style::new();
        if !is_new {
            self.wear(Style::new().dimmed());
        }
    }

    fn end(&mut self) {
        let style = self.style;
        self.wear(Style::new());
        self.lines
            .push(std::mem::take(&mut self.line).trim_end().to_owned());
        self.style = style;
    }

    fn wear(&mut self, style: Style) {
        if self.marked.look.coloured && style != self.style {
            self.line.push_str(&format!("{:#}{style}", self.style));
        }
        self.style = style;
    }

    fn words(&mut self, line: &Line<'_>) {
        let ground = self.style;
        let mut edges: Vec<usize> = self
            .marks_of(line.within)
            .flat_map(|(_, mark)| [mark.range.start, mark.range.end])
            .filter(|edge| line.range.start <= *edge && *edge <= line.range.end)
            .collect();
        edges.extend([line.range.start, line.range.end]);
        edges.sort_unstable();
        edges.dedup();
        for (nth, edge) in edges.iter().enumerate() {
            self.close(line, *edge);
            let Some(next) = edges.get(nth + 1) else {
                break;
            };
            self.open(line, *edge);
            let innermost = self
                .marks_of(line.within)
                .filter(|(_, mark)| mark.range.start <= *edge && *next <= mark.range.end)
                .min_by_key(|(_, mark)| mark.range.len());
            let worn = innermost.and_then(|(_, mark)| mark.says.first());
            self.wear(worn.map_or(ground, |says| style(&says.field)));
            self.run(line.text.get(*edge..*next).unwrap_or_default());
        }
    }

    /// A bracket for each mark that begins here, where there is no colour to show it.
    fn open(&mut self, line: &Line<'_>, at: usize) {
        if self.marked.look.coloured {
            return;
        }
        for _ in self
            .marks_of(line.within)
            .filter(|(_, mark)| mark.range.start == at)
        {
            self.put("[");
        }
    }

    /// The number of each mark that ends here.
    fn close(&mut self, line: &Line<'_>, at: usize) {
        for (place, _) in self
            .marks_of(line.within)
            .filter(|(_, mark)| mark.range.end == at)
        {
            let bracket = if self.marked.look.coloured { "" } else { "]" };
            self.put(&format!("{bracket}{}", raised(place + 1)));
        }
    }

    /// Words of one style, broken between words where the screen ends.
    fn run(&mut self, text: &str) {
        let Some(columns) = self
            .marked
            .look
            .columns
            .filter(|columns| *columns >= NARROWEST)
        else {
            return self.put(&screen::tame(text));
        };
        for word in text.split_inclusive(breaks) {
            let width = word.trim_end().width();
            if self.column + width > columns && self.column > MARGIN + 2 {
                self.turn();
            }
            self.put(&screen::tame(word));
        }
    }

    fn turn(&mut self) {
        let style = self.style;
        self.wear(Style::new());
        self.lines
            .push(std::mem::take(&mut self.line).trim_end().to_owned());
        self.begin("", true);
        self.wear(style);
    }

    fn put(&mut self, text: &str) {
        self.line.push_str(text);
        self.column += text.width();
    }
}

/// A line may be broken behind a blank, and behind each character of a script without blanks.
fn breaks(character: char) -> bool {
    character.is_whitespace() || character.width() == Some(2)
}

#[cfg(test)]
mod tests {
    use super::super::marked::{Look, Marked};
    use crate::triage::mail::Mail;
    use crate::triage::report::Report;
    use crate::triage::rules::Rules;

    fn shown(raw: &str, coloured: bool, columns: Option<usize>) -> Vec<String> {
        let mail = Mail::read(raw.as_bytes());
        let report = Report::of(&mail, &Rules::shipped().lexicon);
        Marked::of(&report, Look { coloured, columns }).mail(&mail)
    }

    #[test]
    fn words_stand_in_brackets_with_the_number_of_their_mark() {
        let raw = "Subject: Numbers\n\nClient: Acme\nUrgency: high\nThank you\n\n-- \nIna\n";
        let lines = shown(raw, false, None).join("\n");
        assert!(lines.contains("new │ Client: [Acme]"), "{lines}");
        assert!(lines.contains("│ Urgency: [high]"), "{lines}");
        assert!(lines.contains("signature │ --"), "{lines}");
    }

    #[test]
    fn colours_replace_brackets_on_a_terminal() {
        let lines = shown("Subject: x\n\nClient: Acme\n", true, None).join("\n");
        assert!(lines.contains("Client: \u{1b}["), "{lines}");
        assert!(!lines.contains("[Acme]"), "{lines}");
        assert!(lines.contains("Acme"), "{lines}");
    }

    #[test]
    fn no_line_is_wider_than_the_screen_and_no_word_is_lost() {
        let words = "The numbers of every single shop are wrong since Monday. ".repeat(8);
        let raw = format!(
            "Subject: x\n\n{words}\nこのレポートは開けません。{}\n",
            "月曜から".repeat(20)
        );
        let lines = shown(&raw, false, Some(60));
        for line in &lines {
            assert!(
                unicode_width::UnicodeWidthStr::width(line.as_str()) <= 66,
                "{line}"
            );
        }
        let count = lines.iter().map(|line| line.matches("shop").count());
        assert_eq!(count.sum::<usize>(), 8);
    }

    #[test]
    fn a_stranger_cannot_move_the_cursor_and_long_quotations_are_counted() {
        let quoted = "> old words\n".repeat(30);
        let raw = format!(
            "Subject: Re: x\u{7}\nIn-Reply-To: <a@b>\n\nThanks\u{1b}[2J, it fails.\n\n{quoted}"
        );
        let lines = shown(&raw, false, None).join("\n");
        assert!(!lines.contains(['\u{7}', '\u{1b}']), "{lines}");
        assert!(lines.contains("more lines without a mark"), "{lines}");
    }
}
