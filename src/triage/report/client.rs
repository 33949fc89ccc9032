//! Which client a mail is about: labels, names and domains known from partner files, the forwarded author, patterns.
