//! Streams made by hand, whole and broken.

use proptest::prelude::*;

use super::super::rtf;
use super::{Packed, unpack};

fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let mut out = vec![level];
    out.extend(id.to_le_bytes());
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out.extend([0, 0]);
    out
}

fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    let mut out = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    out.extend(1_u32.to_le_bytes());
    out.extend((value.len() as u32).to_le_bytes());
    out.extend(value);
    out.resize(out.len().div_ceil(4) * 4, 0);
    out
}

fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut out = 0x223e_9f78_u32.to_le_bytes().to_vec();
    out.extend([1, 0]);
    out.extend(attributes.concat());
    out
}

fn properties(list: &[Vec<u8>]) -> Vec<u8> {
    [(list.len() as u32).to_le_bytes().to_vec(), list.concat()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[test]
fn unpacks_files_and_text() {
    let bytes = stream(&[
        attribute(1, 0x0006_9007, &[0xe4, 0x04, 0, 0, 0, 0, 0, 0]),
        attribute(
            1,
            0x0006_9003,
            &properties(&[property(0x1e, 0x1000, b"Gr\xfc\xdfe\0")]),
        ),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"BERICH~1.PDF\0"),
        attribute(2, 0x0006_800f, b"12345"),
        attribute(
            2,
            0x0006_9005,
            &properties(&[
                property(0x1f, 0x3707, &wide("Bericht März.pdf")),
                property(0x1e, 0x370e, b"application/pdf\0"),
                property(0x1e, 0x3712, b"a@x\0"),
            ]),
        ),
    ]);
    let unpacked = unpack(&bytes).unwrap();
    assert_eq!(unpacked.text.as_deref(), Some("Grüße"));
    assert!(!unpacked.damaged);
    let wanted = Packed {
        name: Some("Bericht März.pdf".to_owned()),
        content_type: Some("application/pdf".to_owned()),
        content_id: Some("a@x".to_owned()),
        bytes: b"12345",
    };
    assert_eq!(unpacked.files, [wanted]);
}

#[test]
fn reads_what_is_there_of_a_broken_one() {
    assert_eq!(unpack(b"no stream"), None);
    let whole = stream(&[
        attribute(1, 0x0007_8008, b"IPM.Microsoft Schedule.MtgReq\0"),
        attribute(1, 0x0002_800c, b"Hello\0"),
        attribute(2, 0x0006_9002, &[0; 14]),
        attribute(2, 0x0001_8010, b"A.TXT\0"),
    ]);
    let cut = unpack(&whole[..whole.len() - 5]).unwrap();
    assert_eq!(
        (cut.text.as_deref(), cut.calendar),
        (Some("Hello"), Some("REQUEST"))
    );
    assert!(cut.damaged);
    for length in 0..whole.len() {
        let _ = unpack(&whole[..length]);
    }
    let endless = attribute(1, 0x0006_9003, &[0xff; 64]);
    assert_eq!(unpack(&stream(&[endless])).unwrap().text, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// A stream with bytes changed anywhere still comes to an end.
    #[test]
    fn any_damage_is_survived(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12)) {
        let mut bytes = stream(&[
            attribute(1, 0x0006_9003, &properties(&[
                property(0x102, 0x1009, b"\x20\0\0\0\x20\0\0\0LZFu\0\0\0\0\x03\0\x0a\0rcpg125"),
                property(0x1f, 0x1000, &wide("words")),
            ])),
            attribute(2, 0x0006_9002, &[0; 14]),
            attribute(2, 0x0006_9005, &properties(&[property(0x1e, 0x3707, b"a.txt\0")])),
        ]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = unpack(&bytes);
    }

    /// Whatever is said to be RTF is read.
    #[test]
    fn any_bytes_are_rtf(bytes in proptest::collection::vec(any::<u8>(), 0..400), pieces in proptest::collection::vec(prop::sample::select(vec!["{", "}", "\\par ", "\\u-1?", "\\'e", "\\uc", "\\*", "\\bin99999999999"]), 0..40)) {
        let _ = rtf::to_text(&bytes);
        let _ = rtf::to_text(pieces.concat().as_bytes());
        let _ = rtf::decompress(&[b"xxxxxxxxLZFuxxxx", bytes.as_slice()].concat());
    }
}
