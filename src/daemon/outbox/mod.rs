//! Store to SMTP.
