//! IMAP to desk.
