//! What stands below the writer's words: signatures, phone footers, lawyers' and list servers' paragraphs.
//!
//! Looked at once the quotations are known, since each stretch of own words may have its ending.

use std::ops::Range;

use super::line::Line;
use super::sign_off::{is_named_signature, is_reach, is_sparse_signature, may_sign, sign_off};
use super::trim::Trimming;
use super::{Part, footer};

/// Stretches of own words whose ends are looked at; more is no mail that a person signs.
const RUNS_MAX: usize = 50;

impl Trimming<'_, '_> {
    /// Names every ending.
    pub(super) fn endings(&mut self) {
        self.armour();
        self.signatures();
        self.footers();
        self.sign_offs();
        self.keep_the_matter();
    }

    /// The head of a signed text up to the blank line, and its signature up to the end.
    fn armour(&mut self) {
        let Some(first) = self.lines.iter().position(|line| !line.is_blank()) else {
            return;
        };
        let is_armour = |at: &usize| {
            self.lines
                .get(*at)
                .is_some_and(|line| footer::is_armour(line.words))
        };
        let Some(signature) = (first..self.lines.len()).rfind(is_armour) else {
            return;
        };
        let head = first..self.paragraph_end(first);
        if is_armour(&first) {
            self.name_lines(head, Part::Disclaimer);
        }
        if signature > first {
            self.name_lines(signature..self.lines.len(), Part::Disclaimer);
        }
    }

    /// Below a mere salutation stands what the mail is about, even if it speaks of confidential matters.
    fn keep_the_matter(&mut self) {
        let mut words = (0..self.lines.len())
            .filter(|at| self.is_own_words(*at))
            .filter_map(|at| self.lines.get(at));
        let only = (words.next(), words.next());
        let salutes = |line: &Line<'_>| {
            line.words.trim_end().ends_with([',', '!'])
                && line.words.split_whitespace().count() <= 4
        };
        if !matches!(only, (Some(line), None) if salutes(line)) {
            return;
        }
        for part in &mut self.parts {
            if *part == Part::Disclaimer {
                *part = Part::New;
            }
        }
    }

    /// From a signature mark, or a rule with a signature below it, to the end of the writer's own lines.
    fn signatures(&mut self) {
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            let below = if self.is(at, Part::New) && !line.is_code {
                self.below_mark(at, line.words)
            } else {
                None
            };
            at = match below {
                Some(part) => {
                    let end = self.run_end(at);
                    self.name_lines(at..end, part);
                    end.max(at + 1)
                }
                None => at + 1,
            };
        }
    }

    /// What begins with the mark or the rule at line `at`, if it is one.
    fn below_mark(&self, at: usize, words: &str) -> Option<Part> {
        match footer::signature_mark(words) {
            Some(true) => return Some(Part::Signature),
            Some(false) => {}
            None if footer::is_rule(words) => {}
            None => return None,
        }
        if !self.is_near_the_end(at) {
            return None;
        }
        let below = self.lines.get(at + 1..self.run_end(at)).unwrap_or_default();
        let below: Vec<&str> = below
            .iter()
            .filter(|line| !line.is_blank())
            .map(|line| line.words)
            .collect();
        if below
            .first()
            .is_some_and(|line| footer::is_list_server(line))
        {
            return Some(Part::Disclaimer);
        }
        // A rule right below a line underlines a heading.
        let below_blank = at
            .checked_sub(1)
            .and_then(|above| self.lines.get(above))
            .is_none_or(Line::is_blank);
        let signed = if footer::signature_mark(words).is_some() {
            may_sign(&below)
        } else {
            is_sparse_signature(&below) || (below_blank && is_named_signature(&below))
        };
        signed.then_some(Part::Signature)
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

    /// Phone footers, lawyers' and list servers' paragraphs.
    fn footers(&mut self) {
        let mut at = 0;
        let mut own_above = false;
        while at < self.lines.len() {
            let end = self.paragraph_end(at);
            if self.is(at, Part::New) {
                self.paragraph(at..end, own_above);
                own_above |= (at..end).any(|line| self.is_own_words(line));
            }
            at = end;
        }
    }

    fn is_own_words(&self, at: usize) -> bool {
        self.is(at, Part::New) && self.lines.get(at).is_some_and(|line| !line.is_blank())
    }

    fn paragraph(&mut self, range: Range<usize>, own_above: bool) {
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
        let own_above = own_above || footers.first().is_some_and(|first| *first > range.start);
        for at in footers {
            self.phone_footer(at, own_above && at + 1 == range.end);
        }
    }

    /// Names a phone's footer. Phones put it between the new words and the old, and some do not mark the old ones:
    /// what follows as a paragraph of its own is quoted, unless it is a postscript.
    fn phone_footer(&mut self, at: usize, is_last: bool) {
        /// Lines of the writer's that may follow a phone's footer: a link, an advertisement.
        const AFTER_FOOTER_MAX: usize = 3;
        const LOOK_AHEAD_LINES: usize = 100;
        let Some(footer) = self.lines.get(at) else {
            return;
        };
        let ahead = at + 1..self.lines.len().min(at + LOOK_AHEAD_LINES);
        let ahead = ahead.take_while(|line| self.is(*line, Part::New));
        let own: Vec<usize> = ahead.filter(|line| self.is_own_words(*line)).collect();
        let next = own.first().and_then(|next| self.lines.get(*next));
        let quoted = is_last
            && footer::names_a_device(footer.words)
            && next.is_some_and(|next| !footer::is_postscript(next.words));
        if quoted {
            let end = self.run_end(at);
            self.name_lines(at..at + 1, Part::Signature);
            self.name_lines(at + 1..end, Part::Quoted);
        } else if own.len() <= AFTER_FOOTER_MAX {
            self.name_lines(at..at + 1, Part::Signature);
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
            let Some(last) = self.last_paragraph(end) else {
                continue;
            };
            if let Some(from) = self.sign_off_in(&last) {
                self.name_lines(last.start + from..last.end, Part::Signature);
            } else if is_reach(&self.words_of(&last))
                && let Some(before) = last.start.checked_sub(1)
                && let Some(upper) = self.last_paragraph(before)
                && let Some(from) = self.sign_off_in(&upper)
            {
                self.name_lines(upper.start + from..last.end, Part::Signature);
            }
        }
    }

    /// The last paragraph that ends at line `end` or above it.
    fn last_paragraph(&self, end: usize) -> Option<Range<usize>> {
        let lines = self.lines.get(..=end)?;
        let last = lines.iter().rposition(|line| !line.is_blank())?;
        let start = lines.get(..=last)?.iter().rposition(Line::is_blank);
        Some(start.map_or(0, |blank| blank + 1)..last + 1)
    }

    fn words_of(&self, range: &Range<usize>) -> Vec<&str> {
        let lines = self.lines.get(range.clone()).unwrap_or_default();
        lines.iter().map(|line| line.words).collect()
    }

    /// The line of a paragraph with which a signature begins, if the paragraph and what stands above it are the writer's own.
    fn sign_off_in(&self, paragraph: &Range<usize>) -> Option<usize> {
        let lines = self.lines.get(..paragraph.start)?;
        let above = lines.iter().rposition(|line| !line.is_blank())?;
        let own = self.is(above, Part::New) && paragraph.clone().all(|at| self.is(at, Part::New));
        let above = lines.get(above).map(|line| line.words);
        sign_off(&self.words_of(paragraph), above).filter(|_| own)
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
}
