//! Weeks of mail of one desk, from a seed: an ordinary day's troubles, Monday waves, a client that writes five times, and
//! one incident a week. Times are Berlin's office hours.

use fastrand::Rng;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::phrases::{MONDAY, OTHERS, QUESTIONS, TROUBLES};

/// Clients of the desk. The first ones write most.
pub(super) const CLIENTS: usize = 60;

/// Tickets of an ordinary day.
const TICKETS_A_DAY: f64 = 60.0;

/// One mail.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at: Timestamp,
    pub(super) client: usize,
    pub(super) subject: &'static str,
    pub(super) words: &'static str,
    /// The week's incident that it belongs to.
    pub(super) incident: Option<usize>,
}

/// One incident as it is made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) trouble: &'static str,
    pub(super) clients: usize,
    pub(super) first: Timestamp,
}

/// So many weeks, with one incident in each.
pub(super) fn weeks(seed: u64, weeks: usize) -> (Vec<Sent>, Vec<Made>) {
    let mut rng = Rng::with_seed(seed);
    let mut sent = Vec::new();
    let mut made = Vec::new();
    for week in 0..weeks {
        for day in 0..5 {
            ordinary_day(&mut rng, (week, day), &mut sent);
        }
        monday_wave(&mut rng, week, &mut sent);
        five_times(&mut rng, week, &mut sent);
        made.push(incident(&mut rng, week, &mut sent));
    }
    sent.sort_by_key(|mail| mail.at);
    (sent, made)
}

fn at(week: usize, day: usize, minutes: f64) -> Timestamp {
    let days = SignedDuration::from_hours(24 * (7 * week + day) as i64);
    let date = (date(2026, 1, 5).at(0, 0, 0, 0) + days).date();
    let midnight = date
        .to_zoned(TimeZone::get("Europe/Berlin").unwrap())
        .unwrap();
    midnight.timestamp() + SignedDuration::from_millis((minutes * 60_000.0) as i64)
}

/// Between eight and half past five, more before noon.
fn minute_of_a_day(rng: &mut Rng) -> f64 {
    let (first, last) = (8.0 * 60.0, 17.5 * 60.0);
    let one = first + rng.f64() * (last - first);
    let other = first + rng.f64() * (last - first);
    if rng.f64() < 0.4 { one.min(other) } else { one }
}

/// Few clients write often.
fn client(rng: &mut Rng) -> usize {
    let share = rng.f64();
    ((share * share) * CLIENTS as f64) as usize % CLIENTS
}

fn pick<T: Copy>(rng: &mut Rng, list: &[T]) -> T {
    list[rng.usize(..list.len())]
}

fn poisson(rng: &mut Rng, mean: f64) -> usize {
    let limit = (-mean).exp();
    let (mut number, mut product) = (0, rng.f64());
    while product > limit {
        number += 1;
        product *= rng.f64();
    }
    number
}

fn ordinary_day(rng: &mut Rng, (week, day): (usize, usize), sent: &mut Vec<Sent>) {
    let total: f64 = TROUBLES.iter().map(|trouble| trouble.weight).sum();
    for _ in 0..poisson(rng, TICKETS_A_DAY) {
        let (subject, words) = match rng.f64() {
            share if share < 0.55 => {
                let mut left = rng.f64() * total;
                let of = TROUBLES.iter().find(|trouble| {
                    left -= trouble.weight;
                    left <= 0.0
                });
                pick(rng, of.unwrap_or(&TROUBLES[0]).told)
            }
            share if share < 0.8 => pick(rng, &QUESTIONS),
            _ => pick(rng, &OTHERS),
        };
        sent.push(Sent {
            at: at(week, day, minute_of_a_day(rng)),
            client: client(rng),
            subject,
            words,
            incident: None,
        });
    }
}

/// Log-in matters are eight times as frequent on Monday from eight to ten.
fn monday_wave(rng: &mut Rng, week: usize, sent: &mut Vec<Sent>) {
    for _ in 0..poisson(rng, 14.0) {
        let (subject, words) = if rng.bool() {
            pick(rng, &MONDAY)
        } else {
            pick(rng, &QUESTIONS[..6])
        };
        sent.push(Sent {
            at: at(week, 0, 8.0 * 60.0 + rng.f64() * 120.0),
            client: client(rng),
            subject,
            words,
            incident: None,
        });
    }
}

/// One client writes five times within half an hour.
fn five_times(rng: &mut Rng, week: usize, sent: &mut Vec<Sent>) {
    let start = minute_of_a_day(rng);
    let (day, client) = (rng.usize(..5), client(rng));
    let trouble = &TROUBLES[rng.usize(..TROUBLES.len())];
    for number in 0..5 {
        let (subject, words) = pick(rng, trouble.told);
        sent.push(Sent {
            at: at(week, day, start + f64::from(number) * 6.0),
            client,
            subject,
            words,
            incident: None,
        });
    }
}

/// Three to twenty clients write of one trouble, each after a time that is exponential with a mean of twenty minutes.
fn incident(rng: &mut Rng, week: usize, sent: &mut Vec<Sent>) -> Made {
    let trouble = &TROUBLES[rng.usize(..TROUBLES.len())];
    let clients = 3 + rng.usize(..18);
    let (day, start) = (rng.usize(..5), 8.5 * 60.0 + rng.f64() * 7.0 * 60.0);
    let mut all: Vec<usize> = (0..CLIENTS).collect();
    rng.shuffle(&mut all);
    let mut first = at(week, 6, 0.0);
    for client in all.into_iter().take(clients) {
        let (subject, words) = pick(rng, trouble.told);
        let after = -20.0 * (1.0 - rng.f64()).ln();
        let mail = Sent {
            at: at(week, day, start + after),
            client,
            subject,
            words,
            incident: Some(week),
        };
        first = first.min(mail.at);
        sent.push(mail);
    }
    Made {
        trouble: trouble.name,
        clients,
        first,
    }
}
