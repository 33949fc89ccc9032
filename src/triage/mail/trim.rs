//! What is new in a mail: divides its text into own words, quotation, signature and disclaimer.
//!
//! Nothing is taken away, lines are only named. Answers between quoted lines stay the writer's own; and if nothing
//! of the writer's would be left, everything is, because too much is better than nothing.

use std::ops::Range;

use super::body::Body;
use super::html::MarkKind;
use super::line::{Line, lines};
use super::{Part, Segment, attribution, block, footer, labels};

/// Divides the text.
pub(super) fn segments(body: &Body, forwarded: Option<Range<usize>>) -> Vec<Segment> {
    let lines = lines(&body.text);
    let mut trimming = Trimming::of(&lines);
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
    trimming.endings();
    if forwarded.is_none() && !trimming.has(Part::New) {
        trimming = Trimming::of(&lines);
        trimming.heading();
    }
    trimming.into_segments()
}

/// True if the text quotes an earlier mail.
pub(super) fn has_quotation(text: &str) -> bool {
    let lines = lines(text);
    let mut trimming = Trimming::of(&lines);
    trimming.quotations();
    trimming.has(Part::Quoted)
}

/// A text's lines, each with the part it belongs to.
pub(super) struct Trimming<'l, 't> {
    pub(super) lines: &'l [Line<'t>],
    pub(super) parts: Vec<Part>,
}

impl<'l, 't> Trimming<'l, 't> {
    /// All lines are the writer's own until something speaks against it.
    fn of(lines: &'l [Line<'t>]) -> Self {
        Self {
            lines,
            parts: vec![Part::New; lines.len()],
        }
    }

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

    pub(super) fn name_lines(&mut self, range: Range<usize>, part: Part) {
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

    pub(super) fn is(&self, at: usize, part: Part) -> bool {
        self.parts.get(at) == Some(&part)
    }

    /// True if any line with words on it is of this part.
    pub(super) fn has(&self, part: Part) -> bool {
        self.lines
            .iter()
            .zip(&self.parts)
            .any(|(line, named)| *named == part && !line.is_blank())
    }

    fn quotations(&mut self) {
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            if !self.is(at, Part::New) || line.is_blank() || line.is_code {
                at += 1;
                continue;
            }
            if line.depth > 0 || self.is_wrapped_quotation(at) {
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

    /// True for the end of a quoted line that some relay has broken without a new mark: it follows a long quoted line,
    /// goes on in the middle of its sentence, and more quotation follows.
    fn is_wrapped_quotation(&self, at: usize) -> bool {
        const LONG_LINE_BYTES: usize = 60;
        let line = |at: usize| self.lines.get(at);
        let (Some(before), Some(this)) = (at.checked_sub(1).and_then(line), line(at)) else {
            return false;
        };
        let ends = before.words.ends_with(['.', '!', '?', ':']);
        let goes_on = this.words.chars().next().is_some_and(char::is_lowercase);
        let quoted_next = line(at + 1).is_some_and(|next| next.depth > 0);
        before.depth > 0 && before.words.len() >= LONG_LINE_BYTES && !ends && goes_on && quoted_next
    }

    /// Nothing of the writer's would be left, so everything is; only a sentence or a header at the very top, which
    /// announces what then follows, is still a client's.
    fn heading(&mut self) {
        let Some(first) = self.lines.iter().position(|line| !line.is_blank()) else {
            return;
        };
        let behind = attribution::at(self.lines, first)
            .map(|found| found.next)
            .or_else(|| block::at(self.lines, first).map(|block| block.body));
        let follows = |behind: &usize| {
            let rest = self.lines.get(*behind..).unwrap_or_default();
            let next = rest.iter().find(|line| !line.is_blank());
            next.is_some_and(|line| line.depth == 0)
        };
        if let Some(behind) = behind.filter(follows) {
            self.name_lines(first..behind, Part::Quoted);
            self.endings();
            if !self.has(Part::New) {
                self.parts.fill(Part::New);
            }
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
        // Without dashes a person may have announced something; then a header must follow.
        let announced = self.lines.get(at).is_some_and(|line| {
            let words = line.words.trim();
            labels::announcement(words).is_some() && !words.ends_with([':', '：'])
        });
        if announced
            || block::quotes_at(self.lines, at)
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
        check("Mine.\n\nJane Doe <j@x.example> wrote:\n\ntheirs", "Mine.");
        check(
            "Mine.\n\n2026-03-27 9:31 GMT+01:00 Jane Doe\n\ntheirs",
            "Mine.",
        );
    }

    #[test]
    fn leaves_code_and_opens_armour() {
        let code = "See:\n\n```\n> select 1\n-- \n> select 2\n```\n\nIs that right?";
        check(code, code);
        check(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nMine.\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----",
            "Mine.",
        );
        check(
            "Mine.\n\nFrom: Jane <j@x.example>\nSubject: z\n\ntheirs",
            "Mine.",
        );
        check("Mine.\n\nJane via Forum wrote:\n\ntheirs", "Mine.");
        check("Mine.\n\n====\nJane Doe\nAcme Ltd", "Mine.");
        check(
            "Clients\n=======\nAcme Foods\nHop Union",
            "Clients\n=======\nAcme Foods\nHop Union",
        );
    }

    #[test]
    fn leaves_what_only_looks_like_it() {
        for text in [
            "It is wrong for\n\nFrom: 2026-03-01\nTo: 2026-03-31\nDate: always\n\nPlease fix it.",
            "Two things.\n\n---\n1. Open the report\n2. Click export\n\nIt stops. Can you look?",
            "First topic.\n\n---\n\nSecond: we need the invoice, please send it to us.",
            "On Monday at 9:30 we wrote:\n\nPlease fix it.\n\nNothing happened.",
            "Hallo,\n\nam 12.03. schrieb mir der Kunde:\n\nDas Dashboard ist leer.\n\nHilfe!",
            "Hello,\n\nThis email is not for the intended recipient: privacy! Please look.",
            "I have a question on the forwarded message:\n\nWhen will it be done?",
            "Log:\n\n2026-03-01 10:34 GMT+01:00 export failed\n\nWhy?",
            "Log:\n\n2026-03-01 10:34:12 jane@acme.example:\nlogin failed\n\nWhy?",
            "The link is broken.\n\nTo unsubscribe from the list they click and get error 404.",
            "Please call:\n\nJane Doe\n+44 20 7946 0101",
            "Settings:\n\n--- Plan A ---\n5 users\n\n--- Plan B ---\n10 users",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn mends_what_relays_break() {
        let long = "a quoted line that some relay found too long and broke in the middle";
        check(&format!("Mine.\n\n> {long}\nof it\n> theirs\n"), "Mine.");
        check(
            &format!("> {long}\nMine, a short answer.\n> theirs\n"),
            "Mine, a short answer.",
        );
        check(
            "Mine.\n\nAm 27.03.2026 9:30 schrieb \"Jane\" <j@x.example\n>:\n\n> theirs\n",
            "Mine.",
        );
    }

    #[test]
    fn a_heading_alone_is_not_the_writer_s() {
        check(
            "On 27 Mar 2026 9:30, Jane <j@x.example> wrote:\n\n    whose words?\n",
            "whose words?",
        );
        check(
            "Von: Jane <j@x.example>\nGesendet: heute\nBetreff: z\n\nwhose words?",
            "whose words?",
        );
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
    fn tells_own_words_from_what_machines_add() {
        check(
            "Mine.\n\n____________________\nusers mailing list\nusers@lists.example\nhttps://lists.example/listinfo",
            "Mine.",
        );
        check("Mine.\n\n\u{1427}\n", "Mine.");
        check(
            "Mine.\n\nSent from my iPhone\n\nTheirs, not marked.\n\nMore of theirs.\n\nAnd\n\nmore.",
            "Mine.",
        );
        check(
            "Mine.\n\nSent from my iPhone\n\nPS: call me",
            "Mine.\n\nPS: call me",
        );
        check(
            "Mine.\n\n------------\nJane\n\na motto\n\nt. 555-931-0702\nwww.acme.example",
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
        for html in [
            "<div>Mine.</div><div class=yahoo_quoted>theirs</div>",
            "<div>Mine.</div><div name=quote>theirs</div>",
            "<div>Mine.</div><div id=divRplyFwdMsg><b>Afsender:</b> Jane</div><div>theirs</div>",
            "<div>Mine.</div><hr id=replySplit>Written by Jane<br>theirs",
            "<div>Mine.</div><div class=front-signature>Jane</div>",
        ] {
            check_html(html, "Mine.");
        }
    }
}
