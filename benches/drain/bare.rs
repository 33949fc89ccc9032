//! A bare socket client: what Dovecot and TLS allow at all, with nothing done to the mail but counting its bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConnection, StreamOwned};

use super::support::servers::Servers;

/// A logged-in connection over TLS.
pub(crate) struct Bare {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
    seen: usize,
}

impl Bare {
    /// Fetches every mail of the mailbox with one command; how long that takes from the log-in to the last byte.
    pub(crate) fn fetch_all(servers: &Servers, address: &str, mails: usize) -> Duration {
        let began = Instant::now();
        let mut bare = Self::open(servers, address);
        bare.send("f UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[])\r\n");
        let bodies = bare.drain("f ");
        assert_eq!(bodies, mails, "the bare client fetches them all");
        began.elapsed()
    }

    /// Waits in IDLE for what comes.
    pub(crate) fn idle(servers: &Servers, address: &str) -> Self {
        let mut bare = Self::open(servers, address);
        bare.begin_idle();
        bare
    }

    /// The instant at which the next mail's body is in hand.
    pub(crate) fn next_body(&mut self) -> Instant {
        while !self.line().ends_with("EXISTS") {}
        self.seen += 1;
        let fetch = format!("DONE\r\nn FETCH {} (UID BODY.PEEK[])\r\n", self.seen);
        self.send(&fetch);
        self.drain("n ");
        let in_hand = Instant::now();
        self.begin_idle();
        in_hand
    }

    fn open(servers: &Servers, address: &str) -> Self {
        let config = triaged::daemon::tls::client_config(Some(servers.ca_file()))
            .expect("the private authority");
        let tcp =
            TcpStream::connect(("127.0.0.1", servers.port("IMAPS_PORT"))).expect("Dovecot listens");
        tcp.set_nodelay(true).expect("a socket");
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(Arc::clone(&config), name).expect("TLS");
        let stream = BufReader::with_capacity(256 * 1024, StreamOwned::new(tls, tcp));
        let mut bare = Self { stream, seen: 0 };
        bare.line();
        bare.send(&format!(
            "l LOGIN \"{address}\" \"{}\"\r\n",
            servers.env("PASSWORD")
        ));
        bare.drain("l ");
        bare.send("s SELECT INBOX\r\n");
        bare.drain("s ");
        bare
    }

    fn begin_idle(&mut self) {
        self.send("i IDLE\r\n");
        while !self.line().starts_with('+') {}
    }

    fn send(&mut self, text: &str) {
        let stream = self.stream.get_mut();
        stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
            .expect("Dovecot reads");
    }

    /// Reads until the command's end; the number of bodies that came.
    fn drain(&mut self, tag: &str) -> usize {
        let mut bodies = 0;
        loop {
            let line = self.line();
            if line.starts_with(tag) {
                assert!(
                    line.get(tag.len()..)
                        .is_some_and(|rest| rest.starts_with("OK")),
                    "{line}"
                );
                return bodies;
            }
            let size = line
                .strip_suffix('}')
                .and_then(|line| line.rsplit_once('{'))
                .and_then(|(_, size)| size.parse::<u64>().ok());
            if let Some(size) = size {
                let copied =
                    std::io::copy(&mut (&mut self.stream).take(size), &mut std::io::sink());
                assert_eq!(copied.ok(), Some(size));
                bodies += 1;
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        let read = self
            .stream
            .read_until(b'\n', &mut line)
            .expect("Dovecot answers");
        assert!(read > 0, "Dovecot hung up");
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }
}
