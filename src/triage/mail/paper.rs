//! Where HTML is written down as lines: blank lines between blocks, `> ` before quoted ones, blanks folded.

/// Text being written, line by line.
#[derive(Default)]
pub(super) struct Paper {
    pub(super) text: String,
    /// Line ends that the next word needs before it.
    line_ends: usize,
    /// A blank that the next word needs before it.
    blank: bool,
    quote_depth: usize,
    /// The depth of the line that was written last.
    line_depth: usize,
    /// What the next word needs before it on a new line, such as a list mark.
    lead: String,
}

/// Blockquotes deeper than this look all the same.
const QUOTE_DEPTH_MAX: usize = 20;

impl Paper {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// Ends the line, and with `2` leaves one blank.
    pub(super) fn end_line(&mut self, line_ends: usize) {
        self.line_ends = self.line_ends.max(line_ends);
        self.blank &= self.line_ends == 0;
    }

    /// A line break of the writer's: two in a row leave a blank line.
    pub(super) fn line_break(&mut self) {
        self.line_ends = (self.line_ends + 1).min(3);
        self.blank = false;
    }

    pub(super) fn set_quote_depth(&mut self, depth: usize) {
        self.quote_depth = depth.min(QUOTE_DEPTH_MAX);
    }

    /// What comes before the next word: a list mark.
    pub(super) fn lead(&mut self, lead: String) {
        self.lead = lead;
    }

    pub(super) fn blank(&mut self) {
        self.blank = true;
    }

    /// A new cell of a table row: a tab, which words never contain.
    pub(super) fn cell(&mut self) {
        self.blank = false;
        if self.line_ends == 0 && !self.text.is_empty() && !self.text.ends_with(['\t', '\n']) {
            self.text.push('\t');
        }
    }

    /// Words without blanks to fold, or a blank that must stay.
    pub(super) fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        self.before_word();
        self.text.push_str(word);
    }

    /// Text in which blanks fold.
    pub(super) fn flowing(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(|ch: char| ch.is_ascii_whitespace()) {
            let (word, after) = rest.split_at(at);
            self.word(word);
            self.blank = true;
            rest = after.trim_ascii_start();
        }
        self.word(rest);
    }

    /// Text in which line ends and blanks stay.
    pub(super) fn preformatted(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.line_break();
            }
            self.word(line);
        }
    }

    /// Where the next word will begin.
    pub(super) fn position(&mut self) -> usize {
        self.text.len()
    }

    fn before_word(&mut self) {
        if self.text.is_empty() {
            self.line_ends = 0;
            self.blank = false;
            self.start_line();
        } else if self.line_ends > 0 {
            let between = self.line_depth.min(self.quote_depth);
            for _ in 1..self.line_ends {
                self.text.push('\n');
                self.text.extend(std::iter::repeat_n('>', between));
            }
            self.text.push('\n');
            self.start_line();
        } else if self.blank && !self.text.ends_with([' ', '\t', '\n']) {
            self.text.push(' ');
        }
        self.line_ends = 0;
        self.blank = false;
        if !self.lead.is_empty() {
            self.text.push_str(&std::mem::take(&mut self.lead));
        }
    }

    fn start_line(&mut self) {
        self.text.extend(std::iter::repeat_n('>', self.quote_depth));
        if self.quote_depth > 0 {
            self.text.push(' ');
        }
        self.line_depth = self.quote_depth;
    }
}
