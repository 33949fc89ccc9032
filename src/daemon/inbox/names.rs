//! Folder names on the wire: modified UTF-7 (RFC 3501, 5.1.3), in which `&` begins a run of base64.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// Base64 without padding, with `,` for `/`.
const MUTF7: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A folder's name as servers know it.
pub(crate) fn encoded(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut shifted = String::new();
    for letter in name.chars() {
        if !letter.is_ascii() {
            shifted.push(letter);
            continue;
        }
        unshift(&mut wire, &mut shifted);
        match letter {
            '&' => wire.push_str("&-"),
            plain => wire.push(plain),
        }
    }
    unshift(&mut wire, &mut shifted);
    wire
}

fn unshift(wire: &mut String, shifted: &mut String) {
    if shifted.is_empty() {
        return;
    }
    let units: Vec<u8> = shifted.encode_utf16().flat_map(u16::to_be_bytes).collect();
    wire.push('&');
    MUTF7.encode_string(units, wire);
    wire.push('-');
    shifted.clear();
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn names_travel_as_the_standard_says() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Erledigt/Geprüft", "Erledigt/Gepr&APw-ft"),
            ("Q&A", "Q&-A"),
            ("台北", "&U,BTFw-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(encoded(name), wire, "{name}");
        }
    }
}
