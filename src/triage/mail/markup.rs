//! HTML's mark-up, a tag at a time: names, attributes, and what the habits of mail clients say with them.

use super::html::MarkKind;

/// An element name in lower case; long names are none of ours.
pub(super) type Tag = [u8; 10];

/// Elements whose closing tag matters to us.
pub(super) fn has_effect(tag: &str) -> bool {
    matches!(
        tag,
        "head"
            | "blockquote"
            | "pre"
            | "textarea"
            | "ol"
            | "ul"
            | "dir"
            | "menu"
            | "a"
            | "div"
            | "span"
            | "p"
            | "table"
            | "td"
            | "tr"
            | "section"
            | "font"
    )
}

/// Line ends that an element stands between.
pub(super) fn line_ends(tag: &str) -> usize {
    match tag {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "pre"
        | "blockquote" | "table" => 2,
        "div" | "tr" | "li" | "dt" | "dd" | "center" | "section" | "article" | "header"
        | "footer" | "form" | "address" | "body" | "html" => 1,
        _ => 0,
    }
}

/// Text that the sender's client does not show: preview lines, tracking words.
pub(super) fn is_hidden(attributes: &str) -> bool {
    let squeezed = || {
        attributes
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| byte.to_ascii_lowercase())
    };
    if !attributes.contains("isplay")
        && !attributes.contains("ISPLAY")
        && !attributes.contains("mso-hide")
    {
        return false;
    }
    let bytes: Vec<u8> = squeezed().collect();
    memchr::memmem::find(&bytes, b"display:none").is_some()
        || memchr::memmem::find(&bytes, b"mso-hide:all").is_some()
}

/// True for Outlook's paragraphs, and others that ask for no space of their own.
pub(super) fn is_tight(attributes: &str) -> bool {
    ["MsoNormal", "MsoListParagraph", "margin:0", "margin: 0"]
        .iter()
        .any(|words| attributes.contains(words))
}

/// What a container's class, id or name says, by the habits of the clients.
pub(super) fn marked(attributes: &str) -> Option<MarkKind> {
    const SIGNATURES: [&str; 13] = [
        "gmail_signature",
        "moz-signature",
        "AppleMailSignature",
        "protonmail_signature_block",
        "ms-outlook-mobile-signature",
        "x_Signature",
        "zimbra-signature",
        "yahoo-signature",
        "composer_signature",
        "front-signature",
        "missive_signature",
        "bloop_sign",
        "messageSignatureSection",
    ];
    const QUOTES: [&str; 16] = [
        "gmail_quote",
        "gmail_extra",
        "yahoo_quoted",
        "protonmail_quote",
        "messageReplySection",
        "OLK_SRC_BODY_SECTION",
        "zmail_extra",
        "moz-cite-prefix",
        "tutanota_quote",
        "skiff_quote",
        "missive_quote",
        "mail-editor-reference-message-container",
        "isReplyContent",
        "isForwardContent",
        "origbody",
        "reply139content",
    ];
    let named = |name| attribute(attributes, name).unwrap_or_default();
    let names = [named("class"), named("id"), named("name")].join(" ");
    if names.len() == 2 {
        return None;
    }
    if names
        .split_whitespace()
        .any(|word| word.eq_ignore_ascii_case("signature"))
        || SIGNATURES.iter().any(|name| names.contains(name))
    {
        return Some(MarkKind::Signature);
    }
    let quote = QUOTES.iter().any(|name| names.contains(name)) || named("name") == "quote";
    quote.then_some(MarkKind::Quote)
}

/// True for what Outlook puts between the new words and the old: all that follows is old.
pub(super) fn begins_history(attributes: &str) -> bool {
    const DIVIDERS: [&str; 4] = [
        "divRplyFwdMsg",
        "appendonsend",
        "replySplit",
        "stopSpelling",
    ];
    let id = attribute(attributes, "id").unwrap_or_default();
    DIVIDERS.iter().any(|divider| id.ends_with(divider))
}

/// The value of one attribute.
pub(super) fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some(at) = rest.find('=') {
        let (before, after) = rest.split_at(at);
        let key = before
            .trim_end()
            .rsplit(|ch: char| ch.is_ascii_whitespace() || matches!(ch, '"' | '\'' | '/'))
            .next()
            .unwrap_or_default();
        let after = after.get(1..).unwrap_or_default().trim_ascii_start();
        let (value, tail) = match after.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                let inner = after.get(1..).unwrap_or_default();
                inner.split_once(char::from(quote)).unwrap_or((inner, ""))
            }
            _ => after.split_at(
                after
                    .find(|ch: char| ch.is_ascii_whitespace())
                    .unwrap_or(after.len()),
            ),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.replace("&amp;", "&").trim().to_owned());
        }
        rest = tail;
    }
    None
}

/// The height or width of an image in pixels, whichever is less, as its attributes or its style say.
pub(super) fn pixels(attributes: &str) -> Option<u32> {
    let style = attribute(attributes, "style").unwrap_or_default();
    let sides = ["height", "width"].into_iter().filter_map(|side| {
        let value = attribute(attributes, side).or_else(|| {
            let declared = style
                .split(';')
                .find_map(|one| one.trim().strip_prefix(side))?;
            Some(declared.trim_start_matches([':', ' ']).to_owned())
        })?;
        let digits = value.find(|ch: char| !ch.is_ascii_digit());
        let (number, unit) = value.split_at(digits.unwrap_or(value.len()));
        // Percentages and the like say nothing about the image.
        let plain = matches!(unit.trim(), "" | "px") || unit.starts_with('.');
        number.parse().ok().filter(|_| plain)
    });
    sides.min()
}

/// Splits `name attributes>rest`. Quoted attribute values may contain `>`.
pub(super) fn tag_and_rest(inner: &str) -> (Tag, (&str, &str)) {
    let bytes = inner.as_bytes();
    let name_end = bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(bytes.len());
    let mut tag = Tag::default();
    if name_end <= tag.len() {
        for (to, from) in tag.iter_mut().zip(bytes) {
            *to = from.to_ascii_lowercase();
        }
        for byte in tag.iter_mut().skip(name_end) {
            *byte = 0;
        }
    }
    let body = inner.get(name_end..).unwrap_or_default();
    let end = tag_end(body);
    let attributes = body.get(..end).unwrap_or(body).trim();
    (tag, (attributes, body.get(end + 1..).unwrap_or_default()))
}

/// Where the `>` of a tag is. A quote that never closes is a slip: then the first `>` counts.
fn tag_end(body: &str) -> usize {
    const TAG_BYTES_MAX: usize = 16 * 1024;
    let mut quote = None;
    for (at, byte) in body.bytes().enumerate().take(TAG_BYTES_MAX) {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'')
                if body
                    .as_bytes()
                    .get(at.wrapping_sub(1))
                    .is_some_and(|before| matches!(before, b'=' | b' ' | b'\n' | b'\t')) =>
            {
                quote = Some(byte)
            }
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    memchr::memchr(b'>', body.as_bytes()).unwrap_or(body.len())
}

pub(super) fn name(tag: &Tag) -> &str {
    let end = tag.iter().position(|byte| *byte == 0).unwrap_or(tag.len());
    tag.get(..end)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .unwrap_or_default()
}

pub(super) fn after<'t>(text: &'t str, end: &str) -> &'t str {
    text.find(end)
        .and_then(|at| text.get(at + end.len()..))
        .unwrap_or_default()
}

/// What follows a closing tag, found in any case. Without one all that follows is code, as browsers see it.
pub(super) fn after_close<'t>(text: &'t str, close: &str) -> &'t str {
    let bytes = text.as_bytes();
    let found = memchr::memmem::find_iter(bytes, b"</").find(|at| {
        bytes
            .get(*at..at + close.len())
            .is_some_and(|piece| piece.eq_ignore_ascii_case(close.as_bytes()))
    });
    match found {
        Some(at) => after(text.get(at..).unwrap_or_default(), ">"),
        None => "",
    }
}

/// `&#146;` means a Windows character to everyone who writes it.
pub(super) fn from_windows(name: &str) -> String {
    let code = name
        .strip_prefix("&#")
        .and_then(|code| code.parse::<u8>().ok())
        .filter(|code| (128..160).contains(code));
    match code {
        Some(code) => {
            let (text, _, _) = encoding_rs::WINDOWS_1252.decode(std::slice::from_ref(&code));
            format!("&#{}", text.chars().next().map_or(0, u32::from))
        }
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::pixels;

    #[test]
    fn measures_images() {
        for (attributes, wanted) in [
            ("height=40 width=\"200\"", Some(40)),
            ("style=\"width:1.5px; height: 90px\"", Some(1)),
            ("width='100%'", None),
            ("style='max-height:10px'", None),
            ("", None),
        ] {
            assert_eq!(pixels(attributes), wanted, "{attributes}");
        }
    }
}
