//! One target's run: change a mail, read it, keep it if it was news, until the time is up.
//!
//! The mail in hand always lies in a file, so that even a stack overflow, which ends the process at once, leaves it behind.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::corpus::{self, Corpus};
use super::mutate;
use super::news::News;
use super::watch::{self, Hand, Progress};

/// Without `TRIAGED_FUZZ_SECONDS`: a glance in passing.
const SECONDS: u64 = 2;

/// Different things found after which a run gives up.
const FOUND_MAX: usize = 20;

/// For so long one finding is made smaller.
const SHRINK_FOR: Duration = Duration::from_secs(20);

/// What is run, on what.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// What is thrown into mails, besides pieces of other mails.
    pub(crate) pieces: Vec<Vec<u8>>,
    /// Reads one mail, and says what does not hold.
    pub(crate) check: fn(&[u8], &mut News) -> Result<(), Broken>,
}

/// Something that must hold and does not.
pub(crate) struct Broken {
    /// What, the same for every mail that breaks it.
    pub(crate) what: String,
    /// How, in this mail.
    pub(crate) how: String,
}

impl Broken {
    pub(crate) fn new(what: &str, how: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            how: how.into(),
        }
    }
}

thread_local! {
    /// Where the last panic of this thread happened. Reading catches panics as a last net; here each is a finding.
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

impl Target {
    pub(crate) fn run(&self) {
        listen_for_panics();
        let mut news = News::default();
        if let Some(file) = std::env::var_os("TRIAGED_FUZZ_FILE") {
            let mail = fs::read(&file).expect("the file of TRIAGED_FUZZ_FILE");
            if let Err(broken) = self.try_mail(&mail, &mut news) {
                panic!("{}: {}", broken.what, broken.how);
            }
            return;
        }
        let seconds = number("TRIAGED_FUZZ_SECONDS").unwrap_or(SECONDS);
        let seed = number("TRIAGED_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
        let found = self.search(Duration::from_secs(seconds), seed, &mut news);
        let told: Vec<String> = found
            .iter()
            .map(|(what, file)| {
                format!(
                    "{what}\n    TRIAGED_FUZZ_FILE={} cargo test --test fuzz {}",
                    file.display(),
                    self.name
                )
            })
            .collect();
        assert!(found.is_empty(), "seed {seed} found:\n{}", told.join("\n"));
    }

    /// What was found, each with the file of a small mail that shows it.
    fn search(&self, time: Duration, seed: u64, news: &mut News) -> BTreeMap<String, PathBuf> {
        let (mut rng, mut found) = (Rng::with_seed(seed), BTreeMap::new());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
        fs::create_dir_all(&folder).expect("a folder for what is found");
        let mut hand = Hand::open(&folder.join(format!("{}-in-hand.eml", self.name)));
        // The first mail pays for the patterns that all share.
        let _ = self.try_mail(b"From: a@b.example\n\nHello\n", news);
        let mut progress = Progress::start(self.name, seed, time);
        let mut corpus = Corpus::default();
        let mut seeds = corpus::seeds().into_iter();
        while !progress.is_over() && found.len() < FOUND_MAX {
            let mail = match seeds.next() {
                Some(seed) => seed,
                None => mutate::mutant(&mut rng, &corpus, &self.pieces),
            };
            hand.take(&mail);
            let begun = watch::worked();
            let outcome = self.try_mail(&mail, news);
            let mut took = watch::worked().saturating_sub(begun);
            if progress.is_slowest(mail.len(), took) {
                // Once more: the first mail to need a pattern pays for its making.
                let begun = watch::worked();
                let _ = self.try_mail(&mail, news);
                took = took.min(watch::worked().saturating_sub(begun));
            }
            if let Err(broken) = outcome
                && !found.contains_key(&broken.what)
            {
                let small = self.shrunk(mail.clone(), &broken.what);
                let file = folder.join(format!("{}-{}.eml", self.name, found.len() + 1));
                fs::write(&file, small).expect("what is found can be written");
                progress.say(&format!("found: {}: {}", broken.what, broken.how));
                found.insert(broken.what, file);
            }
            if progress.counts(mail.len(), took) {
                fs::write(folder.join(format!("{}-slowest.eml", self.name)), &mail)
                    .expect("the slowest mail can be written");
            }
            if news.came() {
                corpus.keep(mail);
            }
            progress.tell(corpus.len(), news.len(), found.len());
        }
        progress.end(corpus.len(), news.len(), found.len());
        found
    }

    fn try_mail(&self, mail: &[u8], news: &mut News) -> Result<(), Broken> {
        PANICKED.take();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| (self.check)(mail, news)));
        match (PANICKED.take(), outcome) {
            (Some(place), _) => Err(Broken::new("a panic", place.clone()).at(&place)),
            (None, Ok(held)) => held,
            (None, Err(_)) => Err(Broken::new("a panic", "without a message")),
        }
    }

    /// The same finding with fewer bytes: pieces are taken out, from halves down to single bytes, while it stays.
    fn shrunk(&self, mut mail: Vec<u8>, what: &str) -> Vec<u8> {
        let begun = Instant::now();
        let mut news = News::default();
        let mut size = mail.len() / 2;
        while size > 0 {
            let (mut at, mut shorter) = (0, false);
            while at < mail.len() && begun.elapsed() < SHRINK_FOR {
                let mut less = mail.clone();
                less.drain(at..(at + size).min(mail.len()));
                match self.try_mail(&less, &mut news) {
                    Err(broken) if broken.what == what => (mail, shorter) = (less, true),
                    Err(_) | Ok(()) => at += size,
                }
            }
            if !shorter {
                size /= 2;
            }
        }
        mail
    }
}

impl Broken {
    /// Panics are told apart by their place.
    fn at(self, place: &str) -> Self {
        let line = place.lines().next().unwrap_or_default();
        Self {
            what: format!("{} {line}", self.what),
            ..self
        }
    }
}

/// Notes the place of each panic of a fuzzing thread; other threads' panics are told as ever.
fn listen_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let words = info.payload_as_str().unwrap_or_default();
            PANICKED.set(Some(format!("at {place}\n{words}")));
            if place.contains("tests/fuzz/") {
                before(info);
            }
        }));
    });
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}
