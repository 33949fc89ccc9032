//! Transfer encodings (RFC 2045) to bytes: base64 and quoted-printable, whatever state they are in.
//!
//! What is wrong is passed over and named; a truncated attachment still has its first bytes.

use std::sync::LazyLock;

/// Decoded bytes, and whether anything was wrong on the way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) damaged: bool,
}

const NOT_BASE64: u8 = 0xff;

/// The value of each letter; computed once, because attachments are most of a large mail.
static BASE64: LazyLock<[u8; 256]> = LazyLock::new(|| {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |letter| {
        alphabet
            .iter()
            .position(|known| *known == letter)
            .and_then(|at| u8::try_from(at).ok())
    };
    std::array::from_fn(|letter| {
        u8::try_from(letter)
            .ok()
            .and_then(value)
            .unwrap_or(NOT_BASE64)
    })
});

/// Base64; padding in the middle starts anew, as in mails glued together.
pub(super) fn base64(text: &[u8]) -> Decoded {
    let mut out = Decoded {
        bytes: Vec::with_capacity(text.len() / 4 * 3 + 3),
        damaged: false,
    };
    let table = &*BASE64;
    let sextet = |letter: u8| {
        table
            .get(usize::from(letter))
            .copied()
            .unwrap_or(NOT_BASE64)
    };
    let mut group = 0_u32;
    let mut held = 0_u8;
    let mut rest = text;
    loop {
        // Whole groups without blanks are nearly all of it.
        while held == 0
            && let [a, b, c, d, tail @ ..] = rest
        {
            let values = [sextet(*a), sextet(*b), sextet(*c), sextet(*d)];
            if values.contains(&NOT_BASE64) {
                break;
            }
            let [a, b, c, d] = values.map(u32::from);
            let [_, x, y, z] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
            out.bytes.extend_from_slice(&[x, y, z]);
            rest = tail;
        }
        let Some((byte, tail)) = rest.split_first() else {
            break;
        };
        rest = tail;
        match sextet(*byte) {
            NOT_BASE64 if *byte == b'=' => {
                flush(&mut out, group, held);
                (group, held) = (0, 0);
            }
            NOT_BASE64 => out.damaged |= !byte.is_ascii_whitespace(),
            value => {
                group = group << 6 | u32::from(value);
                held += 1;
                if held == 4 {
                    let [_, x, y, z] = group.to_be_bytes();
                    out.bytes.extend_from_slice(&[x, y, z]);
                    (group, held) = (0, 0);
                }
            }
        }
    }
    out.damaged |= held != 0;
    flush(&mut out, group, held);
    out
}

fn flush(out: &mut Decoded, group: u32, held: u8) {
    match held {
        2 => out.bytes.push((group >> 4).to_le_bytes()[0]),
        3 => {
            let [x, y, ..] = ((group >> 2) as u16).to_be_bytes();
            out.bytes.extend_from_slice(&[x, y]);
        }
        _ => {}
    }
}

/// Quoted-printable of a body: soft line breaks go, blanks at line ends go, wrong escapes stay as written.
pub(super) fn quoted_printable(text: &[u8]) -> Decoded {
    let mut out = Decoded {
        bytes: Vec::with_capacity(text.len()),
        damaged: false,
    };
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii_end();
        let ended = line.len() > content.len() && line.ends_with(b"\n");
        let (content, soft) = match content.strip_suffix(b"=") {
            Some(content) => (content, true),
            None => (content, false),
        };
        escapes(content, &mut out);
        if ended && !soft {
            let line_end: &[u8] = if line.ends_with(b"\r\n") {
                b"\r\n"
            } else {
                b"\n"
            };
            out.bytes.extend_from_slice(line_end);
        }
    }
    out
}

/// Quoted-printable of an encoded word: no lines, every blank counts.
pub(super) fn quoted_word(text: &[u8]) -> Vec<u8> {
    let mut out = Decoded::default();
    escapes(text, &mut out);
    out.bytes
}

fn escapes(text: &[u8], out: &mut Decoded) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.bytes.extend_from_slice(before);
        if let [_, high, low, tail @ ..] = after
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.bytes.push(high << 4 | low);
            rest = tail;
        } else {
            out.damaged = true;
            out.bytes.push(b'=');
            rest = after.get(1..).unwrap_or_default();
        }
    }
    out.bytes.extend_from_slice(rest);
}

/// Uuencoded lines between `begin` and `end`.
pub(super) fn uu(text: &[u8]) -> Decoded {
    let mut out = Decoded::default();
    let body = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    for line in body
        .skip_while(|line| !line.starts_with(b"begin "))
        .skip(1)
        .take_while(|line| *line != b"end")
    {
        let Some((length, data)) = line.split_first() else {
            continue;
        };
        let mut length = usize::from(length.wrapping_sub(b' ') & 0x3f);
        for group in data.chunks(4) {
            let value = |at: usize| {
                group
                    .get(at)
                    .map_or(0, |byte| u32::from(byte.wrapping_sub(b' ') & 0x3f))
            };
            let [_, bytes @ ..] =
                (value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3)).to_be_bytes();
            let taken = length.min(3);
            out.bytes.extend(bytes.iter().take(taken));
            length -= taken;
        }
        out.damaged |= length > 0;
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{base64, quoted_printable};

    #[test]
    fn base64_in_any_state() {
        let table: [(&str, &str, bool); 6] = [
            ("SGVsbG8=", "Hello", false),
            ("SGVs\r\nbG8=\r\n", "Hello", false),
            ("SGVsbG8", "Hello", true),
            ("SGVsbG8=SGVsbG8=", "HelloHello", false),
            ("SGV!sbG8=", "Hello", true),
            ("", "", false),
        ];
        for (text, bytes, damaged) in table {
            let decoded = base64(text.as_bytes());
            assert_eq!(String::from_utf8_lossy(&decoded.bytes), bytes, "{text}");
            assert_eq!(decoded.damaged, damaged, "{text}");
        }
    }

    #[test]
    fn quoted_printable_in_any_state() {
        let table: [(&str, &str, bool); 5] = [
            ("a=3Db", "a=b", false),
            ("soft=\r\nbreak  \r\nend", "softbreak\r\nend", false),
            ("soft= \nbreak", "softbreak", false),
            ("wrong =ZZ", "wrong =ZZ", true),
            ("cut =4", "cut =4", true),
        ];
        for (text, bytes, damaged) in table {
            let decoded = quoted_printable(text.as_bytes());
            assert_eq!(String::from_utf8_lossy(&decoded.bytes), bytes, "{text}");
            assert_eq!(decoded.damaged, damaged, "{text}");
        }
    }
}
