//! The real program with a configuration and a store of its own, killed when dropped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::servers::Servers;
use super::until;

/// How the program is run.
const RUN: &[&str] = &["run", "--log", "human"];

/// A home for the program: configuration, rules, store, log.
#[derive(Debug)]
pub struct Home {
    /// Where everything lies.
    pub folder: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// The program while it runs.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
}

/// What a test changes of the usual configuration.
#[derive(Clone, Debug)]
pub struct Setup<'a> {
    /// Mailboxes to poll.
    pub mailboxes: &'a [&'a str],
    /// More lines of each mailbox.
    pub mailbox_lines: &'a str,
    /// Lines of `[limits]`.
    pub limits: &'a str,
    /// More lines at the end.
    pub more: &'a str,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        // What lies in the mailbox when the program first looks shall be answered, unless a test says otherwise.
        Self {
            mailboxes: &["support@everythingcloud.com"],
            mailbox_lines: "answer_mail_since = 2020-01-01T00:00:00Z\n",
            limits: "",
            more: "",
        }
    }
}

impl Home {
    /// A home in a temporary folder, for these servers.
    pub fn new(servers: &Servers, setup: &Setup<'_>) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let home = Self {
            folder: temporary.path().to_owned(),
            _temporary: Some(temporary),
        };
        home.furnish(servers, setup);
        home
    }

    /// A home in a folder that stays.
    pub fn at(folder: &Path, servers: &Servers, setup: &Setup<'_>) -> Self {
        std::fs::create_dir_all(folder).expect("a folder for the program");
        let home = Self {
            folder: folder.to_owned(),
            _temporary: None,
        };
        home.furnish(servers, setup);
        home
    }

    fn furnish(&self, servers: &Servers, setup: &Setup<'_>) {
        let rules = self.folder.join("rules");
        copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &rules);
        std::fs::write(self.folder.join("secret"), servers.env("PASSWORD"))
            .expect("the secret is written");
        std::fs::write(self.config(), configuration(servers, setup))
            .expect("the configuration is written");
    }

    /// The configuration file.
    pub fn config(&self) -> PathBuf {
        self.folder.join("triaged.toml")
    }

    /// Starts the program and waits until it answers.
    pub fn start(&self) -> Daemon {
        let daemon = self.start_without_waiting();
        until("the program answers at its socket", || {
            self.ask(&["status"])
        });
        daemon
    }

    /// Starts the program.
    pub fn start_without_waiting(&self) -> Daemon {
        self.spawn(self.command(RUN))
    }

    /// Starts the program with its store on a small disk of memory that only it sees, and that goes with it. Where it
    /// ends by itself it is started again, as systemd would.
    pub fn start_on_small_disk(&self, megabytes: u32) -> Daemon {
        let disk = format!("mkdir -p store && mount -t tmpfs -o size={megabytes}m none store");
        let mut command = Command::new("unshare");
        // A user namespace of its own, so that mounting needs no rights in ours; all of it dies with its first process.
        let apart = [
            "--map-root-user",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
        ];
        command.args(apart).args(["sh", "-c"]);
        command
            .arg(format!("{disk} && while ! \"$@\"; do sleep 0.5; done"))
            .arg("sh");
        let program = self.command(RUN);
        command.arg(program.get_program()).args(program.get_args());
        command.current_dir(&self.folder);
        let daemon = self.spawn(command);
        until("the program answers at its socket", || {
            self.ask(&["status"])
        });
        daemon
    }

    fn spawn(&self, mut command: Command) -> Daemon {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))
            .expect("a log file");
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        Daemon { child }
    }

    /// The program with arguments, on this configuration.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(arguments).arg("--config").arg(self.config());
        command
    }

    /// A command's answer as JSON; nothing if the daemon could not be asked.
    pub fn ask(&self, arguments: &[&str]) -> Option<Value> {
        let output = self
            .command(arguments)
            .arg("--json")
            .output()
            .expect("the program starts");
        serde_json::from_slice(&output.stdout).ok()
    }

    /// Every ticket, newest first.
    pub fn tickets(&self) -> Vec<Value> {
        let all = self
            .ask(&["ticket", "list", "--all", "--limit", "10000"])
            .unwrap_or_default();
        all.as_array().cloned().unwrap_or_default()
    }

    /// What the program has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Daemon {
    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: as if the machine had lost the process.
    pub fn kill(mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }

    /// SIGTERM, and the exit code.
    pub fn stop(mut self) -> Option<i32> {
        signal(self.id(), "TERM");
        until("the program stops", || self.child.try_wait().ok().flatten()).code()
    }

    /// Any signal, such as `HUP`.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn signal(process: u32, name: &str) {
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(process.to_string())
        .status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "SIG{name} was not sent"
    );
}

/// The program under test: built by cargo beside whatever runs this.
fn program() -> PathBuf {
    option_env!("CARGO_BIN_EXE_triaged").map_or_else(beside_us, PathBuf::from)
}

fn beside_us() -> PathBuf {
    let us = std::env::current_exe().expect("our own path");
    us.ancestors()
        .map(|folder| folder.join("triaged"))
        .find(|path| path.is_file())
        .expect("the program is built")
}

fn configuration(servers: &Servers, setup: &Setup<'_>) -> String {
    let ca_file = servers.ca_file().display();
    let mut text = format!(
        "instance = \"test\"\nstore = \"store\"\nrules = \"rules\"\ncontrol_socket = \"control.sock\"\nalarms_to = [\"ops@everythingcloud.com\"]\n{}\n",
        setup.more
    );
    for address in setup.mailboxes {
        text.push_str(&format!(
            "[[mailbox]]\naddress = \"{address}\"\nhost = \"localhost\"\nport = {}\ntls = \"implicit\"\nca_file = \"{ca_file}\"\nsecret = {{ file = \"secret\" }}\n{}\n",
            servers.port("IMAPS_PORT"),
            setup.mailbox_lines
        ));
    }
    text.push_str(&format!(
        "[relay.default]\nhost = \"localhost\"\nport = {}\ntls = \"starttls\"\nca_file = \"{ca_file}\"\nuser = \"triaged@everythingcloud.com\"\nsecret = {{ file = \"secret\" }}\n\n[limits]\n{}\n",
        servers.port("SUBMISSION_PORT"),
        setup.limits
    ));
    text
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from)
        .expect("the shipped rules")
        .flatten()
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a rule file is copied");
        }
    }
}
