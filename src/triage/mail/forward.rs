//! The message inside: finds what a person forwarded, inline in any client's manner or as message/rfc822.
