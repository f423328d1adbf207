//! Rounds over those who are pulled: fair between topics, and beside the writer's thread.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::notice::Notice;
use crate::seat::{Listeners, lock};

/// Connections looked at together before they are told.
const AHEAD: usize = 8;

/// What is still to be done.
#[derive(Default)]
pub(crate) struct Rounds {
    queue: Mutex<VecDeque<Round>>,
    more: Notify,
}

/// One topic's listeners, from a place on.
struct Round {
    listeners: Arc<Listeners>,
    from: usize,
    /// Told to those who are here now, instead of having them look for what happened.
    notice: Option<Arc<Notice>>,
}

impl Rounds {
    /// Something happened in a topic.
    pub(crate) fn begin(&self, listeners: Arc<Listeners>) {
        if listeners.needs_round() {
            self.add(Round { listeners, from: 0, notice: None });
        }
    }

    /// Something is to be told to a topic's listeners.
    pub(crate) fn tell(&self, listeners: Arc<Listeners>, notice: Arc<Notice>) {
        self.add(Round { listeners, from: 0, notice: Some(notice) });
    }

    fn add(&self, round: Round) {
        lock(&self.queue).push_back(round);
        self.more.notify_one();
    }

    /// Makes rounds, for ever. Any number of tasks may share the work.
    pub(crate) async fn make(&self) {
        let mut portion = Vec::new();
        loop {
            let next = lock(&self.queue).pop_front();
            let Some(mut round) = next else {
                self.more.notified().await;
                continue;
            };
            if round.from == 0 && round.notice.is_none() {
                round.listeners.round_begins();
            }
            let further = round.listeners.portion(round.from, &mut portion);
            let notice = round.notice.clone();
            if let Some(from) = further {
                // At the end of the queue: a topic with many listeners does not hold the others up. Another task may
                // take it meanwhile.
                round.from = from;
                self.add(round);
            }
            for few in portion.chunks(AHEAD) {
                // Each is elsewhere in memory, and waiting for it is most of what telling it costs us: looking at
                // several before the first is told has the processor wait for all of them at once.
                let alive = few.iter().filter(|listener| listener.is_alive()).count();
                if alive == 0 {
                    continue;
                }
                for listener in few {
                    match &notice {
                        Some(notice) => listener.tell(notice),
                        None => listener.pull(),
                    }
                }
            }
            portion.clear();
            tokio::task::yield_now().await;
        }
    }
}
