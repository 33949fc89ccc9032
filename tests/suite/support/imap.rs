//! Looks into a mailbox as a person would. The connection is plain, to the private Dovecot on loopback.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// One logged-in person.
#[derive(Debug)]
pub struct Imap {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    tag: u32,
}

/// A mail in a mailbox.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its UID.
    pub uid: u32,
    /// Its flags, as the server writes them.
    pub flags: String,
    /// The whole mail.
    pub raw: Vec<u8>,
}

impl Imap {
    /// Logs in and opens the folder.
    ///
    /// # Errors
    /// The server's words.
    pub fn open(port: u16, user: &str, password: &str, folder: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut imap = Self {
            reader: BufReader::new(stream.try_clone()?),
            writer: stream,
            tag: 0,
        };
        imap.line()?;
        imap.command(&format!("LOGIN \"{user}\" \"{password}\""))?;
        imap.command(&format!("SELECT \"{folder}\""))?;
        Ok(imap)
    }

    /// Every mail of the folder.
    ///
    /// # Errors
    /// The server's words.
    pub fn mails(&mut self) -> io::Result<Vec<Seen>> {
        // Until somebody asks, the server does not say what has come since.
        self.command("NOOP")?;
        let answers = self.command("UID FETCH 1:* (UID FLAGS BODY.PEEK[])")?;
        Ok(answers.into_iter().filter_map(seen).collect())
    }

    /// One command; its untagged answers, each with its literal.
    ///
    /// # Errors
    /// The server's words where it does not say OK.
    pub fn command(&mut self, command: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
        self.tag += 1;
        let tag = format!("t{} ", self.tag);
        self.writer
            .write_all(format!("{tag}{command}\r\n").as_bytes())?;
        let mut answers = Vec::new();
        loop {
            let (text, literal) = self.answer()?;
            match text.strip_prefix(&tag) {
                Some(done) if done.starts_with("OK") => return Ok(answers),
                Some(refused) => return Err(io::Error::other(refused.to_owned())),
                None => answers.push((text, literal)),
            }
        }
    }

    /// One answer: its lines without literals, and the literals put together.
    fn answer(&mut self) -> io::Result<(String, Vec<u8>)> {
        let (mut text, mut literal) = (String::new(), Vec::new());
        loop {
            let line = self.line()?;
            let line = line.trim_end_matches(['\r', '\n']);
            text.push_str(line);
            let size = line
                .strip_suffix('}')
                .and_then(|line| line.rsplit_once('{'))
                .and_then(|(_, size)| size.parse::<u64>().ok());
            let Some(size) = size else {
                return Ok((text, literal));
            };
            (&mut self.reader).take(size).read_to_end(&mut literal)?;
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        if self.reader.read_until(b'\n', &mut line)? == 0 {
            return Err(io::Error::other("the server hung up"));
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

fn seen((text, raw): (String, Vec<u8>)) -> Option<Seen> {
    let after = |key: &str| text.split_once(key).map(|(_, rest)| rest);
    let uid = after("UID ")?.split([' ', ')']).next()?.parse().ok()?;
    let flags = after("FLAGS (")?.split(')').next()?.to_owned();
    Some(Seen { uid, flags, raw })
}
