//! Encoded words of headers (RFC 2047) to text.
//!
//! More forgiving than the standard, as mail is: blanks inside a word, words inside quotes, characters split between
//! two words, and raw 8-bit text between them.

use super::{charset, encoding, header};

/// A header value as people read it.
pub(super) fn decode(raw: &[u8]) -> String {
    decode_text(&header::plain(raw))
}

/// The same for a value that is already unfolded.
pub(super) fn decode_text(text: &str) -> String {
    if !text.contains("=?") {
        return tidy(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut pending = Pending::default();
    let mut rest = text;
    while let Some((before, word, after)) = next_word(rest) {
        let gap_is_blank = before.trim().is_empty();
        if !(gap_is_blank && pending.open) {
            pending.flush(&mut out);
            out.push_str(before);
        }
        pending.add(word, &mut out);
        rest = after;
    }
    pending.flush(&mut out);
    out.push_str(rest);
    tidy(&out)
}

/// One encoded word.
struct Word<'a> {
    charset: &'a str,
    base64: bool,
    text: &'a str,
}

/// Bytes of neighbouring words of one charset: some senders split a character between two words.
#[derive(Default)]
struct Pending {
    charset: String,
    bytes: Vec<u8>,
    open: bool,
}

impl Pending {
    fn add(&mut self, word: Word<'_>, out: &mut String) {
        // ISO-2022 words each end in ASCII; glued together their escapes would be errors.
        let stateful = word
            .charset
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("iso-2022"));
        if self.open && (stateful || !self.charset.eq_ignore_ascii_case(word.charset)) {
            self.flush(out);
        }
        self.charset = word.charset.to_owned();
        self.open = true;
        if word.base64 {
            self.bytes
                .extend(encoding::base64(word.text.as_bytes()).bytes);
        } else {
            self.bytes.extend(q_word(word.text));
        }
    }

    fn flush(&mut self, out: &mut String) {
        if self.open {
            out.push_str(&charset::decode(&self.bytes, Some(&self.charset)).text);
            self.bytes.clear();
            self.open = false;
        }
    }
}

/// Splits off the first encoded word: what stands before it, the word, what follows.
fn next_word(text: &str) -> Option<(&str, Word<'_>, &str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find("=?") {
        let start = from + found;
        let inner = text.get(start + 2..)?;
        // Without an end further on there is no word further on either.
        let _ = inner.find("?=")?;
        if let Some((word, length)) = word_at(inner) {
            return Some((text.get(..start)?, word, inner.get(length..)?));
        }
        from = start + 2;
    }
    None
}

/// Reads `charset?B?text?=`; the length counts from behind the `=?`.
fn word_at(inner: &str) -> Option<(Word<'_>, usize)> {
    /// The longest registered charset name has 45 characters; RFC 2231 may add a language.
    const CHARSET_BYTES_MAX: usize = 60;
    let window = inner
        .as_bytes()
        .get(..CHARSET_BYTES_MAX)
        .unwrap_or(inner.as_bytes());
    let mark = memchr::memchr(b'?', window)?;
    let charset = inner.get(..mark)?;
    if charset.is_empty() || charset.contains(char::is_whitespace) {
        return None;
    }
    let base64 = match inner.get(mark + 1..mark + 3)? {
        "B?" | "b?" => true,
        "Q?" | "q?" => false,
        _ => return None,
    };
    let body = inner.get(mark + 3..)?;
    let end = if base64 {
        body.find("?=")?
    } else {
        q_end(body)?
    };
    let word = Word {
        charset: charset.split('*').next().unwrap_or(charset),
        base64,
        text: body.get(..end)?,
    };
    Some((word, mark + 3 + end + 2))
}

/// Where a Q word ends. A bare `?` before an escape, as in `Wann?=20Heute?=`, is not the end.
fn q_end(body: &str) -> Option<usize> {
    let end = body.find("?=")?;
    let hex = body
        .as_bytes()
        .get(end + 2..end + 4)
        .is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
    if hex {
        let later = body.get(end + 2..)?;
        let next = later.find("?=").map(|at| end + 2 + at)?;
        if !body.get(end..next)?.contains([' ', '\t']) && !body.get(end..next)?.contains("=?") {
            return Some(next);
        }
    }
    Some(end)
}

fn q_word(text: &str) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .bytes()
        .map(|byte| if byte == b'_' { b' ' } else { byte })
        .collect();
    encoding::quoted_word(&spaced)
}

/// One line without control characters and without blanks at its ends.
pub(super) fn tidy(text: &str) -> String {
    let clean = |ch: char| if ch.is_control() { ' ' } else { ch };
    if text.contains(char::is_control) {
        return text
            .chars()
            .map(clean)
            .collect::<String>()
            .trim()
            .to_owned();
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn reads_what_clients_write() {
        let table: [(&[u8], &str); 12] = [
            (b"plain", "plain"),
            (b"=?utf-8?Q?Stra=C3=9Fe?=", "Straße"),
            (b"=?UTF-8?B?U3RyYcOfZQ==?= 7", "Straße 7"),
            (b"a =?iso-8859-1?q?b?=  =?iso-8859-1?q?c?= d", "a bc d"),
            (b"=?utf-8?B?ww==?= =?utf-8?B?hA==?=", "Ä"),
            (b"=?utf-8?Q?two words?= kept", "two words kept"),
            (b"=?utf-8?Q?Wann?=20Heute?=", "Wann? Heute"),
            (b"=?utf-8*de?Q?M=C3=BCll?=", "Müll"),
            (b"=?no-such-set?Q?abc?=", "abc"),
            (b"=?broken", "=?broken"),
            ("Störung".as_bytes(), "Störung"),
            (
                b"St\xf6rung im Gro\xdfraum\r\n K\xf6ln",
                "Störung im Großraum Köln",
            ),
        ];
        for (raw, text) in table {
            assert_eq!(decode(raw), text, "{raw:?}");
        }
    }

    #[test]
    fn unending_words_cost_little() {
        let hostile = "=?a?q ".repeat(100_000);
        assert_eq!(decode(hostile.as_bytes()).len(), hostile.trim().len());
    }
}
