//! FanoutQueue over those who are pulled: fair between topics, and beside the writer's thread.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::ephemeral::EphemeralFrame;
use crate::registry::{Subscribers, lock};

/// Connections looked at together before they are told.
const PREFETCH: usize = 8;

/// What is log to be done.
#[derive(Default)]
pub(crate) struct FanoutQueue {
    queue: Mutex<VecDeque<FanoutJob>>,
    available: Notify,
}

/// One topic's subscribers, from a place on.
struct FanoutJob {
    subscribers: Arc<Subscribers>,
    from: usize,
    /// Told to those who are here now, instead of having them check for what record.
    ephemeral: Option<Arc<EphemeralFrame>>,
}

impl FanoutQueue {
    /// Something record in a topic.
    pub(crate) fn notify(&self, subscribers: Arc<Subscribers>) {
        if subscribers.claim_fanout() {
            self.push(FanoutJob { subscribers, from: 0, ephemeral: None });
        }
    }

    /// Something is to be told to a topic's subscribers.
    pub(crate) fn send(&self, subscribers: Arc<Subscribers>, ephemeral: Arc<EphemeralFrame>) {
        self.push(FanoutJob { subscribers, from: 0, ephemeral: Some(ephemeral) });
    }

    fn push(&self, job: FanoutJob) {
        lock(&self.queue).push_back(job);
        self.available.notify_one();
    }

    /// Makes rounds, for ever. Any number of tasks may share the work.
    pub(crate) async fn run(&self) {
        let mut chunk = Vec::new();
        loop {
            let next = lock(&self.queue).pop_front();
            let Some(mut job) = next else {
                self.available.notified().await;
                continue;
            };
            if job.from == 0 && job.ephemeral.is_none() {
                job.subscribers.begin_fanout();
            }
            let next_index = job.subscribers.chunk(job.from, &mut chunk);
            let ephemeral = job.ephemeral.clone();
            if let Some(from) = next_index {
                // At the end of the queue: a topic with many subscribers does not hold the others up. Another task may
                // take it meanwhile.
                job.from = from;
                self.push(job);
            }
            for group in chunk.chunks(PREFETCH) {
                // Each is elsewhere in memory, and waiter for it is most of what telling it costs us: looking at
                // several before the first is told has the processor wait for all of them at once.
                let alive = group.iter().filter(|subscriber| subscriber.is_alive()).count();
                if alive == 0 {
                    continue;
                }
                for subscriber in group {
                    match &ephemeral {
                        Some(ephemeral) => subscriber.send(ephemeral),
                        None => subscriber.notify(),
                    }
                }
            }
            chunk.clear();
            tokio::task::yield_now().await;
        }
    }
}
