//! How fast the store is. Run by hand: `cargo test --release --test suite store::measure -- --ignored --nocapture`.

use std::time::Instant;

use triaged::daemon::store::RawMail;

use super::scribe::{self, commit, morning, open};

/// Mails and letters of the sizes that a help desk sees, in batches as the desk makes them under a backlog.
const MAIL_BYTES: usize = 8 * 1024;
const LETTER_BYTES: usize = 4 * 1024;
const BATCH: u32 = 64;

#[test]
#[ignore = "measures, asserts nothing"]
fn mails_and_outcomes_a_second() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let store = open(folder.path());
    let mail = text(MAIL_BYTES, 1);
    let mut uid = 0;
    for block in 0..8 {
        let batches = 40;
        let begin = Instant::now();
        for _ in 0..batches {
            commit(&store, |batch| {
                for _ in 0..BATCH {
                    uid += 1;
                    let raw = RawMail::compress(mail.as_bytes()).unwrap();
                    scribe::open_ticket_with(batch, uid, morning(), raw, &text(LETTER_BYTES, uid))?;
                }
                Ok(())
            })
            .unwrap();
        }
        let mails = f64::from(batches * BATCH) / begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        let first = u64::from(uid - batches * BATCH) + 1;
        let mut ids = first..;
        for _ in 0..batches {
            commit(&store, |batch| {
                ids.by_ref()
                    .take(BATCH as usize)
                    .try_for_each(|id| scribe::outcome(batch, id, 0, scribe::sent(), morning()))
            })
            .unwrap();
        }
        let outcomes = f64::from(batches * BATCH) / begin.elapsed().as_secs_f64();
        eprintln!(
            "{block}: {mails:>8.0} mails/s {outcomes:>8.0} outcomes/s {:>5} MB",
            memory_mb()
        );
    }
}

fn text(bytes: usize, seed: u32) -> String {
    let words = [
        "export ",
        "fails ",
        "since ",
        "morning ",
        "invoice ",
        "cannot ",
        "please ",
        "Regards\r\n",
    ];
    let mut random = fastrand::Rng::with_seed(u64::from(seed));
    let mut text = String::new();
    while text.len() < bytes {
        text.push_str(words[random.usize(..words.len())]);
        text.push_str(&random.u32(..).to_string());
    }
    text
}

fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}
