//! Parameters of structured header fields, as they are really written: above all the names of files.
//!
//! RFC 2231 has a notation for charsets and for values in pieces; most clients write encoded words (RFC 2047) or raw
//! letters instead. All of them are read, the standard's own first.

use super::{charset, words};

/// Parameters of one field, and pieces of one value. Real fields have fewer than ten.
const PARAMETERS_MAX: usize = 100;

/// The value of a parameter of an unfolded field, decoded; `None` if it is missing or empty.
pub(super) fn decoded(field: &str, name: &str) -> Option<String> {
    let found = parameters(field);
    let value = |wanted: &str| {
        let matching = found.iter().find(|(key, _)| key == wanted);
        matching.map(|(_, value)| value.as_str())
    };
    let whole = value(&format!("{name}*")).map(|value| Pieces::of(value).text());
    whole
        .or_else(|| in_pieces(&found, name))
        .or_else(|| value(name).map(words::decode_text))
        .filter(|value| !value.trim().is_empty())
}

/// A file's name: the last piece of a path, because no sender knows our folders.
pub(super) fn file_name(field: &str, name: &str) -> Option<String> {
    let name = decoded(field, name)?;
    let rooted =
        name.starts_with(['/', '\\', '.']) || name.get(1..3).is_some_and(|drive| drive == ":\\");
    let last = name.rsplit(['/', '\\']).next().unwrap_or(&name);
    if rooted && !last.is_empty() {
        return Some(last.to_owned());
    }
    Some(name)
}

/// Values that are split over `name*0`, `name*1*` and so on, in whatever order they stand.
fn in_pieces(found: &[(String, String)], name: &str) -> Option<String> {
    let numbered = found.iter().filter_map(|(key, value)| {
        let rest = key.strip_prefix(name)?.strip_prefix('*')?;
        let (number, encoded) = rest
            .strip_suffix('*')
            .map_or((rest, false), |rest| (rest, true));
        Some((number.parse::<usize>().ok()?, encoded, value.as_str()))
    });
    let mut numbered: Vec<(usize, bool, &str)> = numbered.collect();
    numbered.sort_by_key(|(number, _, _)| *number);
    let (_, first_encoded, first) = numbered.first()?;
    let mut pieces = if *first_encoded {
        Pieces::of(first)
    } else {
        Pieces::plain(first)
    };
    for (_, encoded, value) in numbered.iter().skip(1) {
        pieces.add(value, *encoded);
    }
    // Some clients split an encoded word over the pieces.
    Some(if *first_encoded {
        pieces.text()
    } else {
        words::decode_text(&pieces.text())
    })
}

/// The bytes of a value, and their charset if it is said.
struct Pieces<'v> {
    charset: Option<&'v str>,
    bytes: Vec<u8>,
}

impl<'v> Pieces<'v> {
    /// `charset'language'percent-encoded`.
    fn of(value: &'v str) -> Self {
        let mut parts = value.splitn(3, '\'');
        let (charset, rest) = match (parts.next(), parts.next(), parts.next()) {
            (Some(charset), Some(_), Some(rest)) => (Some(charset), rest),
            _ => (None, value),
        };
        let mut pieces = Self {
            charset,
            bytes: Vec::new(),
        };
        pieces.add(rest, true);
        pieces
    }

    fn plain(value: &str) -> Self {
        Self {
            charset: None,
            bytes: value.as_bytes().to_vec(),
        }
    }

    fn add(&mut self, value: &str, encoded: bool) {
        let mut rest = value.as_bytes();
        while let Some((byte, tail)) = rest.split_first() {
            let pair = tail.get(..2).filter(|_| encoded && *byte == b'%');
            let decoded = pair
                .filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))
                .and_then(|pair| std::str::from_utf8(pair).ok())
                .and_then(|pair| u8::from_str_radix(pair, 16).ok());
            self.bytes.push(decoded.unwrap_or(*byte));
            let taken = if decoded.is_some() { 2 } else { 0 };
            rest = tail.get(taken..).unwrap_or_default();
        }
    }

    fn text(&self) -> String {
        words::tidy(&charset::decode(&self.bytes, self.charset).text)
    }
}

/// Every `name=value` of a field, names in lower case. A field may lack the word before its first semicolon.
fn parameters(field: &str) -> Vec<(String, String)> {
    let bare = field
        .split(';')
        .next()
        .is_some_and(|first| first.contains('='));
    let mut rest = if bare {
        field
    } else {
        field.split_once(';').map_or("", |(_, rest)| rest)
    };
    let mut found = Vec::new();
    while let Some((key, after)) = rest.split_once('=')
        && found.len() < PARAMETERS_MAX
    {
        // What lies before the last semicolon is no parameter at all.
        let key = key.rsplit(';').next().unwrap_or(key).trim();
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let (value, tail) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), tail)
            }
        };
        found.push((key.to_ascii_lowercase(), value));
        rest = tail;
    }
    found
}

/// A quoted value and what follows it. A backslash escapes only what needs it: Windows paths have others.
fn unquoted(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = quoted.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' if matches!(letters.peek(), Some((_, '"' | '\\'))) => {
                value.extend(letters.next().map(|(_, escaped)| escaped));
            }
            letter => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn reads_names_in_every_notation() {
        for (field, name) in [
            ("attachment; filename=a.pdf", "a.pdf"),
            ("attachment; FileName = \"a;b.pdf\"; size=3", "a;b.pdf"),
            ("attachment; filename=my report.pdf", "my report.pdf"),
            ("attachment; filename*=utf-8''M%C3%A4rz.pdf", "März.pdf"),
            ("attachment; filename*=iso-8859-1'de'M%E4rz.pdf", "März.pdf"),
            (
                "attachment; filename=Maerz.pdf; filename*=utf-8''M%C3%A4rz.pdf",
                "März.pdf",
            ),
            (
                "attachment; filename*1=two.pdf; filename*0=\"one \"",
                "one two.pdf",
            ),
            (
                "attachment; filename*0*=utf-8''%E6%97; filename*1*=%A5.pdf",
                "日.pdf",
            ),
            (
                "attachment; filename*0*=shift_jis'ja'%93%FA; filename*1*=%96%7B",
                "日本",
            ),
            (
                "attachment; filename*0==?utf-8?Q?M=C3=A4; filename*1=rz?=",
                "März",
            ),
            (
                "attachment; filename=\"=?utf-8?Q?M=C3=A4rz?= =?utf-8?Q?_1?=\"",
                "März 1",
            ),
            ("attachment; filename*=utf-8''odd%ZZ", "odd%ZZ"),
            ("attachment; filename*=%66oo", "foo"),
            ("attachment; filename=\"say \\\"hi\\\"\"", "say \"hi\""),
            ("attachment; filename=\"C:\\Users\\x\\a.pdf\"", "a.pdf"),
            ("attachment; filename=../../etc/passwd", "passwd"),
            ("attachment; filename=1/2.txt", "1/2.txt"),
            ("attachment; filename=\"never closed", "never closed"),
            ("filename=bare.pdf", "bare.pdf"),
        ] {
            assert_eq!(
                file_name(field, "filename").as_deref(),
                Some(name),
                "{field}"
            );
        }
        for field in [
            "",
            "attachment",
            "attachment; filename=\"\"",
            ";=;=;",
            "attachment; size=3",
        ] {
            assert_eq!(file_name(field, "filename"), None, "{field}");
        }
    }
}
