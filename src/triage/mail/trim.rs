//! What is new in a mail: divides its text into own words, quotation, signature and disclaimer.
//!
//! Nothing is taken away, lines are only named. Answers between quoted lines stay the writer's own; and if nothing
//! of the writer's would be left, everything is, because too much is better than nothing.

use std::ops::Range;

use super::body::Body;
use super::html::MarkKind;
use super::line::{Line, lines};
use super::sign_off::is_sign_off;
use super::{Part, Segment, attribution, block, footer, labels};

/// Divides the text.
pub(super) fn segments(body: &Body, forwarded: Option<Range<usize>>) -> Vec<Segment> {
    let lines = lines(&body.text);
    let mut trimming = Trimming {
        lines: &lines,
        parts: vec![Part::New; lines.len()],
    };
    if let Some(range) = &forwarded {
        trimming.name(range, Part::Forwarded);
    }
    trimming.quotations();
    for mark in &body.marks {
        match mark.kind {
            MarkKind::Quote => trimming.quoting_container(&mark.range),
            MarkKind::Signature => trimming.name(&mark.range, Part::Signature),
        }
    }
    trimming.signatures();
    trimming.footers();
    trimming.sign_offs();
    if forwarded.is_none() && !trimming.has(Part::New) {
        trimming.parts.fill(Part::New);
    }
    trimming.into_segments()
}

/// True if the text quotes an earlier mail.
pub(super) fn has_quotation(text: &str) -> bool {
    let lines = lines(text);
    let mut trimming = Trimming {
        lines: &lines,
        parts: vec![Part::New; lines.len()],
    };
    trimming.quotations();
    trimming.has(Part::Quoted)
}

/// Stretches of own words whose ends are looked at; more is no mail that a person signs.
const RUNS_MAX: usize = 50;

struct Trimming<'l, 't> {
    lines: &'l [Line<'t>],
    parts: Vec<Part>,
}

impl Trimming<'_, '_> {
    /// Names the lines of a range that are still the writer's own.
    fn name(&mut self, range: &Range<usize>, part: Part) {
        let first = self.lines.partition_point(|line| line.start < range.start);
        let after = self.lines.partition_point(|line| line.start < range.end);
        self.name_lines(first..after, part);
    }

    /// A client's container of what is answered. Answers written between the quoted lines lie in it, too: so once
    /// it has lines with `>`, only what stands above them is taken, and the marks speak for the rest.
    fn quoting_container(&mut self, range: &Range<usize>) {
        let first = self.lines.partition_point(|line| line.start < range.start);
        let after = self.lines.partition_point(|line| line.start < range.end);
        let marked =
            (first..after).find(|at| self.lines.get(*at).is_some_and(|line| line.depth > 0));
        self.name_lines(first..marked.unwrap_or(after), Part::Quoted);
    }

    fn name_lines(&mut self, range: Range<usize>, part: Part) {
        for named in self
            .parts
            .get_mut(range)
            .into_iter()
            .flatten()
            .filter(|named| **named == Part::New)
        {
            *named = part;
        }
    }

    fn is(&self, at: usize, part: Part) -> bool {
        self.parts.get(at) == Some(&part)
    }

    /// True if any line with words on it is of this part.
    fn has(&self, part: Part) -> bool {
        self.lines
            .iter()
            .zip(&self.parts)
            .any(|(line, named)| *named == part && !line.is_blank())
    }

    fn quotations(&mut self) {
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            if !self.is(at, Part::New) || line.is_blank() {
                at += 1;
                continue;
            }
            if line.depth > 0 {
                self.name_lines(at..at + 1, Part::Quoted);
                at += 1;
                continue;
            }
            at = match self.history_at(at) {
                Some(next) => next,
                None => at + 1,
            };
        }
    }

    /// Names the quotation that begins at line `at`; returns where to go on.
    fn history_at(&mut self, at: usize) -> Option<usize> {
        if let Some(found) = attribution::at(self.lines, at) {
            let quoted_next = self
                .lines
                .iter()
                .skip(found.next)
                .find(|line| !line.is_blank())
                .is_some_and(|line| line.depth > 0);
            if quoted_next {
                self.name_lines(at..found.next, Part::Quoted);
                return Some(found.next);
            }
            return Some(self.rest_is_quoted(at));
        }
        let announced = self
            .lines
            .get(at)
            .and_then(|line| labels::announcement(line.words))
            .is_some();
        if announced
            || block::at(self.lines, at).is_some()
            || self
                .lines
                .get(at)
                .is_some_and(|line| footer::is_reply_mark(line.words))
        {
            return Some(self.rest_is_quoted(at));
        }
        None
    }

    /// An unmarked quotation reaches to the end, and takes the rule above it along.
    fn rest_is_quoted(&mut self, at: usize) -> usize {
        let first = footer::above_rules(self.lines, at);
        self.name_lines(first..self.lines.len(), Part::Quoted);
        self.lines.len()
    }

    /// From a signature mark to the end of the writer's own lines.
    fn signatures(&mut self) {
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            let mark = if self.is(at, Part::New) {
                footer::signature_mark(line.words)
            } else {
                None
            };
            match mark {
                Some(exact) if exact || self.is_near_the_end(at) => {
                    let end = self.run_end(at);
                    self.name_lines(at..end, Part::Signature);
                    at = end.max(at + 1);
                }
                Some(_) | None => at += 1,
            }
        }
    }

    /// A loose mark such as `---` may also be a rule between paragraphs: few lines may follow it.
    fn is_near_the_end(&self, at: usize) -> bool {
        const LINES_BEHIND_MAX: usize = 20;
        (at + 1..=at + 1 + LINES_BEHIND_MAX).any(|next| !self.is(next, Part::New))
    }

    /// Where the writer's own lines around `at` end.
    fn run_end(&self, at: usize) -> usize {
        (at..self.lines.len())
            .find(|next| !self.is(*next, Part::New))
            .unwrap_or(self.lines.len())
    }

    /// Lines with words on them.
    fn words_in(&self, range: Range<usize>) -> usize {
        self.lines
            .get(range)
            .unwrap_or_default()
            .iter()
            .filter(|line| !line.is_blank())
            .count()
    }

    /// Phone footers and lawyers' paragraphs.
    fn footers(&mut self) {
        let mut at = 0;
        while at < self.lines.len() {
            let end = self.paragraph_end(at);
            if self.is(at, Part::New) {
                self.paragraph(at..end);
            }
            at = end;
        }
    }

    fn paragraph(&mut self, range: Range<usize>) {
        /// Lines of the writer's that may follow a phone's footer: a link, an advertisement.
        const AFTER_FOOTER_MAX: usize = 3;
        const LOOK_AHEAD_LINES: usize = 100;
        let lines = self.lines.get(range.clone()).unwrap_or_default();
        let words: Vec<&str> = lines.iter().map(|line| line.words).collect();
        if let Some(from) = footer::disclaimer(&words) {
            self.name_lines(range.start + from..range.end, Part::Disclaimer);
        }
        let footers: Vec<usize> = (range.start..range.end)
            .filter(|at| {
                self.lines
                    .get(*at)
                    .is_some_and(|line| footer::is_phone_footer(line.words))
            })
            .collect();
        for at in footers {
            let run_end = self.run_end(at).min(at + LOOK_AHEAD_LINES);
            if self.words_in(at + 1..run_end) <= AFTER_FOOTER_MAX {
                self.name_lines(at..at + 1, Part::Signature);
            }
        }
    }

    /// The last paragraph before a quotation, a forward or the end, if it is a signature without a mark.
    fn sign_offs(&mut self) {
        let runs_end = |at: usize| self.is(at, Part::New) && !self.is(at + 1, Part::New);
        let ends: Vec<usize> = (0..self.lines.len())
            .filter(|at| runs_end(*at))
            .take(RUNS_MAX)
            .collect();
        for end in ends {
            let lines = self.lines.get(..=end).unwrap_or_default();
            let Some(last) = lines.iter().rposition(|line| !line.is_blank()) else {
                continue;
            };
            let start = lines
                .get(..=last)
                .unwrap_or_default()
                .iter()
                .rposition(Line::is_blank)
                .map_or(0, |blank| blank + 1);
            let above = lines
                .get(..start)
                .unwrap_or_default()
                .iter()
                .rposition(|line| !line.is_blank());
            let own = (start..=last).all(|at| self.is(at, Part::New))
                && above.is_some_and(|above| self.is(above, Part::New));
            let words: Vec<&str> = lines
                .get(start..=last)
                .unwrap_or_default()
                .iter()
                .map(|line| line.words)
                .collect();
            if own
                && is_sign_off(
                    &words,
                    above
                        .and_then(|above| lines.get(above))
                        .map(|line| line.words),
                )
            {
                self.name_lines(start..last + 1, Part::Signature);
            }
        }
    }

    /// Behind the last line of the paragraph that begins at `at`; one line if it is blank.
    fn paragraph_end(&self, at: usize) -> usize {
        let part = self.parts.get(at);
        let blank = self.lines.get(at).is_some_and(Line::is_blank);
        if blank {
            return at + 1;
        }
        (at + 1..self.lines.len())
            .find(|next| {
                self.parts.get(*next) != part || self.lines.get(*next).is_some_and(Line::is_blank)
            })
            .unwrap_or(self.lines.len())
    }

    /// Neighbouring lines of one part become one segment; blank lines go with what stands before them.
    fn into_segments(self) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        for (line, part) in self.lines.iter().zip(self.parts) {
            match segments.last_mut() {
                Some(last) if last.part == part || line.is_blank() => last.range.end = line.end,
                Some(_) | None => segments.push(Segment {
                    part,
                    range: line.start..line.end,
                }),
            }
        }
        segments
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mail;

    /// The writer's own words of a plain text, and of an HTML document.
    fn check(text: &str, new: &str) {
        let mail = Mail::read(format!("From: a@b.example\nSubject: Re: x\n\n{text}").as_bytes());
        assert_eq!(mail.new_text(), new, "{text}");
    }

    fn check_html(html: &str, new: &str) {
        let mail = Mail::read(
            format!("From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n{html}")
                .as_bytes(),
        );
        assert_eq!(mail.new_text(), new, "{html}");
    }

    #[test]
    fn tells_own_words_from_earlier_ones() {
        check("Mine.\n\n> theirs\n> theirs\n", "Mine.");
        check("> theirs\nMine.\n> theirs\nMine, too.", "Mine.\nMine, too.");
        check(
            "Mine.\n\n-----Original Message-----\nFrom: x@y\nSubject: z\n\ntheirs",
            "Mine.",
        );
        check(
            "Mine.\n\n____________________\nVon: x <x@y.example>\nGesendet: heute\nAn: z\nBetreff: w\n\ntheirs",
            "Mine.",
        );
        check(
            "Mine.\n\nAm 27.03.2026 um 9:30 schrieb Jane <j@x.example>:\ntheirs",
            "Mine.",
        );
        check(
            "Mine.\n\n##- Please type your reply above this line -##\ntheirs",
            "Mine.",
        );
        check("> only theirs\n", "> only theirs");
    }

    #[test]
    fn tells_own_words_from_signatures() {
        check("Mine.\n-- \nJane\nAcme", "Mine.");
        check("Mine.\n\nSent from my iPhone", "Mine.");
        check("Mine.\n\nKind regards\nJane", "Mine.\n\nKind regards\nJane");
        check(
            "Mine.\n\nThis e-mail is confidential and meant for you.\nDelete it.",
            "Mine.",
        );
    }

    #[test]
    fn answers_within_a_client_s_container_stay() {
        check_html(
            "<div>Mine.</div><div class=gmail_quote><div>On 27 Mar 2026 at 9:30, J &lt;j@x.example&gt; wrote:</div><blockquote>theirs</blockquote></div>",
            "Mine.",
        );
        check_html(
            "<div class=gmail_quote><div>On 27 Mar 2026 at 9:30, J &lt;j@x.example&gt; wrote:</div><blockquote>one?</blockquote><div>Yes.</div><blockquote>two?</blockquote><div>No.</div></div>",
            "Yes.\n\nNo.",
        );
        check_html(
            "<div>Mine.</div><div class=yahoo_quoted>theirs</div>",
            "Mine.",
        );
    }
}
