//! Mails made up to a size: what people send, and what would be dear to read if anything were not linear.
//!
//! The bench times them; the fuzz tests count the memory that they ask for.

use std::fmt::Write as _;

/// Makes a mail of so many bytes.
pub(crate) type Make = fn(usize) -> Vec<u8>;

/// Every kind that grows without end.
pub(crate) const KINDS: [(&str, Make); 16] = [
    ("plain text", pasted_log),
    ("HTML", html),
    ("text and HTML", letter),
    ("base64 text", base64_text),
    ("multiparts in each other", nested),
    ("messages in each other", messages),
    ("many parts", many_parts),
    ("levels of quotation", quoted),
    ("forwards of forwards", forwards),
    ("tags in each other", deep_html),
    ("one line", one_line),
    ("a header of addresses", addresses),
    ("a header of encoded words", encoded_words),
    ("short lines", short_lines),
    ("hostile patterns", hostile),
    ("hostile HTML", hostile_html),
];

const HEAD: &str = "From: Jane Doe <jane@northwind.example>\r\nTo: support@everythingcloud.com\r\nSubject: Export fails\r\n\
                    Message-ID: <bench@northwind.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n";

/// What a partner needs, in a few lines.
const NEED: [&str; 8] = [
    "Client: Harbor Bank",
    "Urgency: Medium",
    "",
    "The CSV export of the sales report shows an error since this morning.",
    "Steps to reproduce:",
    "1. Open the report",
    "2. Click Export",
    "",
];

/// As mail programs write it: the text and the same as HTML, both quoted-printable.
pub(crate) fn letter(bytes: usize) -> Vec<u8> {
    format!("{HEAD}{}", alternative(bytes)).into_bytes()
}

fn alternative(bytes: usize) -> String {
    let (mut text, mut html) = (String::new(), String::new());
    let mut lines = NEED.into_iter().chain(std::iter::repeat(
        "We tried it twice, =E2=80=9Cagain=E2=80=9D with the same result, and the =\r\nteam waits.",
    ));
    while text.len() + html.len() < bytes
        && let Some(line) = lines.next()
    {
        let _infallible = write!(text, "{line}\r\n");
        let _infallible = write!(html, "<p class=3D\"MsoNormal\">{line}<o:p></o:p></p>\r\n");
    }
    format!(
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n\
         --a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{text}\
         --a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body>{html}</body></html>\r\n--a--\r\n"
    )
}

/// A letter of 8 KB, and the rest of the bytes as an attachment.
pub(crate) fn with_picture(bytes: usize) -> Vec<u8> {
    let mut text = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n{}--m\r\nContent-Type: image/png; name=screen.png\r\n\
         Content-Disposition: attachment; filename=screen.png\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        alternative(8 * 1024)
    );
    while text.len() < bytes {
        text.push_str(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n",
        );
    }
    text.push_str("--m--\r\n");
    text.into_bytes()
}

/// Words of need, then what people paste.
fn pasted_log(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\n{}\r\nLog:\r\n", NEED.join("\r\n"));
    while text.len() < bytes {
        let at = text.len();
        let _infallible = writeln!(text, "worker {} row {at} took {} units\r", at % 13, at % 97);
    }
    text.into_bytes()
}

fn html(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>");
    while text.len() < bytes {
        text.push_str("<div class=row><p>The <b>export</b> of <a href=\"https://x.example/\">the report</a> fails&nbsp;again.</p></div>\r\n");
    }
    text.into_bytes()
}

fn nested(bytes: usize) -> Vec<u8> {
    let mut text = HEAD.to_owned();
    let mut level = 0;
    while text.len() < bytes {
        let _infallible = write!(
            text,
            "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        );
        level += 1;
    }
    text.into_bytes()
}

fn many_parts(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    while text.len() < bytes {
        text.push_str("--b\r\nContent-Type: text/plain\r\n\r\nThe export fails.\r\n");
    }
    text.into_bytes()
}

/// Each line one level deeper than the line before, up to a thousand.
fn quoted(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\nSee below.\r\n");
    let mut level = 1;
    while text.len() < bytes {
        let _infallible = write!(text, "{} and again\r\n", ">".repeat(level));
        level = level % 1_000 + 1;
    }
    text.into_bytes()
}

fn forwards(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\nSee below.\r\n");
    while text.len() < bytes {
        text.push_str("---------- Forwarded message ---------\r\nFrom: Jane Doe <jane@x.example>\r\nDate: Fri, 27 Mar 2026 at 09:30\r\nSubject: Fwd: it fails\r\nTo: <help@x.example>\r\n\r\nThe export fails.\r\n\r\n");
    }
    text.into_bytes()
}

fn deep_html(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>");
    while text.len() < bytes {
        text.push_str("<div><blockquote><table><tr><td><ul><li>again\r\n");
    }
    text.into_bytes()
}

fn base64_text(bytes: usize) -> Vec<u8> {
    let mut text = format!(
        "{HEAD}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    while text.len() < bytes {
        // "The export of the sales report fails since Monday. " and a line end, 54 bytes.
        text.push_str(
            "VGhlIGV4cG9ydCBvZiB0aGUgc2FsZXMgcmVwb3J0IGZhaWxzIHNpbmNlIE1vbmRheS4gCg0K\r\n",
        );
    }
    text.into_bytes()
}

fn messages(bytes: usize) -> Vec<u8> {
    let mut text = HEAD.to_owned();
    while text.len() < bytes {
        text.push_str("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n");
    }
    text.into_bytes()
}

fn one_line(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\n");
    while text.len() < bytes {
        text.push_str("the export fails, and nobody can log in since this morning, ");
    }
    text.into_bytes()
}

fn addresses(bytes: usize) -> Vec<u8> {
    let mut text = HEAD.to_owned();
    let mut number = 0;
    while text.len() < bytes {
        let _infallible = write!(
            text,
            "Cc: \"Doe, Jane\" <jane{number}@x.example>, (a (b) c) b{number}@x.example\r\n"
        );
        number += 1;
    }
    text.push_str("\r\nHello\r\n");
    text.into_bytes()
}

fn encoded_words(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Subject: ");
    while text.len() < bytes {
        text.push_str("=?utf-8?Q?=C3=A4=?= =?utf-8?B?w6Q=?= =?\r\n ");
    }
    text.push_str("\r\n\r\nHello\r\n");
    text.into_bytes()
}

fn short_lines(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\n");
    while text.len() < bytes {
        text.push_str("a\n\n- b\n");
    }
    text.into_bytes()
}

/// What would make careless patterns start over and over again.
fn hostile(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}\r\n");
    while text.len() < bytes {
        text.push_str("On On On , wrote: From: From: >>>> ((((((( <<<<<<< can not can not can not can not ,,,,,,,, 1. 1. 1. \r\n");
    }
    text.into_bytes()
}

fn hostile_html(bytes: usize) -> Vec<u8> {
    let mut text = format!("{HEAD}Content-Type: text/html\r\n\r\n");
    while text.len() < bytes {
        text.push_str("<!-- <![ <a href=\" <p style=' &amp &#x &notin; <style <script </ < > <td colspan=9999999> ]]> --");
    }
    text.into_bytes()
}
