//! Plain text as mails carry it to plain text as people see it: line ends, flowed paragraphs, control characters.

/// One kind of line end, no control characters, flowed lines joined (RFC 3676).
pub(super) fn tidy(text: &str, flowed: bool, delete_space: bool) -> String {
    let clean = without_controls(text);
    if flowed {
        joined(&clean, delete_space)
    } else {
        clean
    }
}

/// `\n` for every kind of line end; NUL and its relatives go, blanks at line ends stay for flowed text.
pub(super) fn without_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest
        .find(|ch: char| (ch.is_ascii_control() && ch != '\n' && ch != '\t') || ch == '\u{feff}')
    {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let mut following = after.chars();
        if following.next() == Some('\r')
            && !after.starts_with("\r\n")
            && !after.starts_with("\r\r\n")
        {
            out.push('\n');
        }
        rest = following.as_str();
    }
    out.push_str(rest);
    out
}

/// Joins the lines that the sender's client broke: those that end in a blank, at the same depth of quotation.
fn joined(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of quotation of the last line, if that line goes on.
    let mut open: Option<usize> = None;
    for (at, line) in text.split('\n').enumerate() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature_mark = content == "-- ";
        if open == Some(depth) && !is_signature_mark {
            out.push_str(content);
        } else {
            if at > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && !content.is_empty() {
                out.push(' ');
            }
            out.push_str(content);
        }
        open = (content.ends_with(' ') && !is_signature_mark).then_some(depth);
        if open.is_some() && delete_space {
            out.pop();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn joins_flowed_lines() {
        assert_eq!(
            tidy("one \r\ntwo\r\n\r\nthree", true, false),
            "one two\n\nthree"
        );
        assert_eq!(
            tidy("> one \n> two\nmine \n-- \nJane", true, false),
            "> one two\nmine \n-- \nJane"
        );
        assert_eq!(tidy("日本 \n語", true, true), "日本語");
        assert_eq!(tidy("as \nwritten", false, false), "as \nwritten");
    }

    #[test]
    fn knows_every_line_end() {
        assert_eq!(
            tidy("a\r\nb\rc\nd\r\r\ne\0f\u{7}", false, false),
            "a\nb\nc\nd\nef"
        );
    }
}
