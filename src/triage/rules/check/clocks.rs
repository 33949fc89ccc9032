//! `[clocks]`: warnings that have a sense, and pauses that a client would accept.

use std::collections::BTreeSet;

use super::Check;
use crate::finding::Finding;
use crate::finding::typed::choose;
use crate::triage::promise::{Budget, Metric};

/// How long after solving a reply reopens, where `sla.toml` does not say.
const REOPEN_WITHIN: Budget = Budget {
    seconds: 14 * 24 * 60 * 60,
    business: false,
};

/// When to warn, in percent, where `sla.toml` does not say.
const WARN_AT: [u8; 3] = [50, 75, 90];

/// What a clock may wait for, as `pause` writes it.
const REASONS: [(&str, ()); 1] = [("waiting for client", ())];

impl Check<'_> {
    pub(super) fn reopen_within(&self) -> Budget {
        let said = self.said.clocks.reopen_within.as_ref();
        said.map_or(REOPEN_WITHIN, |said| said.value)
    }

    /// In rising order, each once.
    pub(super) fn warn_at(&self) -> Vec<u8> {
        let Some(said) = &self.said.clocks.warn_at else {
            return WARN_AT.to_vec();
        };
        let percents: BTreeSet<u8> = said.iter().map(|percent| percent.value).collect();
        percents.into_iter().collect()
    }

    /// The promises whose clock stands still while we wait for the client: solving, unless `sla.toml` says otherwise.
    pub(super) fn pauses(&self) -> BTreeSet<Metric> {
        let mut paused = BTreeSet::from([Metric::Solve]);
        for (metric, reasons) in &self.said.clocks.pauses {
            paused.remove(metric);
            for reason in reasons {
                let what = format!("what {metric} pauses for");
                if choose(reason, &what, &REASONS, self.mistakes).is_none() {
                    continue;
                }
                match metric {
                    Metric::FirstResponse | Metric::UpdateEvery | Metric::Solve => {
                        paused.insert(*metric);
                    }
                    // Here nobody waits for the client: the client waits for us.
                    Metric::Acknowledge | Metric::NextResponse => {
                        let sentence = format!("{metric} never pauses: the client waits for us");
                        self.note(Finding::error("E105", &reason.at, sentence));
                    }
                }
            }
        }
        paused
    }
}
