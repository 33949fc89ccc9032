//! The mail that takes the place of one which the server does not give out, so that a person hears of it.
//!
//! It keeps the header where the server gives at least that, without the lines that speak of the missing body.

use crate::config::Mailbox;

/// What the operators are told.
pub(super) fn told(mailbox: &Mailbox, uid: u32, words: &str) -> String {
    format!(
        "The mail with UID {uid} in {} of {} cannot be fetched: {words}. A ticket was opened in its place; the mail \
         itself still lies on the server.",
        mailbox.folder, mailbox.address
    )
}

/// The stand-in.
pub(super) fn written(mailbox: &Mailbox, uid: u32, header: &[u8], words: &str) -> Vec<u8> {
    let mut mail = Vec::new();
    let mut skipping = false;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        let folded = line.first().is_some_and(u8::is_ascii_whitespace);
        skipping = if folded {
            skipping
        } else {
            speaks_of_body(line)
        };
        if !skipping {
            mail.extend_from_slice(line);
        }
    }
    if mail.is_empty() {
        mail.extend_from_slice(b"Subject: A mail that could not be fetched\r\n");
    }
    let body = format!(
        "Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        told(mailbox, uid, words)
    );
    mail.extend_from_slice(body.as_bytes());
    mail
}

fn speaks_of_body(line: &[u8]) -> bool {
    let line = line.to_ascii_lowercase();
    line.starts_with(b"content-") || line.starts_with(b"mime-version:")
}
