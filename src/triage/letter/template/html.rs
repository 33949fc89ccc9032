//! The HTML part of a letter that has no template of its own for it: the text, escaped, in paragraphs.
//!
//! No link is made here. Mail programs find addresses by themselves, and a stranger's words must not come
//! back as a link that we made.

/// A whole document.
pub(super) fn document(text: &str, language: &str) -> String {
    let mut lang = String::new();
    escape(language, &mut lang);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head><meta charset=\"utf-8\"></head>\n<body>\n{}</body>\n</html>\n",
        paragraphs(text),
    )
}

/// Paragraphs where the text has blank lines.
pub(super) fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    for paragraph in text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
    {
        let mut between = "<p>";
        for text in paragraph.trim_matches('\n').lines() {
            html.push_str(between);
            line(text, &mut html);
            between = "<br>\n";
        }
        html.push_str("</p>\n");
    }
    html
}

/// One line. Indents and gaps stay, because our tables stand on them.
fn line(text: &str, html: &mut String) {
    let words = text.trim_start_matches(' ');
    for _ in 0..text.len() - words.len() {
        html.push_str("&nbsp;");
    }
    let mut pieces = words.split("  ");
    escape(pieces.next().unwrap_or_default(), html);
    for piece in pieces {
        html.push_str("&nbsp; ");
        escape(piece, html);
    }
}

fn escape(text: &str, html: &mut String) {
    for piece in text.split_inclusive(['&', '<', '>', '"', '\'']) {
        let (words, mark) = match piece.as_bytes().last() {
            Some(b'&') => (piece.strip_suffix('&'), "&amp;"),
            Some(b'<') => (piece.strip_suffix('<'), "&lt;"),
            Some(b'>') => (piece.strip_suffix('>'), "&gt;"),
            Some(b'"') => (piece.strip_suffix('"'), "&quot;"),
            Some(b'\'') => (piece.strip_suffix('\''), "&#39;"),
            Some(_) | None => (None, ""),
        };
        html.push_str(words.unwrap_or(piece));
        html.push_str(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_shape_and_no_markup_of_strangers_survives() {
        let check = |text, expected: &str| assert_eq!(paragraphs(text), expected);
        check("a\nb\n\nc\n", "<p>a<br>\nb</p>\n<p>c</p>\n");
        check("  Client:   x", "<p>&nbsp;&nbsp;Client:&nbsp;  x</p>\n");
        check(
            "<img src=x onerror=\"alert('1')\">",
            "<p>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;</p>\n",
        );
        check("\n\n\n", "");
    }
}
