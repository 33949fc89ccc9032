//! RTF to plain text, as far as mails need it: Outlook packs the text of a message so into winmail.dat.
//!
//! HTML wrapped in RTF needs no care of its own: beside each tag stands what it means in RTF.

use super::charset;

/// A message's text has less; beyond it a stream lies about its size.
const RTF_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What every window of the compression begins with (MS-OXRTFCP, 2.1.2.1).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const WINDOW_BYTES: usize = 4096;

/// Unpacks compressed RTF (MS-OXRTFCP). What is damaged ends where the damage is.
pub(super) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let (header, packed) = bytes.split_at_checked(16)?;
    match header.get(8..12)? {
        b"MELA" => return Some(packed.get(..RTF_BYTES_MAX).unwrap_or(packed).to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut window = [0_u8; WINDOW_BYTES];
    window
        .get_mut(..DICTIONARY.len())?
        .copy_from_slice(DICTIONARY);
    let mut at = DICTIONARY.len();
    let mut out = Vec::new();
    let mut write = |byte: u8, window: &mut [u8; WINDOW_BYTES]| {
        if let Some(cell) = window.get_mut(at % WINDOW_BYTES) {
            *cell = byte;
        }
        at = (at + 1) % WINDOW_BYTES;
        out.push(byte);
        at
    };
    let mut position = DICTIONARY.len();
    let mut rest = packed.iter().copied();
    'packed: while let Some(flags) = rest.next() {
        for bit in 0..8 {
            let Some(first) = rest.next() else {
                break 'packed;
            };
            if flags >> bit & 1 == 0 {
                position = write(first, &mut window);
                continue;
            }
            let Some(second) = rest.next() else {
                break 'packed;
            };
            let reference = usize::from(u16::from_be_bytes([first, second]));
            let (offset, length) = (reference >> 4, (reference & 15) + 2);
            if offset == position {
                break 'packed;
            }
            for step in 0..length {
                let byte = window.get((offset + step) % WINDOW_BYTES).copied();
                position = write(byte.unwrap_or_default(), &mut window);
            }
        }
        if packed.len() - rest.len() > RTF_BYTES_MAX / 9 {
            break;
        }
    }
    Some(out)
}

/// The text of a document.
pub(super) fn to_text(rtf: &[u8]) -> String {
    let mut reader = Reader {
        groups: vec![Group::default()],
        ..Reader::default()
    };
    let mut rest = rtf;
    while let Some((byte, tail)) = rest.split_first() {
        rest = reader.take(*byte, tail);
    }
    reader.flush();
    reader.text.trim().to_owned()
}

/// What holds until the group ends.
#[derive(Clone, Copy)]
struct Group {
    /// Fonts, colours, pictures: nothing to read.
    skipped: bool,
    /// Letters that stand in for a `\u` where Unicode is not known.
    stand_ins: usize,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            skipped: false,
            stand_ins: 1,
        }
    }
}

#[derive(Default)]
struct Reader {
    text: String,
    /// Letters in the document's code page, not yet decoded.
    pending: Vec<u8>,
    code_page: Option<String>,
    groups: Vec<Group>,
    /// Half of a character that needs two `\u`.
    surrogate: Option<u16>,
    stand_ins_left: usize,
}

impl Reader {
    /// Takes one byte, or the control word that begins with it, and returns what is left.
    fn take<'b>(&mut self, byte: u8, tail: &'b [u8]) -> &'b [u8] {
        match byte {
            b'{' => {
                let group = self.group();
                self.groups.push(group);
            }
            b'}' if self.groups.len() > 1 => _ = self.groups.pop(),
            b'\\' => return self.control(tail),
            b'\r' | b'\n' | b'}' | 0 => {}
            letter => self.letter(letter),
        }
        tail
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or_default()
    }

    fn skip_group(&mut self) {
        if let Some(group) = self.groups.last_mut() {
            group.skipped = true;
        }
    }

    fn letter(&mut self, letter: u8) {
        if self.stand_ins_left > 0 {
            self.stand_ins_left -= 1;
        } else if !self.group().skipped {
            self.pending.push(letter);
        }
    }

    fn say(&mut self, words: &str) {
        if !self.group().skipped {
            self.flush();
            self.text.push_str(words);
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let page = self.code_page.as_deref().or(Some("windows-1252"));
            self.text
                .push_str(&charset::decode(&self.pending, page).text);
            self.pending.clear();
        }
    }

    /// Reads what follows a backslash.
    fn control<'b>(&mut self, tail: &'b [u8]) -> &'b [u8] {
        const WORD_BYTES_MAX: usize = 32;
        let Some((first, after)) = tail.split_first() else {
            return tail;
        };
        if !first.is_ascii_alphabetic() {
            return self.symbol(*first, after);
        }
        let letters = tail
            .iter()
            .take(WORD_BYTES_MAX)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, rest) = tail.split_at_checked(letters).unwrap_or((tail, &[]));
        let digits = rest
            .iter()
            .take(11)
            .enumerate()
            .take_while(|(at, byte)| byte.is_ascii_digit() || (*at == 0 && **byte == b'-'))
            .count();
        let (number, rest) = rest.split_at_checked(digits).unwrap_or((rest, &[]));
        let number = std::str::from_utf8(number)
            .ok()
            .and_then(|number| number.parse().ok());
        self.word(word, number);
        rest.strip_prefix(b" ").unwrap_or(rest)
    }

    fn symbol<'b>(&mut self, symbol: u8, after: &'b [u8]) -> &'b [u8] {
        match symbol {
            b'\'' => {
                let pair = after
                    .get(..2)
                    .and_then(|pair| std::str::from_utf8(pair).ok());
                if let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                    self.letter(byte);
                    return after.get(2..).unwrap_or_default();
                }
            }
            b'*' => self.skip_group(),
            b'~' => self.say(" "),
            b'_' => self.say("-"),
            b'\r' | b'\n' => self.say("\n"),
            b'\\' | b'{' | b'}' => self.letter(symbol),
            _ => {}
        }
        after
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) {
        match word {
            b"par" | b"line" | b"row" | b"sect" | b"page" => self.say("\n"),
            b"tab" | b"cell" => self.say("\t"),
            b"emdash" => self.say("—"),
            b"endash" => self.say("–"),
            b"bullet" => self.say("•"),
            b"lquote" => self.say("‘"),
            b"rquote" => self.say("’"),
            b"ldblquote" => self.say("“"),
            b"rdblquote" => self.say("”"),
            b"ansicpg" => self.code_page = number.map(|number| format!("cp{number}")),
            b"uc" => {
                if let (Some(group), Some(count)) = (self.groups.last_mut(), number) {
                    group.stand_ins = usize::try_from(count).unwrap_or(0).min(16);
                }
            }
            b"u" => self.unicode(number.unwrap_or_default()),
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object"
            | b"header" | b"footer" | b"themedata" => self.skip_group(),
            _ => {}
        }
    }

    /// A UTF-16 unit as a signed number.
    fn unicode(&mut self, number: i32) {
        let Ok(unit) = u16::try_from(number.rem_euclid(0x1_0000)) else {
            return;
        };
        let units = self.surrogate.take().into_iter().chain([unit]);
        let decoded: Result<String, _> = char::decode_utf16(units).collect();
        match decoded {
            Ok(words) => self.say(&words),
            Err(_) => self.surrogate = Some(unit),
        }
        self.stand_ins_left = self.group().stand_ins;
    }
}

#[cfg(test)]
mod tests {
    use super::{decompress, to_text};

    #[test]
    fn reads_documents() {
        for (rtf, text) in [
            (
                r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Hello\par world}",
                "Hello\nworld",
            ),
            (r"{\rtf1\ansicpg1252 Gr\'fc\'dfe\tab 7 \'80}", "Grüße\t7 €"),
            (r"{\rtf1\uc1 \u26085?\u26412? \u-10179?\u-8704?}", "日本 😀"),
            (
                r"{\rtf1\fromhtml1{\*\htmltag64 <p>}One\htmlrtf \par\htmlrtf0 {\*\htmltag72 </p>}Two}",
                "One\nTwo",
            ),
            (r"{\rtf1 a\{b\}\\c}", r"a{b}\c"),
            (r"{\rtf1 cut \'e", "cut e"),
            ("}}}{{{", ""),
        ] {
            assert_eq!(to_text(rtf.as_bytes()), text, "{rtf}");
        }
    }

    #[test]
    fn unpacks_documents() {
        // The example of MS-OXRTFCP, 4.1.1, whose first words come from the dictionary.
        let packed = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03,
            0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3,
            0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d,
            0x0a, 0x80, 0x0f, 0xa0,
        ];
        let rtf = decompress(&packed).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&rtf),
            "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
        assert_eq!(to_text(&rtf), "hello world");
        assert_eq!(decompress(b"short"), None);
        for length in 16..packed.len() {
            let _ = decompress(&packed[..length]);
        }
    }
}
