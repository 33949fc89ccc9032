//! Finishes a letter: threading, loop headers, Message-ID, MIME. The only user of the MIME builder.
