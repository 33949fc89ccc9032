//! Sends mail as a partner's mail server would: plain SMTP to the private Postfix.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Sends one mail; `mail` has any line ends.
///
/// # Errors
/// The server's words.
pub fn send(port: u16, from: &str, to: &[&str], mail: &[u8]) -> io::Result<()> {
    let mut post = Post::connect(port)?;
    post.send(from, to, mail)?;
    post.quit()
}

/// One connection, for several mails.
#[derive(Debug)]
pub struct Post {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Post {
    /// Connects and greets.
    ///
    /// # Errors
    /// The server's words.
    pub fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut post = Self {
            reader: BufReader::new(stream.try_clone()?),
            writer: stream,
        };
        post.expect("2")?;
        post.say("EHLO partner.example", "2")?;
        Ok(post)
    }

    /// Sends one mail.
    ///
    /// # Errors
    /// The server's words.
    pub fn send(&mut self, from: &str, to: &[&str], mail: &[u8]) -> io::Result<()> {
        self.say(&format!("MAIL FROM:<{from}>"), "2")?;
        for to in to {
            self.say(&format!("RCPT TO:<{to}>"), "2")?;
        }
        self.say("DATA", "3")?;
        self.writer.write_all(&wire(mail))?;
        self.expect("2")
    }

    /// Says good-bye.
    ///
    /// # Errors
    /// The server's words.
    pub fn quit(mut self) -> io::Result<()> {
        self.say("QUIT", "2")
    }

    fn say(&mut self, line: &str, expected: &str) -> io::Result<()> {
        self.writer.write_all(format!("{line}\r\n").as_bytes())?;
        self.expect(expected)
    }

    fn expect(&mut self, expected: &str) -> io::Result<()> {
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the server hung up"));
            }
            if line.as_bytes().get(3) == Some(&b'-') {
                continue;
            }
            return if line.starts_with(expected) {
                Ok(())
            } else {
                Err(io::Error::other(line))
            };
        }
    }
}

/// CRLF line ends, dots doubled, the final dot.
fn wire(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + mail.len() / 40 + 8);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        if bare.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(bare);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}
