//! The last look at a letter's words before they go: no invisible characters of strangers, no gaps, subjects of one line.

/// Longer subjects are cut: some mail programs refuse them.
const SUBJECT_CHARS_MAX: usize = 200;

/// No invisible characters of strangers, at most one blank line in a row, one line end at the end.
pub(super) fn text(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines() {
        let begin = tidied.len();
        line.split(is_invisible)
            .for_each(|piece| tidied.push_str(piece));
        let end = tidied.trim_end_matches(|c: char| c.is_whitespace() && c != '\n');
        tidied.truncate(end.len());
        blank = if tidied.len() == begin { blank + 1 } else { 0 };
        if blank <= 1 {
            tidied.push('\n');
        }
    }
    tidied.truncate(tidied.trim_end_matches('\n').len());
    tidied.push('\n');
    let gap = tidied.len() - tidied.trim_start_matches('\n').len();
    tidied.drain(..gap.min(tidied.len() - 1));
    tidied
}

/// A header is one line; whatever a stranger's subject holds.
pub(super) fn subject(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words
        .join(" ")
        .chars()
        .filter(|c| !is_invisible(*c))
        .collect();
    if line.chars().count() <= SUBJECT_CHARS_MAX {
        return line;
    }
    let cut: String = line.chars().take(SUBJECT_CHARS_MAX).collect();
    format!("{}…", cut.trim_end())
}

/// Control characters, and those that turn the direction of writing around (they make `exe.txt` of `txt.exe`).
fn is_invisible(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (character.is_control() && character != '\t')
}
