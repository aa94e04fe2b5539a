//! The places where the read models of a hub lie, for who rebuilds some of them without following the log into any.

use std::collections::BTreeSet;

use super::{Rebuild, Rebuilt};
use crate::fault::Fault;
use crate::model::Model;
use crate::views::Views;

/// One place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its address, as for [`Views::open`].
    pub url: String,
    /// Which models are there.
    pub models: &'static [Model],
}

/// All places of a hub.
#[derive(Debug, Clone)]
pub struct Places(Vec<Place>);

/// There is no read model of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no read model: there is {}", names.join(", "))]
pub struct NoSuchModel {
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub names: Vec<&'static str>,
}

impl Places {
    /// These places.
    pub fn new(places: Vec<Place>) -> Self {
        Self(places)
    }

    /// The models of these names, or all of them when there are no names.
    pub fn models(&self, names: &[String]) -> Result<BTreeSet<Model>, NoSuchModel> {
        let all = || self.0.iter().flat_map(|place| place.models).copied();
        let known = |name: &String| {
            let none = || NoSuchModel { name: name.clone(), names: all().map(Model::name).collect() };
            all().find(|model| model.name() == name).ok_or_else(none)
        };
        if names.is_empty() { Ok(all().collect()) } else { names.iter().map(known).collect() }
    }

    /// Has `rebuild` make `models`, in the places where they lie.
    pub async fn open(&self, mut rebuild: Rebuild, models: &BTreeSet<Model>) -> Result<InPlaces, Fault> {
        let mut open = Vec::new();
        for place in &self.0 {
            let here: Vec<Model> =
                place.models.iter().copied().filter(|model| models.contains(model)).collect();
            if !here.is_empty() {
                let views = Views::open(&place.url, place.models).await?;
                rebuild = rebuild.with(&views, &here);
                open.push(views);
            }
        }
        Ok(InPlaces { rebuild, open })
    }
}

/// A rebuild and the places it opened.
#[derive(Debug)]
pub struct InPlaces {
    rebuild: Rebuild,
    open: Vec<Views>,
}

impl InPlaces {
    /// Sees how far it is.
    pub fn progress(&self) -> tokio::sync::watch::Receiver<super::Progress> {
        self.rebuild.progress()
    }

    /// Does it, see [`Rebuild::run`], and closes the places.
    pub async fn run(self) -> Result<Vec<Rebuilt>, Fault> {
        let done = self.rebuild.run().await;
        for views in self.open {
            views.close().await;
        }
        done
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn places() -> Places {
        let place = |models| Place { url: "sqlite:nowhere".into(), models };
        Places::new(vec![place(&[Model::Board, Model::Tally]), place(&[Model::Timers])])
    }

    #[test]
    fn no_name_means_all_of_them_and_a_name_twice_means_it_once() {
        let all = BTreeSet::from([Model::Board, Model::Tally, Model::Timers]);
        assert_eq!(places().models(&[]), Ok(all));
        let twice = ["timers".to_owned(), "timers".to_owned()];
        assert_eq!(places().models(&twice), Ok(BTreeSet::from([Model::Timers])));
    }

    #[test]
    fn a_name_that_is_none_is_refused_with_those_that_are() {
        let refused = places().models(&["board".to_owned(), "bord".to_owned()]).unwrap_err();
        assert_eq!(refused.to_string(), "\"bord\" is no read model: there is board, tally, timers");
    }
}
