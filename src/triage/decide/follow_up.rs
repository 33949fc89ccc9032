//! A mail that joins its ticket: a reply, a duplicate, a robot's word, a bounce of our letter.
