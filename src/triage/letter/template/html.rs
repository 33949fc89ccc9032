//! The HTML part of a letter that has no template of its own for it: the text, escaped, in paragraphs.
//!
//! No link is made here. Mail programs find addresses by themselves, and a stranger's words must not come
//! back as a link that we made.

/// A whole document.
pub(super) fn document(text: &str, language: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"></head>\n<body>\n{}</body>\n</html>\n",
        escape(language),
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
        html.push_str("<p>");
        let lines: Vec<String> = paragraph.trim_matches('\n').lines().map(line).collect();
        html.push_str(&lines.join("<br>\n"));
        html.push_str("</p>\n");
    }
    html
}

/// One line. Indents stay, because our tables stand on them.
fn line(text: &str) -> String {
    let words = text.trim_start_matches(' ');
    let indent = text.len() - words.len();
    let body = escape(words).replace("  ", "&nbsp; ");
    format!("{}{body}", "&nbsp;".repeat(indent))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
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
