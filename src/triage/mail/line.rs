//! A text as lines that know where they lie and how deeply they are quoted.

/// Lines that are looked at one by one; what follows belongs to whatever the last of them belongs to.
pub(super) const LINES_MAX: usize = 20_000;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Where it begins in the text.
    pub(super) start: usize,
    /// Behind its line end.
    pub(super) end: usize,
    /// Levels of `>`.
    pub(super) depth: usize,
    /// Without the marks of quotation and without blanks at the end.
    pub(super) words: &'t str,
    /// Between two fences of three backticks: shown as it is, whatever it looks like.
    pub(super) is_code: bool,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.words
            .trim_matches([
                '\u{a0}', ' ', '\t', '\u{feff}', '\u{200b}', '\u{200e}', '\u{200f}',
            ])
            .is_empty()
    }
}

/// The lines of a text, the last one reaching to its end.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let end = start + whole.len();
        if lines.len() == LINES_MAX {
            break;
        }
        let (depth, words) = match lines.last() {
            Some(before) if closes_address(before, whole) => unquoted_to(whole, before.depth),
            Some(_) | None => unquoted(whole),
        };
        lines.push(Line {
            start,
            end,
            depth,
            words,
            is_code: false,
        });
        start = end;
    }
    mark_code(&mut lines);
    if let Some(last) = lines.last_mut() {
        last.end = text.len();
    }
    lines
}

/// Finds what stands between fences. A fence that never closes is none.
fn mark_code(lines: &mut [Line<'_>]) {
    let is_fence = |line: &Line<'_>| line.depth == 0 && line.words.starts_with("```");
    let fences: Vec<usize> = (0..lines.len())
        .filter(|at| lines.get(*at).is_some_and(is_fence))
        .collect();
    for pair in fences.chunks_exact(2) {
        let [open, close] = pair else { continue };
        for line in lines.get_mut(open + 1..*close).unwrap_or_default() {
            line.is_code = true;
        }
    }
}

/// True if the line begins with the bracket that closes an address of the line before it: `<jane@acme.example` / `> wrote:`.
fn closes_address(before: &Line<'_>, line: &str) -> bool {
    const ADDRESS_BYTES_MAX: usize = 120;
    let Some(tail) = line.trim_start().strip_prefix('>') else {
        return false;
    };
    let open = before.words.rsplit_once('<').map(|(_, open)| open);
    let open = open.filter(|open| open.len() <= ADDRESS_BYTES_MAX);
    // Behind the bracket stands the verb, or the colon alone.
    open.is_some_and(|open| open.contains('@') && !open.contains(['>', ' ']))
        && tail.trim_end().ends_with(':')
}

/// Counts and removes `>`, with blanks between them. `>From` at the beginning of a line is an escaped word, and
/// `>>> look here <<<` is an ornament.
fn unquoted(line: &str) -> (usize, &str) {
    if line.trim_end().ends_with("<<") {
        return (0, line.trim_end());
    }
    unquoted_to(line, usize::MAX)
}

/// The same, at most `most` levels.
fn unquoted_to(line: &str, most: usize) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line.trim_end();
    while depth < most {
        let inner = rest.trim_start_matches([' ', '\u{feff}']);
        // Deeply indented signs are part of what someone shows, such as a shell's prompt.
        let indent = rest.len() - inner.len();
        match inner.strip_prefix('>') {
            Some(after) if indent <= 3 && !(depth == 0 && after.starts_with("From ")) => {
                depth += 1;
                rest = after;
            }
            Some(_) | None => break,
        }
    }
    let words = if depth > 0 {
        rest.strip_prefix(' ').unwrap_or(rest)
    } else {
        rest
    };
    (depth, words)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn counts_quotation() {
        let text = "mine\n> one\n>> two\n> > two\n>From x\n\n";
        let found: Vec<(usize, &str)> = lines(text)
            .iter()
            .map(|line| (line.depth, line.words))
            .collect();
        assert_eq!(
            found,
            [
                (0, "mine"),
                (1, "one"),
                (2, "two"),
                (2, "two"),
                (0, ">From x"),
                (0, "")
            ]
        );
        let wrapped = "Am 27.3. schrieb <a@b.example\n>:\n> alt\n>>> hier <<<\n";
        let depths: Vec<usize> = lines(wrapped).iter().map(|line| line.depth).collect();
        assert_eq!(depths, [0, 0, 1, 0]);
        assert_eq!(lines(text).last().map(|line| line.end), Some(text.len()));
    }
}
