//! What conditions about level and urgency can ever be true, worked out exactly over the twelve pairs of both.
//!
//! A condition about anything else may be true or not; such a tree is only bounded from above. So what is called
//! unreachable here is unreachable, and what is subtle stays unmentioned.

use crate::triage::report::Urgency;
use crate::triage::rules::criterion::{Criterion, When};

/// A set of pairs of level and urgency, one bit each.
pub(super) type Pairs = u16;

/// All twelve.
pub(super) const ALL: Pairs = 0b1111_1111_1111;

/// The pairs for which a tree may hold, and whether it then surely does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub may: Pairs,
    pub exact: bool,
}

/// Where a tree may hold.
pub(super) fn reach(when: &When) -> Reach {
    match when {
        When::All(list) => list.iter().map(reach).fold(always(), |all, one| Reach {
            may: all.may & one.may,
            exact: all.exact && one.exact,
        }),
        When::Any(list) => list.iter().map(reach).fold(
            Reach {
                may: 0,
                exact: true,
            },
            |all, one| Reach {
                may: all.may | one.may,
                exact: all.exact && one.exact,
            },
        ),
        // What may hold is excluded only where it surely holds.
        When::None(list) => list.iter().map(reach).fold(always(), |all, one| Reach {
            may: if one.exact {
                all.may & !one.may
            } else {
                all.may
            },
            exact: all.exact && one.exact,
        }),
        When::Is(criterion) => of_criterion(criterion),
    }
}

/// True if a tree may hold for a ticket of that urgency.
pub(super) fn may_be_at(when: &When, urgency: Urgency) -> bool {
    reach(when).may & pairs(&|_, of_ticket| of_ticket == urgency) != 0
}

fn always() -> Reach {
    Reach {
        may: ALL,
        exact: true,
    }
}

fn of_criterion(criterion: &Criterion) -> Reach {
    let fits = |fits: &dyn Fn(u8, Urgency) -> bool| Reach {
        may: pairs(fits),
        exact: true,
    };
    match criterion {
        Criterion::Level(levels) => fits(&|level, _| levels.contains(&level)),
        Criterion::Urgency(wanted) => fits(&|_, urgency| wanted.contains(&urgency)),
        Criterion::UrgencyAtLeast(wanted) => fits(&|_, urgency| urgency >= *wanted),
        Criterion::UrgencyAtMost(wanted) => fits(&|_, urgency| urgency <= *wanted),
        Criterion::Partner(_)
        | Criterion::Client(_)
        | Criterion::Address(_)
        | Criterion::Sender(_)
        | Criterion::SenderDomain(_)
        | Criterion::Language(_)
        | Criterion::Topic(_)
        | Criterion::WhiteLabel(_)
        | Criterion::KeyClient(_)
        | Criterion::SeveralClients(_)
        | Criterion::Signal { .. }
        | Criterion::Words { .. }
        | Criterion::Matches { .. }
        | Criterion::Missing(_)
        | Criterion::ConfidenceBelow { .. }
        | Criterion::Attachment(_)
        | Criterion::Time(_)
        | Criterion::During(_)
        | Criterion::Thread(_)
        | Criterion::Count { .. }
        | Criterion::Unusual { .. }
        | Criterion::Accumulated(_)
        | Criterion::Promise(_) => Reach {
            may: ALL,
            exact: false,
        },
    }
}

fn pairs(fits: &dyn Fn(u8, Urgency) -> bool) -> Pairs {
    let mut set = 0;
    let all = (1..=3).flat_map(|level| Urgency::ALL.map(|urgency| (level, urgency)));
    for (bit, (level, urgency)) in all.enumerate() {
        set |= Pairs::from(fits(level, urgency)) << bit;
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_exact_where_only_level_and_urgency_are_asked() {
        let level = |level| When::Is(Criterion::Level(vec![level]));
        let high = || When::Is(Criterion::UrgencyAtLeast(Urgency::High));
        let low = || When::Is(Criterion::UrgencyAtMost(Urgency::Low));
        let key = || When::Is(Criterion::KeyClient(true));
        assert_eq!(reach(&When::All(vec![high(), low()])).may, 0);
        assert_eq!(reach(&When::All(vec![level(1), level(2)])).may, 0);
        assert_eq!(
            reach(&When::Any(vec![level(1), level(2), level(3)])).may,
            ALL
        );
        assert_eq!(reach(&When::None(vec![high()])).may & reach(&high()).may, 0);
        assert_eq!(
            reach(&When::None(vec![key()])),
            Reach {
                may: ALL,
                exact: false
            }
        );
        let both = When::All(vec![high(), key()]);
        assert_eq!(reach(&both).may, reach(&high()).may);
        assert!(!reach(&both).exact);
        assert_eq!(reach(&When::None(vec![both])).may, ALL);
    }
}
