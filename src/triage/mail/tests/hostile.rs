//! Mails that no honest sender writes, and whatever bytes chance makes.

use proptest::prelude::*;

use super::super::{Defect, Mail, Part};
use super::covers;

/// Mails that no honest sender writes: each must come out, within its bound, covered by its segments.
#[test]
fn hostile_mails_come_out() {
    let many =
        |unit: &str, times: usize| format!("From: a@b\nSubject: Fwd: x\n{}", unit.repeat(times));
    let deep = [
        many("Content-Type: message/rfc822\n\n", 50_000),
        many("Content-Type: message/(x)rfc822\n\n", 50_000),
        many("Content-Type: message/rfc822\n\n", 60),
        many("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20_000),
        many(
            "Content-Type: multipart/digest; boundary=b\n\n--b\n\n",
            20_000,
        ),
        format!("From: a@b\n{}\n\nhi", "X: y\n".repeat(200_000)),
        format!(
            "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n{}",
            "--b\n\nx\n".repeat(200_000)
        ),
    ];
    for mail in deep {
        let read = Mail::read(mail.as_bytes());
        assert!(
            read.defects
                .iter()
                .any(|defect| matches!(defect, Defect::TooDeep(_))),
            "{:.60}",
            mail
        );
        covers(&read);
    }
    let wide = [
        "\na\n",
        "\n> a\n",
        "\nOn 3 a\n",
        "\nOn 2026-01-01 a@b wrote:\n",
        "\nFrom: x@y\nTo: z\nDate: 1\n",
        "\n---\n",
        "\n---",
        "\nSent from my iPhone\n",
        "\nSent from my iPhone",
        "\nSent from my iPhone\n\nPS: x\n",
        "\nSent from my iPhone\n\n> x\n",
        "\nOn 3 Mar 2026 10:34 <a@b.example\n>:",
        "\n> a longer line that some relay has broken at the seventieth column\nof it\n> b",
        "\n________\nusers mailing list\n",
        "\n----- Forwarded message -----\nFrom: x@y\nSubject: Fwd: x\n\n",
    ];
    for unit in wide {
        covers(&Mail::read(many(unit, 30_000).as_bytes()));
    }
    for unit in [
        "<div>",
        "</p>",
        "<",
        "&",
        "<!--",
        "<a b='",
        "<blockquote>a",
        "<script>",
        "<td>x",
        "<img src='cid:a'>",
        "<div id=divRplyFwdMsg>x",
        "<div name=quote>x",
    ] {
        covers(&Mail::read(
            format!(
                "From: a@b\nContent-Type: text/html\n\n{}",
                unit.repeat(50_000)
            )
            .as_bytes(),
        ));
    }
}

#[test]
fn encoded_messages_are_opened_to_a_bound() {
    let mut inner = b"From: innermost@x.example\nSubject: deep\n\nThe deepest words.\n".to_vec();
    for level in 0..6 {
        let packed = base64(&inner);
        inner = format!("From: level{level}@x.example\nSubject: Fwd: {level}\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{packed}\n").into_bytes();
    }
    let mail = Mail::read(&inner);
    assert!(mail.forwarded.is_some());
    let hidden = "Content-Type: message/rfc822\n\n".repeat(50_000);
    let packed = format!(
        "From: a@b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}\n",
        base64(hidden.as_bytes())
    );
    assert!(
        Mail::read(packed.as_bytes())
            .defects
            .iter()
            .any(|defect| matches!(defect, Defect::TooDeep(_)))
    );
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |chunk: &[u8]| {
        let value = chunk
            .iter()
            .chain(&[0, 0])
            .take(3)
            .fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
        let letters = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[value >> shift & 63]));
        letters.iter().take(chunk.len() + 1).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// The MIME parser makes a part of this mail a child of itself, which took 2 to the power of 50 steps to read.
#[test]
fn a_part_that_holds_itself_is_read_once() {
    let killer = b"r\nContent-Type:multipart/digest;boundary=w128\n\n--w128\n\nContent-Type:message/rfc822\n\n\n\
        --w128Content-Type:message/rfc822\n\n\n--w128--";
    covers(&Mail::read(killer));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever bytes come, a mail comes out, and its segments cover its text.
    #[test]
    fn any_bytes_are_a_mail(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        covers(&Mail::read(&bytes));
    }

    /// Mails of likely pieces in unlikely order.
    #[test]
    fn any_pieces_are_a_mail(pieces in proptest::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let mail = Mail::read(pieces.concat().as_bytes());
        covers(&mail);
        // Reading is a function: the same bytes read the same.
        prop_assert_eq!(&mail, &Mail::read(pieces.concat().as_bytes()));
    }

    /// A quotation below the writer's words changes none of them.
    #[test]
    fn an_added_quotation_changes_nothing(words in "[a-z]{1,12}( [a-z]{1,12}){0,20}") {
        let plain = Mail::read(format!("From: a@b.example\nSubject: Re: x\nIn-Reply-To: <1@x>\n\n{words}\n").as_bytes());
        let quoting = Mail::read(format!("From: a@b.example\nSubject: Re: x\nIn-Reply-To: <1@x>\n\n{words}\n\nOn 27 Mar 2026 at 9:30, Jane <j@x.example> wrote:\n> earlier words\n").as_bytes());
        prop_assert_eq!(plain.new_text(), quoting.new_text());
        prop_assert_eq!(quoting.segments.iter().filter(|segment| segment.part == Part::Quoted).count(), 1);
    }
}

const PIECES: &[&str] = &[
    "From: Jane <jane@x.example>\n",
    "Subject: Fwd: x\n",
    "Subject: =?utf-8?Q?=C3=A4?=\n",
    "To: a@b, \"c\" <d@e>;\n",
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: text/html; charset=utf-8\n",
    "Content-Type: message/rfc822\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "\n",
    "\r\n",
    "--b\n",
    "--b--\n",
    "SGVsbG8=\n",
    "=C3=A4=\n",
    "> quoted\n",
    "On 27 Mar 2026 at 9:30, Jane <j@x.example> wrote:\n",
    "---------- Forwarded message ---------\n",
    "Von: x@y\n",
    "Gesendet: 1\n",
    "-- \n",
    "Sent from my iPhone\n",
    "<div class=\"gmail_quote\">",
    "<blockquote>",
    "</blockquote>",
    "<li>",
    "&auml;",
    "ä\u{2028}😀",
    "\0",
    "\u{feff}",
    "This e-mail is confidential.\n",
    "________________________________\n",
];
