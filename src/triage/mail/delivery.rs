//! The fields of a delivery status (RFC 3464): which recipient, what became of the mail, why.

use super::{address, failure};

/// The fields of one recipient in a delivery status (RFC 3464, 2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) recipient: Option<String>,
    pub(super) action: Option<String>,
    pub(super) status: Option<String>,
    pub(super) diagnostic: Option<String>,
}

impl Fields {
    /// The first recipient that failed, else the first at all.
    pub(super) fn of(status: &str) -> Option<Self> {
        let mut blocks: Vec<Self> = Vec::new();
        let mut block = Self::default();
        for (name, value) in fields(status) {
            if name.is_empty() {
                blocks.extend(Some(std::mem::take(&mut block)).filter(Self::says_something));
                continue;
            }
            block.set(&name, &value);
        }
        blocks.extend(Some(block).filter(Self::says_something));
        let failed = blocks
            .iter()
            .position(|block| block.action.as_deref() == Some("failed"));
        blocks.into_iter().nth(failed.unwrap_or(0))
    }

    fn says_something(&self) -> bool {
        self.status.is_some() || (self.recipient.is_some() && self.action.is_some())
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "final-recipient" => {
                self.recipient = recipient_value(value).or_else(|| self.recipient.take())
            }
            "original-recipient" | "x-actual-recipient" if self.recipient.is_none() => {
                self.recipient = recipient_value(value)
            }
            "action" => self.action = value.split([' ', '(']).next().map(str::to_ascii_lowercase),
            "status" => self.status = failure::enhanced_status(value),
            "diagnostic-code" => self.diagnostic = Some(value.to_owned()),
            _ => {}
        }
    }
}

fn recipient_value(value: &str) -> Option<String> {
    address::within(value.rsplit(';').next().unwrap_or(value))
}

/// Unfolded fields in order; an empty name stands for an empty line.
fn fields(text: &str) -> impl Iterator<Item = (String, String)> {
    /// More recipients than any report of ours can have.
    const LINES_MAX: usize = 5_000;
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().take(LINES_MAX) {
        if line.trim().is_empty() {
            found.push((String::new(), String::new()));
        } else if let Some((_, value)) = found
            .last_mut()
            .filter(|(name, _)| line.starts_with([' ', '\t']) && !name.is_empty())
        {
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            found.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    found.into_iter()
}
