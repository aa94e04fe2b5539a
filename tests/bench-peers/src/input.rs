//! The events: reported signals as the hub stores them, about 320 bytes of JSON each, the same for every peer.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

/// Made beforehand and used in turn, so that making them costs no run anything.
const KINDS: usize = 4_096;

/// The payload of `signal.reported`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reported {
    partner: String,
    reference: String,
    kind: String,
    occurred_at: String,
    area: String,
    urgency: String,
    channel: String,
    subjects: Vec<String>,
    household: String,
    place: String,
}

impl DomainEvent for Reported {
    fn event_type(&self) -> String {
        "signal.reported".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

/// An event, and a stream nobody wrote to before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Next<'a> {
    pub(crate) event: &'a Reported,
    pub(crate) payload: &'a [u8],
    /// Also takes the place of its leaf hash: as long, and as random.
    pub(crate) leaf: &'a [u8; 32],
    number: u64,
    seed: u64,
}

impl Next<'_> {
    /// `signal-<UUID>`: the hub's names too lie scattered over the index.
    pub(crate) fn stream(&self) -> String {
        let mut random = SplitMix(mix(self.seed) ^ mix(self.number));
        format!("signal-{}", random.uuid())
    }

    pub(crate) fn area(&self) -> &str {
        &self.event.area
    }
}

/// The supply, shared by all callers.
#[derive(Debug)]
pub(crate) struct Input {
    seed: u64,
    made: Vec<(Reported, Vec<u8>, [u8; 32])>,
    known: HashSet<Vec<u8>>,
    taken: AtomicU64,
}

impl Input {
    pub(crate) fn new(seed: u64) -> anyhow::Result<Self> {
        let mut random = SplitMix(seed);
        let made = (0..KINDS).map(|_| {
            let event = reported(&mut random);
            let payload = serde_json::to_vec(&event)?;
            Ok((event, payload, random.bytes()))
        });
        let made = made.collect::<anyhow::Result<Vec<_>>>()?;
        let known = made.iter().map(|(_, payload, _)| payload.clone()).collect();
        Ok(Self { seed, made, known, taken: AtomicU64::new(0) })
    }

    pub(crate) fn next(&self) -> Next<'_> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let (event, payload, leaf) = &self.made[number as usize % KINDS];
        Next { event, payload, leaf, number, seed: self.seed }
    }

    /// Whether it is one of the payloads.
    pub(crate) fn made(&self, payload: &[u8]) -> bool {
        self.known.contains(payload)
    }

    /// How long a payload is, on average.
    pub(crate) fn payload_bytes(&self) -> usize {
        self.made.iter().map(|(_, payload, _)| payload.len()).sum::<usize>() / self.made.len()
    }
}

fn reported(random: &mut SplitMix) -> Reported {
    let pick = |random: &mut SplitMix, of: &[&str]| of[random.below(of.len() as u64) as usize].to_owned();
    let (month, day) = (1 + random.below(12), 1 + random.below(28));
    let (hour, minute) = (random.below(24), random.below(60));
    Reported {
        partner: pick(random, &["wonion", "politie-oost", "sociaal-team", "ggd-noord"]),
        reference: format!("2026-{:06}", random.below(1_000_000)),
        kind: pick(random, &["housing.soc.gel", "housing.fin.hua", "safety.ovl.jeu", "care.psy.ver"]),
        occurred_at: format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"),
        area: format!("WK1509{:02}", random.below(40)),
        urgency: pick(random, &["normal", "high"]),
        channel: pick(random, &["phone", "visit", "letter"]),
        subjects: vec![random.uuid()],
        household: random.uuid(),
        place: random.uuid(),
    }
}

/// The finaliser of SplitMix64: no two numbers give the same.
fn mix(number: u64) -> u64 {
    SplitMix(number).next()
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same seed gives the same events on every machine and for ever.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()));
        bytes
    }

    /// In the form of a UUID; what version it would be is left open.
    fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let (a, b, c) = (high >> 32, (high >> 16) & 0xffff, high & 0xffff);
        format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_payload_is_about_320_bytes_and_reads_back() {
        let input = Input::new(2026).unwrap();
        assert!((310..=330).contains(&input.payload_bytes()), "{}", input.payload_bytes());
        let next = input.next();
        assert_eq!(serde_json::from_slice::<Reported>(next.payload).unwrap(), *next.event);
        assert!(input.made(next.payload) && !input.made(b"{}"));
    }

    #[test]
    fn the_same_seed_gives_the_same_events_and_another_seed_others() {
        let first = |seed| {
            let input = Input::new(seed).unwrap();
            let next = input.next();
            (next.payload.to_vec(), next.stream())
        };
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }

    #[test]
    fn no_stream_comes_twice() {
        let input = Input::new(7).unwrap();
        let streams: HashSet<String> = (0..100_000).map(|_| input.next().stream()).collect();
        assert_eq!(streams.len(), 100_000);
    }
}
