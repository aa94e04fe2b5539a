//! What the demo claims, checked against the log and against the bytes on disk after the hub has stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use seinhuis_domain::case::CaseEvent;
use seinhuis_domain::event::Event;
use seinhuis_domain::ids::{CaseId, SignalId};
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::notice::NoticeEvent;
use seinhuis_domain::sector::Sector;
use seinhuis_eventstore::Position;
use seinhuis_projections::Comparison;

use super::Played;
use super::story::{PERSONAL, Story};
use crate::cli::Surroundings;
use crate::commands::verify::{compare_all, signed};
use crate::store::Store;

/// What the log says happened.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Each claim, and whether it is true.
    pub claims: Vec<(String, bool)>,
    /// Signals per sector.
    pub signals: BTreeMap<Sector, usize>,
    /// Cases opened.
    pub cases: usize,
    /// Signals that joined a case.
    pub matches: usize,
    /// Rungs reached.
    pub rungs: BTreeMap<Rung, usize>,
    /// Notices delivered.
    pub notices: usize,
    /// The regisseur's mail about the family: the file and what it says.
    pub mail: Option<(std::path::PathBuf, String)>,
    /// The last instant in the log.
    pub until: Timestamp,
}

impl Verdict {
    /// Whether every claim is true.
    pub(super) fn holds(&self) -> bool {
        self.claims.iter().all(|(_, holds)| *holds)
    }

    fn claim(&mut self, text: impl Into<String>, holds: bool) {
        self.claims.push((text.into(), holds));
    }
}

/// What the log holds, gathered in one reading.
#[derive(Debug, Default)]
struct Gathered {
    reported: BTreeMap<SignalId, (Position, Sector)>,
    placed: BTreeMap<SignalId, Vec<CaseId>>,
    climbs: Vec<(CaseId, u32, Rung, u32)>,
    early: usize,
    delivered: Vec<(CaseId, Rung, seinhuis_domain::ids::NoticeId)>,
    matches: usize,
    cases: usize,
    until: Timestamp,
}

/// Reads the log from the beginning and checks every claim.
pub(super) async fn check(around: &Surroundings, played: &Played, story: &Story) -> anyhow::Result<Verdict> {
    let store = around.store().await?;
    let log = gather(&store).await?;
    let mut verdict =
        Verdict { cases: log.cases, matches: log.matches, until: log.until, ..Verdict::default() };
    verdict.notices = log.delivered.len();
    for (_, sector) in log.reported.values() {
        *verdict.signals.entry(*sector).or_default() += 1;
    }
    for (_, _, rung, _) in &log.climbs {
        *verdict.rungs.entry(*rung).or_default() += 1;
    }
    receipts(&mut verdict, played, &log);
    ladder(&mut verdict, &log);
    family(&mut verdict, &store, story, &log);
    let sound = signed(&store, None, around).await?;
    verdict.claim(
        format!("the log verifies: {} events, positions dense, every hash right", sound.events),
        sound.is_sound(),
    );
    verdict.claim(
        format!(
            "it is the one that was signed: {} checkpoints, up to event {}",
            sound.checkpoints, sound.signed
        ),
        sound.checkpoints > 0,
    );
    let equal = compare_all(&store, &around.config.data).await?.iter().all(Comparison::is_equal);
    verdict.claim("every read model equals its rebuild", equal);
    let folder = store.folder.path().to_owned();
    store.close().await;
    let found = tokio::task::spawn_blocking(move || in_plain_sight(&folder)).await??;
    verdict.claim("no name and no number of the family is anywhere on disk in plain sight", found.is_empty());
    Ok(verdict)
}

async fn gather(store: &Store) -> anyhow::Result<Gathered> {
    let mut log = Gathered::default();
    let mut after = Position::START;
    loop {
        let page = store.log.read(after, 1_000).await?;
        let Some(last) = page.events.last() else { return Ok(log) };
        (after, log.until) = (last.position, log.until.max(last.recorded_at));
        for event in &page.events {
            match event.event()? {
                Event::Signal(seinhuis_domain::signal::SignalEvent::SignalReported(facts)) => {
                    let id = SignalId::of(&facts.partner, &facts.reference);
                    log.reported.insert(id, (event.position, facts.kind.sector()));
                }
                Event::Case(case) => log.take_case(event.stream.id().parse()?, &case),
                Event::Notice(NoticeEvent::NoticeDelivered { facts, .. }) => {
                    log.delivered.push((facts.case, facts.rung, facts.notice));
                }
                _ => {}
            }
        }
    }
}

impl Gathered {
    fn take_case(&mut self, id: CaseId, event: &CaseEvent) {
        match event {
            CaseEvent::CaseOpened(opened) => {
                self.cases += 1;
                self.placed.entry(opened.signal).or_default().push(id);
            }
            CaseEvent::SignalAttached { signal, .. } => {
                self.matches += 1;
                self.placed.entry(*signal).or_default().push(id);
            }
            CaseEvent::RungReached(reached) => {
                self.climbs.push((id, reached.policy_version, reached.rung, reached.cycle));
                self.early += usize::from(reached.planned_at.is_some_and(|planned| reached.at < planned));
            }
            _ => {}
        }
    }
}

fn receipts(verdict: &mut Verdict, played: &Played, log: &Gathered) {
    let refused = played.receipts.iter().filter(|report| report.outcome.is_err()).count();
    verdict.claim(format!("none of the {} signals was refused", played.receipts.len()), refused == 0);
    let acknowledged: BTreeMap<SignalId, Position> =
        played.receipts.iter().filter(|r| r.new).filter_map(|r| r.outcome.as_ref().ok().copied()).collect();
    let recorded =
        log.reported.iter().map(|(id, (position, _))| (*id, *position)).collect::<BTreeMap<_, _>>();
    let text =
        format!("the {} receipts name exactly the {} signals in the log", acknowledged.len(), recorded.len());
    verdict.claim(text, acknowledged == recorded && acknowledged.len() == played.receipts.len());
    let once = log.reported.keys().all(|id| log.placed.get(id).is_some_and(|cases| cases.len() == 1));
    verdict.claim("every signal is in one case", once);
}

fn ladder(verdict: &mut Verdict, log: &Gathered) {
    let distinct: BTreeSet<_> = log.climbs.iter().collect();
    verdict.claim(
        format!("{} rungs were reached, none twice", log.climbs.len()),
        distinct.len() == log.climbs.len(),
    );
    verdict.claim("no timer fired early", log.early == 0);
    let notices: BTreeSet<_> = log.delivered.iter().map(|(_, _, notice)| notice).collect();
    verdict.claim(
        format!("{} notices were delivered, none twice", log.delivered.len()),
        notices.len() == log.delivered.len(),
    );
}

fn family(verdict: &mut Verdict, store: &Store, story: &Story, log: &Gathered) {
    let cases: BTreeSet<_> =
        story.signals.iter().filter_map(|signal| log.placed.get(signal)).flatten().collect();
    verdict.claim(format!("the family's {} signals are one case", story.signals.len()), cases.len() == 1);
    let Some(case) = cases.first().map(|case| **case) else { return };
    let climbed = |rung| log.climbs.iter().any(|(id, _, reached, _)| *id == case && *reached == rung);
    verdict.claim(
        "it climbed to the team and on to the regisseur",
        climbed(Rung::Team) && climbed(Rung::Regisseur),
    );
    let told = log.delivered.iter().find(|(id, rung, _)| *id == case && *rung == Rung::Regisseur);
    verdict.mail = told.and_then(|(_, _, notice)| {
        let file = store.folder.notices().join(format!("{notice}.eml"));
        let text = readable(&std::fs::read_to_string(&file).ok()?);
        Some((file, text))
    });
    let names_it = verdict.mail.as_ref().is_some_and(|(_, text)| text.contains(&case.number()));
    verdict.claim("the regisseur's mail names the case", names_it);
}

/// A mail without its quoted-printable line breaks and characters (RFC 2045), as its reader sees it.
fn readable(mail: &str) -> String {
    let joined = mail.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, more @ ..] = rest {
        let code =
            more.get(..2).filter(|_| *first == b'=').and_then(|hex| data_encoding::HEXUPPER.decode(hex).ok());
        match code {
            Some(byte) => {
                bytes.extend(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The files in which something personal stands in plain sight.
fn in_plain_sight(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(in_plain_sight(&path)?);
            continue;
        }
        let bytes = std::fs::read(&path)?;
        if PERSONAL.iter().any(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes())) {
            found.push(path);
        }
    }
    Ok(found)
}
