//! The words that mail clients write into the text of a mail, in the languages of their users: header labels in a
//! quoted or forwarded block, and the lines that announce one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::phrases::Phrases;

/// A header field of a block in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Label {
    From,
    To,
    Cc,
    Date,
    Subject,
    /// Reply-To, Bcc, importance, attachments: part of a block, of no interest.
    Other,
}

const FROM: &str = "\
    From|Von|De|Da|Van|Od|Fra|Från|Lähettäjä|Šalje|Feladó|Mittente|Expeditor|De la|Отправитель|От|От кого|Kimden|\
    Gönderen|Від|Від кого|发件人|寄件者|寄件人|送信元|差出人|送信者|보낸 사람|보낸사람|Remitente|Expéditeur|Remetente|Afzender|Absender|Nadawca|\
    Odesílatel|Odosielateľ|Avsändare|Afsender|Avsender|Pošiljatelj|Expeditorul|Saatja|Από|מאת|من|Người gửi|Từ";
const TO: &str = "\
    To|An|À|A|Para|Aan|Til|Till|Komu|Kome|Do|Pre|Prima|Címzett|Vastaanottaja|Destinatario|Destinatário|Destinataire|\
    Către|Catre|Кому|Kime|Alıcı|收件人|收件者|宛先|받는 사람|받는사람|Προς|אל|إلى|Empfänger|Ontvanger|Za|Đến|Mottaker|Modtager|\
    Mottagare|Destinatarul|Destinatar|Pour|Adresat|Odbiorca|Příjemce|Príjemca|Primatelj|Saaja|送信先";
const CC: &str = "\
    Cc|CC|Kopie|Kopia|Copie|Copie à|Cópia|Copia|Kopija|Kópia|Másolat|Másolatot kap|Kopio|Kopi|Копия|Копія|Bilgi|DW|\
    Do wiadomości|抄送|副本|참조|Con copia|Kopi til|Κοιν.";
const DATE: &str = "\
    Date|Datum|Dato|Data|Fecha|Sent|Gesendet|Envoyé|Envoyé le|Enviado|Enviada|Enviada em|Enviado em|Enviado el|\
    Inviato|Verzonden|Skickat|Sendt|Lähetetty|Elküldve|Wysłano|Wysłane|Trimis|Odoslané|Odesláno|Отправлено|Дата|\
    Gönderilen|Gönderilme|Gönderme Tarihi|Gönderildi|Tarih|Відправлено|Надіслано|发送时间|发送日期|日期|傳送日期|寄件日期|日付|送信日時|\
    Päivämäärä|Päiväys|Pvm|Dátum|Dată|Poslano|보낸 날짜|날짜|Sendte|Sendt dato|Verzonden op|Gesendet am|Ημερομηνία|Ngày|时间|\
    Data wysłania|Message du|Date d'envoi|Received|Invio|Päiväys";
const SUBJECT: &str = "\
    Subject|Betreff|Objet|Sujet|Asunto|Assunto|Oggetto|Onderwerp|Emne|Ämne|Aihe|Predmet|Předmět|Naslov|Tárgy|Temat|\
    Subiect|Subiectul|Teema|Тема|Konu|主题|主旨|件名|제목|Věc|Θέμα|Chủ đề|標題|主題";
const OTHER: &str = "\
    Reply-To|Reply to|Répondre à|Antwort an|Antworten an|Responder a|Rispondi a|Antwoord aan|Svar til|Svara till|Bcc|\
    BCC|Bkc|Cci|Ccn|Importance|Priority|Wichtigkeit|Priorität|Anlagen|Anhänge|Attachments|Attachment|Pièces jointes|\
    Adjuntos|Allegati|Bijlagen|Bijlage|Anexos|Organization|Message-ID|Reply-to|Sender|Importância|Importancia|Urgent|\
    Categories|重要性|返信先|答复|Bilagor|Vedhæftede filer|Odgovori na|Odpověď na|\
    Vastaus|Válaszcím|Odpowiedź-do|Odpowiedź do|Răspuns către|Ответ-Кому|Odpovedať-Pre|Odpovedať pre|Yanıt Adresi|\
    Кому відповісти|Antwoord-aan|返信先";

const GROUPS: [(Label, &str); 6] = [
    (Label::From, FROM),
    (Label::To, TO),
    (Label::Cc, CC),
    (Label::Date, DATE),
    (Label::Subject, SUBJECT),
    (Label::Other, OTHER),
];

/// The longest label in bytes.
const LABEL_BYTES_MAX: usize = 40;

static LABELS: LazyLock<HashMap<String, Label>> = LazyLock::new(|| {
    let all = GROUPS
        .iter()
        .flat_map(|(label, words)| words.split('|').map(|word| (word.to_lowercase(), *label)));
    // `Gönderen` and the like stand once; where two groups share a word the first wins.
    let mut map = HashMap::new();
    for (word, label) in all {
        map.entry(word).or_insert(label);
    }
    map
});

/// Reads `Label: value`, bold marks and a blank before the colon allowed.
pub(super) fn field(line: &str) -> Option<(Label, &str)> {
    let line = line.trim_start_matches([' ', '\t', '*', '_', '\u{feff}', '\u{a0}']);
    // Clients write their labels with a capital letter; most lines of prose end here.
    if line
        .bytes()
        .next()
        .is_none_or(|byte| byte.is_ascii_lowercase() || byte == b'>')
        // Thunderbird's Romanian translation is the exception.
        && !line.starts_with("de la")
    {
        return None;
    }
    let mut window = line.len().min(LABEL_BYTES_MAX + 4);
    while !line.is_char_boundary(window) {
        window -= 1;
    }
    let colon = line.get(..window)?.find([':', '：'])?;
    let name = line
        .get(..colon)?
        .trim_matches(['*', '_', ' ', '\u{a0}', '\t']);
    let name = name.split_once(" (").map_or(name, |(name, _)| name);
    if name.is_empty() || name.len() > LABEL_BYTES_MAX {
        return None;
    }
    let label = LABELS.get(&name.to_lowercase()).copied()?;
    let value = line
        .get(colon..)?
        .trim_start_matches([':', '：'])
        .trim_start_matches(['*', '_', ' ', '\u{a0}', '\t']);
    Some((label, value.trim_end()))
}

/// Splits fields that a client has glued into one line: `De: Jane <j@x>Para: Bob <b@x>Asunto: Hi`.
pub(super) fn glued(line: &str) -> Vec<(Label, &str)> {
    static WORDS: LazyLock<Option<aho_corasick::AhoCorasick>> = LazyLock::new(|| {
        let words = GROUPS.iter().flat_map(|(_, words)| words.split('|'));
        aho_corasick::AhoCorasick::builder()
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(words)
            .ok()
    });
    let Some(words) = WORDS.as_ref() else {
        return Vec::new();
    };
    let mut marks: Vec<(usize, usize, Label)> = Vec::new();
    for found in words.find_iter(line) {
        let tail = line.get(found.end()..).unwrap_or_default();
        let colon = tail.trim_start_matches([' ', '\u{a0}']);
        let name = line.get(found.range()).unwrap_or_default().to_lowercase();
        if let (true, Some(label)) = (colon.starts_with([':', '：']), LABELS.get(&name)) {
            let value = line.len() - colon.len() + colon.chars().next().map_or(0, char::len_utf8);
            marks.push((found.start(), value, *label));
        }
    }
    let ends = marks
        .iter()
        .skip(1)
        .map(|(start, _, _)| *start)
        .chain([line.len()]);
    marks
        .iter()
        .zip(ends)
        .map(|((_, value, label), end)| (*label, line.get(*value..end).unwrap_or_default().trim()))
        .collect()
}

/// What a line announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announces {
    /// A forwarded message, in so many words.
    Forward,
    /// An earlier message: answered or forwarded, the line does not say.
    Original,
}

const FORWARDED: &str = "\
    forwarded message|forwarded by|forwarded email|forwarded mail|weitergeleitete nachricht|\
    weitergeleiteten nachricht|weitergeleitete e-mail|weitergeleiteten e-mail|message transféré|message transmis|\
    message réexpédié|courriel transféré|mensaje reenviado|correo reenviado|mensagem encaminhada|\
    mensagem reencaminhada|messaggio inoltrato|doorgestuurd bericht|doorgestuurde bericht|videresendt|vidarebefordrat|\
    vidarebefordrade|edelleenlähetetty|välitetty viesti|přeposlaná zpráva|přeposílané zprávy|preposlaná správa|\
    preposlanej správy|přeposlané zprávy|przekazana wiadomość|przekazywana wiadomość|wiadomość przekazana|\
    przekazanej wiadomości|przekazywanej wiadomości|przesłana dalej wiadomość|wiadomość przesłana|treść przekazanej|\
    továbbított üzenet|továbbított levél|redirecționat|redirectionat|mesaj transmis|mesajului redirecționat|\
    mesajului retransmis|mesaj retransmis|proslijeđena poruka|prosljeđena poruka|proslijeđene poruke|\
    prosljeđene poruke|preusmjerena poruka|пересылаемое сообщение|пересланное сообщение|пересланного сообщения|\
    пересылаемого сообщения|переадресованное|переадресованного|перенаправленное|переслане повідомлення|переадресоване|\
    пересилається|перенаправлений|пересланого|iletilen mesaj|iletilen ileti|iletilen e-posta|iletilmiş|yönlendirilen|\
    yönlendirilmiş|転送されたメッセージ|転送メッセージ|メッセージを転送|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|전달된 메시지|προωθημένο μήνυμα|preposlana|\
    doorgestuurde e-mail|välitetyn viestin|перенаправлене|начало переадресованного|başlangıcı|edasi saadetud|\
    edastatud kiri|persiųstas laiškas|pārsūtītais ziņojums|препратено съобщение|proslijeđena|proslijeđenu poruku|prosljeđenu poruku|posredovano sporočilo|weitergeleitet von|transféré par|réacheminé par|\
    reenviado por|remitido por|inoltrato da|doorgestuurd door|encaminhado por|vidarebefordrat av|videresendt a";

const ORIGINAL: &str = "\
    original message|original-nachricht|originalnachricht|ursprüngliche nachricht|ursprüngliche e-mail|\
    message d'origine|message d’origine|message original|message initial|mensaje original|mensagem original|\
    messaggio originale|oorspronkelijk bericht|origineel bericht|oprindelig meddelelse|original meddelelse|\
    opprinnelig melding|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|původní zpráva|původní e-mail|\
    pôvodná správa|oryginalna wiadomość|wiadomość oryginalna|wiadomość pierwotna|eredeti üzenet|mesaj original|\
    mesajul original|исходное сообщение|оригинальное сообщение|original e-mail|original email|orijinal mesaj|\
    özgün ileti|原始邮件|原始郵件|元のメッセージ|원본 메시지|reply message|izvorna poruka|originalna poruka|replied message|\
    antwort nachricht|urspr. nachricht|urspr. mitteilung|original appointment|tin nhắn gốc";

static FORWARD_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(FORWARDED));
static ORIGINAL_WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(ORIGINAL));

/// What a line announces, and what follows the announcement on the same line.
pub(super) fn announcement(line: &str) -> Option<(Announces, &str)> {
    /// Longer lines are prose, or Yahoo's glued ones, in which the announcement stands first.
    const ANNOUNCEMENT_BYTES_MAX: usize = 120;
    /// `Početak proslijeđene poruke:` and the like, without dashes.
    const COLON_WORDS_MAX: usize = 6;
    let trimmed = line.trim_matches([' ', '\t', '\u{a0}', '\u{feff}', '*']);
    let dashed = trimmed.starts_with("--")
        || trimmed.starts_with("==")
        || trimmed.starts_with("__")
        || trimmed.starts_with("—")
        || trimmed.starts_with(['–', '‐', '‑']);
    let colon = trimmed.ends_with([':', '：'])
        && trimmed.len() <= ANNOUNCEMENT_BYTES_MAX
        && trimmed.split_whitespace().count() <= COLON_WORDS_MAX;
    if trimmed.starts_with("[Original Message processed by") {
        return Some((Announces::Original, ""));
    }
    if !dashed && !colon {
        return None;
    }
    let marks = ['-', '=', '_', '—', '–', '‐', '‑', ' ', '>'];
    let words = trimmed.trim_start_matches(marks);
    let end = if dashed {
        words
            .find(" --")
            .or_else(|| words.find("---"))
            .or_else(|| words.find(" =="))
            .or_else(|| words.find("__"))
            .or_else(|| words.find(" ‐"))
    } else {
        None
    };
    let (head, tail) = words.split_at(end.unwrap_or(words.len()));
    if head.len() > ANNOUNCEMENT_BYTES_MAX {
        return None;
    }
    // The Turkish İ becomes an i with a dot of its own.
    let head = head.to_lowercase().replace('\u{307}', "");
    let kind = if FORWARD_WORDS.is_in(&head) {
        Announces::Forward
    } else if dashed && (ORIGINAL_WORDS.is_in(&head) || head.trim() == "original") {
        Announces::Original
    } else {
        return None;
    };
    Some((kind, tail.trim_start_matches(marks).trim_start()))
}

#[cfg(test)]
mod tests {
    use super::{Announces, Label, announcement, field, glued};

    #[test]
    fn reads_labels() {
        assert_eq!(field("From: Jane"), Some((Label::From, "Jane")));
        assert_eq!(field("*Von:* Jane"), Some((Label::From, "Jane")));
        assert_eq!(field("Objet : Panne"), Some((Label::Subject, "Panne")));
        assert_eq!(field("发件人：王"), Some((Label::From, "王")));
        assert_eq!(field("Hint: none"), None);
        assert_eq!(field("no colon"), None);
    }

    #[test]
    fn splits_glued_fields() {
        assert_eq!(
            glued(
                "De: Jane <j@x.example>Para: Bob <b@x.example>Enviado: martes 09:26:50 CETAsunto: Hola"
            ),
            [
                (Label::From, "Jane <j@x.example>"),
                (Label::To, "Bob <b@x.example>"),
                (Label::Date, "martes 09:26:50 CET"),
                (Label::Subject, "Hola")
            ]
        );
    }

    #[test]
    fn knows_announcements() {
        assert_eq!(
            announcement("---------- Forwarded message ---------"),
            Some((Announces::Forward, ""))
        );
        assert_eq!(
            announcement("Begin forwarded message:"),
            Some((Announces::Forward, ""))
        );
        assert_eq!(
            announcement("----- Mensaje reenviado ----- De: Jane"),
            Some((Announces::Forward, "De: Jane"))
        );
        assert_eq!(
            announcement("-----Ursprüngliche Nachricht-----"),
            Some((Announces::Original, ""))
        );
        assert_eq!(
            announcement("-------- İletilen İleti --------"),
            Some((Announces::Forward, ""))
        );
        assert_eq!(announcement("I saw the forwarded message"), None);
        assert_eq!(announcement("The original message:"), None);
    }
}
