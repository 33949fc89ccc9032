//! Bytes to [`Mail`]: the only file that knows the MIME parser. Bounds come before parsing.

use super::Mail;

/// The headers that may name one of our addresses, most believed first. Repeated headers all count.
pub const RECIPIENT_HEADERS: [&str; 9] = [
    "Resent-To",
    "Envelope-To",
    "X-Envelope-To",
    "To",
    "Cc",
    "X-Forwarded-To",
    "X-Original-To",
    "X-Forwarded-For",
    "Delivered-To",
];

impl Mail {
    /// Reads one mail. Never fails and never panics; costs time and memory linear in its size.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let _ = bytes;
        todo!()
    }

    /// Reads the beginning of a mail that is over the size limit: its header and what is there of its body.
    #[must_use]
    pub fn read_beginning(bytes: &[u8], whole_bytes: u64) -> Self {
        let _ = (bytes, whole_bytes);
        todo!()
    }
}
