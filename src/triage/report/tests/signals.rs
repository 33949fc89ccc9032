//! Signals: the same words, said plainly, denied, of yesterday, asked, supposed, again, by others.

use super::super::Strength::{self, Certain, Likely, Possible};
use super::{report, strength};

/// Each text with the strength that the signal has in it.
fn check(signal: &str, table: &[(&str, Option<Strength>)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let found = strength(&report("A mail", text), signal);
            (found != *expected).then(|| format!("{text}\n    is {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{signal}:\n  {}", wrong.join("\n  "));
}

#[test]
fn an_outage_is_one_now_and_for_many() {
    check(
        "outage",
        &[
            ("The platform is down.", Some(Likely)),
            ("The platform is down!!", Some(Certain)),
            ("The platform is not down.", None),
            ("The platform isn't down.", None),
            ("I do not think the platform is down.", None),
            ("The platform was down yesterday, it works again.", None),
            ("The platform was down this morning and is back up.", None),
            ("Is the platform down?", Some(Possible)),
            ("What happens if the platform is down?", Some(Possible)),
            ("If the platform is down, we call you.", Some(Possible)),
            ("The platform is down again.", Some(Likely)),
            ("The platform is still down since yesterday.", Some(Likely)),
            ("The platform is down for planned maintenance.", None),
            ("Our own VPN service is down.", None),
            ("The service is not responding.", Some(Likely)),
            ("Nobody can log in.", Some(Likely)),
            ("Everybody can log in.", None),
            ("Everyone is locked out and cannot log in.", Some(Likely)),
            ("One user cannot log in.", None),
        ],
    );
}

#[test]
fn an_outage_in_german() {
    check(
        "outage",
        &[
            ("Die Plattform ist ausgefallen.", Some(Likely)),
            ("Die Plattform ist nicht ausgefallen.", None),
            ("Die Plattform ist nicht erreichbar.", Some(Likely)),
            ("Die Plattform war gestern ausgefallen, geht wieder.", None),
            ("Die Plattform war gestern nicht erreichbar.", None),
            ("Ist die Plattform ausgefallen?", Some(Possible)),
            (
                "Wenn die Plattform ausgefallen ist, rufen wir an.",
                Some(Possible),
            ),
            ("Die Plattform ist schon wieder ausgefallen.", Some(Likely)),
            ("Die Plattform ist seit gestern ausgefallen.", Some(Likely)),
            ("Alle Benutzer können sich nicht anmelden.", Some(Likely)),
            ("Niemand kann sich anmelden.", Some(Likely)),
            ("Alle können sich wieder anmelden.", None),
        ],
    );
}

#[test]
fn an_outage_in_french() {
    check(
        "outage",
        &[
            ("La plateforme est en panne.", Some(Likely)),
            ("La plateforme n'est pas en panne.", None),
            (
                "La plateforme était en panne hier, tout refonctionne.",
                None,
            ),
            ("La plateforme est-elle en panne ?", Some(Possible)),
            (
                "Si la plateforme est en panne, nous appelons.",
                Some(Possible),
            ),
            ("La plateforme est de nouveau en panne.", Some(Likely)),
            ("La plateforme est en panne depuis hier.", Some(Likely)),
            ("Personne ne peut se connecter.", Some(Likely)),
            ("Tout le monde peut se connecter.", None),
        ],
    );
}

#[test]
fn an_outage_in_spanish() {
    check(
        "outage",
        &[
            ("La plataforma está caída.", Some(Likely)),
            ("La plataforma no está caída.", None),
            ("La plataforma estuvo caída ayer, ya funciona.", None),
            ("¿Está caída la plataforma?", Some(Possible)),
            ("Si la plataforma está caída, llamamos.", Some(Possible)),
            ("La plataforma está caída otra vez.", Some(Likely)),
            ("La plataforma está caída desde ayer.", Some(Likely)),
            ("Nadie puede entrar.", Some(Likely)),
            ("Todo el mundo puede entrar.", None),
        ],
    );
}

#[test]
fn an_outage_in_dutch_italian_portuguese_and_japanese() {
    check(
        "outage",
        &[
            ("Het platform is onbereikbaar.", Some(Likely)),
            ("Het platform is niet onbereikbaar.", None),
            ("Het platform lag gisteren plat, het werkt weer.", None),
            ("Niemand kan inloggen.", Some(Likely)),
            ("La piattaforma è irraggiungibile.", Some(Likely)),
            ("La piattaforma non è ferma.", None),
            ("Ieri la piattaforma era ferma, ora è risolto.", None),
            ("Nessuno riesce ad accedere.", Some(Likely)),
            ("A plataforma está fora do ar.", Some(Likely)),
            ("A plataforma não está fora do ar.", None),
            ("Ninguém consegue entrar.", Some(Likely)),
            ("全員がログインできません。", Some(Likely)),
            ("システムが停止しています。", Some(Likely)),
            ("昨日システムが停止しましたが、復旧しました。", None),
        ],
    );
}

#[test]
fn a_person_of_rank_matters_who_steps_in() {
    check(
        "high-profile",
        &[
            ("Their lawyer threatens with a claim.", Some(Likely)),
            ("Their lawyer does not know where the menu is.", None),
            ("Our CEO wants to speak with you.", Some(Likely)),
            ("The board meeting of the CEO is in May.", None),
            ("Der Vorstand fordert eine Stellungnahme.", Some(Likely)),
            ("Die Zahlen sind für den Vorstand.", None),
            ("Geschäftsführer: Udo Sperling", None),
        ],
    );
}

#[test]
fn a_threat_to_leave_counts_under_a_condition() {
    check(
        "churn",
        &[
            ("We will cancel our contract.", Some(Likely)),
            (
                "If this is not fixed by Friday, we will cancel our contract.",
                Some(Likely),
            ),
            ("We will not cancel our contract.", None),
            ("We never thought of cancelling our contract.", None),
            ("We are not renewing our contract.", Some(Likely)),
            ("They are looking at other vendors.", Some(Likely)),
            ("They are not looking at other vendors.", None),
            ("Wir werden den Vertrag kündigen.", Some(Likely)),
            ("Wir werden den Vertrag nicht kündigen.", None),
            (
                "Wenn das so bleibt, kündigen wir den Vertrag.",
                Some(Likely),
            ),
            ("Nous allons résilier le contrat.", Some(Likely)),
            ("Nous n'allons pas résilier le contrat.", None),
            (
                "Si rien ne change, nous allons résilier le contrat.",
                Some(Likely),
            ),
            ("Vamos a rescindir el contrato.", Some(Likely)),
            ("No vamos a rescindir el contrato.", None),
            (
                "Si no se arregla, vamos a rescindir el contrato.",
                Some(Likely),
            ),
        ],
    );
}

#[test]
fn a_broken_promise_is_not_a_kept_one() {
    check(
        "sla-complaint",
        &[
            ("You missed the agreed response time.", Some(Likely)),
            ("You have not missed the agreed response time.", None),
            ("Did you miss the agreed response time?", Some(Possible)),
            ("This is a breach of contract.", Some(Likely)),
            ("This is no breach of contract.", None),
            ("Die Reaktionszeit wurde überschritten.", Some(Likely)),
            ("Die Reaktionszeit wurde nicht überschritten.", None),
            ("Die Reaktionszeit wurde nicht eingehalten.", Some(Likely)),
            ("Le délai convenu est dépassé.", Some(Likely)),
            ("Le délai convenu n'est pas dépassé.", None),
            ("Se ha incumplido el plazo acordado.", Some(Likely)),
            ("No se ha incumplido el plazo acordado.", None),
        ],
    );
}

#[test]
fn a_question_how_to_is_one_though_it_asks() {
    check(
        "how-to",
        &[
            ("How do I change my password?", Some(Likely)),
            ("Wie kann ich mein Passwort ändern?", Some(Likely)),
            ("Comment puis-je changer mon mot de passe ?", Some(Likely)),
            ("¿Cómo puedo cambiar mi contraseña?", Some(Likely)),
            ("I changed my password.", None),
        ],
    );
}

#[test]
fn two_different_clues_make_a_whole() {
    check(
        "outage",
        &[
            ("All we get is bad gateway.", Some(Possible)),
            (
                "All we get is bad gateway. It is the same from my phone.",
                Some(Likely),
            ),
            (
                "All we get is bad gateway. Again bad gateway.",
                Some(Possible),
            ),
        ],
    );
    check(
        "churn",
        &[
            ("They have a quote from a rival vendor.", Some(Possible)),
            (
                "They have a quote from another firm. The owner has had enough.",
                Some(Likely),
            ),
        ],
    );
}

#[test]
fn who_stays_does_not_leave() {
    check(
        "churn",
        &[
            ("They want to cancel the contract.", Some(Likely)),
            ("They have renewed the contract and cancel nothing.", None),
            ("How do I cancel one seat of the contract?", None),
            ("Sie wollen den Vertrag kündigen.", Some(Likely)),
            ("Wie kündige ich einen einzelnen Sitz des Vertrags?", None),
        ],
    );
}

#[test]
fn a_question_of_use_is_not_one_about_a_trouble() {
    check(
        "asks-how",
        &[
            ("Where does one change the colour of a tile?", Some(Likely)),
            ("She wants to know which menu has it.", Some(Likely)),
            ("When will it be fixed, and where can I follow it?", None),
            ("Welchen Knopf nehme ich dafür?", Some(Likely)),
            ("Où se règle la couleur ?", Some(Likely)),
            ("Where do I move it without losing the link?", Some(Likely)),
        ],
    );
}

#[test]
fn a_japanese_sentence_denies_and_supposes_at_its_end() {
    check(
        "outage",
        &[
            ("システムが停止しています。", Some(Likely)),
            (
                "万が一、システムが停止した場合の連絡先を教えてください。",
                Some(Possible),
            ),
        ],
    );
}

#[test]
fn what_came_after_a_maintenance_is_not_planned() {
    check(
        "outage",
        &[
            ("The platform is down for maintenance.", None),
            ("Since the maintenance the platform is down.", Some(Likely)),
        ],
    );
}

#[test]
fn quoted_words_are_not_the_writers() {
    check(
        "outage",
        &[
            (
                "All is well now, thank you.\n\nOn Mon, 2 Mar 2026 at 09:12, Tom Reed <tom@x.example> wrote:\n> The platform is down.\n> Nobody can log in.",
                None,
            ),
            (
                "Alles gut, danke.\n\nAm 02.03.2026 um 09:12 schrieb Tom Reed <tom@x.example>:\n> Die Plattform ist ausgefallen.",
                None,
            ),
            (
                "The platform is down.\n\nOn Mon, 2 Mar 2026 at 09:12, Tom Reed <tom@x.example> wrote:\n> All is well.",
                Some(Likely),
            ),
        ],
    );
}

#[test]
fn every_sentence_counts_for_itself() {
    check(
        "outage",
        &[
            (
                "Is anyone else affected? The platform is down.",
                Some(Likely),
            ),
            (
                "The platform is down. The page cannot be found.",
                Some(Likely),
            ),
            ("It is no joke. The platform is down.", Some(Likely)),
            ("Not sure why, but the platform is down.", Some(Possible)),
            ("The export is slow, the platform is not down.", None),
        ],
    );
}

#[test]
fn one_of_our_clients_is_one() {
    check(
        "several-clients",
        &[
            ("Três dos nossos clientes perderam o saldo.", Some(Likely)),
            ("Um dos nossos clientes perdeu o saldo.", None),
            ("Deux de nos clients ont une erreur.", Some(Likely)),
            ("Un de nos clients a une erreur.", None),
            ("Uno dei nostri clienti vede un errore.", None),
            ("Uno de nuestros clientes ve un error.", None),
        ],
    );
}

#[test]
fn a_departure_is_told_in_the_first_person() {
    check(
        "churn",
        &[
            (
                "Se até sexta isso não estiver resolvido eu cancelo o contrato.",
                Some(Likely),
            ),
            ("Não cancelo o contrato.", None),
            (
                "Nous arrêterons l'abonnement à l'échéance et reprendrons notre ancien outil.",
                Some(Certain),
            ),
            (
                "La titolare ha già compilato la lettera di recesso.",
                Some(Likely),
            ),
            (
                "Aucune intention de partir, ils viennent de renouveler.",
                None,
            ),
        ],
    );
}

#[test]
fn what_works_as_it_should_is_no_fault() {
    check(
        "no-fault",
        &[
            (
                "È il colore della soglia, quindi niente guasto.",
                Some(Likely),
            ),
            ("C'è un guasto.", None),
            (
                "La cifra se oculta a propósito: no es un fallo.",
                Some(Likely),
            ),
            ("It works as designed, it turns out.", Some(Likely)),
        ],
    );
}

#[test]
fn who_asks_and_reports_little_asks_for_help() {
    check(
        "asks-for-help",
        &[
            ("How do I add a column to the report?", Some(Certain)),
            ("The column is gone from the report.", None),
            (
                "The column is gone from the report. Can you have a look?",
                None,
            ),
            (
                "Her boss thinks something is wrong, it is only the filter. How do I show her the right one?",
                Some(Certain),
            ),
            (
                "Since 9.30 the report shows 412 rows, on Monday it had 398. Why?",
                None,
            ),
            ("The tile sulks. Can you look into it?", None),
            ("Die Kachel schmollt. Könnt ihr mal schauen?", None),
            ("La tuile boude. Vous pouvez regarder ?", None),
            ("De tegel pruilt. Kunnen jullie kijken?", None),
            ("Is the tile meant to do that?", Some(Certain)),
            ("Wie füge ich eine Spalte hinzu?", Some(Certain)),
            ("Die Spalte ist weg. Können Sie bitte nachsehen?", None),
            ("Où est-ce que je change la couleur ?", Some(Certain)),
            ("La couleur est fausse. Vous pouvez regarder ?", None),
            ("¿Dónde cambio el color?", Some(Certain)),
            ("El color está mal. ¿Lo pueden revisar?", None),
            ("Waar stel ik de kleur in?", Some(Certain)),
            ("Dove cambio il colore?", Some(Certain)),
            ("Onde altero a cor?", Some(Certain)),
            ("色はどこで変更できますか。", Some(Certain)),
            ("色が表示されません。ご確認いただけますか。", None),
        ],
    );
}
