//! SLA plans: `like` resolved, promises in their natural order.

use std::collections::BTreeMap;

use super::Check;
use super::company::is_locked;
use super::known::Kind;
use crate::finding::{At, Finding};
use crate::triage::promise::{Budget, Metric, Plan, Promised};
use crate::triage::report::Urgency;
use crate::triage::rules::file::PlanFile;

/// A cell with the place that sets it.
type Cells<'a> = BTreeMap<(Urgency, Metric), (Promised, &'a At)>;

impl Check<'_> {
    pub(super) fn plans(&self) -> BTreeMap<String, Plan> {
        let all: Vec<&PlanFile> = self.all_plans().collect();
        self.no_twice("SLA plan", all.iter().map(|plan| &plan.name));
        let mut plans = BTreeMap::new();
        for said in all {
            self.touches_locked(said);
            let cells = self.cells(said, &mut Vec::new());
            self.take_time(&cells);
            self.in_natural_order(&cells);
            if cells.is_empty() {
                let sentence = format!("SLA plan \"{}\" promises nothing", said.name.value);
                self.note(Finding::error("E107", &said.name.at, sentence));
            }
            let promised = cells
                .into_iter()
                .map(|(cell, (promised, _))| (cell, promised))
                .collect();
            let name = said.name.value.clone();
            plans.insert(name.clone(), Plan { name, promised });
        }
        plans
    }

    fn all_plans(&self) -> impl Iterator<Item = &PlanFile> {
        let partners = self.said.partners.iter().flat_map(|partner| &partner.plans);
        self.said.plans.iter().chain(partners)
    }

    /// The plan's own cells over those of the plan it is like.
    fn cells<'s>(&'s self, said: &'s PlanFile, seen: &mut Vec<&'s str>) -> Cells<'s> {
        seen.push(&said.name.value);
        let mut cells = Cells::new();
        if let Some(like) = said
            .like
            .as_ref()
            .filter(|like| self.follow(Kind::Plan, like))
        {
            if seen.contains(&like.value.as_str()) {
                let sentence = format!("SLA plan \"{}\" is like itself", like.value);
                self.note(Finding::error("E303", &like.at, sentence));
            } else if let Some(base) = self.all_plans().find(|plan| plan.name.value == like.value) {
                cells = self.cells(base, seen);
            }
        }
        for cell in &said.cells {
            let origin = format!(
                "sla.{}.{} ({})",
                said.name.value,
                cell.urgency,
                self.place(&cell.key)
            );
            let promised = Promised {
                budget: cell.budget.value,
                origin,
            };
            cells.insert((cell.urgency, cell.metric), (promised, &cell.budget.at));
        }
        cells
    }

    /// E401: a partner's own plan must leave alone what the company has locked.
    fn touches_locked(&self, said: &PlanFile) {
        if said.partner.is_none() {
            return;
        }
        for cell in &said.cells {
            let name = format!("{}.{}", said.name.value, cell.urgency);
            if is_locked(&self.said.locked.sla, &name) {
                let sentence = format!("a partner's file cannot set promises for {}", cell.urgency);
                self.note(
                    Finding::error("E401", &cell.key, sentence)
                        .help("[locked] of company.toml keeps them for the company: write the plan in sla.toml"),
                );
            }
        }
    }

    /// A promise that is broken in the second in which it is given.
    fn take_time(&self, cells: &Cells<'_>) {
        for ((urgency, metric), (promised, at)) in cells {
            if promised.budget.seconds == 0 {
                let sentence = format!("{metric} for {urgency} leaves no time at all");
                self.note(Finding::error("E105", at, sentence));
            }
        }
    }

    /// E307 and W124. How long business hours are in real time only a calendar can tell, so some pairs are left.
    fn in_natural_order(&self, cells: &Cells<'_>) {
        let cell = |urgency, metric| cells.get(&(urgency, metric));
        for urgency in Urgency::ALL {
            let answer = cell(urgency, Metric::FirstResponse);
            for (sooner, later) in [
                (Metric::Acknowledge, Metric::FirstResponse),
                (Metric::FirstResponse, Metric::Solve),
                (Metric::Acknowledge, Metric::Solve),
            ] {
                let pair = (cell(urgency, sooner), cell(urgency, later));
                let (Some((first, at)), Some((second, other))) = pair else {
                    continue;
                };
                // Where a first response is promised as well, it has been compared with both.
                let neighbours = (sooner, later) != (Metric::Acknowledge, Metric::Solve);
                if !neighbours && answer.is_some() {
                    continue;
                }
                if is_longer(first.budget, second.budget) {
                    let sentence = format!("for {urgency}, {sooner} comes later than {later}");
                    self.note(
                        Finding::error("E307", at, sentence)
                            .also(other, format!("{later} is due before")),
                    );
                }
            }
        }
        for (lower, higher) in Urgency::ALL
            .into_iter()
            .zip(Urgency::ALL.into_iter().skip(1))
        {
            for metric in Metric::ALL {
                let pair = (cell(lower, metric), cell(higher, metric));
                let (Some((calm, other)), Some((pressing, at))) = pair else {
                    continue;
                };
                if is_longer(pressing.budget, calm.budget) {
                    let sentence = format!("{metric} for {higher} is slower than for {lower}");
                    self.note(Finding::warning("W124", at, sentence).also(other, "faster here"));
                }
            }
        }
    }
}

/// Surely longer: so many business hours take at least as many hours of real time.
fn is_longer(one: Budget, other: Budget) -> bool {
    (one.business || !other.business) && one.seconds > other.seconds
}
