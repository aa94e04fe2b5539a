//! The public feed: messages into JetStream, in order and acknowledged.

mod session;
pub(crate) mod stream;

use session::Session;

use crate::fault::Fault;
use crate::settings::Settings;

/// One message of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it goes, below `<prefix>.feed`: tokens of `A-Z`, `a-z`, `0-9`, `_` and `-` with dots between them.
    pub subject: String,
    /// What it is known by for ever (`Nats-Msg-Id`): published twice within the window for duplicates, it is kept once.
    pub id: String,
    /// Its content.
    pub body: Vec<u8>,
    /// What else to say of it, by name. A value holds no line breaks.
    pub headers: Vec<(&'static str, String)>,
}

/// A feed to publish into. It connects when it is used, and anew after every fault.
#[derive(Debug)]
pub struct Feed {
    settings: Settings,
    session: Option<Session>,
}

impl Feed {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, session: None }
    }

    /// Publishes `page` and returns once JetStream has acknowledged all of it. They stand in the stream in this order,
    /// whatever gets lost on the way. After a fault some of them may stand there: publish the page again, their ids
    /// keep them from standing there twice, unless the window for duplicates has gone by.
    ///
    /// # Panics
    /// On a subject that isn't made of tokens, or a header with a line break: they are the program's own words.
    pub async fn publish(&mut self, page: &[Message]) -> Result<(), Fault> {
        // Put back only after it has served: one that failed, or was given up halfway, isn't used again.
        let session = match self.session.take() {
            Some(session) if session.is_open() => session,
            _ => Session::open(&self.settings).await?,
        };
        session.publish(page).await?;
        self.session = Some(session);
        Ok(())
    }
}
