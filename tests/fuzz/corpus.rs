//! What mails are made from: those below fixtures/, those kept because they were news, and pieces that mean something.

use std::fs;
use std::path::Path;

use fastrand::Rng;

/// Mails that are kept; then each new one takes the place of another.
const KEPT_MAX: usize = 4_000;

/// Mails that were news.
#[derive(Default)]
pub(crate) struct Corpus(Vec<Vec<u8>>);

impl Corpus {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn keep(&mut self, mail: Vec<u8>) {
        if self.0.len() < KEPT_MAX {
            self.0.push(mail);
        } else if let Some(place) = fastrand::choice(self.0.iter_mut()) {
            *place = mail;
        }
    }

    /// One of them; half of the time one of the newest, for there something has just opened.
    pub(crate) fn any(&self, rng: &mut Rng) -> &[u8] {
        let newest = self.0.len().saturating_sub(64);
        let from = if rng.bool() { newest } else { 0 };
        let at = rng.usize(from..self.0.len().max(from + 1));
        self.0.get(at).map_or(&[], Vec::as_slice)
    }
}

/// Every mail below fixtures/.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"),
        &mut seeds,
    );
    assert!(!seeds.is_empty(), "no mail below fixtures/");
    seeds
}

fn collect(folder: &Path, seeds: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, seeds);
        } else if path.extension().is_some_and(|kind| kind == "eml") {
            seeds.push(fs::read(&path).expect("a mail"));
        }
    }
}

/// What mail programs write between the words.
pub(crate) fn mail_pieces() -> Vec<Vec<u8>> {
    MAIL_PIECES.iter().map(|piece| piece.to_vec()).collect()
}

/// Every word and label of the shipped lexicon, and what joins words.
pub(crate) fn word_pieces() -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = WORD_PIECES
        .iter()
        .map(|piece| piece.as_bytes().to_vec())
        .collect();
    for (name, text) in triaged::triage::rules::shipped::files() {
        if name.starts_with("lexicon/") {
            let table: toml::Value = toml::from_str(&text).expect("a file of the lexicon");
            texts(&table, &mut words);
        }
    }
    words
}

fn texts(value: &toml::Value, words: &mut Vec<Vec<u8>>) {
    if let Some(text) = value.as_str() {
        words.push(format!(" {} ", text.replace('*', "")).into_bytes());
    }
    for inner in value.as_array().into_iter().flatten() {
        texts(inner, words);
    }
    for (key, inner) in value.as_table().into_iter().flatten() {
        words.push(format!("{key}: ").into_bytes());
        texts(inner, words);
    }
}

const MAIL_PIECES: &[&[u8]] = &[
    b"From: ",
    b"Subject: Fwd: Re: AW: ",
    b"To: a@b.example, \"c, d\" <e@f.example>;\r\n",
    b"Content-Type: multipart/mixed; boundary=\"b\"\r\n",
    b"Content-Type: multipart/alternative; boundary=b\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
    b"Content-Type: multipart/digest; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Type: text/html; charset=iso-2022-jp\r\n",
    b"Content-Type: text/plain; format=flowed; delsp=yes\r\n",
    b"Content-Type: text/calendar; method=REQUEST\r\n",
    b"Content-Type: application/ms-tnef; name=winmail.dat\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%E4%20; filename*1=x.pdf\r\n",
    b"Content-ID: <logo@x>\r\n",
    b"\r\n--b\r\n",
    b"\r\n--b--\r\n",
    b"\n\n",
    b"\r\n\r\n",
    b"\r",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x1b$B%F%9%H\x1b(B",
    b"\x1b$B",
    b"\x78\x9f\x3e\x22",
    b"begin 644 a.txt\r\n",
    b"=?utf-8?Q?=C3=A4_?=",
    b"=?utf-8?B?",
    b"=?iso-2022-jp?B?GyRCJUYbKEI=?= =?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=",
    b"=?gb18030?Q?=0D=0ABcc:_x@y.example?=",
    b"=\r\n",
    b"=C3=A4=3D",
    b"> ",
    b">>>> ",
    b"On Fri, 27 Mar 2026 at 09:30, Jane Doe <jane@x.example> wrote:\r\n",
    b"Am 27.03.2026 um 09:30 schrieb Jane Doe:\r\n",
    b"Le ven. 27 mars 2026 \xc3\xa0 09:30, Jane Doe <jane@x.example> a \xc3\xa9crit :\r\n",
    b"2026\xe5\xb9\xb43\xe6\x9c\x8827\xe6\x97\xa5(\xe9\x87\x91) 9:30 Jane <jane@x.example>:\r\n",
    b"---------- Forwarded message ---------\r\n",
    b"-----Original Message-----\r\n",
    b"Begin forwarded message:\r\n",
    b"________________________________\r\n",
    b"From: Client <client@acme.example>\r\nSent: Friday, 27 March 2026 09:30\r\nTo: help@x.example\r\nSubject: It fails\r\n\r\n",
    b"Von: Client <client@acme.example>\r\nGesendet: Freitag, 27. M\xc3\xa4rz 2026 09:30\r\nAn: help@x.example\r\nBetreff: Es geht nicht\r\n\r\n",
    b"*De :* Client\r\n*Objet :* x\r\n",
    b"-- \r\n",
    b"Sent from my iPhone\r\n",
    b"This e-mail and any attachment are confidential and intended only for the addressee.\r\n",
    b"<div class=\"gmail_quote\">",
    b"<blockquote type=\"cite\">",
    b"</blockquote>",
    b"<div id=\"divRplyFwdMsg\">",
    b"<style>",
    b"<script>",
    b"<!--",
    b"-->",
    b"<![if mso]>",
    b"<table><tr><td>",
    b"</td></tr></table>",
    b"<pre>",
    b"<li><ol><ul>",
    b"<a href=\"",
    b"<img src=\"cid:logo@x\" alt=\"",
    b"&auml;&#x1F600;&#0;&#xD800;&notanentity;&",
    b"<br>",
    b"<p style='",
    b"Auto-Submitted: auto-replied\r\n",
    b"Precedence: bulk\r\n",
    b"List-Id: <x.y.example>\r\n",
    b"Return-Path: <>\r\n",
    b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    b"550 5.1.1 <a@b.example>: Recipient address rejected: User unknown\r\n",
    b"Message-ID: <ec-1@everythingcloud.com>\r\n",
    b"In-Reply-To: <1@x>, <2@x>\r\n",
    b"References: <1@x> <2@x>\r\n",
    b"Date: Fri, 27 Mar 2026 09:30:00 +0100 (CET)\r\n",
    b"Received: from a (b [192.0.2.1]) by c; Fri, 27 Mar 2026 09:30:00 +0100\r\n",
    b"X-Priority: 1\r\n",
    b"(((((",
    b"\"\"\"\\\"",
    b"<<<<>>>>",
    b"@@,;:",
];

const WORD_PIECES: &[&str] = &[
    "\n",
    "\n\n",
    ". ",
    ", ",
    "! ",
    "? ",
    "; ",
    ": ",
    "。",
    "、",
    "「",
    "」",
    "…",
    "!!",
    "\n- ",
    "\n1. ",
    "\n2) ",
    "\n* ",
    "\n> ",
    "\n-- \n",
    "(1) ",
    "->",
    "→ ",
    "»",
    "\"",
    "“",
    "'",
    "’",
    "3 of 40 users ",
    "alle 300 Nutzer ",
    "all 12 ",
    "since 9:50 today ",
    "seit gestern ",
    "99999999999999999999 ",
    "1,5 ",
    "09:30",
    "27.03.2026",
    "Client: Acme\n",
    "Kunde: Müller & Söhne GmbH\n",
    "Urgency: high\n",
    "Steps to reproduce:\n",
    "not ",
    "nicht ",
    "ne ",
    "if ",
    "was ",
    "again ",
    "ﬁ",
    "ß",
    "İ",
    "ŉ",
    "e\u{301}",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\u{a0}",
    "\u{3000}",
    "\u{2028}",
    "😀",
    "Ａ１",
    "東京の",
    "サーバ",
    "\t",
    "\u{b}",
];
