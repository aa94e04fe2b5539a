//! The words of a page: names of people, partners and places, moments, and what is told of a fact.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use seinhuis::profile::{Loaded, named};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::{in_words_nl, month_in_words_nl, read_start};
use seinhuis_domain::case::{CaseEvent, CaseOpened, Reminded, RungReached};
use seinhuis_domain::ids::{PartnerId, PersonId};
use seinhuis_domain::ladder::{Cause, PlannedStep, Rung};
use seinhuis_domain::profile::PartnerEntry;
use seinhuis_domain::sector::Sector;
use seinhuis_domain::tell::{Addressee, Away, Duty, HoldCause};

/// Who is who and what lies where, as the profile that ships says.
pub(crate) struct Words {
    pub(crate) loaded: Loaded,
}

impl Words {
    pub(crate) fn of(municipality: &str) -> Self {
        Self { loaded: named(municipality).unwrap() }
    }

    /// The official whom people call so.
    pub(crate) fn person(&self, name: &str) -> Option<PersonId> {
        let mut people = self.loaded.contacts.all();
        people.find(|(_, contact)| contact.name == name).map(|(id, _)| id.clone())
    }

    /// What people call him.
    fn name(&self, person: &PersonId) -> String {
        self.loaded.contacts.of(person).unwrap().name.clone()
    }

    pub(crate) fn partner(&self, name: &str) -> PartnerId {
        let mut partners = self.loaded.profile.partners.iter();
        partners
            .find(|partner| partner.name == name)
            .unwrap_or_else(|| panic!("{name} is no partner"))
            .id
            .clone()
    }

    /// Through which door it reports.
    pub(crate) fn sector(&self, id: &PartnerId) -> Sector {
        self.entry(id).sector
    }

    fn entry(&self, id: &PartnerId) -> &PartnerEntry {
        self.loaded.profile.partners.iter().find(|partner| partner.id == *id).unwrap()
    }

    pub(crate) fn area(&self, name: &str) -> AreaCode {
        let mut areas = self.loaded.profile.areas.iter();
        areas.find(|area| area.name == name).unwrap_or_else(|| panic!("{name} is no area")).code.clone()
    }

    /// What the hub makes of it, a line each; none where the line of who did it says all.
    pub(crate) fn told(&self, event: &CaseEvent) -> Vec<String> {
        match event {
            CaseEvent::CaseOpened(opened) => vec![self.opened(opened)],
            CaseEvent::SignalAttached { .. } => vec!["hoort bij dezelfde zaak".to_owned()],
            CaseEvent::CaseMadeIntegral { sectors, .. } => {
                let sectors: Vec<_> = sectors.iter().map(|sector| Sector::dutch(*sector)).collect();
                vec![format!("de zaak wordt integraal: {}", sectors.join(" en "))]
            }
            CaseEvent::StepPlanned { step, .. } => vec![after(Some(step))],
            CaseEvent::RungReached(reached) => self.reached(reached),
            CaseEvent::CaseReminded(reminded) => self.reminded(reminded),
            CaseEvent::CaseResolved { feedback_due: Some(due), .. } => {
                vec![format!("wie meldde hoort wat ermee gedaan is, vóór {}", in_words_nl(due.due_at))]
            }
            _ => vec![],
        }
    }

    fn opened(&self, opened: &CaseOpened) -> String {
        let route = &opened.route;
        let lead = match &route.lead {
            Some(lead) => format!("{} heeft de leiding", self.entry(lead).name),
            None => "niemand heeft nog de leiding".to_owned(),
        };
        format!("nieuwe zaak op de werkvloer, {}: {lead}", route.lane.dutch())
    }

    fn reached(&self, reached: &RungReached) -> Vec<String> {
        let by_hand = reached.cause == Cause::ByHand;
        let line = (!by_hand).then(|| format!("naar {}: {}", place(reached.rung), reached.cause.dutch()));
        let told = reached.told_because.iter().map(|told| self.addressed(told));
        line.into_iter().chain(told).chain([after(reached.next.as_ref())]).collect()
    }

    fn reminded(&self, reminded: &Reminded) -> Vec<String> {
        let line = format!("herinnering {}", reminded.nth);
        std::iter::once(line).chain(reminded.told_because.iter().map(|told| self.addressed(told))).collect()
    }

    fn addressed(&self, told: &Addressee) -> String {
        let for_whom = match &told.duty {
            Duty::OnDuty => String::new(),
            Duty::Deputy { away } => format!(", als vervanger van {}", self.gone(away)),
            Duty::Fallback { away } => format!(", als achtervang voor {}", self.gone(away)),
            Duty::NobodyOnDuty { .. } => ", die als eerste terug is".to_owned(),
        };
        let when = match &told.hold {
            None => "meteen".to_owned(),
            Some(hold) => {
                let because: Vec<_> = hold.because.iter().map(|cause| held(*cause)).collect();
                format!("{} ({})", in_words_nl(hold.until), because.join(", "))
            }
        };
        format!("bericht aan {}{for_whom}: {when}", self.name(&told.person))
    }

    fn gone(&self, away: &[Away]) -> String {
        away.iter().map(|gone| self.name(&gone.person)).collect::<Vec<_>>().join(" en ")
    }
}

fn held(cause: HoldCause) -> &'static str {
    match cause {
        HoldCause::NobodyOnDuty => "niemand is er",
        HoldCause::OutsideOfficeHours => "als het kantoor opengaat",
        HoldCause::QuietHours => "na de stille uren",
    }
}

fn after(next: Option<&PlannedStep>) -> String {
    let Some(PlannedStep { to, due_at, term, cause, .. }) = next else {
        return "daarna: hoger kan niet".to_owned();
    };
    let unless = match cause {
        Cause::NotPickedUp => "als niemand de zaak oppakt",
        Cause::NoProgress => "als er geen uitkomst is",
        Cause::NoLead => "als geen partner de leiding neemt",
        Cause::LeadSilent => "als van de trekker niets gehoord wordt",
        other => panic!("{other:?} is not planned"),
    };
    format!("daarna: naar {} {unless} vóór {} ({term})", place(*to), in_words_nl(*due_at))
}

/// A rung as a place to go to.
pub(crate) fn place(rung: Rung) -> &'static str {
    match rung {
        Rung::Workfloor => "de werkvloer",
        Rung::Team => "het team",
        Rung::Regisseur => "de regisseur",
        Rung::College => "het college",
    }
}

/// The moment that is written so: `maandag 2 maart 2026 om 10.00 uur`.
pub(crate) fn moment(text: &str) -> Timestamp {
    let parts: Vec<_> = text.split(' ').collect();
    let [_, day, month, year, "om", time, "uur"] = parts[..] else { panic!("{text} is no moment") };
    let date = date(day, month, year);
    let (hour, minute) = time.split_once('.').unwrap();
    let at =
        DateTime::from_parts(date, jiff::civil::time(hour.parse().unwrap(), minute.parse().unwrap(), 0, 0));
    let at = read_start(&at.to_string()).unwrap();
    assert_eq!(in_words_nl(at), text, "the day of the week");
    at
}

/// The day that is written so: `2 maart 2026`.
pub(crate) fn day(text: &str) -> Date {
    let parts: Vec<_> = text.split(' ').collect();
    let [day, month, year] = parts[..] else { panic!("{text} is no day") };
    date(day, month, year)
}

fn date(day: &str, month: &str, year: &str) -> Date {
    let month = (1..=12).find(|number| month_in_words_nl(*number) == month).unwrap();
    Date::new(year.parse().unwrap(), month, day.parse().unwrap()).unwrap()
}
