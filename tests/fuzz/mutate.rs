//! Changes mails as the world does, and worse: cut, doubled, spliced, wrapped, re-encoded, lied about.
#![expect(
    clippy::ptr_arg,
    reason = "all changes have one signature, and most change the length"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;

use super::corpus::Corpus;

/// Mails beyond this are cut: small ones are read by the thousand.
const BYTES_MAX: usize = 24 * 1024;

/// One mail in so many may grow to [`LARGE_BYTES_MAX`], since what is quadratic shows only there.
const ONE_LARGE_IN: usize = 400;
const LARGE_BYTES_MAX: usize = 512 * 1024;

/// What a change may use.
struct Bench<'b> {
    rng: &'b mut Rng,
    corpus: &'b Corpus,
    pieces: &'b [Vec<u8>],
}

type Change = fn(&mut Bench<'_>, &mut Vec<u8>);

/// Each as likely as the others; what finds more stands twice.
const CHANGES: &[Change] = &[
    drop_a_stretch,
    double_a_stretch,
    move_a_stretch,
    cut,
    splice,
    splice,
    insert_a_piece,
    insert_a_piece,
    insert_a_piece,
    insert_a_piece,
    change_a_byte,
    insert_bytes,
    drop_a_line,
    double_a_line,
    swap_lines,
    swap_lines,
    other_body,
    repeat_a_little,
    lie_about_charset,
    lie_about_encoding,
    encode_the_body,
    wrap_in_parts,
    attach_another,
    quote_lines,
    as_html,
    change_case,
    change_line_ends,
    join_lines,
];

/// A kept mail, changed a few times.
pub(crate) fn mutant(rng: &mut Rng, corpus: &Corpus, pieces: &[Vec<u8>]) -> Vec<u8> {
    let mut mail = corpus.any(rng).to_vec();
    let mut bench = Bench {
        rng,
        corpus,
        pieces,
    };
    // One change is the most likely, seven are rare.
    let changes = 1 + bench.rng.u8(..).leading_zeros().min(6);
    for _ in 0..changes {
        if let Some(change) = bench.rng.choice(CHANGES) {
            change(&mut bench, &mut mail);
        }
        mail.truncate(LARGE_BYTES_MAX);
    }
    if bench.rng.usize(..ONE_LARGE_IN) == 0 {
        grow(&mut bench, &mut mail);
    } else {
        mail.truncate(BYTES_MAX);
    }
    mail
}

impl Bench<'_> {
    fn place(&mut self, mail: &[u8]) -> usize {
        self.rng.usize(..=mail.len())
    }

    /// Somewhere, rather short.
    fn stretch(&mut self, mail: &[u8]) -> std::ops::Range<usize> {
        let most = *self.rng.choice(&[4, 64, 1024, BYTES_MAX]).unwrap_or(&64);
        let start = self.place(mail);
        let length = self.rng.usize(..=most.min(mail.len() - start));
        start..start + length
    }

    /// A line with its end.
    fn line(&mut self, mail: &[u8]) -> std::ops::Range<usize> {
        let at = self.place(mail);
        let start = memchr::memrchr(b'\n', &mail[..at]).map_or(0, |newline| newline + 1);
        let end =
            memchr::memchr(b'\n', &mail[start..]).map_or(mail.len(), |newline| start + newline + 1);
        start..end
    }

    fn piece(&mut self) -> Vec<u8> {
        self.rng.choice(self.pieces).cloned().unwrap_or_default()
    }
}

fn insert(mail: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    mail.splice(at..at, bytes.iter().copied());
}

fn drop_a_stretch(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    mail.drain(bench.stretch(mail));
}

fn double_a_stretch(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let stretch = bench.stretch(mail);
    let (at, bytes) = (stretch.end, mail[stretch].to_vec());
    insert(mail, at, &bytes);
}

fn move_a_stretch(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let bytes: Vec<u8> = mail.drain(bench.stretch(mail)).collect();
    let at = bench.place(mail);
    insert(mail, at, &bytes);
}

fn cut(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    mail.truncate(bench.place(mail));
}

/// A stretch of another mail.
fn splice(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let other = bench.corpus.any(bench.rng).to_vec();
    let bytes = &other[bench.stretch(&other)];
    let at = if bench.rng.bool() {
        bench.line(mail).start
    } else {
        bench.place(mail)
    };
    insert(mail, at, bytes);
}

fn insert_a_piece(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let piece = bench.piece();
    let at = if bench.rng.bool() {
        bench.line(mail).start
    } else {
        bench.place(mail)
    };
    insert(mail, at, &piece);
}

fn change_a_byte(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let at = bench.place(mail);
    let byte = any_byte(bench.rng);
    if let Some(place) = mail.get_mut(at) {
        *place = byte;
    }
}

fn insert_bytes(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let count = bench.rng.usize(1..8);
    let bytes: Vec<u8> = (0..count).map(|_| any_byte(bench.rng)).collect();
    let at = bench.place(mail);
    insert(mail, at, &bytes);
}

/// Half of the time one that means something somewhere.
fn any_byte(rng: &mut Rng) -> u8 {
    let telling = rng.choice(b"\0\t\n\r\x1b \"&'()*,-./0:;<=>?@[\\]_~\x7f\x80\xa0\xc2\xe3\xff");
    match telling {
        Some(byte) if rng.bool() => *byte,
        Some(_) | None => rng.u8(..),
    }
}

fn drop_a_line(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    mail.drain(bench.line(mail));
}

fn double_a_line(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let line = mail[bench.line(mail)].to_vec();
    let at = bench.line(mail).start;
    insert(mail, at, &line);
}

fn swap_lines(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let line: Vec<u8> = mail.drain(bench.line(mail)).collect();
    let at = bench.line(mail).start;
    insert(mail, at, &line);
}

/// The header of one mail, the body of another.
fn other_body(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let other = bench.corpus.any(bench.rng);
    let body = other.get(body_start(other)..).unwrap_or_default();
    mail.truncate(body_start(mail));
    mail.extend_from_slice(body);
}

/// What careless patterns start over and over again.
fn repeat_a_little(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let stretch = bench.stretch(mail);
    let little = mail[stretch.start..stretch.end.min(stretch.start + 40)].to_vec();
    let times = bench.rng.usize(2..300);
    insert(mail, stretch.start, &little.repeat(times));
}

/// To hundreds of kilobytes: a stretch, a line or a piece, over and over again.
fn grow(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let (at, bytes) = match bench.rng.u8(..3) {
        0 => (bench.place(mail), bench.piece()),
        1 => {
            let line = bench.line(mail);
            (line.start, mail[line].to_vec())
        }
        _ => {
            let stretch = bench.stretch(mail);
            (stretch.start, mail[stretch].to_vec())
        }
    };
    let times = LARGE_BYTES_MAX / bytes.len().max(1) / bench.rng.usize(1..20);
    insert(mail, at, &bytes.repeat(times));
    mail.truncate(LARGE_BYTES_MAX);
}

fn lie_about_charset(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    const CHARSETS: &[&[u8]] = &[
        b"utf-8",
        b"us-ascii",
        b"iso-8859-1",
        b"windows-1252",
        b"iso-2022-jp",
        b"shift_jis",
        b"euc-kr",
        b"gb2312",
        b"gb18030",
        b"big5",
        b"koi8-r",
        b"utf-16",
        b"utf-16le",
        b"utf-7",
        b"x-unknown",
        b"\"",
    ];
    replace_value(bench, mail, b"charset=", CHARSETS);
}

fn lie_about_encoding(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    const ENCODINGS: &[&[u8]] = &[
        b"base64",
        b"quoted-printable",
        b"8bit",
        b"binary",
        b"7bit",
        b"uuencode",
        b"x",
    ];
    replace_value(bench, mail, b"ncoding: ", ENCODINGS);
}

/// Puts another value behind one of the places where `name` stands.
fn replace_value(bench: &mut Bench<'_>, mail: &mut Vec<u8>, name: &[u8], values: &[&[u8]]) {
    let places: Vec<usize> = memchr::memmem::find_iter(mail, name).collect();
    let (Some(place), Some(value)) = (bench.rng.choice(&places), bench.rng.choice(values)) else {
        return;
    };
    let start = place + name.len();
    let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b';';
    let length = mail[start..]
        .iter()
        .position(ends)
        .unwrap_or(mail.len() - start);
    mail.splice(start..start + length, value.iter().copied());
}

fn encode_the_body(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let body = mail.split_off(body_start(mail));
    let (name, encoded) = if bench.rng.bool() {
        ("base64", STANDARD.encode(&body).into_bytes())
    } else {
        let hex = body
            .iter()
            .flat_map(|byte| format!("={byte:02X}").into_bytes());
        ("quoted-printable", hex.collect())
    };
    let line_length = bench.rng.usize(1..100) * 3;
    let field = format!("Content-Transfer-Encoding: {name}\r\n");
    insert(mail, 0, field.as_bytes());
    for line in encoded.chunks(line_length) {
        mail.extend_from_slice(line);
        mail.extend_from_slice(if name == "base64" { b"\r\n" } else { b"=\r\n" });
    }
}

/// The whole mail becomes a part of another, as a forward or a bounce would carry it.
fn wrap_in_parts(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let number = bench.rng.u8(..);
    let outer = *bench
        .rng
        .choice(&[
            "mixed",
            "alternative",
            "related",
            "digest",
            "report; report-type=delivery-status",
        ])
        .unwrap_or(&"mixed");
    let inner = *bench
        .rng
        .choice(&[
            "message/rfc822",
            "text/rfc822-headers",
            "message/delivery-status",
            "text/plain",
            "text/html",
        ])
        .unwrap_or(&"text/plain");
    let before = format!(
        "From: Outer <outer@x.example>\r\nSubject: Fwd: outer\r\nContent-Type: multipart/{outer}; boundary=w{number}\r\n\r\n\
         --w{number}\r\n\r\nSee below.\r\n--w{number}\r\nContent-Type: {inner}\r\n\r\n"
    );
    insert(mail, 0, before.as_bytes());
    mail.extend_from_slice(format!("\r\n--w{number}--\r\n").as_bytes());
}

fn attach_another(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    wrap_in_parts(bench, mail);
    let other = bench.corpus.any(bench.rng).to_vec();
    let at = bench.line(mail).start;
    insert(mail, at, &other);
}

fn quote_lines(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let stretch = bench.stretch(mail);
    let (mut quoted, end) = (mail[..stretch.start].to_vec(), stretch.end);
    for line in mail[stretch].split_inclusive(|byte| *byte == b'\n') {
        quoted.extend_from_slice(b"> ");
        quoted.extend_from_slice(line);
    }
    quoted.extend_from_slice(&mail[end..]);
    *mail = quoted;
}

fn as_html(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let body = mail.split_off(body_start(mail));
    let (before, after) = *bench
        .rng
        .choice(&[
            ("<p>", "</p>"),
            ("<div>", "</div>"),
            ("", "<br>"),
            ("<tr><td>", "</td></tr>"),
            ("<li>", ""),
            ("<blockquote>", ""),
        ])
        .unwrap_or(&("", "<br>"));
    insert(mail, 0, b"Content-Type: text/html\r\n");
    for line in body.split(|byte| *byte == b'\n') {
        mail.extend_from_slice(before.as_bytes());
        mail.extend_from_slice(line);
        mail.extend_from_slice(after.as_bytes());
    }
}

fn change_case(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let upper = bench.rng.bool();
    let stretch = bench.stretch(mail);
    for byte in &mut mail[stretch] {
        *byte = if upper {
            byte.to_ascii_uppercase()
        } else {
            byte.to_ascii_lowercase()
        };
    }
}

fn change_line_ends(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let end: &[u8] = bench
        .rng
        .choice([b"\n".as_slice(), b"\r\n", b"\r", b"\n\r"])
        .unwrap_or(b"\n");
    let bare = mail.iter().filter(|byte| **byte != b'\r');
    let ended = bare.flat_map(|byte| match byte {
        b'\n' => end.to_vec(),
        other => vec![*other],
    });
    *mail = ended.collect();
}

fn join_lines(bench: &mut Bench<'_>, mail: &mut Vec<u8>) {
    let stretch = bench.stretch(mail);
    for byte in &mut mail[stretch] {
        if matches!(byte, b'\r' | b'\n') {
            *byte = b' ';
        }
    }
}

/// Behind the first empty line.
fn body_start(mail: &[u8]) -> usize {
    let bare = memchr::memmem::find(mail, b"\n\n").map(|at| at + 2);
    let full = memchr::memmem::find(mail, b"\n\r\n").map(|at| at + 3);
    bare.into_iter().chain(full).min().unwrap_or(mail.len())
}
