//! A [named consumer](crate::consumers) at work: it waits for events, returns them, and stores how far it got.

use std::sync::Arc;

use tokio::sync::watch;

use crate::consumers::{Consumer, ConsumerChange, ConsumerName, ConsumerRefusal, StartAt};
use crate::cursor::{Cursor, Seq};
use crate::error::LogError;
use crate::read_backend::{EventPage, LogQueries, TailError};
use crate::submission::SubmitError;
use crate::writer::Writer;

/// Why a consumer cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    #[error("retention deleted events that consumer {0} has not read: remove it and register it again")]
    Pruned(ConsumerName),
    #[error(transparent)]
    Refused(ConsumerRefusal),
    /// The position was not stored.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl From<ConsumerRefusal> for ConsumerError {
    fn from(refusal: ConsumerRefusal) -> Self {
        match refusal {
            ConsumerRefusal::Pruned(name) => Self::Pruned(name),
            refusal => Self::Refused(refusal),
        }
    }
}

/// A named consumer at work.
pub struct LogConsumer {
    reader: Arc<dyn LogQueries>,
    writer: Writer,
    head: watch::Receiver<Cursor>,
    name: ConsumerName,
    position: Seq,
}

impl LogConsumer {
    /// Registers the consumer, or continues at its stored position.
    pub async fn open(
        name: ConsumerName,
        start: StartAt,
        reader: Arc<dyn LogQueries>,
        writer: Writer,
    ) -> Result<Self, ConsumerError> {
        let change = ConsumerChange::Register { name: name.clone(), start };
        let position = writer.consumer(change).await??.position;
        Ok(Self { reader, head: writer.head(), writer, name, position })
    }

    /// Waits for events after those it returned last, and returns at most `limit` of them. Nothing is lost when the future
    /// is dropped before it resolves.
    pub async fn next(&mut self, limit: usize) -> Result<EventPage, ConsumerError> {
        let after = self.position;
        let moved = self.head.wait_for(|head| head.seq > after).await.map(drop);
        moved.map_err(|_| SubmitError::Stopping)?;
        let page = self.reader.events(after, limit).await.map_err(|error| match error {
            TailError::Pruned => ConsumerError::Pruned(self.name.clone()),
            TailError::Log(error) => error.into(),
        })?;
        self.position = page.through;
        Ok(page)
    }

    /// Stores that every event that `next` returned is processed.
    pub async fn acknowledge(&self) -> Result<Consumer, ConsumerError> {
        let to = Cursor { epoch: self.head.borrow().epoch.clone(), seq: self.position };
        let change = ConsumerChange::Advance { name: self.name.clone(), to };
        Ok(self.writer.consumer(change).await??)
    }
}
