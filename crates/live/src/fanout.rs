//! Notifies subscribers in chunks: fair between topics, and outside the writer's thread.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::ephemeral::EphemeralMessage;
use crate::registry::{Subscriber, Subscribers};
use crate::sync::lock;

/// Subscribers whose memory is fetched together.
const PREFETCH: usize = 8;

#[derive(Default)]
pub(crate) struct FanoutQueue {
    queue: Mutex<VecDeque<Job>>,
    available: Notify,
}

/// The subscribers of one topic, from an index on.
struct Job {
    subscribers: Arc<Subscribers>,
    from: usize,
    /// Send this instead of a notification.
    message: Option<Arc<EphemeralMessage>>,
}

impl FanoutQueue {
    /// Queues a notification of a topic's subscribers, unless one is queued.
    pub(crate) fn notify(&self, subscribers: Arc<Subscribers>) {
        if subscribers.claim_notification() {
            self.push(Job { subscribers, from: 0, message: None });
        }
    }

    pub(crate) fn send(&self, subscribers: Arc<Subscribers>, message: Arc<EphemeralMessage>) {
        self.push(Job { subscribers, from: 0, message: Some(message) });
    }

    fn push(&self, job: Job) {
        lock(&self.queue).push_back(job);
        self.available.notify_one();
    }

    /// Runs jobs forever. Several tasks may share a queue.
    pub(crate) async fn run(&self) {
        let mut chunk = Vec::new();
        loop {
            let next = lock(&self.queue).pop_front();
            let Some(mut job) = next else {
                self.available.notified().await;
                continue;
            };
            if job.from == 0 && job.message.is_none() {
                job.subscribers.begin_notification();
            }
            let next_index = job.subscribers.chunk(job.from, &mut chunk);
            let message = job.message.clone();
            if let Some(from) = next_index {
                // At the end of the queue, so that a topic with many subscribers does not delay others. Another task may
                // take it.
                job.from = from;
                self.push(job);
            }
            run_chunk(&chunk, message.as_deref());
            chunk.clear();
            tokio::task::yield_now().await;
        }
    }
}

fn run_chunk(chunk: &[Arc<dyn Subscriber>], message: Option<&EphemeralMessage>) {
    for group in chunk.chunks(PREFETCH) {
        // Most of the time goes into waiting for each subscriber's memory. Reading from several before the first is used
        // has the processor fetch them at the same time.
        let alive = group.iter().filter(|subscriber| subscriber.is_alive()).count();
        if alive == 0 {
            continue;
        }
        for subscriber in group {
            match message {
                Some(message) => subscriber.send(message),
                None => subscriber.notify(),
            }
        }
    }
}
