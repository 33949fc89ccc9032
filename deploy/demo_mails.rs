//! The demo's mails, each with what must become of it.

/// One mail, as a partner or a robot would send it.
pub(crate) struct Demo {
    /// What it shows.
    pub name: &'static str,
    /// From, and whose mailbox is looked into.
    pub from: &'static str,
    /// MAIL FROM; robots' is empty.
    pub envelope_from: &'static str,
    /// Each address gets its own copy.
    pub to: &'static [&'static str],
    /// Header and body without From, Message-ID and Date; `{answered}` is the Message-ID of our last letter to the sender.
    pub text: &'static str,
    /// It belongs to a ticket.
    pub ticket: bool,
    /// The ticket's level, where that is the point.
    pub level: Option<u8>,
    /// The client, where that is the point.
    pub client: Option<&'static str>,
    /// The ticket number's prefix.
    pub prefix: Option<&'static str>,
    /// Who must be written to because of it.
    pub written_to: &'static [&'static str],
    /// Letters that answer it in the sender's mailbox.
    pub answers: usize,
    /// The address that answers.
    pub answered_from: Option<&'static str>,
    /// The answer must not name the vendor.
    pub white_label: bool,
}

impl Demo {
    /// The whole mail.
    pub(crate) fn text(&self, id: &str, answered: &str) -> String {
        let date = jiff::Zoned::now().strftime("%a, %d %b %Y %H:%M:%S %z");
        let rest = self.text.replace("{answered}", answered);
        format!(
            "From: {}\nMessage-ID: <{id}>\nDate: {date}\n{rest}",
            self.from
        )
    }
}

/// What most of them have in common.
const USUAL: Demo = Demo {
    name: "",
    from: "jane.doe@northwind.example",
    envelope_from: "jane.doe@northwind.example",
    to: &["support@everythingcloud.com"],
    text: "",
    ticket: true,
    level: None,
    client: None,
    prefix: Some("EC-"),
    written_to: &[],
    answers: 1,
    answered_from: Some("support@everythingcloud.com"),
    white_label: false,
};

/// A white-label mail.
const BRANDED: Demo = Demo {
    from: "karl@brightdesk.example",
    envelope_from: "karl@brightdesk.example",
    to: &["help@brightdesk.example"],
    prefix: Some("BD-"),
    answered_from: Some("help@brightdesk.example"),
    white_label: true,
    ..USUAL
};

/// In the order in which they are sent.
pub(crate) const MAILS: &[Demo] = &[
    Demo {
        name: "plain, all fields named",
        text: "To: support@everythingcloud.com\nSubject: CSV export is empty\n\nClient: Harbor Bank\nUrgency: High\nDescription: The CSV export of the sales report is empty since this morning.\nSteps to reproduce:\n1. Open the sales report\n2. Click Export\n3. Open the file\n",
        level: Some(2),
        client: Some("Harbor Bank"),
        written_to: &["support-team@everythingcloud.com"],
        ..USUAL
    },
    Demo {
        name: "HTML",
        text: "To: support@everythingcloud.com\nSubject: Wrong totals\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>Hello,</p><p>for our client <b>Harbor Bank</b> the totals of the <i>revenue report</i> are wrong: it shows 12 instead of 21.</p><ul><li>open the report</li><li>compare with the export</li></ul></body></html>\n",
        level: Some(2),
        client: Some("Harbor Bank"),
        ..USUAL
    },
    Demo {
        name: "German, white label",
        text: "To: help@brightdesk.example\nSubject: =?utf-8?q?Bericht_l=C3=A4sst_sich_nicht_=C3=B6ffnen?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGuten Tag,\n\nKunde: Wagner GmbH\nDringlichkeit: mittel\n\nder Monatsbericht bricht mit Fehler 502 ab.\n\nMit freundlichen Grüßen\nKarl\n",
        level: Some(2),
        ..BRANDED
    },
    Demo {
        name: "white label, the sender names the vendor",
        text: "To: help@brightdesk.example\nSubject: Import fails\n\nHello, the import on the EverythingCloud platform fails with an error for our client Wagner.\n",
        ..BRANDED
    },
    Demo {
        name: "forwarded by the partner",
        text: "To: support@everythingcloud.com\nSubject: Fwd: dashboard\n\nPlease see below.\n\n---------- Forwarded message ---------\nFrom: Tom Hill <tom@harborbank.example>\nDate: Tue, 24 Nov 2026 at 09:12\nSubject: dashboard\nTo: Jane Doe <jane.doe@northwind.example>\n\nHi Jane, the dashboard shows an error since this morning. Can you help?\n\nTom\n",
        client: Some("Harbor Bank"),
        ..USUAL
    },
    Demo {
        name: "a reply to our acknowledgement",
        text: "To: support@everythingcloud.com\nSubject: Re: dashboard\nIn-Reply-To: {answered}\nReferences: {answered}\n\nIt happens in every browser, by the way.\n\n> Hello Jane,\n> thank you for writing.\n",
        answers: 0,
        ..USUAL
    },
    Demo {
        name: "an out-of-office reply",
        envelope_from: "",
        text: "To: support@everythingcloud.com\nSubject: Automatic reply: we have received your request\nAuto-Submitted: auto-replied\n\nI am out of the office until Monday.\n",
        ticket: false,
        answers: 0,
        ..USUAL
    },
    Demo {
        name: "a newsletter",
        from: "news@cobalt.example",
        envelope_from: "news@cobalt.example",
        text: "To: support@everythingcloud.com\nSubject: Our November news\nList-Id: <news.cobalt.example>\nList-Unsubscribe: <mailto:off@cobalt.example>\nPrecedence: bulk\n\nRead all about it.\n",
        ticket: false,
        answers: 0,
        ..USUAL
    },
    Demo {
        name: "an outage",
        text: "To: support@everythingcloud.com\nSubject: URGENT: platform down\n\nUrgency: Critical\n\nSince 9:50 nobody at Harbor Bank can log in. The platform is down for all users.\n",
        level: Some(3),
        client: Some("Harbor Bank"),
        written_to: &[
            "dana.reyes@everythingcloud.com",
            "jane.doe@northwind.example",
        ],
        ..USUAL
    },
    Demo {
        name: "a key client threatens to leave",
        text: "To: support@everythingcloud.com\nSubject: Harbor Bank\n\nHarbor Bank is very unhappy. If the exports are not fixed by Friday they will cancel the contract.\n",
        level: Some(3),
        client: Some("Harbor Bank"),
        written_to: &["dana.reyes@everythingcloud.com"],
        ..USUAL
    },
    Demo {
        name: "an outage, white label, in German",
        text: "To: help@brightdesk.example\nSubject: Totalausfall\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nDringlichkeit: kritisch\n\nDie Plattform ist ausgefallen, kein Nutzer kann sich anmelden.\n",
        level: Some(3),
        written_to: &["marco.vogel@everythingcloud.com"],
        ..BRANDED
    },
    Demo {
        name: "a how-to question",
        text: "To: support@everythingcloud.com\nSubject: Password\n\nHello, how do I reset my password?\n\nThanks, Jane\n",
        level: Some(1),
        ..USUAL
    },
    Demo {
        name: "an attachment",
        text: "To: support@everythingcloud.com\nSubject: Screenshot of the error\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xyz\n\n--xyz\nContent-Type: text/plain\n\nClient: Harbor Bank. The chart shows an error, see the screenshot.\n--xyz\nContent-Type: image/png; name=\"error.png\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"error.png\"\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n--xyz--\n",
        level: Some(2),
        ..USUAL
    },
    Demo {
        name: "the same mail to two addresses",
        from: "karl@brightdesk.example",
        envelope_from: "karl@brightdesk.example",
        to: &["support@everythingcloud.com", "help@brightdesk.example"],
        text: "To: support@everythingcloud.com, help@brightdesk.example\nSubject: Import stopped\n\nThe nightly import stopped with an error.\n",
        prefix: Some("BD-"),
        answered_from: Some("help@brightdesk.example"),
        white_label: true,
        ..USUAL
    },
    Demo {
        name: "a hostile one",
        text: "To: support@everythingcloud.com\nSubject: =?utf-8?q?Hi=0D=0ABcc:_victim@cobalt.example?=\nReply-To: \"x\\\n y\" <jane.doe@northwind.example>\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain; charset=no-such-charset\n\n{{ 7 * 7 }} <script>alert(1)</script> \u{202e}the report is broken\n",
        ..USUAL
    },
];
