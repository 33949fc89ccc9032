//! How clients write: subject and words by trouble, in several languages, each said in its own way. Written without a
//! look at the lexicon, so that some of them are not recognised, as in life.

/// One trouble, and the ways of telling it.
pub(super) struct Trouble {
    pub(super) name: &'static str,
    /// How often it is written about on an ordinary day, beside the others.
    pub(super) weight: f64,
    pub(super) told: &'static [(&'static str, &'static str)],
}

/// Troubles that hit one client on any day, and all of them when something breaks.
pub(super) const TROUBLES: [Trouble; 9] = [
    Trouble {
        name: "login",
        weight: 10.0,
        told: &[
            (
                "Login not working",
                "since this morning nobody of our team can log in, the page just says invalid session.",
            ),
            (
                "Cannot sign in",
                "our users cannot sign in any more. We get an error after entering the password.",
            ),
            (
                "Anmeldung geht nicht",
                "bei uns kann sich seit heute frueh niemand mehr anmelden, es kommt sofort eine Fehlermeldung.",
            ),
            (
                "Einloggen unmöglich",
                "wir kommen nicht mehr rein, der Login schlägt bei allen Kollegen fehl.",
            ),
            (
                "Connexion impossible",
                "plus personne ne peut se connecter depuis ce matin, un message d'erreur apparaît.",
            ),
            (
                "No podemos entrar",
                "nadie puede iniciar sesión en la plataforma desde las nueve, sale un error.",
            ),
            (
                "inloggen lukt niet",
                "niemand van ons kan nog inloggen, we krijgen steeds een foutmelding.",
            ),
            (
                "Login down?",
                "SSO login fails for all of our people. They are sent back to the start page again and again.",
            ),
            (
                "Problemi di accesso",
                "nessuno riesce ad accedere, il login dà errore.",
            ),
            (
                "locked out",
                "the whole team is locked out, logging in ends with an error.",
            ),
        ],
    },
    Trouble {
        name: "dashboard",
        weight: 9.0,
        told: &[
            (
                "Dashboards blank",
                "the sales dashboard does not load, we only see a white page.",
            ),
            (
                "Dashboard is not opening",
                "none of our dashboards opens, it hangs at the spinner for ever.",
            ),
            (
                "Dashboard lädt nicht",
                "unser Dashboard bleibt seit einer Stunde weiß und lädt nicht.",
            ),
            (
                "Kacheln leer",
                "auf dem Dashboard ist gar nichts mehr zu sehen, die Seite bleibt leer.",
            ),
            (
                "Tableau de bord inaccessible",
                "le tableau de bord ne se charge plus, la page reste blanche.",
            ),
            (
                "Panel no carga",
                "el panel de ventas no carga, la página queda en blanco.",
            ),
            (
                "Dashboard blijft wit",
                "het dashboard opent niet meer, we zien een wit scherm.",
            ),
            (
                "charts unreachable",
                "all charts on our dashboard are gone, it says the service is unavailable.",
            ),
            (
                "Il cruscotto non si apre",
                "la dashboard non si apre, rimane una pagina bianca.",
            ),
        ],
    },
    Trouble {
        name: "export",
        weight: 8.0,
        told: &[
            (
                "Export fails",
                "every CSV export stops with ERR_EXPORT_17 after a few seconds.",
            ),
            (
                "Exporting to Excel broken",
                "the Excel export fails with error 502, we have tried it several times.",
            ),
            (
                "Export bricht ab",
                "der PDF-Export bricht bei jedem Bericht mit einem Fehler ab.",
            ),
            (
                "Fehler beim Export",
                "beim Herunterladen der CSV kommt Fehlercode ERR_EXPORT_17.",
            ),
            (
                "Erreur d'export",
                "l'export Excel échoue à chaque fois avec une erreur 502.",
            ),
            (
                "Falla la exportación",
                "la exportación a CSV falla siempre con un error.",
            ),
            (
                "Export werkt niet",
                "de export naar Excel werkt niet, er komt een fout.",
            ),
            (
                "download error",
                "downloads of the monthly file do not work, the browser shows HTTP 502 at /api/export.",
            ),
            (
                "Esportazione fallita",
                "l'esportazione in PDF non funziona, esce un errore.",
            ),
        ],
    },
    Trouble {
        name: "import",
        weight: 6.0,
        told: &[
            (
                "Data feed stopped",
                "our import has not run since the night, the connector reports a failure.",
            ),
            (
                "Upload fails",
                "uploading the price list fails, the import job stops with an exception ImportTimeoutError.",
            ),
            (
                "Import fehlgeschlagen",
                "der nächtliche Import ist fehlgeschlagen, die Datenquelle meldet einen Fehler.",
            ),
            (
                "Synchronisation steht",
                "die Synchronisierung mit dem ERP bricht ab, der Import zeigt einen Fehler.",
            ),
            (
                "Import en échec",
                "l'import des ventes est en échec depuis cette nuit.",
            ),
            (
                "Error al importar",
                "la importación de datos falla con un error desde anoche.",
            ),
            (
                "Koppeling stuk",
                "de import via de koppeling mislukt sinds vannacht.",
            ),
            (
                "sync broken",
                "the refresh of our data source is failing, nothing is loaded.",
            ),
        ],
    },
    Trouble {
        name: "api",
        weight: 4.0,
        told: &[
            (
                "API errors",
                "your API answers with 503 to each of our calls.",
            ),
            (
                "Webhook failing",
                "our webhooks are failing with HTTP 503 since noon.",
            ),
            (
                "Schnittstelle meldet Fehler",
                "die API liefert nur noch 503, unsere Schnittstelle steht.",
            ),
            (
                "API en erreur",
                "l'API répond avec une erreur 503 à tous nos appels.",
            ),
            (
                "API no responde",
                "la API devuelve un error 503 en cada llamada.",
            ),
            (
                "token calls rejected",
                "calls to the API endpoint are rejected with error 503.",
            ),
        ],
    },
    Trouble {
        name: "slow",
        weight: 7.0,
        told: &[
            (
                "Reports very slow",
                "opening any report takes forever today, it was quick last week.",
            ),
            (
                "report timeout",
                "our reports run into a timeout, everything about them is slow.",
            ),
            (
                "Berichte sehr langsam",
                "die Berichte sind heute extrem langsam, es dauert Minuten.",
            ),
            (
                "Auswertung träge",
                "jede Auswertung dauert ewig, so langsam war der Bericht noch nie.",
            ),
            (
                "Rapports lents",
                "les rapports sont très lents depuis ce matin.",
            ),
            (
                "Informes lentos",
                "los informes van muy lentos hoy, tarda mucho en abrirse.",
            ),
            ("Rapport traag", "de rapporten zijn vandaag erg traag."),
        ],
    },
    Trouble {
        name: "numbers",
        weight: 7.0,
        told: &[
            (
                "Wrong numbers in report",
                "the revenue report shows wrong figures since the last night, they do not match our books.",
            ),
            (
                "Report totals incorrect",
                "totals of the monthly report are too high, some rows come twice.",
            ),
            (
                "Bericht stimmt nicht",
                "die Zahlen im Umsatzbericht stimmen nicht mit unseren überein.",
            ),
            (
                "Falsche Summen",
                "im Bericht werden falsche Summen angezeigt, alles ist doppelt.",
            ),
            (
                "Chiffres incorrects",
                "les chiffres du rapport sont faux, ils ne correspondent pas.",
            ),
            (
                "Informe con datos incorrectos",
                "el informe muestra datos incorrectos, no coinciden con los nuestros.",
            ),
            (
                "Rapport klopt niet",
                "de cijfers in het rapport kloppen niet.",
            ),
        ],
    },
    Trouble {
        name: "alerts",
        weight: 3.0,
        told: &[
            (
                "No scheduled mail",
                "the scheduled mails have not come today, the notification job shows a failure.",
            ),
            (
                "Alert mails fail",
                "our alert notifications stopped, the log shows an error.",
            ),
            (
                "Benachrichtigungen fehlen",
                "seit heute kommen keine Benachrichtigungen mehr, der Mailversand meldet Fehler.",
            ),
            (
                "Alertes en panne",
                "les notifications ne fonctionnent plus depuis ce matin.",
            ),
            ("Meldingen werken niet", "de notificaties werken niet meer."),
        ],
    },
    Trouble {
        name: "permissions",
        weight: 5.0,
        told: &[
            (
                "Permission error",
                "a permission error appears for everyone with the role viewer.",
            ),
            (
                "Access rights broken",
                "our access rights are gone, users with the role editor cannot open anything.",
            ),
            (
                "Berechtigung fehlt",
                "die Berechtigungen sind verschwunden, es kommt ein Fehler wegen fehlender Rechte.",
            ),
            (
                "Droits perdus",
                "les droits d'accès de nos collègues ne fonctionnent plus.",
            ),
        ],
    },
];

/// What single people ask, on Monday mornings above all: no trouble of the service.
pub(super) const QUESTIONS: [(&str, &str); 12] = [
    (
        "Forgot my password",
        "I forgot my password over the weekend, could you send me a reset link please?",
    ),
    (
        "password reset",
        "how can I reset my password? The old one is not accepted any more.",
    ),
    (
        "Passwort vergessen",
        "ich habe mein Passwort vergessen, wie kann ich es zurücksetzen?",
    ),
    (
        "Account gesperrt",
        "mein Konto ist gesperrt, bitte schalten Sie meinen Login wieder frei.",
    ),
    (
        "Mot de passe oublié",
        "j'ai oublié mon mot de passe, comment puis-je le réinitialiser ?",
    ),
    ("Olvidé la contraseña", "¿cómo puedo cambiar mi contraseña?"),
    (
        "New colleague",
        "how do I add a new user with read only access?",
    ),
    (
        "Where is the filter",
        "where do I find the setting for the default filter of a dashboard?",
    ),
    (
        "Wie exportiere ich",
        "wie kann ich eine Tabelle nach Excel exportieren?",
    ),
    (
        "Question about a report",
        "what does the column 'net' in the revenue report mean?",
    ),
    (
        "Licence",
        "could you tell us how many licences we have left?",
    ),
    (
        "Schulung",
        "gibt es im nächsten Monat eine Schulung für neue Benutzer?",
    ),
];

/// One person who cannot get in, on a Monday: told like a trouble, and usual.
pub(super) const MONDAY: [(&str, &str); 6] = [
    ("Login", "I cannot log in, I always get an error."),
    (
        "Can't log in",
        "logging in fails for me this morning, wrong password it says.",
    ),
    (
        "Anmeldung",
        "ich kann mich nicht anmelden, es kommt eine Fehlermeldung.",
    ),
    ("Login Problem", "mein Login funktioniert nicht."),
    (
        "connexion",
        "je n'arrive pas à me connecter, j'ai une erreur.",
    ),
    ("inloggen", "ik kan niet inloggen, er komt een fout."),
];

/// Matters that are about nothing in particular.
pub(super) const OTHERS: [(&str, &str); 8] = [
    (
        "Invoice 4711",
        "could you send last month's invoice again? Our accounting cannot find it.",
    ),
    (
        "Contract renewal",
        "when does our contract end, and whom do we talk to about renewing it?",
    ),
    (
        "Rechnung",
        "auf der Rechnung steht noch unsere alte Anschrift.",
    ),
    (
        "Appointment",
        "could we move our call to Thursday at three?",
    ),
    (
        "Feature wish",
        "it would be nice if columns could be sorted by colour.",
    ),
    (
        "Merci",
        "merci pour votre aide, tout fonctionne de nouveau.",
    ),
    (
        "Cambio de contacto",
        "a partir de mayo su contacto con nosotros será la señora Ruiz.",
    ),
    (
        "Kleurtje",
        "kunnen jullie ons logo bovenaan de pagina vervangen?",
    ),
];
