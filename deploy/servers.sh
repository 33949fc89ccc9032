#!/usr/bin/env bash
# Private mail servers for the demo, the tests and the bench: one Dovecot and one Postfix, both in one
# folder, both on 127.0.0.1 only. This is the one place that knows how to run them.
set -euo pipefail

usage() {
    cat <<'END'
usage: servers.sh install                       install the packages if missing; nothing is started
       servers.sh start DIR [OPTION]...         make DIR, start both servers, write DIR/env
       servers.sh stop DIR [--remove]           stop both; with --remove the folder goes too
       servers.sh stop-dovecot  | start-dovecot DIR      same ports, same mail
       servers.sh stop-postfix  | start-postfix DIR      same ports, same queue
       servers.sh doveadm DIR ARGUMENT...       Dovecot's own tool on this Dovecot
       servers.sh postqueue DIR ARGUMENT...     Postfix's own tool on this Postfix
       servers.sh seed DIR ADDRESS FOLDER       put every file of FOLDER into ADDRESS's inbox at once;
                                               their names must be new there
       servers.sh dismiss DIR ADDRESS           from now on Dovecot does not know ADDRESS; its mail bounces

options of start, all of which may be repeated but the last two:
       --domain NAME          one more domain whose every address is a mailbox
       --alias FROM=TO        one more address that forwards
       --dismiss ADDRESS      one more address that bounces
       --with-parent PID      when process PID ends, however it ends: stop --remove
       --keep                 ... but leave the folder

Every address of the local domains is a mailbox with the password in DIR/env; every other domain is
refused with 550. Part of an address after a + is ignored. Root or sudo is needed, by the servers themselves.
END
}

SELF=$(realpath -- "${BASH_SOURCE[0]}")
readonly SELF
# The last one is nobody's: strangers write from there.
readonly LOCAL_DOMAINS=(everythingcloud.com brightdesk.example northwind.example harborbank.example cobalt.example
    stranger.example)
readonly ALIASES=(help@brightdesk.example=support@everythingcloud.com)
readonly DISMISSED=(gone@northwind.example)
readonly PACKAGES=(dovecot-core dovecot-imapd dovecot-lmtpd postfix openssl procps iproute2)
readonly MESSAGE_BYTES_MAX=$((80 * 1024 * 1024))
# Sockets have paths of at most 107 bytes, and Dovecot's lie up to 36 below DIR.
readonly DIR_LENGTH_MAX=70
readonly RESERVED_PORTS=/run/lock/triaged-servers

main() {
    local command=${1:-help}
    case $command in
        help | -h | --help) usage && return ;;
        install | start | stop | *-dovecot | *-postfix | doveadm | postqueue | seed | dismiss) ;;
        *) die 2 "there is no command \`$command\`; \`servers.sh help\` lists them" ;;
    esac
    if [[ $command == install ]] && is_installed; then return; fi
    become_root "$@"
    shift
    if [[ $command != install ]]; then
        is_installed || die 3 "Dovecot or Postfix is missing; run \`servers.sh install\` first"
        DIR=$(realpath -m -- "${1:?a folder is needed, see \`servers.sh help\`}")
        shift
    fi
    if [[ $command != install && $command != start && $command != stop && ! -e $DIR/env ]]; then
        die 1 "there are no servers in $DIR; make them with \`servers.sh start\`"
    fi
    case $command in
        install) install_packages ;;
        start) start "$@" ;;
        stop) stop "$@" ;;
        stop-dovecot) stop_daemon "$DIR/run/master.pid" ;;
        stop-postfix) stop_daemon "$DIR/postfix/queue/pid/master.pid" ;;
        start-dovecot) start_dovecot ;;
        start-postfix) start_postfix ;;
        doveadm) doveadm -c "$DIR/dovecot.conf" "$@" ;;
        postqueue) postqueue -c "$DIR/postfix" "$@" ;;
        seed) seed "$@" ;;
        dismiss) dismiss "$@" ;;
        *) die 2 "there is no command \`$command\`; \`servers.sh help\` lists them" ;;
    esac
}

die() {
    echo "servers.sh: $2" >&2
    exit "$1"
}

# Postfix's and Dovecot's masters start as root and give it up in their children.
become_root() {
    if ((EUID == 0)); then return; fi
    command -v sudo >/dev/null || die 3 "Dovecot and Postfix start as root: run this as root, or install sudo"
    # Without a terminal nobody could type a password, so asking for one would only hang.
    if [[ ! -t 0 ]]; then
        sudo -n true 2>/dev/null ||
            die 3 "Dovecot and Postfix start as root: run this as root, or let $(id -un) use sudo without a password"
    fi
    exec sudo -- "$BASH" "$SELF" "$@"
}

# ---- install ---------------------------------------------------------------------------------------

is_installed() {
    [[ -x /usr/sbin/dovecot && -x /usr/lib/dovecot/imap && -x /usr/lib/dovecot/lmtp ]] &&
        [[ -x /usr/lib/postfix/sbin/master ]] && type openssl pgrep ss >/dev/null 2>&1
}

install_packages() {
    command -v apt-get >/dev/null ||
        die 3 "this is no Debian-like machine: install Dovecot (IMAP and LMTP) and Postfix by hand, started by nobody"
    echo "Installing ${PACKAGES[*]}; their services are kept from starting."
    forbid_service_starts
    debconf-set-selections <<<'postfix postfix/main_mailer_type select No configuration'
    # Without --no-remove, Postfix would push out another mail server that this machine may live on.
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    local install=("${apt[@]}" install -y --no-remove --no-install-recommends "${PACKAGES[@]}")
    if ! "${install[@]}" >/dev/null 2>&1; then
        # Mostly the package lists are old or absent.
        "${apt[@]}" update >/dev/null
        "${install[@]}" >/dev/null || die 3 "apt-get could not install ${PACKAGES[*]}; it says why above"
    fi
    # Kept from starting now, they would still start with the next boot.
    if command -v systemctl >/dev/null; then
        # In a container there is nothing to disable it in.
        systemctl --quiet disable dovecot.service dovecot.socket postfix.service 2>/dev/null || true
    fi
}

# Debian asks this script before it starts a service; 101 means no.
forbid_service_starts() {
    readonly POLICY=/usr/sbin/policy-rc.d
    trap 'if [[ -e $POLICY.before-triaged ]]; then mv -f "$POLICY.before-triaged" "$POLICY"; else rm -f "$POLICY"; fi' EXIT
    trap 'exit 130' INT TERM
    if [[ -e $POLICY && ! -e $POLICY.before-triaged ]]; then mv "$POLICY" "$POLICY.before-triaged"; fi
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

# ---- start and stop --------------------------------------------------------------------------------

start() {
    local domains=("${LOCAL_DOMAINS[@]}") aliases=("${ALIASES[@]}") dismissed=("${DISMISSED[@]}") parent='' remove=--remove
    while (($#)); do
        case $1 in
            --domain) domains+=("${2:?--domain needs a name}") && shift 2 ;;
            --alias) aliases+=("${2:?--alias needs FROM=TO}") && shift 2 ;;
            --dismiss) dismissed+=("${2:?--dismiss needs an address}") && shift 2 ;;
            --with-parent) parent=${2:?--with-parent needs a process id} && shift 2 ;;
            --keep) remove='' && shift ;;
            *) die 2 "start does not know \`$1\`; \`servers.sh help\` lists the options" ;;
        esac
    done
    [[ ! -e $DIR/env ]] || die 1 "$DIR already holds servers; \`servers.sh stop $DIR --remove\` clears it"
    for alias in "${aliases[@]}"; do
        [[ $alias =~ ^[^@=\ ]+@([^@=\ ]+)=[^@=\ ]+@[^@=\ ]+$ ]] || die 2 "\`--alias $alias\` is not FROM@DOMAIN=TO@DOMAIN"
        domains+=("${BASH_REMATCH[1]}")
    done
    mapfile -t domains < <(printf '%s\n' "${domains[@]}" | sort -u)
    ((${#DIR} <= DIR_LENGTH_MAX)) ||
        die 1 "$DIR is longer than $DIR_LENGTH_MAX bytes, too long for sockets below it; choose a shorter path"
    # What was started before something failed must not stay behind; the folder does, with its logs.
    trap stop EXIT
    make_folders
    if [[ $parent ]]; then watch_parent "$parent" "$remove"; fi
    write_certificate
    reserve_ports
    write_env
    write_dovecot_config
    write_postfix_config
    for address in "${dismissed[@]}"; do dismiss "$address"; done
    start_dovecot
    start_postfix
    trap - EXIT
}

stop() {
    local option=${1:-}
    [[ -z $option || $option == --remove ]] || die 2 "stop does not know \`$option\`; \`servers.sh help\` lists the options"
    [[ -d $DIR ]] || return 0
    stop_watching
    # Dovecot takes a second to end in good order, which is a waste where nothing is kept.
    local haste=''
    if [[ $option == --remove ]]; then haste=at-once; fi
    stop_daemon "$DIR/postfix/queue/pid/master.pid" "$haste"
    stop_daemon "$DIR/run/master.pid" "$haste"
    if [[ $option == --remove ]]; then
        free_ports
        (cd "$DIR" && rm -rf env ca.pem tls run mail dismissed dovecot.conf dovecot.log postfix postfix.log watcher.pid)
        rmdir --ignore-fail-on-non-empty "$DIR"
    fi
}

make_folders() {
    mkdir -p "$DIR"
    cd "$DIR"
    # The servers' own users must get in here, also where mktemp made the folders for its caller alone.
    local folder=$DIR
    while chmod a+x "$folder" && [[ $folder == /tmp/*/* ]]; do folder=${folder%/*}; done
    mkdir -p tls run mail postfix/data postfix/queue
    setpriv --reuid=postfix --regid=postfix --clear-groups test -x "$DIR" ||
        die 1 "$DIR lies in a folder that only some may enter, so the servers' users cannot: choose one below /tmp"
    mkdir -p postfix/queue/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace}
    chmod 700 postfix/queue/* tls
    mkdir -p postfix/queue/{maildrop,public,pid}
    chown -R postfix postfix/data postfix/queue/*
    chown root postfix/queue/pid
    chown mail:mail mail
    chgrp postdrop postfix/queue/{maildrop,public}
    chmod 730 postfix/queue/maildrop
    chmod 710 postfix/queue/public
    install -m 644 /dev/null dismissed
    install -m 644 /dev/null dovecot.log
    install -m 644 /dev/null postfix.log
}

# When the caller ends, however it ends, its servers must not stay behind.
watch_parent() {
    # shellcheck disable=SC2016 # The words are expanded by the inner shell.
    setsid bash -c 'tail --pid="$1" -s 0.2 -f /dev/null; exec "${@:2}"' watcher \
        "$1" "$BASH" "$SELF" stop "$DIR" ${2:+"$2"} </dev/null >/dev/null 2>&1 &
    echo $! >"$DIR/watcher.pid"
}

stop_watching() {
    local watcher
    watcher=$(cat "$DIR/watcher.pid" 2>/dev/null) || return 0
    # It may be the watcher who asks for the stop.
    if ((watcher != $$)) && grep -qsF "$DIR" "/proc/$watcher/cmdline"; then pkill -s "$watcher" || true; fi
    rm -f "$DIR/watcher.pid"
}

# A private authority and a server certificate for localhost signed by it, as a company would have.
write_certificate() {
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    (
        cd "$DIR/tls"
        openssl req -x509 "${key[@]}" -keyout ca.key -out ../ca.pem -days 30 -subj '/CN=Private authority of this test' \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
        openssl req -new "${key[@]}" -keyout server.key -out server.csr -subj /CN=localhost
        openssl x509 -req -in server.csr -CA ../ca.pem -CAkey ca.key -set_serial 2 -out server.pem -days 30 -extfile <(
            printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature \
                extendedKeyUsage=serverAuth subjectAltName=DNS:localhost,IP:127.0.0.1
        )
    ) 2>"$DIR/tls/openssl.log" || die 3 "openssl could not make certificates; it says why in $DIR/tls/openssl.log"
}

# Ten ports in a row, reserved for the life of the folder, so that a server restarted in the middle of a
# test finds its own port free. Below 32768, because the system hands out the ones above for connections.
reserve_ports() {
    mkdir -p "$RESERVED_PORTS"
    local lock
    exec {lock}>"$RESERVED_PORTS/lock"
    flock "$lock"
    for _ in {1..200}; do
        FIRST_PORT=$((20000 + RANDOM % 1200 * 10))
        local holder
        holder=$(cat "$RESERVED_PORTS/$FIRST_PORT" 2>/dev/null) || holder=''
        if [[ $holder && -e $holder/env ]]; then continue; fi
        if [[ $(ss -Hltn "sport >= :$FIRST_PORT and sport < :$((FIRST_PORT + 10))") ]]; then continue; fi
        echo "$DIR" >"$RESERVED_PORTS/$FIRST_PORT"
        # The mark by which others see that the holder lives.
        install -m 600 -o "${SUDO_UID:-0}" /dev/null "$DIR/env"
        exec {lock}>&-
        return
    done
    die 3 "no ten free ports in a row between 20000 and 32000; stop other servers, see $RESERVED_PORTS"
}

free_ports() {
    local reserved
    reserved=$(grep -lsxF "$DIR" "$RESERVED_PORTS"/[0-9]*) && rm -f "$reserved"
    return 0
}

write_env() {
    cat >"$DIR/env" <<END
HOST=127.0.0.1
IMAP_PORT=$FIRST_PORT
IMAPS_PORT=$((FIRST_PORT + 1))
LMTP_PORT=$((FIRST_PORT + 2))
AUTH_PORT=$((FIRST_PORT + 3))
SMTP_PORT=$((FIRST_PORT + 4))
SUBMISSION_PORT=$((FIRST_PORT + 5))
SMTPS_PORT=$((FIRST_PORT + 6))
CA_FILE=$DIR/ca.pem
PASSWORD=$(openssl rand -hex 12)
MAIL_DIR=$DIR/mail
DOVECOT_LOG=$DIR/dovecot.log
POSTFIX_LOG=$DIR/postfix.log
DOMAINS=$(IFS=,; echo "${domains[*]}")
END
}

# Ends a master by the file in which it keeps its process id, and all its children: both masters lead a
# session of their own, which names exactly these processes.
stop_daemon() {
    local pid_file=$1 haste=${2:-} pid
    [[ -e $pid_file ]] || return 0
    pid=$(tr -d ' \n' <"$pid_file")
    rm -f "$pid_file"
    # A process id left behind may belong to somebody else by now.
    if [[ -e /proc/$pid ]] && ! grep -qF "$DIR/" "/proc/$pid/cmdline"; then return; fi
    if [[ $haste != at-once ]]; then
        kill "$pid" 2>/dev/null || true
        # Only a master's command line names the folder. Some children of Dovecot outlive it, each with a client.
        wait_for_end -s "$pid" -f "$DIR"
    fi
    pkill -KILL -s "$pid" || true
    wait_for_end -s "$pid"
}

wait_for_end() {
    for _ in {1..100}; do
        # Not Z: a dead child that nobody has collected yet does no harm.
        pgrep --runstates D,R,S,T "$@" >/dev/null || return 0
        sleep 0.05
    done
}

# Waits until a server greets, because a listening socket alone may have nobody behind it yet.
wait_for_greeting() {
    local name=$1 port=$2 greeting=$3 log=$4 line connection
    for _ in {1..200}; do
        if { exec {connection}<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
            line=''
            read -r -t 5 line <&"$connection" || true
            exec {connection}>&-
            if [[ $line == "$greeting"* ]]; then return; fi
        fi
        sleep 0.05
    done
    die 3 "$name does not answer on port $port; it says why in $log"
}

# ---- Dovecot ---------------------------------------------------------------------------------------

start_dovecot() {
    # shellcheck source=/dev/null
    source "$DIR/env"
    dovecot -c "$DIR/dovecot.conf" </dev/null >>"$DIR/dovecot.log" 2>&1 ||
        die 3 "Dovecot does not start; it says why in $DIR/dovecot.log"
    wait_for_greeting Dovecot "$IMAP_PORT" '* OK' "$DIR/dovecot.log"
    # A Postfix that asked the Dovecot before this one about passwords would fail the next log-in, once.
    local postfix=$DIR/postfix/queue/pid/master.pid
    if [[ -e $postfix ]]; then kill -HUP "$(tr -d ' \n' <"$postfix")"; fi
}

write_dovecot_config() {
    # shellcheck source=/dev/null
    source "$DIR/env"
    cat >"$DIR/dovecot.conf" <<END
protocols = imap lmtp
listen = 127.0.0.1
base_dir = $DIR/run
log_path = $DIR/dovecot.log
hostname = mailbox.example
ssl = yes
ssl_cert = <$DIR/tls/server.pem
ssl_key = <$DIR/tls/server.key

# Every address is a mailbox, all with one password, but for the dismissed.
passdb {
  driver = passwd-file
  args = username_format=%u $DIR/dismissed
  deny = yes
}
passdb {
  driver = static
  args = password=$PASSWORD
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$DIR/mail/%d/%n
}
auth_username_format = %Lu
recipient_delimiter = +
first_valid_uid = 8
first_valid_gid = 8

# Maildir: a person can read it with less, and a bench can fill it with cp.
mail_location = maildir:~/Maildir
maildir_very_dirty_syncs = yes
# The tests kill triaged, never the machine.
mail_fsync = never
namespace inbox {
  inbox = yes
  separator = /
}

# Tests connect often, from one address, and sometimes wrongly on purpose.
mail_max_userip_connections = 1000
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = $IMAP_PORT
  }
  inet_listener imaps {
    port = $IMAPS_PORT
    ssl = yes
  }
}
service lmtp {
  process_min_avail = 1
  inet_listener lmtp {
    port = $LMTP_PORT
  }
}
service auth {
  inet_listener {
    port = $AUTH_PORT
  }
}
END
}

# An address that Postfix accepts and Dovecot refuses: what happens to mail for people who left.
dismiss() {
    echo "${1:?an address is needed}:" >>"$DIR/dismissed"
    # Dovecot looks at the file at most once a second.
    if [[ -e $DIR/run/master.pid ]]; then sleep 1.1; fi
}

seed() {
    local address=${1:?an address is needed} folder=${2:?a folder of mails is needed}
    local box="$DIR/mail/${address#*@}/${address%@*}/Maildir"
    install -d -o mail -g mail "$DIR/mail/${address#*@}" "${box%/*}" "$box" "$box"/{cur,new,tmp}
    # Copied beside it first: a server that watches `new` must never see half a mail.
    cp -r "$folder/." "$box/tmp/"
    chown -R mail:mail "$box/tmp"
    find "$box/tmp" -type f -exec mv -t "$box/new" {} +
}

# ---- Postfix ---------------------------------------------------------------------------------------

# Postfix's own start script checks an installation, which costs a second; its master needs none of that.
start_postfix() {
    # shellcheck source=/dev/null
    source "$DIR/env"
    MAIL_CONFIG=$DIR/postfix /usr/lib/postfix/sbin/master -c "$DIR/postfix" -w </dev/null >>"$DIR/postfix.log" 2>&1 ||
        die 3 "Postfix does not start; it says why in $DIR/postfix.log"
    wait_for_greeting Postfix "$SMTP_PORT" 220 "$DIR/postfix.log"
}

write_postfix_config() {
    # shellcheck source=/dev/null
    source "$DIR/env"
    cat >"$DIR/postfix/main.cf" <<END
compatibility_level = 3.6
queue_directory = $DIR/postfix/queue
data_directory = $DIR/postfix/data
maillog_file = $DIR/postfix.log
maillog_file_prefixes = $DIR
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydestination =
mynetworks =
alias_maps =
local_recipient_maps =

# Local mailboxes only. reject_unauth_destination says it at RCPT, default_transport would say it later.
virtual_mailbox_domains = ${domains[*]}
virtual_alias_maps = inline:{ ${aliases[*]} }
virtual_transport = lmtp:inet:127.0.0.1:$LMTP_PORT
default_transport = error:5.7.1 no mail leaves this machine
relay_transport = error:5.7.1 no mail leaves this machine
smtpd_relay_restrictions = reject_unauth_destination
relay_domains_reject_code = 550
recipient_delimiter = +
message_size_limit = $MESSAGE_BYTES_MAX
notify_classes =

# One recipient a delivery, so that each mail can tell in X-Original-To whom it was sent to.
lmtp_destination_recipient_limit = 1

smtpd_tls_security_level = may
smtpd_tls_cert_file = $DIR/tls/server.pem
smtpd_tls_key_file = $DIR/tls/server.key
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$AUTH_PORT

# No name server is asked, nobody is slowed down for errors or haste.
smtp_dns_support_level = disabled
lmtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_event_limit_exceptions = static:all
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
in_flow_delay = 0
service_throttle_time = 1s
# A test that stops Dovecot will not wait five minutes for its mail.
queue_run_delay = 2s
minimal_backoff_time = 1s
maximal_backoff_time = 5s
END
    cat >"$DIR/postfix/master.cf" <<END
127.0.0.1:$SMTP_PORT inet n - n - - smtpd
127.0.0.1:$SUBMISSION_PORT inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$SMTPS_PORT inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
lmtp      unix  - - n - - lmtp flags=O
scache    unix  - - n - 1 scache
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
END
    # Postfix waits until a file is two seconds old, lest somebody is still writing it.
    touch -d '1 minute ago' "$DIR"/postfix/*.cf
}

main "$@"
