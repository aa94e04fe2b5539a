//! What the process asks of its machine: the time, randomness, its name, tasks that are watched over, and a voice for
//! operators. The only crate that may ask (INV-13); every other one takes these as arguments.

pub mod background;
pub mod clock;
pub mod entropy;
pub mod machine;
pub mod meter;
pub mod process;
pub mod pulse;
pub mod tasks;
pub mod telemetry;
pub mod trace;

pub use background::Background;
pub use clock::Clock;
pub use entropy::Entropy;
pub use meter::Meter;
pub use pulse::Pulse;
pub use tasks::Supervisor;
