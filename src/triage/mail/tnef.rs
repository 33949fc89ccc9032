//! Outlook's winmail.dat (MS-OXTNEF): the files and the text that a server packed into one attachment.
//!
//! A stream of attributes, some of which hold lists of properties. Whatever breaks off or makes no sense ends the
//! reading; what was read until then counts.

use super::{charset, html, rtf};

const SIGNATURE: u32 = 0x223e_9f78;

/// Attributes of one stream. A mail with a hundred files has a thousand.
const ATTRIBUTES_MAX: usize = 10_000;

/// Files of one stream.
const FILES_MAX: usize = 500;

/// Properties of one list. Outlook writes about a hundred.
const PROPERTIES_MAX: usize = 5_000;

/// Text that is decoded of one property.
const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A file of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed<'a> {
    pub(super) name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) content_id: Option<String>,
    pub(super) bytes: &'a [u8],
}

/// What a stream holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unpacked<'a> {
    /// The message as plain text, from whichever form of it there is.
    pub(super) text: Option<String>,
    pub(super) files: Vec<Packed<'a>>,
    /// The method of a meeting (RFC 5546), by the class of the message.
    pub(super) calendar: Option<&'static str>,
    /// True if the stream broke off or went over a bound.
    pub(super) damaged: bool,
}

/// Reads a stream; `None` if it is none.
pub(super) fn unpack(bytes: &[u8]) -> Option<Unpacked<'_>> {
    let mut stream = Bytes(bytes);
    if stream.u32()? != SIGNATURE {
        return None;
    }
    stream.u16()?;
    let mut reading = Reading::default();
    for _ in 0..ATTRIBUTES_MAX {
        if stream.0.is_empty() {
            return Some(reading.finish(false));
        }
        match attribute(&mut stream) {
            Some((id, data)) => reading.attribute(id, data),
            None => break,
        }
    }
    Some(reading.finish(true))
}

/// One attribute: level, id, length, data, checksum.
fn attribute<'a>(stream: &mut Bytes<'a>) -> Option<(u32, &'a [u8])> {
    stream.take(1)?;
    let id = stream.u32()?;
    let length = stream.u32()?;
    let data = stream.take(usize::try_from(length).ok()?)?;
    stream.u16();
    Some((id, data))
}

/// Attributes that are read.
mod attributes {
    pub(super) const BODY: u32 = 0x0002_800c;
    pub(super) const MESSAGE_CLASS: u32 = 0x0007_8008;
    pub(super) const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
    pub(super) const CODE_PAGE: u32 = 0x0006_9007;
    /// The first attribute of every file.
    pub(super) const FILE_BEGINS: u32 = 0x0006_9002;
    pub(super) const FILE_TITLE: u32 = 0x0001_8010;
    pub(super) const FILE_DATA: u32 = 0x0006_800f;
    pub(super) const FILE_PROPERTIES: u32 = 0x0006_9005;
}

/// Properties that are read (MS-OXPROPS).
mod properties {
    pub(super) const BODY: u16 = 0x1000;
    pub(super) const RTF_COMPRESSED: u16 = 0x1009;
    pub(super) const HTML: u16 = 0x1013;
    pub(super) const DISPLAY_NAME: u16 = 0x3001;
    pub(super) const FILE_OBJECT: u16 = 0x3701;
    pub(super) const FILE_NAME: u16 = 0x3704;
    pub(super) const FILE_LONG_NAME: u16 = 0x3707;
    pub(super) const FILE_TYPE: u16 = 0x370e;
    pub(super) const FILE_CONTENT_ID: u16 = 0x3712;
}

#[derive(Default)]
struct Reading<'a> {
    unpacked: Unpacked<'a>,
    code_page: Option<String>,
    /// The forms of the message: the first of each.
    plain: Option<Value<'a>>,
    html: Option<Value<'a>>,
    rtf: Option<Value<'a>>,
}

impl<'a> Reading<'a> {
    fn attribute(&mut self, id: u32, data: &'a [u8]) {
        match id {
            attributes::CODE_PAGE => {
                self.code_page = Bytes(data).u32().map(|number| format!("cp{number}"));
            }
            attributes::BODY => {
                self.plain.get_or_insert(Value::Narrow(data));
            }
            attributes::MESSAGE_CLASS => self.unpacked.calendar = meeting(data),
            attributes::MESSAGE_PROPERTIES => each_property(data, |id, value| match id {
                properties::BODY => _ = self.plain.get_or_insert(value),
                properties::HTML => _ = self.html.get_or_insert(value),
                properties::RTF_COMPRESSED => _ = self.rtf.get_or_insert(value),
                _ => {}
            }),
            attributes::FILE_BEGINS if self.unpacked.files.len() < FILES_MAX => {
                self.unpacked.files.push(Packed::default());
            }
            attributes::FILE_BEGINS => self.unpacked.damaged = true,
            attributes::FILE_TITLE => {
                let title = self.string(Value::Narrow(data));
                self.file(|file| file.name = title);
            }
            attributes::FILE_DATA => self.file(|file| file.bytes = data),
            attributes::FILE_PROPERTIES => self.file_properties(data),
            _ => {}
        }
    }

    fn file_properties(&mut self, data: &'a [u8]) {
        let mut named = Packed::default();
        let mut display_name = None;
        each_property(data, |id, value| match id {
            properties::FILE_LONG_NAME => named.name = self.string(value),
            properties::FILE_NAME if named.name.is_none() => named.name = self.string(value),
            properties::DISPLAY_NAME => display_name = self.string(value),
            properties::FILE_TYPE => named.content_type = self.string(value),
            properties::FILE_CONTENT_ID => named.content_id = self.string(value),
            properties::FILE_OBJECT => named.bytes = value.bytes(),
            _ => {}
        });
        self.file(|file| {
            let better = named.name.or(file.name.take()).or(display_name);
            file.name = better;
            file.content_type = named.content_type.or(file.content_type.take());
            file.content_id = named.content_id.or(file.content_id.take());
            if named.bytes.len() > file.bytes.len() {
                file.bytes = named.bytes;
            }
        });
    }

    fn file(&mut self, change: impl FnOnce(&mut Packed<'a>)) {
        if let Some(file) = self.unpacked.files.last_mut() {
            change(file);
        }
    }

    /// A property's text without the NUL that ends it.
    fn string(&self, value: Value<'_>) -> Option<String> {
        let text = match value {
            Value::Narrow(bytes) => {
                let bytes = bytes.get(..TEXT_BYTES_MAX).unwrap_or(bytes);
                let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or(bytes);
                charset::decode(bytes, self.code_page.as_deref())
                    .text
                    .into_owned()
            }
            Value::Wide(bytes) => {
                let bytes = bytes.get(..TEXT_BYTES_MAX).unwrap_or(bytes);
                let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes);
                text.split('\0').next().unwrap_or_default().to_owned()
            }
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }

    fn finish(mut self, damaged: bool) -> Unpacked<'a> {
        self.unpacked.damaged |= damaged;
        let plain = self.plain.and_then(|value| self.string(value));
        let rich = || self.html.and_then(|value| self.string(value));
        let packed = || rtf::decompress(self.rtf?.bytes());
        self.unpacked.text = plain
            .or_else(|| rich().map(|html| html::to_text(&html).0))
            .or_else(|| packed().map(|rtf| rtf::to_text(&rtf)))
            .filter(|text| !text.trim().is_empty());
        self.unpacked
    }
}

/// `IPM.Microsoft Schedule.MtgReq` and its kin.
fn meeting(class: &[u8]) -> Option<&'static str> {
    let class = String::from_utf8_lossy(class.get(..100).unwrap_or(class)).to_ascii_lowercase();
    let kinds = [
        ("mtgreq", "REQUEST"),
        ("meeting.request", "REQUEST"),
        ("mtgresp", "REPLY"),
        ("meeting.resp", "REPLY"),
        ("mtgcncl", "CANCEL"),
        ("meeting.canceled", "CANCEL"),
    ];
    kinds
        .iter()
        .find(|(name, _)| class.contains(name))
        .map(|(_, method)| *method)
}

/// The bytes of a property, and how letters are written in them.
#[derive(Clone, Copy)]
enum Value<'a> {
    Narrow(&'a [u8]),
    Wide(&'a [u8]),
}

impl<'a> Value<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            Self::Narrow(bytes) | Self::Wide(bytes) => bytes,
        }
    }
}

/// Calls `take` with every property that has bytes of its own.
fn each_property<'a>(list: &'a [u8], mut take: impl FnMut(u16, Value<'a>)) {
    let mut list = Bytes(list);
    let count = list.u32().unwrap_or(0) as usize;
    for _ in 0..count.min(PROPERTIES_MAX) {
        if property(&mut list, &mut take).is_none() {
            break;
        }
    }
}

/// One property: type, id, perhaps a name, then one value or several.
fn property<'a>(list: &mut Bytes<'a>, take: &mut impl FnMut(u16, Value<'a>)) -> Option<()> {
    const MANY: u16 = 0x1000;
    const VALUES_MAX: usize = 10_000;
    let kind = list.u16()?;
    let id = list.u16()?;
    if id >= 0x8000 {
        property_name(list)?;
    }
    let bytes = match kind & !MANY {
        // 16-bit and boolean values take four bytes as well.
        0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        0x0d | 0x1e | 0x1f | 0x102 => None,
        _ => return None,
    };
    let counted = bytes.is_none() || kind & MANY != 0;
    let count = if counted { list.u32()? as usize } else { 1 };
    for _ in 0..count.min(VALUES_MAX) {
        match bytes {
            Some(bytes) => _ = list.take(bytes)?,
            None => {
                let length = list.u32()? as usize;
                let value = list.take(length)?;
                list.take((4 - length % 4) % 4);
                take(
                    id,
                    if kind & !MANY == 0x1f {
                        Value::Wide(value)
                    } else {
                        Value::Narrow(value)
                    },
                );
            }
        }
    }
    Some(())
}

/// Properties beyond 0x8000 have a name: a GUID and a number or words.
fn property_name(list: &mut Bytes<'_>) -> Option<()> {
    list.take(16)?;
    if list.u32()? == 0 {
        list.u32()?;
    } else {
        let length = list.u32()? as usize;
        list.take(length)?;
        list.take((4 - length % 4) % 4);
    }
    Some(())
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests;
