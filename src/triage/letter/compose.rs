//! Finishes a letter: threading, loop headers, Message-ID, MIME. The only user of the MIME builder.
//!
//! Same arguments, same bytes: nothing here is random, not even the MIME boundary. Strangers wrote the names, the
//! subjects and the Message-IDs that go into our headers, so nothing with a control character gets that far.

use std::borrow::Cow;
use std::time::SystemTime;

use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MessageBuilder, MultiPart, SinglePart};

use super::leak::{self, Looked};
use super::template::Rendered;
use super::{Letter, LetterId, Purpose, Stationery};
use crate::triage::mail::thread::{own_id, personal_id, personal_tag, plus_tag};
use crate::triage::mail::{File, Person};
use crate::triage::ticket::TicketId;

/// A letter with its words, before it has headers.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Its place in the order of all letters.
    pub id: LetterId,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// What it is for.
    pub purpose: Purpose,
    /// To whom.
    pub to: &'a Person,
    /// What it says.
    pub words: Rendered,
    /// Where it stands in its thread.
    pub thread: Thread<'a>,
    /// What goes with it: images that are shown in the text, and files beside it.
    pub files: &'a [&'a File],
    /// Why it must wait until a person releases it.
    pub held: Option<String>,
}

/// What a letter answers. Message-IDs without angle brackets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thread<'a> {
    /// The mail that it answers.
    pub answers: Option<&'a str>,
    /// Mails before that one, oldest first.
    pub references: &'a [String],
}

/// Why no letter can be written: the address is none that mail can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is no address that mail can be sent to")]
pub struct Unwritable {
    /// The address.
    pub address: String,
}

/// Message-IDs in References: the thread's root and its newest, as many as mail programs look at.
const REFERENCES_MAX: usize = 20;

/// Longer Message-IDs are left out: RFC 5322, 2.1.1 allows 998 characters a line, and nobody means these.
const MESSAGE_ID_CHARS_MAX: usize = 250;

/// RFC 5322, 2.1.1: what a subject line may take up before readers cut it off themselves.
const SUBJECT_CHARS_MAX: usize = 250;

/// Enough to tell apart the instances and brands of one company.
const LOOP_MARK_CHARS: usize = 16;

/// A display name beyond this is no name.
const NAME_CHARS_MAX: usize = 100;

/// A file name beyond this is cut; file systems stop at 255 bytes.
const FILE_NAME_CHARS_MAX: usize = 150;

/// Of a text that goes along, so much is looked at by the brand firewall.
const LOOKED_AT_BYTES_MAX: usize = 1024 * 1024;

/// Finishes a letter to its last byte.
///
/// # Errors
/// [`Unwritable`] where the receiver's or the brand's address is not one.
pub fn finish(mut draft: Draft<'_>, stationery: &Stationery<'_>) -> Result<Letter, Unwritable> {
    let message_id = message_id(&draft, stationery);
    let images = images(draft.files, &message_id);
    draft.words.html = with_images(&draft.words.html, &images);
    let return_address = return_address(&draft, stationery);
    let subject = one_line(&draft.words.subject, SUBJECT_CHARS_MAX);
    let from = mailbox(&stationery.from)?;
    let to = receiver(draft.to, stationery)?;
    let envelope_from = address(&return_address)?;
    let envelope =
        Envelope::new(Some(envelope_from.clone()), vec![to.email.clone()]).map_err(|_| {
            Unwritable {
                address: draft.to.address.clone(),
            }
        })?;

    let mut builder = MessageBuilder::new()
        .envelope(envelope)
        .date(SystemTime::from(stationery.written_at))
        .from(from)
        .to(to)
        .subject(subject.as_str())
        .message_id(Some(format!("<{message_id}>")));
    if stationery.plus_address {
        builder = builder.reply_to(Mailbox::new(None, envelope_from));
    }
    for (name, value) in extra_headers(&draft, stationery) {
        builder = builder.raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str(name),
            value,
        ));
    }
    let mime = builder
        .multipart(body(&draft, &images, &message_id))
        .map_err(|_| Unwritable {
            address: draft.to.address.clone(),
        })?
        .formatted();

    let mut letter = Letter {
        id: draft.id,
        ticket: draft.ticket,
        purpose: draft.purpose,
        brand: stationery.brand.to_owned(),
        relay: stationery.relay.to_owned(),
        envelope_from: return_address,
        to: draft.to.address.to_lowercase(),
        message_id,
        subject,
        // The builder encodes everything to ASCII, so nothing is lost here.
        mime: String::from_utf8_lossy(&mime).into(),
        written_at: stationery.written_at,
        held: draft.held,
    };
    if let Some(why) = named_vendor(&letter, (&draft.words, draft.files), stationery) {
        letter.held = Some(why);
    }
    Ok(letter)
}

fn message_id(draft: &Draft<'_>, stationery: &Stationery<'_>) -> String {
    let (key, letter) = (stationery.key, draft.id.0);
    let local = match draft.ticket {
        Some(ticket) if !draft.purpose.is_to_the_client() => {
            personal_id(key, ticket.0, letter, &draft.to.address)
        }
        Some(ticket) => own_id(key, ticket.0, letter),
        None => own_id(key, 0, letter),
    };
    format!("{local}@{}", stationery.message_id_domain)
}

/// Where answers and bounces come back: never null, because a letter that did not arrive must be known. The address in a
/// letter to one of our own people is that person's alone, so that an answer to it shows who wrote.
fn return_address(draft: &Draft<'_>, stationery: &Stationery<'_>) -> String {
    let own = &stationery.from.address;
    let (Some(ticket), Some((local, domain)), true) =
        (draft.ticket, own.rsplit_once('@'), stationery.plus_address)
    else {
        return own.clone();
    };
    let tag = if draft.purpose.is_to_the_client() {
        plus_tag(stationery.key, ticket.0)
    } else {
        personal_tag(stationery.key, ticket.0, &draft.to.address)
    };
    format!("{local}+{tag}@{domain}")
}

/// The headers that lettre has no types for, in the order in which they are written.
fn extra_headers(
    draft: &Draft<'_>,
    stationery: &Stationery<'_>,
) -> impl Iterator<Item = (&'static str, String)> {
    let answers = draft
        .thread
        .answers
        .filter(|id| may_be_named(id, stationery));
    let references = references(&draft.thread, stationery);
    // RFC 3834, 5: what answers a mail says so; what nobody asked for is generated. `Precedence` is for older robots.
    let by_machine =
        |value: &str| Some(value.to_owned()).filter(|_| !draft.purpose.is_of_a_person());
    let (submitted, precedence) = if draft.purpose.is_to_the_client() {
        ("auto-replied", "auto_reply")
    } else {
        ("auto-generated", "bulk")
    };
    [
        ("In-Reply-To", answers.map(|id| format!("<{id}>"))),
        (
            "References",
            Some(references).filter(|list| !list.is_empty()),
        ),
        ("Auto-Submitted", by_machine(submitted)),
        (
            "X-Auto-Response-Suppress",
            by_machine("DR, RN, OOF, AutoReply"),
        ),
        ("Precedence", by_machine(precedence)),
        ("X-Triaged-Loop", Some(loop_mark(draft, stationery))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
}

/// Our own loop header: instance and brand. Both may name the vendor or its machines, so outside it is a mark that
/// only we can make: the same for all letters of this instance and brand.
fn loop_mark(draft: &Draft<'_>, stationery: &Stationery<'_>) -> String {
    let mark = format!("{}; {}", stationery.instance, stationery.brand);
    if !draft.purpose.is_to_the_client() {
        return one_line(&mark, NAME_CHARS_MAX);
    }
    let hash = blake3::keyed_hash(&stationery.key.0, format!("loop mark of {mark}").as_bytes());
    hash.to_hex().chars().take(LOOP_MARK_CHARS).collect()
}

fn names_vendor(text: &str, stationery: &Stationery<'_>) -> bool {
    !stationery.never_mention.is_empty() && !leak::places(text, stationery.never_mention).is_empty()
}

/// The thread's root and its newest Message-IDs, ending with the one that is answered (RFC 5322, 3.6.4).
fn references(thread: &Thread<'_>, stationery: &Stationery<'_>) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for id in thread
        .references
        .iter()
        .map(String::as_str)
        .chain(thread.answers)
    {
        if may_be_named(id, stationery) {
            ids.retain(|known| *known != id);
            ids.push(id);
        }
    }
    let surplus = ids.len().saturating_sub(REFERENCES_MAX);
    if surplus > 0 {
        ids.drain(1..=surplus);
    }
    let wrapped: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
    wrapped.join(" ")
}

/// False for what is no Message-ID, and for those of others that name the vendor: they are left out, like their words.
fn may_be_named(id: &str, stationery: &Stationery<'_>) -> bool {
    let well_formed = id.contains('@')
        && id.len() <= MESSAGE_ID_CHARS_MAX
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
    well_formed && !names_vendor(id, stationery)
}

/// An image that the HTML shows.
struct Image<'a> {
    file: &'a File,
    content_id: String,
    name: String,
}

/// The images among the files that the writer's own HTML showed, under names of ours: theirs tell which program wrote.
fn images<'a>(files: &[&'a File], message_id: &str) -> Vec<Image<'a>> {
    let shown = |file: &&File| {
        file.attachment.inline
            && file.content_id.is_some()
            && file.attachment.content_type.starts_with("image/")
    };
    let numbered = files.iter().enumerate().filter(|(_, file)| shown(file));
    numbered
        .map(|(number, file)| Image {
            file,
            content_id: format!("image-{number}.{message_id}"),
            name: file_name(file, number),
        })
        .collect()
}

/// The HTML with each image where the text speaks of it, or else at its end.
fn with_images(html: &str, images: &[Image<'_>]) -> String {
    let mut html = html.to_owned();
    for image in images {
        let alt: String = image
            .name
            .chars()
            .filter(|char| !matches!(char, '<' | '>' | '"' | '&' | '\''))
            .collect();
        let shown = format!("<img src=\"cid:{}\" alt=\"{alt}\">", image.content_id);
        let theirs = image.file.content_id.as_deref().unwrap_or_default();
        let marks = [
            format!("[cid:{theirs}]"),
            format!("[image: {}]", image.name),
            format!("[{}]", image.name),
        ];
        let place = marks
            .iter()
            .find_map(|mark| html.find(mark).map(|at| at..at + mark.len()));
        match place {
            Some(place) => html.replace_range(place, &shown),
            None => {
                let end = html.rfind("</body>").unwrap_or(html.len());
                html.insert_str(end, &format!("<p>{shown}</p>\n"));
            }
        }
    }
    html
}

/// Text and HTML, the better one last (RFC 2046, 5.1.4); around them the images that the HTML shows, around all of it
/// the files.
fn body(draft: &Draft<'_>, images: &[Image<'_>], message_id: &str) -> MultiPart {
    // Any text without this hash may stand in the letter; nobody can know it before the letter is written.
    let hash = blake3::hash(message_id.as_bytes()).to_hex();
    let words = &draft.words;
    let text = MultiPart::alternative()
        .boundary(format!("={}", &*hash))
        .singlepart(SinglePart::plain(
            without_controls(&words.text).into_owned(),
        ))
        .singlepart(SinglePart::html(without_controls(&words.html).into_owned()));
    let page = if images.is_empty() {
        text
    } else {
        let around = MultiPart::related().boundary(format!("=r{}", &*hash));
        images.iter().fold(around.multipart(text), |page, image| {
            let name = image.name.clone();
            let part = Attachment::new_inline_with_name(image.content_id.clone(), name);
            page.singlepart(part.body(encoded(image.file), media_type(image.file)))
        })
    };
    let is_shown = |file: &File| images.iter().any(|image| std::ptr::eq(image.file, file));
    let beside = draft.files.iter().enumerate();
    let mut beside = beside.filter(|(_, file)| !is_shown(file)).peekable();
    if beside.peek().is_none() {
        return page;
    }
    let around = MultiPart::mixed().boundary(format!("=m{}", &*hash));
    beside.fold(around.multipart(page), |all, (number, file)| {
        let part = Attachment::new(file_name(file, number));
        all.singlepart(part.body(encoded(file), media_type(file)))
    })
}

/// The file's own name on one line, without folders; one without a name gets a number.
fn file_name(file: &File, number: usize) -> String {
    let name = file.attachment.name.as_deref().unwrap_or_default();
    let name = one_line(&name.replace(['/', '\\', '"'], "_"), FILE_NAME_CHARS_MAX);
    if name.is_empty() {
        format!("file-{}", number + 1)
    } else {
        name
    }
}

/// The bytes in base64 whatever they are: line ends of a text would not survive the way.
fn encoded(file: &File) -> Body {
    Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64)
        .unwrap_or_else(Body::new)
}

/// The declared type. Mails within a letter must not be encoded (RFC 2046, 5.2.1), so they travel as plain bytes.
fn media_type(file: &File) -> ContentType {
    let declared = file.attachment.content_type.as_str();
    let enclosing = declared.starts_with("message/") || declared.starts_with("multipart/");
    let declared = Some(declared).filter(|_| !enclosing);
    let declared = declared.and_then(|declared| ContentType::parse(declared).ok());
    declared
        .or_else(|| ContentType::parse("application/octet-stream").ok())
        .unwrap_or(ContentType::TEXT_PLAIN)
}

/// What the brand firewall finds in the finished letter, in words.
fn named_vendor(
    letter: &Letter,
    (words, files): (&Rendered, &[&File]),
    stationery: &Stationery<'_>,
) -> Option<String> {
    if stationery.never_mention.is_empty() || !letter.purpose.is_to_the_client() {
        return None;
    }
    let head = letter.mime.split("\r\n\r\n").next().unwrap_or_default();
    let headers: Vec<(String, String)> = head
        .replace("\r\n ", " ")
        .split("\r\n")
        .filter_map(|line| line.split_once(": "))
        // The subject is looked at decoded, and the receiver's address is the receiver's own.
        .filter(|(name, _)| *name != "Subject" && *name != "To")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain([(
            "From (name)".to_owned(),
            stationery.from.name.clone().unwrap_or_default(),
        )])
        .chain(files.iter().flat_map(|file| looked_at(file)))
        .collect();
    let links = [letter.envelope_from.clone()];
    let found = leak::leaks(
        stationery.never_mention,
        &Looked {
            subject: &letter.subject,
            text: &words.text,
            html: &words.html,
            headers: &headers,
            links: &links,
        },
    );
    let first = found.first()?;
    Some(format!(
        "the {} names the vendor: `{}`{}",
        first.within,
        first.found,
        match found.len() {
            1 => String::new(),
            more => format!(" and {} more", more - 1),
        }
    ))
}

/// What can be read of a file without opening it: its name, and the words of a text.
fn looked_at(file: &File) -> Vec<(String, String)> {
    let name = file.attachment.name.clone().unwrap_or_default();
    let mut looked = vec![("of a file (name)".to_owned(), name.clone())];
    if file.attachment.content_type.starts_with("text/") {
        let beginning = file.bytes.get(..LOOKED_AT_BYTES_MAX).unwrap_or(&file.bytes);
        let words = String::from_utf8_lossy(beginning).into_owned();
        looked.push((format!("of the file {name}"), words));
    }
    looked
}

/// The receiver, whose own name is left out where it names the vendor.
fn receiver(person: &Person, stationery: &Stationery<'_>) -> Result<Mailbox, Unwritable> {
    let mut mailbox = mailbox(person)?;
    mailbox.name = mailbox.name.filter(|name| !names_vendor(name, stationery));
    Ok(mailbox)
}

/// A receiver or sender as the builder wants it. A name with a line break would make the builder panic.
fn mailbox(person: &Person) -> Result<Mailbox, Unwritable> {
    let name = person
        .name
        .as_deref()
        .map(|name| one_line(name, NAME_CHARS_MAX));
    Ok(Mailbox::new(
        name.filter(|name| !name.is_empty()),
        address(&person.address)?,
    ))
}

/// An address that any mail server takes. Addresses beyond ASCII need SMTPUTF8 all the way, which nobody can promise.
fn address(text: &str) -> Result<Address, Unwritable> {
    let unwritable = || Unwritable {
        address: text.to_owned(),
    };
    if !text.is_ascii() {
        return Err(unwritable());
    }
    text.parse().map_err(|_| unwritable())
}

/// One line of at most so many characters, without control characters and repeated blanks.
fn one_line(text: &str, chars_max: usize) -> String {
    let words: Vec<&str> = text
        .split(|char: char| char.is_whitespace() || char.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// The text without control characters other than line ends and tabs.
fn without_controls(text: &str) -> Cow<'_, str> {
    let is_foreign = |char: char| char.is_control() && char != '\n' && char != '\t';
    if text.contains(is_foreign) {
        Cow::Owned(text.replace("\r\n", "\n").replace(is_foreign, ""))
    } else {
        Cow::Borrowed(text)
    }
}
