//! Steps to reproduce, affected users, since when, and the key sentence.
