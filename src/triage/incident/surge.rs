//! Is this more than chance? The probability that so many clients report a topic by themselves.
//!
//! Reports of a usual kind come independently, so their number within a window is a Poisson number; what is less
//! probable than the rules say is a surge. The answer is a sentence either way, for whoever asks why nothing happened.

use std::fmt;

use serde::{Deserialize, Serialize};

/// So many where so few are usual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Surge {
    /// What was written about, for people.
    pub topic: String,
    /// Distinct clients within the window.
    pub clients: u32,
    /// Of how many partners.
    pub partners: u32,
    /// From the first of them to the last.
    pub minutes: u32,
    /// The window.
    pub window_minutes: u32,
    /// What is usual within such a window.
    pub usual: f64,
    /// The probability of so many or more.
    pub chance: f64,
}

impl Surge {
    /// True where this is less probable than one in `in_so_many`.
    #[must_use]
    pub fn is_unusual(&self, in_so_many: u32) -> bool {
        self.chance * f64::from(in_so_many) < 1.0
    }

    /// `chance 1 in 21`.
    #[must_use]
    pub fn odds(&self) -> String {
        if self.chance <= 1e-9 {
            return "chance below 1 in 1,000,000,000".to_owned();
        }
        let odds = 1.0 / self.chance;
        if odds < 10.0 {
            return format!("chance 1 in {odds:.1}");
        }
        format!("chance 1 in {}", grouped(odds))
    }
}

impl fmt::Display for Surge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (clients, partners) = (self.clients, self.partners);
        write!(
            f,
            "{clients} {}",
            if clients == 1 { "client" } else { "clients" }
        )?;
        if partners > 1 {
            write!(f, " of {partners} partners")?;
        }
        write!(
            f,
            " in {} min; usual for {} at this hour is {} in {} min; {}",
            self.minutes.max(1),
            self.topic,
            short(self.usual),
            self.window_minutes,
            self.odds()
        )
    }
}

/// The probability that a Poisson number of mean `mean` is `least` or more.
#[must_use]
pub fn chance_of(least: u32, mean: f64) -> f64 {
    if least == 0 {
        return 1.0;
    }
    // Summed from below where that is exact, from above where the rest is too small to be a difference from one.
    let mut term = (-mean).exp();
    let mut below = 0.0;
    for number in 0..least {
        below += term;
        term *= mean / f64::from(number + 1);
    }
    if below < 0.99 {
        return 1.0 - below;
    }
    let mut above = 0.0;
    for number in least..least + TAIL_TERMS {
        above += term;
        term *= mean / f64::from(number + 1);
    }
    above
}

/// Terms of the tail: beyond them nothing is left that a figure would show.
const TAIL_TERMS: u32 = 60;

fn short(number: f64) -> String {
    if number < 0.095 {
        format!("{number:.2}")
    } else {
        format!("{number:.1}")
    }
}

/// 48211 as `48,211`.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_a_table() {
        let check = |least: u32, mean: f64, chance: f64| {
            let found = chance_of(least, mean);
            assert!(
                (found - chance).abs() <= chance * 1e-3,
                "{least} {mean}: {found}"
            );
        };
        // Tables of the Poisson distribution.
        check(0, 3.0, 1.0);
        check(1, 0.5, 0.393_469);
        check(3, 0.8, 0.047_423);
        check(3, 0.01, 1.654_2e-7);
        check(5, 2.0, 0.052_653);
        check(20, 5.0, 3.452_1e-7);
    }

    #[test]
    fn the_sentence_says_it_either_way() {
        let surge = |clients: u32, usual: f64| Surge {
            topic: "login".to_owned(),
            clients,
            partners: 2,
            minutes: 12,
            window_minutes: 30,
            usual,
            chance: chance_of(clients, usual),
        };
        let check = |surge: Surge, sentence: &str, unusual: bool| {
            assert_eq!(surge.to_string(), sentence);
            assert_eq!(surge.is_unusual(1_000), unusual);
        };
        check(
            surge(3, 0.8),
            "3 clients of 2 partners in 12 min; usual for login at this hour is 0.8 in 30 min; chance 1 in 21",
            false,
        );
        check(
            surge(3, 0.02),
            "3 clients of 2 partners in 12 min; usual for login at this hour is 0.02 in 30 min; chance 1 in 761,329",
            true,
        );
    }

    proptest::proptest! {
        #[test]
        fn more_reports_are_less_probable(least in 0_u32..60, mean in 0.01_f64..40.0) {
            let (few, more) = (chance_of(least, mean), chance_of(least + 1, mean));
            proptest::prop_assert!(more <= few + 1e-12 && (0.0..=1.0 + 1e-12).contains(&few));
        }
    }
}
