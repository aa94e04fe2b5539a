//! The signals: those of the demo's generator, for a town of its own people, as bytes ready to be sent.

use jiff::ToSpan;
use jiff::civil::Date;
use prost::bytes::{Bytes, BytesMut};
use prost::encoding::message;
use seinhuis::demo::draw::Draw;
use seinhuis::demo::generate::weeks;
use seinhuis::demo::person::{Person, town};
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_domain::profile::Profile;

/// Days the signals lie spread over.
const DAYS: u16 = 28;
/// Every request holds its signal in this field.
const SIGNAL: u32 = 1;

/// Makes signals, never the same one twice. The same seed on the same day makes the same ones.
pub(crate) struct Supply {
    profile: Profile,
    people: Vec<Person>,
    monday: Date,
    draw: Draw,
    made: usize,
    bytes: u64,
}

impl Supply {
    /// Signals of the partners of `profile` about so many people, in the four weeks before `today`.
    pub(crate) fn new(profile: Profile, people: usize, seed: u64, today: Date) -> Self {
        let mut draw = Draw::seeded(seed);
        let people = town(people, &mut draw);
        let days_since_monday = i64::from(today.weekday().to_monday_zero_offset());
        let monday = today.saturating_sub((days_since_monday + i64::from(DAYS)).days());
        Self { profile, people, monday, draw, made: 0, bytes: 0 }
    }

    /// So many signals, each partner's in the order of time, in the order of the profile's partners.
    pub(crate) fn take(&mut self, count: usize) -> Vec<Vec<Bytes>> {
        let numbers = self.made..self.made + count;
        self.made = numbers.end;
        let planned = weeks(&self.profile, &self.people, self.monday, DAYS, numbers, &mut self.draw);
        let mut signals = vec![Vec::with_capacity(count / 4); self.profile.partners.len()];
        for one in planned {
            let partner = self.profile.partners.iter().position(|partner| partner.id == one.partner);
            let request = request(&one.signal);
            self.bytes += request.len() as u64;
            signals[partner.unwrap_or_default()].push(request);
        }
        signals
    }

    /// The mean length of a request.
    pub(crate) fn mean_bytes(&self) -> f64 {
        self.bytes as f64 / self.made.max(1) as f64
    }
}

fn request(signal: &SectorSignal) -> Bytes {
    let mut bytes = BytesMut::with_capacity(256);
    match signal {
        SectorSignal::Police(signal) => message::encode(SIGNAL, signal, &mut bytes),
        SectorSignal::Housing(signal) => message::encode(SIGNAL, signal, &mut bytes),
        SectorSignal::Care(signal) => message::encode(SIGNAL, signal, &mut bytes),
        SectorSignal::Municipal(signal) => message::encode(SIGNAL, signal, &mut bytes),
    }
    bytes.freeze()
}
