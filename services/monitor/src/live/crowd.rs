//! Those who are told of each fact as it comes, grouped by what they want. Groups are found by the area they watch, so
//! that a fact touches only those whom it concerns: the groups of its own area and of those around it.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::Position;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::sight::Sight;
use super::told::Told;
use super::wanted::Wanted;
use crate::hub::Hub;

/// Messages that a group keeps for those of it who haven't taken them yet. Whoever is further behind is parked.
const KEPT: usize = 1_024;
/// Groups at a time, which bounds what is kept (INV-11): a message is there once, however many groups keep it, and a place
/// for one takes some 100 bytes.
const GROUPS: usize = 1_024;

/// One message.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The place of its fact.
    pub(crate) position: Position,
    /// It, encoded; none where the fact can't be read.
    pub(crate) message: Option<Bytes>,
}

/// All groups.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    groups: HashMap<Wanted, Arc<Group>>,
    /// The groups that watch an area.
    by_area: HashMap<AreaCode, Vec<Arc<Group>>>,
    /// The groups that see every fact in outline.
    everywhere: Vec<Arc<Group>>,
    /// Everything up to here was told.
    reached: Position,
}

#[derive(Debug)]
struct Group {
    wanted: Wanted,
    ring: broadcast::Sender<Item>,
}

impl Group {
    /// Tells those in it, if it is for them.
    fn tell(&self, told: &Told<'_>) {
        let message = match self.wanted.message(told) {
            Ok(None) => return,
            Ok(message) => message,
            Err(fault) => {
                tracing::error!(fault = &fault as &dyn std::error::Error, "those who watch can't be told");
                None
            }
        };
        // Nobody may be there any more.
        let _ = self.ring.send(Item { position: told.position(), message });
    }
}

impl Crowd {
    /// Everything up to here was told.
    pub(crate) fn reached(&self) -> Position {
        self.reached
    }

    /// Whether nobody is there to be told.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Tells everybody whom it concerns, unless it was told before.
    pub(crate) fn tell(&mut self, told: &Told<'_>) {
        if told.position() <= self.reached {
            return;
        }
        self.everywhere.iter().for_each(|group| group.tell(told));
        let area = told.row.area.as_ref();
        let around = area.map(|area| told.directory.areas().path(area)).unwrap_or_default();
        let mut groups: Vec<&Arc<Group>> =
            around.iter().filter_map(|area| self.by_area.get(&area.code)).flatten().collect();
        if around.len() > 1 {
            // While the map changes, a group may be found by two of its areas.
            groups.sort_by_key(|group| Arc::as_ptr(group));
            groups.dedup_by_key(|group| Arc::as_ptr(group));
        }
        groups.iter().for_each(|group| group.tell(told));
        self.reached = told.position();
    }

    /// Adds somebody who wants this, and says after which position he is told; `None` when there are too many groups.
    /// `head` is the end of the log, from where on all is told if he is the first.
    fn join(&mut self, wanted: &Wanted, head: Position) -> Option<(broadcast::Receiver<Item>, Position)> {
        if self.is_empty() {
            self.reached = self.reached.max(head);
        }
        if let Some(group) = self.groups.get(wanted) {
            return Some((group.ring.subscribe(), self.reached));
        }
        if self.groups.len() >= GROUPS {
            return None;
        }
        let (ring, receiver) = broadcast::channel(KEPT);
        let group = Arc::new(Group { wanted: wanted.clone(), ring });
        match &wanted.sight {
            Sight::Outline => self.everywhere.push(Arc::clone(&group)),
            Sight::Areas(areas) => {
                for area in areas {
                    self.by_area.entry(area.clone()).or_default().push(Arc::clone(&group));
                }
            }
        }
        self.groups.insert(wanted.clone(), group);
        Some((receiver, self.reached))
    }

    /// Somebody who wanted this has left.
    fn left(&mut self, wanted: &Wanted) {
        if self.groups.get(wanted).is_none_or(|group| group.ring.receiver_count() > 0) {
            return;
        }
        let Some(gone) = self.groups.remove(wanted) else { return };
        let others = |group: &Arc<Group>| !Arc::ptr_eq(group, &gone);
        self.everywhere.retain(others);
        if let Sight::Areas(areas) = &wanted.sight {
            for area in areas {
                if let Some(groups) = self.by_area.get_mut(area) {
                    groups.retain(others);
                    if groups.is_empty() {
                        self.by_area.remove(area);
                    }
                }
            }
        }
    }
}

/// Somebody in the crowd. Dropped, he has left it.
#[derive(Debug)]
pub(crate) struct Member {
    hub: Arc<Hub>,
    wanted: Wanted,
    /// `None` only while it is dropped.
    ring: Option<broadcast::Receiver<Item>>,
}

/// He took messages more slowly than they came, and so many are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lagged(pub(crate) u64);

impl Member {
    /// Joins the crowd of `hub`, and says after which position he is told; `None` when it is too varied already.
    pub(crate) fn join(hub: &Arc<Hub>, wanted: &Wanted) -> Option<(Self, Position)> {
        let head = hub.parts.log.head();
        let (ring, after) = hub.live.crowd(|crowd| crowd.join(wanted, head))?;
        hub.live.joined.notify_one();
        Some((Self { hub: Arc::clone(hub), wanted: wanted.clone(), ring: Some(ring) }, after))
    }

    /// The next message. Safe to drop and ask again.
    pub(crate) async fn next(&mut self) -> Result<Item, Lagged> {
        match self.ring().recv().await {
            Ok(item) => Ok(item),
            Err(RecvError::Lagged(missed)) => Err(Lagged(missed)),
            // The group stays for as long as somebody is in it.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }

    /// The next message, if it is there.
    pub(crate) fn take(&mut self) -> Result<Option<Item>, Lagged> {
        match self.ring().try_recv() {
            Ok(item) => Ok(Some(item)),
            Err(TryRecvError::Lagged(missed)) => Err(Lagged(missed)),
            Err(TryRecvError::Empty | TryRecvError::Closed) => Ok(None),
        }
    }

    fn ring(&mut self) -> &mut broadcast::Receiver<Item> {
        self.ring.as_mut().expect("a member has a ring until it is dropped")
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.ring = None;
        self.hub.live.crowd(|crowd| crowd.left(&self.wanted));
    }
}

#[cfg(test)]
mod specs;
