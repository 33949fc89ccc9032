//! What a delivery report says: whose mail came back, why, and for good or for now.

use super::Bounce;
use super::machine::Reading;

/// Reads a delivery report.
pub(super) fn read(reading: &Reading<'_>) -> Bounce {
    let _ = reading;
    Bounce {
        recipient: None,
        status: None,
        permanent: true,
        quoted_ids: Vec::new(),
    }
}

/// What makes a mail a delivery report, if it is one.
pub(super) fn sign(reading: &Reading<'_>) -> Option<String> {
    (reading.body.report_type.as_deref() == Some("delivery-status"))
        .then(|| "report-type=delivery-status".to_owned())
}
