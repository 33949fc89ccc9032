//! An SMTP sink: takes everything, keeps nothing, remembers when a partner's letter was accepted.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// The sink, listening until the process ends.
#[derive(Debug)]
pub(crate) struct Sink {
    /// Where it listens.
    pub(crate) port: u16,
    accepted: Arc<(Mutex<Vec<Instant>>, Condvar)>,
}

impl Sink {
    /// Starts listening on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let accepted = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let shared = Arc::clone(&accepted);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let accepted = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &accepted));
            }
        });
        Self { port, accepted }
    }

    /// Waits until so many letters to partners have been accepted; the instant of that one comes back.
    pub(crate) fn wait_for_partners(&self, count: usize) -> Instant {
        let (times, more) = &*self.accepted;
        let mut times = times.lock().expect("no thread panics");
        while times.len() < count {
            let (next, timed_out) = more
                .wait_timeout(times, Duration::from_secs(300))
                .expect("no thread panics");
            assert!(
                !timed_out.timed_out(),
                "only {} of {count} letters came",
                next.len()
            );
            times = next;
        }
        times.get(count - 1).copied().expect("counted just now")
    }
}

fn serve(stream: TcpStream, accepted: &(Mutex<Vec<Instant>>, Condvar)) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    writer.write_all(b"220 sink\r\n").ok()?;
    let (mut line, mut to_partner) = (Vec::new(), false);
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_slice() {
            b"EHLO" => b"250 sink\r\n",
            b"RCPT" => {
                to_partner = line
                    .windows(b"@northwind.example".len())
                    .any(|part| part == b"@northwind.example");
                b"250 ok\r\n"
            }
            b"DATA" => {
                writer.write_all(b"354 go\r\n").ok()?;
                skip_letter(&mut reader)?;
                if to_partner {
                    accepted.0.lock().ok()?.push(Instant::now());
                    accepted.1.notify_all();
                }
                b"250 accepted\r\n"
            }
            b"QUIT" => {
                writer.write_all(b"221 bye\r\n").ok()?;
                return Some(());
            }
            _ => b"250 ok\r\n",
        };
        writer.write_all(answer).ok()?;
    }
}

fn skip_letter(reader: &mut impl BufRead) -> Option<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if line == b".\r\n" {
            return Some(());
        }
    }
}
