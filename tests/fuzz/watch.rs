//! What a run tells while it goes on: how far it is, which mail was the slowest, and when one never ends.
//!
//! Times are told and never judged, but for one: a mail that has been in hand for minutes will not come back, and a test
//! that hangs, or takes the machine down with it, helps nobody.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A mail in hand for so long is told as slow.
const SLOW: Duration = Duration::from_secs(20);

/// A mail in hand for so long ends the run.
const HANGS: Duration = Duration::from_secs(300);

/// A process that holds so many pages, 2 GB, is stopped before the machine is.
const PAGES_MAX: usize = 512 * 1024;

/// Between two lines of progress.
const TELL_EVERY: Duration = Duration::from_secs(15);

/// Below this size what a byte costs says little.
const WEIGHED_FROM_BYTES: usize = 4 * 1024;

/// The mail that is being read, on disk.
pub(crate) struct Hand {
    file: File,
    turns: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Hand {
    /// Also starts the watch over it.
    pub(crate) fn open(path: &Path) -> Self {
        let file = File::create(path).expect("a file for the mail in hand");
        let (turns, over) = (Arc::default(), Arc::default());
        let watched = (Arc::clone(&turns), Arc::clone(&over), path.to_owned());
        thread::spawn(move || watch(&watched.0, &watched.1, &watched.2));
        Self { file, turns, over }
    }

    pub(crate) fn take(&mut self, mail: &[u8]) {
        let written = self
            .file
            .set_len(0)
            .and_then(|()| self.file.write_all_at(mail, 0));
        written.expect("the mail in hand can be written");
        self.turns.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn watch(turns: &AtomicU64, over: &AtomicBool, path: &Path) {
    let (mut turn, mut since, mut told) = (0, Instant::now(), false);
    while !over.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(500));
        let now = turns.load(Ordering::Relaxed);
        if now != turn {
            (turn, since, told) = (now, Instant::now(), false);
        } else if since.elapsed() > HANGS {
            say(&format!("{} is never read to its end", path.display()));
            process::exit(101);
        } else if memory_pages() > PAGES_MAX {
            say(&format!("{} takes all memory", path.display()));
            process::exit(101);
        } else if since.elapsed() > SLOW && !told {
            told = true;
            say(&format!("{} is slow", path.display()));
        }
    }
}

/// The processor time that this thread has had.
pub(crate) fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Memory that the process holds.
fn memory_pages() -> usize {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let held = told.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    held.unwrap_or_default()
}

/// How far a run is.
pub(crate) struct Progress {
    name: &'static str,
    begun: Instant,
    time: Duration,
    told: Instant,
    mails: u64,
    bytes: usize,
    /// The dearest byte, and in how large a mail.
    slowest: (Duration, usize),
}

impl Progress {
    pub(crate) fn start(name: &'static str, seed: u64, time: Duration) -> Self {
        say(&format!("{name}: {} s, seed {seed}", time.as_secs()));
        let now = Instant::now();
        Self {
            name,
            begun: now,
            time,
            told: now,
            mails: 0,
            bytes: 0,
            slowest: (Duration::ZERO, 1),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.begun.elapsed() >= self.time
    }

    /// Counts a mail; true if it is the slowest.
    pub(crate) fn counts(&mut self, bytes: usize, took: Duration) -> bool {
        self.mails += 1;
        self.bytes += bytes;
        let slowest = self.is_slowest(bytes, took);
        if slowest {
            self.slowest = (took, bytes);
        }
        slowest
    }

    /// True if no mail before was so slow for its size.
    pub(crate) fn is_slowest(&self, bytes: usize, took: Duration) -> bool {
        let a_byte = |(took, bytes): (Duration, usize)| {
            took.as_secs_f64() / bytes.max(WEIGHED_FROM_BYTES) as f64
        };
        a_byte((took, bytes)) > a_byte(self.slowest)
    }

    pub(crate) fn tell(&mut self, kept: usize, news: usize, found: usize) {
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            self.end(kept, news, found);
        }
    }

    pub(crate) fn end(&self, kept: usize, news: usize, found: usize) {
        let (slowest, bytes) = self.slowest;
        self.say(&format!(
            "{:>5.0} s, {} mails, {} KB, {kept} kept for {news} news; slowest {:.1} ms for {} KB; {found} found",
            self.begun.elapsed().as_secs_f64(),
            self.mails,
            self.bytes / 1024,
            slowest.as_secs_f64() * 1e3,
            bytes / 1024,
        ));
    }

    pub(crate) fn say(&self, what: &str) {
        say(&format!("{}: {what}", self.name));
    }
}

/// Past the test harness, which would keep it until the end.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "fuzz {what}");
}
