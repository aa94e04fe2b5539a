//! Instruments: what is counted as it happens, and what is looked at when somebody reads.

use opentelemetry::KeyValue;
use opentelemetry::metrics as otel;

use super::Meter;
use super::metric::{Kind, Metric};

/// A label and its value, from a closed list.
pub type Label<'a> = (&'static str, &'a str);

/// Counts what happens.
#[derive(Debug, Clone)]
pub struct Counter(otel::Counter<u64>);

impl Counter {
    /// So many more.
    pub fn add(&self, many: u64, labels: &[Label<'_>]) {
        self.0.add(many, &key_values(labels));
    }
}

/// Keeps how values are spread.
#[derive(Debug, Clone)]
pub struct Histogram(otel::Histogram<f64>);

impl Histogram {
    /// One more value.
    pub fn record(&self, value: f64, labels: &[(&'static str, &'static str)]) {
        // Names that last as long as the program are not copied: this is called for every signal.
        match labels {
            [] => self.0.record(value, &[]),
            [one] => self.0.record(value, &[KeyValue::new(one.0, one.1)]),
            [one, other] => {
                self.0.record(value, &[KeyValue::new(one.0, one.1), KeyValue::new(other.0, other.1)]);
            }
            many => {
                let many: Vec<_> = many.iter().map(|(name, label)| KeyValue::new(*name, *label)).collect();
                self.0.record(value, &many);
            }
        }
    }
}

impl Meter {
    /// The counter that `metric` declares.
    ///
    /// # Panics
    /// When it declares something else.
    pub fn counter(&self, metric: &Metric) -> Counter {
        assert_eq!(metric.kind, Kind::Counter, "{}", metric.name);
        let counter = self.instruments.u64_counter(metric.name);
        Counter(counter.with_unit(metric.unit).with_description(metric.meaning).build())
    }

    /// The histogram that `metric` declares.
    ///
    /// # Panics
    /// When it declares something else.
    pub fn histogram(&self, metric: &Metric) -> Histogram {
        let Kind::Histogram(bounds) = metric.kind else { panic!("{} is no histogram", metric.name) };
        let histogram = self.instruments.f64_histogram(metric.name).with_boundaries(bounds.to_vec());
        Histogram(histogram.with_unit(metric.unit).with_description(metric.meaning).build())
    }

    /// Has `look` tell where `metric` stands, each time somebody reads. It must answer at once. What it doesn't tell
    /// is not there.
    ///
    /// # Panics
    /// When a histogram is declared.
    pub fn observe(
        &self,
        metric: &Metric,
        look: impl Fn(&mut dyn FnMut(f64, &[Label<'_>])) + Send + Sync + 'static,
    ) {
        let seen = move |observer: &dyn otel::AsyncInstrument<f64>| {
            look(&mut |value, labels| observer.observe(value, &key_values(labels)));
        };
        match metric.kind {
            Kind::Gauge => {
                let gauge = self.instruments.f64_observable_gauge(metric.name);
                let gauge = gauge.with_unit(metric.unit).with_description(metric.meaning);
                // The meter keeps what looks.
                let _kept = gauge.with_callback(seen).build();
            }
            Kind::Counter => {
                let counter = self.instruments.f64_observable_counter(metric.name);
                let counter = counter.with_unit(metric.unit).with_description(metric.meaning);
                let _kept = counter.with_callback(seen).build();
            }
            Kind::Histogram(_) => panic!("{} is a histogram, which nobody can look at", metric.name),
        }
    }
}

fn key_values(labels: &[Label<'_>]) -> Vec<KeyValue> {
    labels.iter().map(|(name, value)| KeyValue::new(*name, (*value).to_owned())).collect()
}
