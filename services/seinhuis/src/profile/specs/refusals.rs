//! Broken copies of a profile: what is refused, word for word.

use std::fs;

use tempfile::TempDir;

use super::*;

/// A copy of a profile in which one text stands for another.
fn broken_copy(name: &str, file: &str, from: &str, to: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join("deploy/profiles").join(name)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not contain {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
    copy
}

/// The error for such a copy, with the folder left out.
fn refused(file: &str, from: &str, to: &str) -> String {
    let copy = broken_copy("oude-ijsselstreek", file, from, to);
    let said = load(copy.path()).unwrap_err().to_string();
    said.replace(&format!("{}/", copy.path().display()), "")
}

/// The line of a shipped file on which a text stands, counted from 1.
fn line(file: &str, text: &str) -> usize {
    let whole = fs::read_to_string(root().join("deploy/profiles/oude-ijsselstreek").join(file)).unwrap();
    1 + whole.lines().position(|line| line.contains(text)).unwrap()
}

#[test]
fn an_unknown_key_is_named_with_file_and_line() {
    assert_eq!(
        refused("teams.toml", "lane = \"social\"", "lanes = \"social\""),
        format!(
            "teams.toml:{}: teams.wijkteam-ulft-zorg-welzijn.lanes: unknown field `lanes`, expected one of `id`, `name`, \
         `lane`, `areas`, `coordinator`",
            line("teams.toml", "lane = ")
        )
    );
    assert_eq!(
        refused("profile.toml", "no_lead = ", "no_leader = "),
        format!(
            "profile.toml:{}: ladder.no_leader: unknown field `no_leader`, expected one of `workfloor`, `team`, \
         `regisseur`, `no_lead`, `refusals_max`, `handovers_max`, \
         `lead_silent`, `lead_silent_climb`, `feedback_within`, `pause_max`, `urgent_breaks_quiet`, `reminders`",
            line("profile.toml", "no_lead = ")
        )
    );
}

#[test]
fn a_bad_term_is_named_with_its_rule() {
    assert_eq!(
        refused("profile.toml", "no_lead = \"2wd\"", "no_lead = \"2w\""),
        format!(
            "profile.toml:{}: ladder.no_lead: term \"2w\": the unit is one of d, sd, sw, wd, wh, h",
            line("profile.toml", "no_lead = ")
        )
    );
}

#[test]
fn a_bad_office_hour_a_bad_code_and_a_bad_role_are_named_with_their_rules() {
    assert_eq!(
        refused("profile.toml", "closes = \"17:00\"", "closes = \"08:00\""),
        format!(
            "profile.toml:{}: office_hours: office hours 09:00:00 to 08:00:00: closing must come after opening, on the \
         same day",
            line("profile.toml", "office_hours = ")
        )
    );
    assert_eq!(
        refused("areas.toml", "code = \"WK150900\"", "code = \"wk150900\""),
        format!(
            "areas.toml:{}: areas.wk150900.code: \"wk150900\" is no area code: 2 to 24 characters of A-Z, 0-9 and '-'",
            line("areas.toml", "WK150900")
        )
    );
    assert_eq!(
        refused("people.toml", "role = \"college\"", "role = \"burgemeester\""),
        format!(
            "people.toml:{}: people.college.role: unknown variant `burgemeester`, expected one of `regisseur`, \
         `team_member`, `college`, `analyst`, `operator`",
            line("people.toml", "role = \"college\"")
        )
    );
}

#[test]
fn a_missing_key_is_named() {
    assert_eq!(
        refused("people.toml", "mail = \"gebiedsregisseur-ulft@oude-ijsselstreek.example\"\n", ""),
        format!(
            "people.toml:{}: people.gebiedsregisseur-ulft: missing field `mail`",
            line("people.toml", "[[people]]")
        )
    );
}

#[test]
fn a_stranger_as_lead_is_named_in_the_routing_file() {
    assert_eq!(
        refused("routing.toml", "lead = \"politie\"", "lead = \"brandweer\""),
        format!(
            "routing.toml:{}: routing.huiselijk-geweld.lead: brandweer is no partner",
            line("routing.toml", "lead = \"politie\"")
        )
    );
}

#[test]
fn a_stranger_as_coordinator_contact_or_deputy_is_named_in_its_file() {
    assert_eq!(
        refused("teams.toml", "coordinator = \"generalist-zorg-welzijn-ulft\"", "coordinator = \"niemand\""),
        format!(
            "teams.toml:{}: teams.wijkteam-ulft-zorg-welzijn.coordinator: niemand is not among the people",
            line("teams.toml", "coordinator = ")
        )
    );
    assert_eq!(
        refused("partners.toml", "contact = \"wijkagent\"", "contact = \"niemand\""),
        format!(
            "partners.toml:{}: partners.politie.contact: niemand is not among the people",
            line("partners.toml", "wijkagent")
        )
    );
    assert_eq!(
        refused("people.toml", "deputy = \"gebiedsregisseur-gemeentebreed\"", "deputy = \"niemand\""),
        format!(
            "people.toml:{}: people.gebiedsregisseur-ulft.deputy: niemand is not among the people",
            line("people.toml", "deputy = ")
        )
    );
}

#[test]
fn an_agreement_with_a_stranger_is_named_in_the_file_of_the_partners() {
    let agreement = "[[agreements]]\nname = \"oppakken\"\npartner = \"brandweer\"\npick_up = \"5wd\"\npercent = 90\n\
                     from = \"2026-01-01\"\n\n[[partners]]\nid = \"politie\"";
    assert_eq!(
        refused("partners.toml", "[[partners]]\nid = \"politie\"", agreement),
        format!(
            "partners.toml:{}: agreements.oppakken.partner: brandweer is no partner",
            line("partners.toml", "id = \"politie\"") + 1
        )
    );
}

#[test]
fn a_fault_of_the_whole_names_its_file() {
    assert_eq!(
        refused("areas.toml", "parent = \"GM1509\"", "parent = \"GM9999\""),
        "areas.toml: areas: area WK150900 lies in GM9999, which is not on the map"
    );
    assert_eq!(
        refused("profile.toml", "refusals_max = 2", "refusals_max = 0"),
        format!(
            "profile.toml:{}: ladder.refusals_max: 0 is too few: at least 1",
            line("profile.toml", "refusals_max = ")
        )
    );
}

#[test]
fn contacts_are_checked_too() {
    assert_eq!(
        refused("people.toml", "gebiedsregisseur-ulft@oude-ijsselstreek.example", "ulft"),
        format!(
            "people.toml:{}: people.gebiedsregisseur-ulft.mail: \"ulft\" is no mail address, such as \
         regisseur@gemeente.example",
            line("people.toml", "mail = ")
        )
    );
    let absence = "absences = [{ from = \"2026-08-07\", until = \"2026-07-20\" }]\nrole = \"college\"";
    assert_eq!(
        refused("people.toml", "role = \"college\"", absence),
        format!(
            "people.toml:{}: people.college.absences: from 2026-08-07 until 2026-07-20 ends before it begins",
            line("people.toml", "role = \"college\"")
        )
    );
}

#[test]
fn a_webhook_is_read_and_comes_before_mail_where_it_isnt_said() {
    let contact = |more: &str| {
        let webhook = "webhook = { url = \"https://zaak.example/hook\", secret_file = \"hook.secret\" }";
        let text = format!("{webhook}\n{more}\nrole = \"college\"");
        let copy = broken_copy("oude-ijsselstreek", "people.toml", "role = \"college\"", &text);
        let contacts = load(copy.path()).unwrap().contacts;
        contacts.of(&"college".to_owned().try_into().unwrap()).unwrap().clone()
    };
    assert_eq!(contact("").channels, [Way::Webhook, Way::Mail]);
    assert_eq!(contact("channels = [\"mail\", \"webhook\"]").channels, [Way::Mail, Way::Webhook]);
    let webhook = contact("channels = [\"webhook\"]").webhook.unwrap();
    assert_eq!(webhook.secret_file.to_str(), Some("hook.secret"));
    assert_eq!(webhook.url, "https://zaak.example/hook".parse().unwrap());
}

#[test]
fn a_webhook_that_is_none_or_isnt_there_is_refused_and_its_address_not_repeated() {
    let college =
        |text: &str| refused("people.toml", "role = \"college\"", &format!("{text}\nrole = \"college\""));
    let here = line("people.toml", "role = \"college\"");
    assert_eq!(
        college("webhook = { url = \"https://u:geheim@zaak.example\", secret_file = \"hook.secret\" }"),
        format!(
            "people.toml:{here}: people.college.webhook.url: an address carries no user name or password"
        )
    );
    assert_eq!(
        college("channels = [\"webhook\", \"mail\"]"),
        format!("people.toml:{here}: people.college.channels: there is no webhook")
    );
}

#[test]
fn the_time_for_collecting_notices_is_read_and_one_that_is_too_long_is_refused() {
    let text = |minutes: u16| format!("digest_minutes = {minutes}\nrole = \"college\"");
    let copy = broken_copy("oude-ijsselstreek", "people.toml", "role = \"college\"", &text(60));
    let contacts = load(copy.path()).unwrap().contacts;
    let college = contacts.of(&"college".to_owned().try_into().unwrap()).unwrap();
    assert_eq!(college.digest_minutes, Some(60));
    assert_eq!(
        refused("people.toml", "role = \"college\"", &text(300)),
        format!(
            "people.toml:{}: people.college.digest_minutes: 300 is not 5 to 240",
            line("people.toml", "role = \"college\"")
        )
    );
}

#[test]
fn an_absence_is_read() {
    let absence = "absences = [{ from = \"2026-07-20\", until = \"2026-08-07\" }]\nrole = \"college\"";
    let copy = broken_copy("oude-ijsselstreek", "people.toml", "role = \"college\"", absence);
    let profile = load(copy.path()).unwrap().profile;
    let college = profile.people.iter().find(|person| person.id.as_str() == "college").unwrap();
    assert_eq!(college.absences[0].until.to_string(), "2026-08-07");
}

#[test]
fn a_text_that_is_no_toml_is_named_with_its_line() {
    let said = refused("routing.toml", "lead = \"politie\"", "lead = politie");
    assert!(
        said.starts_with(&format!("routing.toml:{}: ", line("routing.toml", "lead = \"politie\""))),
        "{said}"
    );
}

#[test]
fn a_missing_file_is_named() {
    let copy = broken_copy("oude-ijsselstreek", "teams.toml", "Wijkteam", "Wijkteam");
    fs::remove_file(copy.path().join("teams.toml")).unwrap();
    let error = load(copy.path()).unwrap_err();
    let path = copy.path().join("teams.toml");
    assert_eq!(
        error.to_string(),
        format!("{}: the profile needs this file, and it can't be read", path.display())
    );
    assert!(
        matches!(error, ProfileError::Unreadable { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    );
}

#[test]
fn a_name_that_is_neither_built_in_nor_a_folder_is_refused_with_the_names_there_are() {
    assert_eq!(
        named("doetinchem").unwrap_err().to_string(),
        "no profile \"doetinchem\": neither a built-in name (oude-ijsselstreek, lelystad) nor a folder"
    );
}
