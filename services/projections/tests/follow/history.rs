//! Random histories, made by command so that each could have happened.

use proptest::prelude::*;
use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::ids::{CaseId, PartnerId, SignalId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::matching::Match;
use seinhuis_domain::signal::SignalFacts;

use crate::scene::{Scene, pseudonym, signal};

const PARTNERS: [(&str, &str); 4] = [
    ("wonion", "housing.soc.gel"),
    ("politie", "police.e33"),
    ("sensire", "care.loneliness"),
    ("gemeente", "municipal.waste"),
];

/// What happens next, with two numbers that say to whom.
pub(crate) type Step = (u8, u8, u8);

/// Histories of up to `steps` steps.
pub(crate) fn histories(steps: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..20_u8, 0..6_u8, 0..6_u8), 1..steps)
}

/// A scene in which things happen.
pub(crate) struct History {
    pub(crate) scene: Scene,
    waiting: Vec<(SignalFacts, SignalId)>,
    pub(crate) cases: Vec<CaseId>,
    reported: u32,
}

impl History {
    pub(crate) fn new(scene: Scene) -> Self {
        Self { scene, waiting: vec![], cases: vec![], reported: 0 }
    }

    /// Lets `step` happen. What the rules refuse does not.
    pub(crate) async fn play(&mut self, (what, one, other): Step) {
        self.scene.later(i64::from(other) * 7);
        match what {
            0..=4 => self.report(one, other).await,
            5..=7 => self.open(one).await,
            8 | 9 => self.attach(one, other).await,
            10 => self.scene.erase(pseudonym(one.into())).await,
            11 => self.settle(one, other).await,
            _ => {
                if let Some(case) = self.pick(one) {
                    self.work(what, case, other).await;
                }
            }
        }
    }

    async fn report(&mut self, one: u8, other: u8) {
        let (partner, kind) = PARTNERS[usize::from(one) % PARTNERS.len()];
        self.reported += 1;
        let mut facts = signal(partner, &self.reported.to_string(), kind);
        let some = |number: u8| (number > 1).then(|| pseudonym(number.into()));
        facts.subjects = some(one).into_iter().chain(some(other)).collect();
        (facts.household, facts.place) = (some(other), some(one));
        let id = self.scene.report(&facts).await;
        self.waiting.push((facts, id));
    }

    async fn open(&mut self, one: u8) {
        if self.waiting.is_empty() {
            return;
        }
        let (facts, id) = self.waiting.remove(usize::from(one) % self.waiting.len());
        self.cases.push(self.scene.open(&facts, id).await);
    }

    async fn attach(&mut self, one: u8, other: u8) {
        let Some(case) = self.pick(one) else { return };
        let Some((facts, id)) = self.waiting.pop() else { return };
        let because = Match::SameHousehold { household: pseudonym(other.into()) };
        if self.scene.attach(case, &facts, id, because).await.is_err() {
            self.waiting.push((facts, id));
        }
    }

    async fn settle(&mut self, one: u8, other: u8) {
        let Some(case) = self.pick(one) else { return };
        let (state, person) = (self.scene.state(case).await, "coordinator-ulft");
        let what = format!("{case}:{}:{}:{}", state.policy_version, state.rung, state.cycle);
        let notice = seinhuis_domain::ids::NoticeId::of(&what, &person.to_owned().try_into().unwrap());
        self.scene.settle(case, notice, state.rung, person, other.is_multiple_of(2)).await;
    }

    async fn work(&mut self, what: u8, case: CaseId, other: u8) {
        let act = self.scene.act();
        let partner = PartnerId::new(PARTNERS[usize::from(other) % PARTNERS.len()].0).unwrap();
        let rung = Rung::ALL[usize::from(other) % Rung::ALL.len()];
        let command = match what {
            12 => CaseCommand::Acknowledge { act },
            13 => CaseCommand::AssignLead { lead: partner, act },
            14 => CaseCommand::HandOver { to: partner, act },
            15 => CaseCommand::Refuse { partner, act },
            16 => CaseCommand::RaiseRung { to: rung, act },
            17 => CaseCommand::LowerRung { to: rung, act },
            18 => match self.scene.planned(case).await {
                Some(step) => {
                    self.scene.now = self.scene.now.max(step.due_at);
                    CaseCommand::RaiseByTimer { step, at: self.scene.now }
                }
                None => CaseCommand::Decide { lead: partner, act },
            },
            _ if self.scene.state(case).await.resolved => CaseCommand::Reopen { act },
            _ => CaseCommand::Resolve { act },
        };
        // A refusal is an answer too.
        let _ = self.scene.case(case, command).await;
    }

    fn pick(&self, number: u8) -> Option<CaseId> {
        (!self.cases.is_empty()).then(|| self.cases[usize::from(number) % self.cases.len()])
    }
}
