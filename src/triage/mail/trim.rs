//! What is new in a mail: divides its text into own words, quotation, signature and disclaimer.
