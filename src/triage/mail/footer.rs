//! What stands below the writer's words: signature marks, phone footers, lawyers' paragraphs, and rules between them.

use std::sync::LazyLock;

use super::line::Line;
use super::phrases::Phrases;

/// How phone and mail programs begin their advertisement.
const PHONE_FOOTERS: &str = "\
    sent from|sent via|sent with|sent using|sent by my|get outlook for|get the outlook|envoyé depuis|envoyé de mon|\
    envoyé à partir|envoyé avec|von meinem|von meiner|gesendet von|gesendet mit|gesendet über|gesendet aus|inviato da|\
    inviato con|enviado do|enviado desde|enviado via|enviado a partir|enviado con|enviado por|enviado pelo|\
    verzonden met|verzonden vanaf|verzonden via|verstuurd vanaf|verstuurd met|verstuurd via|sendt fra|sendt med|\
    skickat från|skickat via|lähetetty |wysłane z|wysłano z|odesláno z|odoslané z|elküldve a|küldve az|trimis de pe|\
    trimis din|отправлено с|отправлено из|надіслано з|iphone'umdan|iphone'dan|iphone’umdan|発信元|iphoneから送信|从我的|從我的|\
    发自我的|傳送自|나의 iphone|outlook für|outlook for|outlook voor|téléchargez outlook|obtenir outlook|obtenez outlook|\
    obtener outlook|scarica outlook|ottieni outlook|baixe o outlook|obter o outlook|obtenha o outlook|\
    download outlook|hämta outlook|hent outlook|pobierz outlook|hanki outlook|aus meinem|von unterwegs|\
    this message was sent from|sendt via|sent on the|mobile email from|von mobil gesendet|poslano z|enviat des|με το|\
    από το iphone|gửi từ|iphone-omról|ipad-emről|telefonomról|發自我的|來自我的|发自|στάλθηκε|נשלח מ|نُرسلت|أُرسلت|dikirim dari|\
    dihantar dari|đã gửi từ|ส่งจาก|télécharger outlook|skaffa outlook|pobierz program outlook|获取 outlook|下载 ios|下载 android|\
    скачать outlook|завантажити outlook|diese nachricht wurde von mein|provenance : |provenance :|verzonden vanuit|\
    get the new aol|get bluemail|get airmail|poslano iz|изпратено от|изпратено с|nosūtīts no|\
    from my iphone|from my ipad|from my phone|from my mobile|from my android|sent by galaxy|išsiųsta iš|saadetud minu|trimis cu";

static PHONE_FOOTER_STARTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::at_start(PHONE_FOOTERS));

static REPLY_MARKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::anywhere(
        "\
        reply above this line|type your reply above|reply above the line|write your reply above|please reply above|\
        antworten sie oberhalb dieser zeile|ihre antwort oberhalb|répondez au-dessus de cette ligne|\
        responda por encima de esta línea",
    )
});

/// A phone's footer is one short line.
const PHONE_FOOTER_CHARS_MAX: usize = 90;

/// True for a line such as `Sent from my iPhone`.
pub(super) fn is_phone_footer(line: &str) -> bool {
    let line = line
        .trim()
        .trim_matches(['*', '_', '-', '[', '(', '<', ' ', '.', '\u{a0}']);
    let long = line.len() > PHONE_FOOTER_CHARS_MAX && line.chars().count() > PHONE_FOOTER_CHARS_MAX;
    if line.len() < 8 || long || line.ends_with(['?', ':', ',']) {
        return false;
    }
    let begins = PHONE_FOOTER_STARTS.is_in(line)
        || line.ends_with("gönderildi")
        || line.ends_with("から送信")
        || line.ends_with(" from mobile")
        || (line.ends_with("gesendet") && line.len() < 60);
    // A person's sentence goes on after its full stop; a phone's asks to be excused.
    let goes_on = line.split_once(". ").map(|(_, rest)| rest.to_lowercase());
    begins
        && goes_on.is_none_or(|rest| {
            [
                "please excuse",
                "excuse",
                "please forgive",
                "apologies",
                "bitte entschuldig",
                "pardon",
            ]
            .iter()
            .any(|start| rest.starts_with(start))
        })
}

/// What phones and their mail programs call themselves in their footers.
static DEVICES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::anywhere(
        "\
        iphone|ipad|ipod|android|outlook|samsung|galaxy|blackberry|windows|huawei|xiaomi|redmi|nokia|motorola|pixel|\
        oneplus|mobile|phone|handy|tablet|yahoo|gmail|proton|spark|mailbird|sent from my|teléfono|téléphone|telefon|móvil|\
        celular|mobil|puhelin|телефон|de mon|meinem|meiner|mijn|desde mi|do meu|dal mio|min ",
    )
});

/// True if a phone's footer says whose it is: then no sentence of a person's is meant.
pub(super) fn names_a_device(footer: &str) -> bool {
    DEVICES.is_in(footer)
}

/// True for a line that a person adds below everything else.
pub(super) fn is_postscript(line: &str) -> bool {
    const STARTS: [&str; 8] = ["ps", "p.s", "pps", "p.p.s", "nb", "n.b", "edit", "nachtrag"];
    let word = line.trim_start_matches(['*', ' ']).to_lowercase();
    let letters = |start: &&str| {
        word.strip_prefix(*start)
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    STARTS.iter().any(letters)
}

/// What a list server writes below a mail that it hands on.
static LIST_SERVERS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::anywhere(
        "\
        mailing list|mailinglist|mailing-list|mailingliste|listinfo|unsubscribe|google groups|yahoo! groups|\
        you received this message because|liste de diffusion|lista de correo",
    )
});

/// True for the first line of a list server's paragraph.
pub(super) fn is_list_server(line: &str) -> bool {
    LIST_SERVERS.is_in(line)
}

/// A line that begins a signature: `Some(true)` for RFC 3676's own `-- `, `Some(false)` for its loose relatives.
pub(super) fn signature_mark(line: &str) -> Option<bool> {
    match line
        .trim_start_matches('\u{a0}')
        .trim_end_matches([' ', '\u{a0}'])
    {
        "--" => Some(true),
        "++" | "+++" | "++++" | "==" | "---" | "__" | "___" | "____" | "—" | "––" | "- --"
        | "-- --" | "–" => Some(false),
        _ => None,
    }
}

/// True for a line of nothing but dashes or underscores.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() >= 3
        && line
            .chars()
            .all(|ch| matches!(ch, '-' | '_' | '=' | '*' | '—' | '–' | '─'))
}

/// The first of the rules that stand right above line `at`, or `at` itself.
pub(super) fn above_rules(lines: &[Line<'_>], at: usize) -> usize {
    let above = lines
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rposition(|line| !line.is_blank() && !is_rule(line.words));
    let first = above.map_or(0, |above| above + 1);
    let rule = lines
        .iter()
        .enumerate()
        .take(at)
        .skip(first)
        .find(|(_, line)| is_rule(line.words));
    rule.map_or(at, |(rule, _)| rule)
}

/// True for a line of the armour around a signed text (RFC 9580, 7), which is nobody's words.
pub(super) fn is_armour(line: &str) -> bool {
    line.starts_with("-----BEGIN PGP SIGNED MESSAGE-----")
        || line.starts_with("-----BEGIN PGP SIGNATURE-----")
}

/// True for a help desk's line above which answers shall stand.
pub(super) fn is_reply_mark(line: &str) -> bool {
    line.len() < 120 && REPLY_MARKS.is_in(line)
}

/// How lawyers begin.
const LEGAL_STARTS: &str = "\
    this e-mail|this email|this message|this communication|this transmission|the information in this|\
    the information contained|the contents of this|the content of this|information in this|confidentiality|\
    confidential|disclaimer|important notice|legal notice|notice:|if you are not the intended|\
    if you have received this|any views|diese e-mail|diese email|diese nachricht|diese mail|der inhalt dieser|\
    die information in dieser|die in dieser|haftungsausschluss|ce message|ce courriel|cet e-mail|\
    les informations contenues|ce mail|este mensaje|este correo|la información contenida|aviso legal|\
    aviso de confidencial|esta mensagem|este e-mail|esta comunicação|a informação contida|questo messaggio|\
    questa e-mail|questa email|le informazioni contenute|dit bericht|deze e-mail|de informatie in dit|\
    de inhoud van dit|niniejsza wiadomość|denne e-post|denna e-post|den här e-posten|denne e-mail|данное сообщение|\
    это сообщение|本メール|このメール|caution:|external email|[external|warning: this|warnung: diese|attention: this|\
    achtung: diese|attention : ce|you don't often get email|internal use only|note: this e-mail";

/// What lawyers then speak of.
const LEGAL_MATTERS: &str = "\
    confidential|privileged|intended recipient|intended solely|intended only|solely for|intended for the|unauthori|\
    legally|virus|vertraulich|unbefugt|rechtlich geschützt|irrtümlich|confidentiel|destinataire|confidencial|\
    destinatario|destinatário|riservat|vertrouwelijk|bestemd voor|geadresseerde|poufn|konfidentiell|fortrolig|\
    конфиденциальн|秘密|機密|originated from outside|originated outside|from outside of|external sender|\
    außerhalb der organisation|do not click|de l'extérieur|learn why this is important|monitored";

static MATTERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere(LEGAL_MATTERS));
static STARTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::at_start(LEGAL_STARTS));

/// Please think of the trees.
static GREEN: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::at_start(
        "\
        please consider the environment|consider the environment|think before you print|\
        bitte denken sie an die umwelt|bitte prüfen sie der umwelt|pensez à l'environnement|antes de imprimir|\
        prima di stampare",
    )
});

static LIST_STARTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::at_start(
        "\
        you received this message because you are|you are receiving this because|\
        you are receiving this email because|to unsubscribe|to stop receiving|unsubscribe:",
    )
});

/// How to do it: a link or an address.
static LIST_WAYS: LazyLock<Phrases> = LazyLock::new(|| Phrases::anywhere("http|www.|@|subscribed"));

/// The line of a paragraph with which a disclaimer begins, if one does.
pub(super) fn disclaimer(lines: &[&str]) -> Option<usize> {
    /// Nobody's disclaimer begins later in a paragraph.
    const LINES_MAX: usize = 12;
    (0..lines.len().min(LINES_MAX)).find(|from| {
        let first = lines.get(*from).copied().unwrap_or_default();
        let first = first.trim_start_matches(['*', '_', ' ', '[', '"', '-', '#']);
        let rest = || lines.get(*from..).unwrap_or_default().join(" ");
        // The dot of a program that tracks whether the mail is read.
        first.trim() == "\u{1427}"
            || GREEN.is_in(first)
            || (STARTS.is_in(first) && MATTERS.is_in(&rest()))
            || (LIST_STARTS.is_in(first) && LIST_WAYS.is_in(&rest()))
    })
}

#[cfg(test)]
mod tests {
    use super::{
        disclaimer, is_phone_footer, is_postscript, is_reply_mark, names_a_device, signature_mark,
    };

    #[test]
    fn knows_phone_footers() {
        for line in [
            "Sent from my iPhone",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Get Outlook for iOS<https://aka.ms/x>",
            "iPhoneから送信",
            "*Sent from my Galaxy*",
            "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
            "Verzonden vanuit Mail voor Windows 10",
            "Outlook für Android herunterladen",
        ] {
            assert!(is_phone_footer(line), "{line}");
        }
        for line in [
            "Sent from the portal. Nothing arrived since.",
            "Was it sent from my account?",
            "Von meinem Kollegen weiß ich:",
            "We sent it",
        ] {
            assert!(!is_phone_footer(line), "{line}");
        }
    }

    #[test]
    fn knows_devices_and_postscripts() {
        assert!(names_a_device("Sent from my Wiko"));
        assert!(names_a_device("Gesendet von Outlook für Android"));
        assert!(!names_a_device("Sent via the portal"));
        assert!(is_postscript("P.S. call me"));
        assert!(is_postscript("PS: call me"));
        assert!(!is_postscript("Pssst"));
    }

    #[test]
    fn knows_disclaimers() {
        assert_eq!(
            disclaimer(&["This e-mail is confidential and intended for you."]),
            Some(0)
        );
        assert_eq!(
            disclaimer(&[
                "Acme Ltd",
                "Diese E-Mail enthält vertrauliche",
                "Informationen."
            ]),
            Some(1)
        );
        assert_eq!(
            disclaimer(&["This email does not arrive at our clients."]),
            None
        );
    }

    #[test]
    fn knows_marks() {
        assert_eq!(signature_mark("--"), Some(true));
        assert_eq!(signature_mark("__"), Some(false));
        assert_eq!(signature_mark("-- and so on"), None);
        assert!(is_reply_mark(
            "##- Please type your reply above this line -##"
        ));
    }
}
