//! How signals make a case, in words: what opened it and where it was sent, what joined it and by which rule.

use super::super::{Explanation, words};
use crate::case::CaseOpened;
use crate::directory::Directory;
use crate::kind::Kind;
use crate::matching::Match;
use crate::sector::{Lane, Sector, Urgency};

pub(super) fn opened(opened: &CaseOpened, who: &Directory) -> Explanation {
    let (after_nl, after_en) = match opened.urgency {
        Urgency::Normal => ("een signaal", "a signal"),
        Urgency::Urgent => ("een spoedsignaal", "an urgent signal"),
    };
    let route = &opened.route;
    let lane_nl = match route.lane {
        Lane::Physical => "fysieke",
        Lane::Social => "sociale",
    };
    let lead = route.lead.as_ref().map(|lead| words::partner(lead, who));
    let team = route.team.as_ref().map(|team| words::team(team, who));
    let (lead_nl, lead_en) = match lead {
        Some(lead) => (format!("{lead} heeft de leiding"), format!("{lead} leads")),
        None => ("nog niemand heeft de leiding".into(), "nobody leads yet".into()),
    };
    let (team_nl, team_en) = match team {
        Some(team) => (format!("{team} kijkt mee"), format!("{team} looks on")),
        None => ("er is hier geen team".into(), "there is no team here".into()),
    };
    let (rule, lane, kind) = (&route.rule, route.lane, opened.kind);
    Explanation::new(
        format!(
            "Zaak geopend na {after_nl} over {}; regel '{rule}' stuurt naar de {lane_nl} lijn, {lead_nl}, {team_nl}",
            kind.dutch()
        ),
        format!(
            "Case opened after {after_en} about {}; rule '{rule}' sends it down the {lane} lane, {lead_en}, {team_en}",
            kind.english()
        ),
    )
}

pub(super) fn attached(kind: Kind, urgency: Urgency, because: Match) -> Explanation {
    let (signal_nl, signal_en) = match urgency {
        Urgency::Normal => ("Signaal", "Signal"),
        Urgency::Urgent => ("Spoedsignaal", "Urgent signal"),
    };
    let (rule_nl, rule_en) = match because {
        Match::SameSubject { .. } => (
            "'zelfde persoon': het gaat over iemand uit deze zaak",
            "'same person': it is about somebody in this case",
        ),
        Match::SameHousehold { .. } => (
            "'zelfde huishouden': het gaat over een huishouden uit deze zaak",
            "'same household': it is about a household in this case",
        ),
        Match::SamePlaceAndKind { .. } => (
            "'zelfde plek en soort': van deze plek kwam kort ervoor een signaal van dezelfde soort",
            "'same place and kind': a signal of the same kind came from this place shortly before",
        ),
    };
    Explanation::new(
        format!("{signal_nl} over {} toegevoegd; regel {rule_nl}", kind.dutch()),
        format!("{signal_en} about {} added; rule {rule_en}", kind.english()),
    )
}

pub(super) fn made_integral(sectors: &[Sector]) -> Explanation {
    Explanation::new(
        format!(
            "Zaak is nu integraal: er zijn signalen van {}, dus maken de partners samen één plan",
            words::list(sectors.iter().map(|sector| sector.dutch()), "en")
        ),
        format!(
            "The case is integral now: there are signals of {}, so the partners make one plan together",
            words::list(sectors, "and")
        ),
    )
}

#[cfg(test)]
mod specs {
    use crate::case::CaseEvent;
    use crate::case::given::{Given, MONDAY, attach, open, signal, urgent};
    use crate::explain::{Explanation, explain_case};
    use crate::matching::Match;
    use crate::sector::Urgency;

    /// The explanation of the n-th event that a command brings.
    fn told(given: &Given, command: crate::case::CaseCommand, n: usize) -> Explanation {
        explain_case(&given.decided(command)[n], given.who())
    }

    #[test]
    fn an_opening_names_the_rule_the_lane_the_lead_and_the_team() {
        let told = told(&Given::nothing(), open(signal("1", "housing.fin.hua")), 0);
        assert_eq!(
            told.dutch,
            "Zaak geopend na een signaal over huurachterstand; regel 'huurachterstand' stuurt naar de sociale lijn, \
             Wonion heeft de leiding, wijkteam-ulft kijkt mee"
        );
        assert_eq!(
            told.english,
            "Case opened after a signal about rent arrears; rule 'huurachterstand' sends it down the social lane, \
             Wonion leads, wijkteam-ulft looks on"
        );
    }

    #[test]
    fn an_opening_without_lead_or_team_says_so() {
        let mut alone = crate::example::profile();
        alone.teams.clear();
        let told = told(&Given::nothing().under([alone]), open(urgent(signal("1", "police.e33"))), 0);
        assert_eq!(
            told.dutch,
            "Zaak geopend na een spoedsignaal over verward of onbegrepen gedrag; regel 'onbegrepen-gedrag' stuurt naar \
             de sociale lijn, nog niemand heeft de leiding, er is hier geen team"
        );
        assert!(told.english.ends_with("nobody leads yet, there is no team here"), "{}", told.english);
    }

    #[test]
    fn an_attached_signal_names_the_rule_that_matched_and_nobody() {
        let id = "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b001";
        let [subject, household, place] = [id; 3].map(|id| id.parse().unwrap());
        for (because, dutch) in [
            (Match::SameSubject { subject }, "'zelfde persoon': het gaat over iemand uit deze zaak"),
            (
                Match::SameHousehold { household },
                "'zelfde huishouden': het gaat over een huishouden uit deze zaak",
            ),
            (
                Match::SamePlaceAndKind { place },
                "'zelfde plek en soort': van deze plek kwam kort ervoor een signaal van dezelfde soort",
            ),
        ] {
            let event = CaseEvent::SignalAttached {
                area: crate::case::given::ulft(),
                signal: signal("2", "housing.soc.gel").id,
                kind: signal("2", "housing.soc.gel").kind,
                urgency: Urgency::Normal,
                subjects: vec![],
                because,
                at: MONDAY.parse().unwrap(),
            };
            let told = explain_case(&event, Given::nothing().who());
            assert_eq!(told.dutch, format!("Signaal over geluidsoverlast toegevoegd; regel {dutch}"));
            assert!(told.english.starts_with("Signal about noise added; rule 'same "), "{}", told.english);
            assert!(!told.dutch.contains(id) && !told.english.contains(id));
        }
    }

    #[test]
    fn an_urgent_signal_and_an_integral_case_are_called_so() {
        let given = Given::opened("housing.fin.hua");
        let quarrel = attach(urgent(signal("2", "police.neighbour_quarrel")), MONDAY);
        let [first, second] = [0, 1].map(|n| told(&given, quarrel.clone(), n));
        assert!(first.dutch.starts_with("Spoedsignaal over burenruzie of burengerucht toegevoegd"));
        assert!(first.english.starts_with("Urgent signal about neighbour quarrel or noise added"));
        assert_eq!(
            second.dutch,
            "Zaak is nu integraal: er zijn signalen van politie en woningcorporatie, dus maken de partners samen één plan"
        );
        assert_eq!(
            second.english,
            "The case is integral now: there are signals of police and housing, so the partners make one plan together"
        );
    }
}
