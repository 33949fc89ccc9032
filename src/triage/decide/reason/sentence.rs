//! Reasons as sentences that people read.

use std::fmt;

use super::Reason;
use crate::triage::report::Evidence;
use crate::triage::ticket::ThirdLineReason;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrittenTo {
                address,
                header,
                brand,
            } => written_to(f, address, header.as_deref(), brand),
            Self::PartnerIs {
                partner: Some(partner),
                by,
            } => write!(f, "partner {partner}, by {by}"),
            Self::PartnerIs { partner: None, by } => write!(f, "{by} belongs to no known partner"),
            Self::ClientIs { client, evidence } => {
                write!(f, "client {client}")?;
                quoted(f, evidence.as_slice())
            }
            Self::UrgencyIs {
                urgency,
                computed,
                points,
            } => {
                write!(f, "urgency {urgency}")?;
                if urgency != computed {
                    write!(f, " by the rules ({computed} by the words)")?;
                }
                list(f, points)
            }
            Self::LevelIs {
                level,
                third_line_reason,
            } => match third_line_reason {
                Some(reason) => write!(f, "level {level}: {}", third_line(*reason)),
                None => write!(f, "level {level}"),
            },
            Self::RuleMatched {
                rule,
                say,
                place,
                evidence,
            } => {
                write!(f, "rule `{rule}` ({place}): {say}")?;
                quoted(f, evidence)
            }
            Self::DoneBefore { effect } => write!(f, "`{effect}` was done on this ticket before"),
            Self::ReplyChosen { template, place } => match place {
                Some(place) => write!(f, "the reply is `{template}` ({place})"),
                None => write!(f, "the reply is `{template}`"),
            },
            Self::NoAnswer { reason } => write!(f, "no letter to the sender: {reason}"),
            Self::Incident(reason) => reason.fmt(f),
            Self::Promise(reason) => reason.fmt(f),
            Self::Letter(reason) => reason.fmt(f),
            Self::Ladder(reason) => reason.fmt(f),
            Self::Thread(reason) => reason.fmt(f),
            Self::Ordered { by, what } => write!(f, "{what}, ordered by {by}"),
            Self::Refused { because } => write!(f, "not done: {because}"),
            Self::Nothing { because } => write!(f, "nothing to do: {because}"),
            Self::Trouble { what } => write!(f, "the operators are told: {what}"),
        }
    }
}

fn written_to(
    f: &mut fmt::Formatter<'_>,
    address: &str,
    header: Option<&str>,
    brand: &str,
) -> fmt::Result {
    match header {
        Some(header) => write!(f, "written to {address} ({header}), so {brand} answers"),
        None => write!(
            f,
            "no header names an address of ours; it came to {address}, so {brand} answers"
        ),
    }
}

fn third_line(reason: ThirdLineReason) -> &'static str {
    match reason {
        ThirdLineReason::MultiClient => "several clients, one trouble",
        ThirdLineReason::Outage => "a major outage",
        ThirdLineReason::Churn => "a client threatens to leave",
        ThirdLineReason::SlaBreach => "a broken contract or SLA",
        ThirdLineReason::HighProfile => "a high-profile matter",
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, evidence: &[Evidence]) -> fmt::Result {
    for (number, one) in evidence.iter().enumerate() {
        let before = if number == 0 { ": " } else { ", " };
        write!(f, "{before}\"{}\"", one.text)?;
    }
    Ok(())
}

fn list(f: &mut fmt::Formatter<'_>, items: &[String]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    write!(f, ": {}", items.join(", "))
}
