//! Bytes to text, whatever the mail says about their charset.
//!
//! A declared charset is a claim. It is believed unless the bytes contradict it: valid UTF-8 beyond ASCII is never an
//! accident, and a decoding with errors is worse than a good guess.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, ISO_2022_JP, UTF_8, WINDOWS_1252};

/// Bytes that are shown to the detector; more adds nothing to its certainty.
const DETECTION_BYTES_MAX: usize = 64 * 1024;

/// Text, and what was wrong with the charset.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) defect: Option<String>,
}

impl<'a> Decoded<'a> {
    fn right(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            text: text.into(),
            defect: None,
        }
    }

    fn wrong(text: impl Into<Cow<'a, str>>, defect: String) -> Self {
        Self {
            text: text.into(),
            defect: Some(defect),
        }
    }
}

/// Makes text of bytes with a declared charset or none.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let label = declared.map(str::trim).filter(|label| !label.is_empty());
    if label.is_some_and(is_utf7) {
        return Decoded::right(utf7(bytes));
    }
    let escapes = memchr::memchr(0x1b, bytes).is_some();
    if !escapes && let Some(ascii) = as_ascii(bytes).filter(|_| !label.is_some_and(is_wide)) {
        return Decoded::right(ascii);
    }
    match label {
        Some(label) => match encoding(label) {
            Some(encoding) => decode_declared(bytes, encoding, label),
            None => unknown(bytes, label),
        },
        None => undeclared(bytes),
    }
}

/// Text of bytes that declare nothing, such as a raw 8-bit header.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    undeclared(bytes).text
}

/// The same where the mail's body declares a charset: programs that write raw 8-bit headers write them in it, too.
pub(super) fn guess_like<'a>(bytes: &'a [u8], body: Option<&str>) -> Cow<'a, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let (text, _, errors) = match body.and_then(encoding) {
        Some(declared) if declared != UTF_8 => declared.decode(bytes),
        Some(_) | None => return guess(bytes),
    };
    if errors { guess(bytes) } else { text }
}

/// The charset that an HTML document declares in its own head.
pub(super) fn of_html(html: &[u8]) -> Option<String> {
    /// HTML, 4.2.5.4: the declaration stands within so many bytes; Outlook's heads are longer.
    const HEAD_BYTES_MAX: usize = 2048;
    let head = html
        .get(..HEAD_BYTES_MAX)
        .unwrap_or(html)
        .to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"charset=")? + b"charset=".len();
    let label: String = head
        .get(at..)?
        .iter()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .map(|byte| char::from(*byte))
        .collect();
    // Sixteen-bit text could not have been read this far.
    let wide = label.starts_with("utf-16");
    (!label.is_empty() && !wide).then_some(label)
}

fn decode_declared<'a>(bytes: &'a [u8], declared: &'static Encoding, label: &str) -> Decoded<'a> {
    if declared != UTF_8
        && declared != encoding_rs::UTF_16BE
        && declared != encoding_rs::UTF_16LE
        && let Ok(text) = std::str::from_utf8(bytes)
        && !text.is_ascii()
        && !text.contains('\u{1b}')
    {
        return Decoded::wrong(text, format!("{label} declared, but it is UTF-8"));
    }
    let (text, used, errors) = declared.decode(bytes);
    if !errors {
        let defect =
            (used != declared).then(|| format!("{label} declared, but it is {}", used.name()));
        return Decoded { text, defect };
    }
    let better = detected(bytes);
    let (guessed, _, still_errors) = better.decode(bytes);
    if better != declared && !still_errors {
        return Decoded::wrong(
            guessed,
            format!("{label} declared, but it looks like {}", better.name()),
        );
    }
    Decoded::wrong(
        text,
        format!("{label} declared, with bytes that are none of it"),
    )
}

fn unknown<'a>(bytes: &'a [u8], label: &str) -> Decoded<'a> {
    let found = undeclared(bytes);
    Decoded::wrong(found.text, format!("{label} is not known"))
}

fn undeclared(bytes: &[u8]) -> Decoded<'_> {
    if memchr::memchr(0x1b, bytes).is_some() {
        let (text, _, errors) = ISO_2022_JP.decode(bytes);
        if !errors {
            return Decoded::wrong(text, "not declared, taken as ISO-2022-JP".to_owned());
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded::right(text);
    }
    let encoding = detected(bytes);
    let (text, _, _) = encoding.decode(bytes);
    Decoded::wrong(text, format!("not declared, taken as {}", encoding.name()))
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let sample = bytes.get(..DETECTION_BYTES_MAX).unwrap_or(bytes);
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

/// The encoding of a label. Chinese senders say gb2312 and write GB18030, which contains it.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(['"', '\'', ' ']);
    let found = Encoding::for_label(label.as_bytes()).or_else(|| alias(label))?;
    if found == encoding_rs::GBK {
        Some(GB18030)
    } else {
        Some(found)
    }
}

/// Names that occur in mail and that the web's list of labels does not have.
fn alias(label: &str) -> Option<&'static Encoding> {
    let label = label.to_ascii_lowercase();
    if let Some(number) = label
        .strip_prefix("cp")
        .or_else(|| label.strip_prefix("windows"))
    {
        let name = format!("windows-{}", number.trim_start_matches(['-', '_']));
        if let Some(found) = Encoding::for_label(name.as_bytes()) {
            return Some(found);
        }
    }
    match label.as_str() {
        "ansi_x3.110-1983" | "us" | "ansi" | "8bit" | "latin-1" | "x-ansi" => Some(WINDOWS_1252),
        "utf8mb4" | "utf-8mb4" | "utf_8" | "unicode" => Some(UTF_8),
        "cp936" | "ms936" | "euc-cn" => Some(GB18030),
        "cp932" | "ms932" | "windows-31j" | "sjis-win" => Some(encoding_rs::SHIFT_JIS),
        "cp949" | "ms949" | "ks_c_5601" | "uhc" => Some(encoding_rs::EUC_KR),
        "cp950" | "big5-eten" => Some(encoding_rs::BIG5),
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-ms" | "cp50220" | "cp50221" => {
            Some(ISO_2022_JP)
        }
        _ => None,
    }
}

/// Charsets in which ASCII bytes are not ASCII.
fn is_wide(label: &str) -> bool {
    label
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("utf-16"))
}

fn is_utf7(label: &str) -> bool {
    ["utf-7", "unicode-1-1-utf-7", "utf7", "x-unicode-2-0-utf-7"]
        .iter()
        .any(|name| label.eq_ignore_ascii_case(name))
}

fn as_ascii(bytes: &[u8]) -> Option<&str> {
    if bytes.is_ascii() {
        std::str::from_utf8(bytes).ok()
    } else {
        None
    }
}

/// UTF-7 (RFC 2152): old Exchange servers still write it in bounces.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'+', rest) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.push_str(&String::from_utf8_lossy(before));
        let after = after.get(1..).unwrap_or_default();
        let length = after
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')))
            .unwrap_or(after.len());
        let (word, tail) = after.split_at_checked(length).unwrap_or((after, &[]));
        if word.is_empty() {
            out.push('+');
        } else {
            let wide = super::encoding::base64(word).bytes;
            let units = wide.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')));
        }
        rest = tail.strip_prefix(b"-").unwrap_or(tail);
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn check(bytes: &[u8], declared: Option<&str>, text: &str, defect: bool) {
        let decoded = decode(bytes, declared);
        assert_eq!(decoded.text, text, "{declared:?}");
        assert_eq!(
            decoded.defect.is_some(),
            defect,
            "{declared:?} {:?}",
            decoded.defect
        );
    }

    #[test]
    fn takes_what_the_body_or_the_document_says() {
        let koi8 = b"\xf3\xd4\xc1\xd4\xd5\xd3";
        assert_eq!(super::guess_like(koi8, Some("koi8-r")), "Статус");
        assert_eq!(
            super::guess_like("Größe".as_bytes(), Some("koi8-r")),
            "Größe"
        );
        let html = b"<html><head><meta http-equiv=x content='text/html; charset=ISO-8859-2'>";
        assert_eq!(super::of_html(html).as_deref(), Some("iso-8859-2"));
        assert_eq!(super::of_html(b"<p>charset</p>"), None);
    }

    #[test]
    fn believes_what_fits() {
        check(b"plain", None, "plain", false);
        check("Grüße".as_bytes(), Some("utf-8"), "Grüße", false);
        check(b"Gr\xfc\xdfe", Some("ISO-8859-1"), "Grüße", false);
        check(b"\x93quoted\x94", Some("iso-8859-1"), "“quoted”", false);
        check(b"\x1b$BF|K\\\x1b(B", Some("iso-2022-jp"), "日本", false);
        check(b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好", false);
        check(b"Hi +AOQ-!", Some("utf-7"), "Hi ä!", false);
        check(b"caf\xc3\xa9", Some("cp-850"), "café", true);
    }

    #[test]
    fn corrects_what_does_not_fit() {
        check("Grüße".as_bytes(), Some("iso-8859-1"), "Grüße", true);
        check("Grüße".as_bytes(), Some("us-ascii"), "Grüße", true);
        check(
            b"Gr\xfc\xdfe aus K\xf6ln",
            Some("utf-8"),
            "Grüße aus Köln",
            true,
        );
        check(b"Gr\xfc\xdfe aus K\xf6ln", None, "Grüße aus Köln", true);
        check(b"\x1b$BF|K\\\x1b(B", None, "日本", true);
        check("Žluťoučký".as_bytes(), None, "Žluťoučký", false);
        let (cyrillic, _, _) =
            encoding_rs::KOI8_R.encode("Здравствуйте, у нас не работает вход в систему");
        check(
            &cyrillic,
            None,
            "Здравствуйте, у нас не работает вход в систему",
            true,
        );
        let (japanese, _, _) =
            encoding_rs::SHIFT_JIS.encode("お世話になっております。ログインできません。");
        check(
            &japanese,
            None,
            "お世話になっております。ログインできません。",
            true,
        );
    }
}
