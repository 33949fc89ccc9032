//! Who really wrote, and by which road the mail came: the facts behind the trust line.

use serde::{Deserialize, Serialize};

/// What the trace headers of a mail say. Facts only; who is believed is the rules' matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Road {
    /// Return-Path: `Some("")` is the null sender, `None` is no header.
    pub return_path: Option<String>,
    /// Host names of the Received headers (the `from` host as the receiver saw it, with its address), newest first, at most 20.
    pub received_from: Vec<String>,
    /// The hosts that say they received it (`by`), newest first, at most 20.
    pub received_by: Vec<String>,
    /// Authentication-Results, each with its authserv-id, newest first, as written, at most 5.
    pub authentication_results: Vec<(String, String)>,
    /// Sender, if it is not From.
    pub sender: Option<String>,
    /// Addresses the mail was delivered to on its way (Delivered-To, X-Original-To, X-Forwarded-To), newest first.
    pub delivered_to: Vec<String>,
    /// Resent-From, if a person redirected it.
    pub resent_from: Option<String>,
    /// Our own loop header, if the mail carries it: it came from us.
    pub own_loop: Option<String>,
}
