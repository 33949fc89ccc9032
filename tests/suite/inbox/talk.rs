//! One client's connection to the small server: what is heard, and what is said.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

use super::server::{Fault, Stored, Story};

struct Talk {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    story: Arc<Mutex<Story>>,
    changed: watch::Receiver<u64>,
    /// What this client has been told: UIDs by sequence number.
    seen: Vec<u32>,
}

pub(super) async fn talk(
    stream: TcpStream,
    story: Arc<Mutex<Story>>,
    changed: watch::Receiver<u64>,
) {
    stream.set_nodelay(true).unwrap();
    let (read, write) = stream.into_split();
    let mut talk = Talk {
        read: BufReader::new(read),
        write,
        story,
        changed,
        seen: Vec::new(),
    };
    let greeting = {
        let mut story = talk.story.lock().unwrap();
        story.connections += 1;
        story.greeting.clone()
    };
    talk.say(&greeting).await;
    while let Some(line) = talk.hear().await {
        let Some((tag, command)) = line.split_once(' ') else {
            return;
        };
        if !talk.answer(tag, command).await {
            return;
        }
    }
}

impl Talk {
    async fn say(&mut self, line: &str) {
        let _gone = self.write.write_all(format!("{line}\r\n").as_bytes()).await;
    }

    async fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.read.read_line(&mut line).await.ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    }

    async fn answer(&mut self, tag: &str, command: &str) -> bool {
        let fault = {
            let mut story = self.story.lock().unwrap();
            story.commands.push(command.to_owned());
            let at = story
                .faults
                .iter()
                .position(|(beginning, _)| command.starts_with(beginning));
            at.map(|at| story.faults.remove(at).1)
        };
        let fault = fault.or_else(|| self.poison(command));
        match fault {
            None => self.obey(tag, command).await,
            Some(Fault::No(words)) => self.say(&format!("{tag} NO {words}")).await,
            Some(Fault::Bad(words)) => self.say(&format!("{tag} BAD {words}")).await,
            Some(Fault::Empty) => self.say(&format!("{tag} OK done")).await,
            Some(Fault::Say(lines)) => {
                self.say(lines).await;
                self.obey(tag, command).await;
            }
            Some(Fault::Break(bytes)) => {
                let _gone = self.write.write_all(bytes.as_bytes()).await;
                return false;
            }
            Some(Fault::Silence) => {
                // Until the client hangs up.
                let mut rest = Vec::new();
                let _gone = self.read.read_to_end(&mut rest).await;
                return false;
            }
        }
        command != "LOGOUT"
    }

    fn poison(&self, command: &str) -> Option<Fault> {
        let set = command.strip_prefix("UID FETCH ")?.split(' ').next()?;
        let range = self.range(set);
        let story = self.story.lock().unwrap();
        if !command.contains("BODY.PEEK[") || command.contains("HEADER") && !story.headers_as_well {
            return None;
        }
        let hit = |(uid, _): &&(u32, Fault)| range.contains(uid);
        story
            .poisoned
            .iter()
            .find(hit)
            .map(|(_, fault)| fault.clone())
    }

    async fn obey(&mut self, tag: &str, command: &str) {
        let words: Vec<&str> = command.split(' ').collect();
        match words.as_slice() {
            ["CAPABILITY"] => {
                let line = format!("* CAPABILITY {}", self.story.lock().unwrap().capabilities);
                self.say(&line).await;
                self.ok(tag).await;
            }
            ["AUTHENTICATE", "PLAIN", secret] => self.let_in(tag, secret).await,
            ["AUTHENTICATE", "PLAIN"] => {
                self.say("* OK one moment").await;
                self.say("+ go ahead").await;
                let secret = self.hear().await.unwrap_or_default();
                self.let_in(tag, &secret).await;
            }
            ["LOGIN", user, length] if user.starts_with('{') || length.starts_with('{') => {
                self.bad(tag).await;
            }
            ["LOGIN", user, secret] => {
                let right = format!("\"{}\"", self.story.lock().unwrap().password);
                self.welcome(tag, *user == "\"support\"" && *secret == right)
                    .await;
            }
            ["LOGIN", length] => {
                self.say("+ more").await;
                let user = self.literal(length).await;
                let second = self.hear().await.unwrap_or_default();
                self.say("+ more").await;
                let secret = self.literal(second.trim()).await;
                let _end = self.hear().await;
                let right = self.story.lock().unwrap().password.clone();
                self.welcome(tag, user == "support" && secret == right)
                    .await;
            }
            ["ID", ..] => {
                self.say("* ID (\"name\" \"test\")").await;
                self.ok(tag).await;
            }
            ["SELECT", folder] => self.select(tag, folder.trim_matches('"')).await,
            ["NOOP"] => self.ok(tag).await,
            ["IDLE"] => self.idle(tag).await,
            ["LOGOUT"] => {
                self.say("* BYE see you").await;
                self.ok(tag).await;
            }
            ["CREATE", folder] => {
                let folder = folder.trim_matches('"').to_owned();
                self.story.lock().unwrap().folders.push(folder);
                self.ok(tag).await;
            }
            ["STATUS", folder, ..] => {
                let line = format!("* STATUS {folder} (MESSAGES 0)");
                self.say(&line).await;
                self.ok(tag).await;
            }
            ["UID", rest @ ..] => self.obey_uid(tag, rest).await,
            _ => self.bad(tag).await,
        }
    }

    async fn obey_uid(&mut self, tag: &str, words: &[&str]) {
        match words {
            ["FETCH", set, items @ ..] => {
                self.fetch(tag, set, &items.join(" ")).await;
            }
            ["SEARCH", keys @ ..] => self.search(tag, keys).await,
            ["STORE", set, "+FLAGS.SILENT", flags @ ..] => {
                let flags = flags.join(" ");
                self.change(set, |mail| {
                    let flags = flags.trim_matches(['(', ')']).split(' ');
                    mail.flags.extend(flags.map(str::to_owned));
                });
                self.ok(tag).await;
            }
            ["MOVE", set, folder] => self.put_away(tag, set, folder, true).await,
            ["COPY", set, folder] => self.put_away(tag, set, folder, false).await,
            ["EXPUNGE", set] => {
                let range = self.range(set);
                self.story.lock().unwrap().mails.retain(|mail| {
                    !(range.contains(&mail.uid)
                        && mail.flags.iter().any(|flag| flag == "\\Deleted"))
                });
                self.ok(tag).await;
            }
            _ => self.bad(tag).await,
        }
    }

    async fn ok(&mut self, tag: &str) {
        self.news().await;
        self.say(&format!("{tag} OK done")).await;
    }

    async fn bad(&mut self, tag: &str) {
        self.say(&format!("{tag} BAD what?")).await;
    }

    async fn literal(&mut self, length: &str) -> String {
        let length: usize = length.trim_matches(['{', '}']).parse().unwrap();
        let mut bytes = vec![0; length];
        self.read.read_exact(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    async fn let_in(&mut self, tag: &str, secret: &str) {
        use base64::Engine;
        let right = {
            let story = self.story.lock().unwrap();
            let plain = format!("\0support\0{}", story.password);
            base64::engine::general_purpose::STANDARD.encode(plain)
        };
        self.welcome(tag, secret == right).await;
    }

    async fn welcome(&mut self, tag: &str, right: bool) {
        let line = if right {
            let story = self.story.lock().unwrap();
            format!("{tag} OK [CAPABILITY {}] welcome", story.capabilities)
        } else {
            format!("{tag} NO [AUTHENTICATIONFAILED] who are you?")
        };
        self.say(&line).await;
    }

    async fn select(&mut self, tag: &str, folder: &str) {
        let lines = {
            let story = self.story.lock().unwrap();
            if !story.folders.iter().any(|known| known == folder) {
                format!("{tag} NO there is no {folder}")
            } else {
                self.seen = story.mails.iter().map(|mail| mail.uid).collect();
                let next = match story.uid_next {
                    0 => String::new(),
                    next => format!("\r\n* OK [UIDNEXT {next}] next"),
                };
                let validity = match story.uid_validity {
                    0 => String::new(),
                    validity => format!("\r\n* OK [UIDVALIDITY {validity}] valid"),
                };
                format!(
                    "* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS ({})] ok\r\n* {} EXISTS\r\n* 0 RECENT{validity}{next}\r\n{tag} OK [READ-WRITE] done",
                    story.permanent_flags,
                    self.seen.len(),
                )
            }
        };
        self.say(&lines).await;
    }

    /// Untagged lines about what has changed since this client was told last.
    async fn news(&mut self) {
        let lines = {
            let story = self.story.lock().unwrap();
            let now: Vec<u32> = story.mails.iter().map(|mail| mail.uid).collect();
            let mut lines = Vec::new();
            let mut at = 0;
            while let Some(uid) = self.seen.get(at) {
                if now.contains(uid) {
                    at += 1;
                } else {
                    self.seen.remove(at);
                    lines.push(format!("* {} EXPUNGE", at + 1));
                }
            }
            if now.len() > self.seen.len() {
                lines.push(format!("* {} EXISTS", now.len()));
            }
            self.seen = now;
            lines
        };
        for line in lines {
            self.say(&line).await;
        }
    }

    async fn idle(&mut self, tag: &str) {
        self.say("+ idling").await;
        self.news().await;
        let mut changed = self.changed.clone();
        let mut line = String::new();
        loop {
            let heard = tokio::select! {
                heard = self.read.read_line(&mut line) => Some(heard),
                _ = changed.changed() => None,
            };
            match heard {
                None => self.news().await,
                Some(Ok(_)) if line.trim_end() == "DONE" => break,
                Some(_) => return,
            }
        }
        self.ok(tag).await;
    }

    fn range(&self, set: &str) -> std::ops::RangeInclusive<u32> {
        let story = self.story.lock().unwrap();
        let last = story.mails.last().map_or(0, |mail| mail.uid);
        let number = |text: &str| {
            if text == "*" {
                last
            } else {
                text.parse().unwrap()
            }
        };
        let (from, to) = set.split_once(':').unwrap_or((set, set));
        let (from, to) = (number(from), number(to));
        from.min(to)..=from.max(to)
    }

    fn change(&self, set: &str, mut change: impl FnMut(&mut Stored)) {
        let range = self.range(set);
        let mut story = self.story.lock().unwrap();
        for mail in &mut story.mails {
            if range.contains(&mail.uid) {
                change(mail);
            }
        }
    }

    async fn fetch(&mut self, tag: &str, set: &str, items: &str) {
        let range = self.range(set);
        let mails: Vec<(usize, Stored)> = {
            let story = self.story.lock().unwrap();
            let numbered = story.mails.iter().cloned().enumerate();
            numbered
                .filter(|(_, mail)| range.contains(&mail.uid))
                .collect()
        };
        for (at, mail) in mails {
            let mut answer = format!("* {} FETCH (UID {}", at + 1, mail.uid).into_bytes();
            if items.contains("RFC822.SIZE") {
                answer.extend(format!(" RFC822.SIZE {}", mail.bytes.len()).bytes());
            }
            if items.contains("INTERNALDATE") {
                answer.extend(format!(" INTERNALDATE \"{}\"", mail.date).bytes());
            }
            if let Some((section, offset, length)) = partial(items) {
                let whole = if section == "HEADER" {
                    header(&mail.bytes)
                } else {
                    &mail.bytes[..]
                };
                let (origin, part) = if self.story.lock().unwrap().knows_no_parts {
                    (String::new(), whole)
                } else {
                    let from = offset.min(whole.len());
                    let to = (from + length).min(whole.len());
                    (format!("<{offset}>"), &whole[from..to])
                };
                answer.extend(format!(" BODY[{section}]{origin} {{{}}}\r\n", part.len()).bytes());
                answer.extend_from_slice(part);
            }
            answer.extend_from_slice(b")\r\n");
            let _gone = self.write.write_all(&answer).await;
        }
        self.ok(tag).await;
    }

    async fn search(&mut self, tag: &str, keys: &[&str]) {
        let found: Vec<String> = {
            let range = match keys {
                ["UID", set, ..] => self.range(set),
                _ => 0..=u32::MAX,
            };
            let story = self.story.lock().unwrap();
            let matches = |mail: &&Stored| {
                let bears = |flag: &str| mail.flags.iter().any(|known| known == flag);
                range.contains(&mail.uid)
                    && match keys {
                        ["UID", _, "UNKEYWORD", keyword] => !bears(keyword),
                        ["UID", _, "UNDELETED"] => !bears("\\Deleted"),
                        // Days are compared as years here, which is coarser than any server.
                        ["SINCE", date] => mail.date[7..11] >= date[date.len() - 4..],
                        _ => false,
                    }
            };
            let found = story.mails.iter().filter(matches);
            found.map(|mail| mail.uid.to_string()).collect()
        };
        let line = format!("* SEARCH {}", found.join(" "));
        self.say(line.trim_end()).await;
        self.ok(tag).await;
    }

    async fn put_away(&mut self, tag: &str, set: &str, folder: &str, and_remove: bool) {
        let range = self.range(set);
        let known = {
            let mut story = self.story.lock().unwrap();
            let folder = folder.trim_matches('"');
            let known = story.folders.iter().any(|known| known == folder);
            if known {
                let those = |mail: &&Stored| range.contains(&mail.uid);
                let copies: Vec<Stored> = story.mails.iter().filter(those).cloned().collect();
                story.moved.extend(copies);
                if and_remove {
                    story.mails.retain(|mail| !range.contains(&mail.uid));
                }
            }
            known
        };
        if known {
            self.ok(tag).await;
        } else {
            self.say(&format!("{tag} NO [TRYCREATE] no such folder"))
                .await;
        }
    }
}

/// Section, offset and length of `BODY.PEEK[HEADER]<0.65536>`.
fn partial(items: &str) -> Option<(&str, usize, usize)> {
    let (_, rest) = items.split_once("BODY.PEEK[")?;
    let (section, rest) = rest.split_once("]<")?;
    let (offset, rest) = rest.split_once('.')?;
    let (length, _) = rest.split_once('>')?;
    Some((section, offset.parse().ok()?, length.parse().ok()?))
}

fn header(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    &bytes[..end.map_or(bytes.len(), |end| end + 4)]
}
