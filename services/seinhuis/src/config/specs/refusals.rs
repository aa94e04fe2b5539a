//! What is refused, word for word.

use super::*;

#[test]
fn an_unknown_key_is_an_error_that_names_file_line_and_key() {
    assert_eq!(
        refused("[listen]\nadress = \"127.0.0.1:1\"\n", &[], &[]),
        "seinhuis.toml:2: listen.adress: unknown key; there are listen.address, listen.insecure, listen.tls_cert, \
         listen.tls_key"
    );
    assert_eq!(
        refused("[lisen]\n", &[], &[]),
        "seinhuis.toml:1: lisen: unknown section; there are audit, bus, clock, data, feed, ingest, \
         keys, listen, log, notify, profile, proof, serve, telemetry, tokens"
    );
    assert_eq!(
        refused("", &[("SEINHUIS_LISTEN__ADRESS", "geheim")], &[]),
        "SEINHUIS_LISTEN__ADRESS: listen.adress: unknown key; `seinhuis config` lists them"
    );
}

#[test]
fn a_bad_value_is_an_error_that_names_origin_key_and_value() {
    for (file, said) in [
        (
            "[listen]\naddress = \"thuis\"",
            "seinhuis.toml:2: listen.address: \"thuis\": invalid socket address syntax",
        ),
        (
            "[listen]\ninsecure = 1",
            "seinhuis.toml:2: listen.insecure: invalid type: integer `1`, expected a boolean",
        ),
        (
            "[log]\nformat = \"xml\"",
            "seinhuis.toml:2: log.format: unknown variant `xml`, expected `pretty` or `json`",
        ),
        (
            "[ingest]\n\nburst = 0",
            "seinhuis.toml:3: ingest.burst: invalid value: integer `0`, expected a nonzero u32",
        ),
        (
            "[ingest]\nclock_skew = \"kort\"",
            "seinhuis.toml:2: ingest.clock_skew: \"kort\" is no length of time: 500ms, 30s, 5m or 2h",
        ),
        (
            "listen = 3",
            "seinhuis.toml:1: listen: unknown key; there are \
            listen.address, listen.insecure, listen.tls_cert, listen.tls_key",
        ),
        ("[listen\n", "seinhuis.toml:1: unclosed table, expected `]`"),
    ] {
        assert_eq!(refused(file, &[], &[]), said, "{file}");
    }
    assert_eq!(
        refused("", &[("SEINHUIS_INGEST__BURST", "veel")], &[]),
        "SEINHUIS_INGEST__BURST: ingest.burst: \"veel\" is no whole number"
    );
    assert_eq!(
        refused("", &[], &[("--speed", "clock.speed", "snel")]),
        "--speed: clock.speed: \"snel\" is no number"
    );
    assert_eq!(
        refused("", &[], &[("--insecure", "listen.insecure", "ja")]),
        "--insecure: listen.insecure: \"ja\" is neither true nor false"
    );
}

#[test]
fn an_address_that_others_reach_needs_tls_or_an_explicit_insecure() {
    for address in ["0.0.0.0:7465", "[::]:7465", "192.168.1.2:7465", "[::ffff:10.0.0.1]:7465"] {
        assert_eq!(
            refused("", &[], &[("--listen", "listen.address", address)]),
            format!(
                "--listen: listen.address: {address}: other machines can reach it: set listen.tls_cert and \
                 listen.tls_key, or listen.insecure = true (--insecure) where a gateway in front ends TLS"
            )
        );
    }
    let open = ("--listen", "listen.address", "0.0.0.0:7465");
    assert!(loaded("", &[], &[open, ("--insecure", "listen.insecure", "true")]).is_ok());
    assert!(loaded("[listen]\ntls_cert = \"a.pem\"\ntls_key = \"b.pem\"", &[], &[open]).is_ok());
    for own in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1"] {
        assert!(loaded("", &[], &[("--listen", "listen.address", own)]).is_ok(), "{own}");
    }
}

#[test]
fn others_look_in_by_an_explicit_insecure_only_and_measures_go_to_an_address() {
    let open = ("SEINHUIS_TELEMETRY__LISTEN", "0.0.0.0:7466");
    assert_eq!(
        refused("", &[open], &[]),
        "SEINHUIS_TELEMETRY__LISTEN: telemetry.listen: 0.0.0.0:7466: other machines can reach it, and it is plain HTTP: \
         set telemetry.insecure = true where only those that watch can reach it"
    );
    assert!(loaded("[telemetry]\ninsecure = true", &[open], &[]).is_ok());
    assert!(loaded("[telemetry]\nlisten = \"127.0.0.1:0\"", &[], &[]).is_ok());
}

#[test]
fn rules_between_settings_name_the_one_to_change() {
    for (file, said) in [
        (
            "[listen]\ntls_cert = \"a.pem\"",
            "default: listen.tls_key: listen.tls_cert is set, so this must be too",
        ),
        (
            "[notify.smtp]\nhost = \"mail\"",
            "default: notify.smtp.from: notify.smtp.host is set, so this must be too",
        ),
        (
            "[notify.smtp]\nuser = \"u\"",
            "default: notify.smtp.password_file: notify.smtp.user is set, so this must be too",
        ),
        (
            "[notify.smtp]\nuser = \"u\"\npassword_file = \"p\"\ntls = \"none\"",
            "seinhuis.toml:4: notify.smtp.tls: \"none\" would send the password in clear: starttls or tls",
        ),
        (
            "[serve]\nsilent_after = \"9s\"",
            "seinhuis.toml:2: serve.silent_after: less than 10s: the auditor looks every 5s only",
        ),
        (
            "[notify.webhook]\nattempts_max = 11",
            "seinhuis.toml:2: notify.webhook.attempts_max: 11 is not 1 to 10",
        ),
        (
            "[notify.smtp]\nhost = \"mail\"\nfrom = \"hier\"",
            "seinhuis.toml:3: notify.smtp.from: \"hier\" is no mail address, such as regisseur@gemeente.example",
        ),
        (
            "[notify]\nlink_base = \"hub\"",
            "seinhuis.toml:2: notify.link_base: \"hub\" is no address: http(s)://host/…",
        ),
        (
            "[notify]\nlink_base = \"https://u:geheim@hub/\"",
            "seinhuis.toml:2: notify.link_base: a link carries no user name or password",
        ),
        (
            "[telemetry]\notlp = \"collector:4317\"",
            "seinhuis.toml:2: telemetry.otlp: \"collector:4317\" is no address: http(s)://host:port",
        ),
        (
            "[telemetry]\notlp = \"http://u:geheim@collector:4317\"",
            "seinhuis.toml:2: telemetry.otlp: a password doesn't stand in a setting: put the receiver within one's own network",
        ),
        ("[telemetry]\nsample = 1.5", "seinhuis.toml:2: telemetry.sample: 1.5 is no share: 0.0 to 1.0"),
        ("[clock]\nspeed = 0", "seinhuis.toml:2: clock.speed: 0 is no speed: time must run, and forward"),
        ("[clock]\nspeed = nan", "seinhuis.toml:2: clock.speed: NaN is no speed: time must run, and forward"),
        (
            "[clock]\nanchor = \"2026-11-25T22:00:00Z\"",
            "default: clock.start: clock.anchor is set, so this must be too",
        ),
        ("[ingest]\nmessage_bytes = 10", "seinhuis.toml:2: ingest.message_bytes: 10 is not 1024 to 4194304"),
        (
            "[ingest]\nclock_skew = \"6m\"",
            "seinhuis.toml:2: ingest.clock_skew: more than 5m: the rules of the hub refuse such signals anyhow",
        ),
        ("[tokens]\nvalid_days = 0", "seinhuis.toml:2: tokens.valid_days: 0 is not 1 to 3650"),
        (
            "[profile]\nname = \"\"",
            "seinhuis.toml:2: profile.name: the hub needs a profile: a built-in name or a folder",
        ),
    ] {
        assert_eq!(refused(file, &[], &[]), said, "{file}");
    }
}

#[test]
fn a_file_found_in_the_data_folder_cannot_choose_another() {
    assert_eq!(
        refused("[data]\nfolder = \"elders\"", &[], &[]),
        "seinhuis.toml:2: data.folder: a file that was found in the data folder can't choose another; name the file \
         with --config"
    );
    let folder = folder("[data]\nfolder = \"elders\"");
    let named = folder.path().join(FILE_NAME);
    let effective = load(&Sources { file: Some(&named), ..Sources::default() }).unwrap();
    assert_eq!(effective.config.data.folder.to_str(), Some("elders"));
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let folder = folder("");
    let named = folder.path().join("weg.toml");
    let error = load(&Sources { file: Some(&named), ..Sources::default() }).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: the configuration can't be read", named.display()));
}

#[test]
fn a_variable_that_misses_an_underscore_is_put_right_and_others_are_left_alone() {
    assert_eq!(
        refused("", &[("SEINHUIS_INGEST_RATE_PER_SECOND", "5")], &[]),
        "SEINHUIS_INGEST_RATE_PER_SECOND: write SEINHUIS_INGEST__RATE_PER_SECOND"
    );
    assert!(loaded("", &[("SEINHUIS_TOKEN", "x"), ("PATH", "y")], &[]).is_ok());
}

#[test]
fn a_database_is_an_address_of_postgresql_without_a_password() {
    for key in ["data.log_url", "data.views_url", "keys.url"] {
        let with = |url: &str| refused("", &[], &[("--url", key, url)]);
        for url in ["mysql://db/seinhuis", "log.sqlite"] {
            assert!(with(url).contains("no address of PostgreSQL"), "{url}");
        }
        for url in ["postgres://hub:geheim@db/seinhuis", "postgresql://hub@db/seinhuis?password=geheim"] {
            let said = with(url);
            assert!(said.contains(key) && said.contains("PGPASSFILE"), "{said}");
            assert!(!said.contains("geheim"), "{said}");
        }
    }
}

#[test]
fn roles_apart_need_what_they_meet_in() {
    let log = "[data]\nlog_url = \"postgres://h@db/log\"\n";
    let both = format!("{log}views_url = \"postgres://h@db/log\"\n");
    let roles = |roles: &str| format!("[serve]\nroles = \"{roles}\"\n");
    let alone = "roles apart meet in PostgreSQL, so this must be set where serve.roles isn't \"all\"";
    for (file, said) in [
        (roles("ingest"), format!("default: data.log_url: {alone}")),
        (format!("{log}{}", roles("casework")), format!("default: data.views_url: {alone}")),
        (
            format!("{both}{}", roles("casework,ingest")),
            "default: keys.url: ingest, monitor and erasure apart need the same keys, so this must be set".into(),
        ),
        (
            format!("{both}{}", roles("relay")),
            "seinhuis.toml:5: serve.roles: the relay publishes over the bus as an organisation: set bus.url and feed.oin".into(),
        ),
        (
            format!("{both}{}", roles("ingest, doorman")),
            "seinhuis.toml:5: serve.roles: \"ingest, doorman\": \"doorman\" is no role: all, or some of ingest, casework, \
             projections, escalation, notify, monitor, relay, proof, erasure"
                .into(),
        ),
    ] {
        assert_eq!(refused(&file, &[], &[]), said, "{file}");
    }
    assert!(loaded(&format!("{both}{}", roles("casework,notify")), &[], &[]).is_ok());
}

#[test]
fn the_bus_takes_no_password_in_its_address_and_pairs_whole() {
    for (file, said) in [
        (
            "url = \"nats://a:geheim@nats\"",
            "seinhuis.toml:2: bus.url: a password doesn't stand in a setting: bus.password_file",
        ),
        ("user = \"hub\"", "default: bus.password_file: bus.user is set, so this must be too"),
        ("tls_cert = \"a.pem\"", "default: bus.tls_key: bus.tls_cert is set, so this must be too"),
    ] {
        assert_eq!(refused(&format!("[bus]\n{file}\n"), &[], &[]), said, "{file}");
    }
}

#[test]
fn the_feed_says_who_publishes_in_words_of_the_profile() {
    let nats = "[bus]\nurl = \"nats://nats\"\n";
    for (file, said) in [
        (
            "[feed]\noin = \"00000001823288444000\"\n".to_owned(),
            "default: bus.url: feed.oin is set, and the feed goes over the bus, so this must be too",
        ),
        (format!("{nats}[feed]\noin = \"1\"\n"), "seinhuis.toml:4: feed.oin: \"1\" is no OIN: 20 digits"),
    ] {
        assert_eq!(refused(&file, &[], &[]), said, "{file}");
    }
    assert!(loaded(&format!("{nats}[feed]\noin = \"00000001823288444000\"\n"), &[], &[]).is_ok());
}
