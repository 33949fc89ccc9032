//! `sla.toml`: what we promise.

use super::{BudgetSaid, budget};
use crate::finding::At;
use crate::finding::typed::{Said, Section};
use crate::triage::promise::Metric;
use crate::triage::report::Urgency;

/// `[sla.NAME]`
#[derive(Debug)]
pub(in crate::triage::rules) struct PlanFile {
    pub name: Said<String>,
    /// The partner in whose file it stands.
    pub partner: Option<Said<String>>,
    pub like: Option<Said<String>>,
    pub cells: Vec<CellFile>,
}

/// One promise: `[sla.NAME.URGENCY]` and the metric's key.
#[derive(Debug)]
pub(in crate::triage::rules) struct CellFile {
    pub urgency: Urgency,
    pub metric: Metric,
    pub budget: BudgetSaid,
    /// Where the metric is named.
    pub key: At,
}

pub(super) fn read(top: &mut Section<'_>, partner: Option<&Said<String>>) -> Vec<PlanFile> {
    top.named("sla")
        .into_iter()
        .map(|(name, mut section)| {
            let like = section.text("like");
            let cells = Urgency::ALL
                .into_iter()
                .flat_map(|urgency| cells(&mut section, &name.value, urgency))
                .collect();
            section.done();
            PlanFile {
                name,
                partner: partner.cloned(),
                like,
                cells,
            }
        })
        .collect()
}

fn cells(plan: &mut Section<'_>, name: &str, urgency: Urgency) -> Vec<CellFile> {
    let what = format!("[sla.{name}.{urgency}]");
    let Some(mut section) = plan.section(urgency.name(), &what) else {
        return Vec::new();
    };
    let mistakes = section.mistakes();
    let mut cells = Vec::new();
    for metric in Metric::ALL {
        let said = section.text(metric.name());
        let budget = said.and_then(|said| budget::read(&said, mistakes));
        if let (Some(budget), Some(key)) = (budget, section.key_at(metric.name())) {
            cells.push(CellFile {
                urgency,
                metric,
                budget,
                key: key.clone(),
            });
        }
    }
    section.done();
    cells
}
