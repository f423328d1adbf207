//! Requests that wait because another process has locked a row they name.
//!
//! A request that waits holds back later requests about the same orders, so that requests about one order are decided
//! in the order in which they came. All other requests go on.

use foldhash::{HashSet, HashSetExt as _};
use jiff::{SignedDuration, Timestamp};
use orders::{Command, OrderRef, ProductId, World};

use super::request::{QueuedRequest, WriteRequest};
use crate::submission::{Submission, SubmitError};
use crate::write_backend::LockedRows;

/// How long a request waits for locked rows before it is answered `Busy`.
pub(super) const LOCK_TIMEOUT: SignedDuration = SignedDuration::from_secs(5);
/// The most requests that wait for locked rows. Past it they are answered `Busy` at once.
const LOCK_QUEUE: usize = 256;

/// The waiting requests, oldest first.
#[derive(Default)]
pub(super) struct LockQueue(Vec<QueuedRequest>);

impl LockQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all of them, to try them again.
    pub(super) fn take(&mut self) -> Vec<QueuedRequest> {
        std::mem::take(&mut self.0)
    }

    /// Lets a request wait, unless it has waited too long or too many do.
    pub(super) fn push(&mut self, mut queued: QueuedRequest, now: Timestamp) {
        // When the clock is set back, the wait starts over.
        let since = queued.locked_since.map_or(now, |since| since.min(now));
        queued.locked_since = Some(since);
        if now.duration_since(since) >= LOCK_TIMEOUT || self.0.len() >= LOCK_QUEUE {
            queued.fail(SubmitError::Busy);
        } else {
            self.0.push(queued);
        }
    }
}

/// The rows that the requests of a batch must not touch.
pub(super) struct BlockedRows {
    orders: HashSet<OrderRef>,
    products: HashSet<ProductId>,
}

impl BlockedRows {
    /// The rows that are locked, and the orders of the requests that wait already. `None` when there are none of either.
    pub(super) fn new(locked: &LockedRows, queue: &LockQueue, world: &World) -> Option<Self> {
        if locked.orders.is_empty() && locked.products.is_empty() && queue.is_empty() {
            return None;
        }
        let mut blocked = Self { orders: HashSet::new(), products: HashSet::new() };
        blocked.orders.extend(locked.orders.iter().map(|name| known_name(*name, world)));
        blocked.products.extend(&locked.products);
        for waiting in &queue.0 {
            if let WriteRequest::Submission(submission, _) = &waiting.request {
                blocked.add_orders(submission, world);
            }
        }
        Some(blocked)
    }

    /// Whether the submission has to wait. If so, later ones about its orders have to wait too.
    pub(super) fn block(&mut self, submission: &Submission, world: &World) -> bool {
        let named = |request: &crate::submission::CommandRequest| {
            let created = match &request.command {
                Command::CreateProduct(create) => self.products.contains(&create.id),
                _ => false,
            };
            created || request.command.products().any(|id| self.products.contains(&id))
        };
        let blocked = orders_of(submission).any(|name| self.orders.contains(&known_name(name, world)))
            || submission.requests.iter().any(named);
        if blocked {
            self.add_orders(submission, world);
        }
        blocked
    }

    fn add_orders(&mut self, submission: &Submission, world: &World) {
        self.orders.extend(orders_of(submission).map(|name| known_name(name, world)));
    }
}

fn orders_of(submission: &Submission) -> impl Iterator<Item = OrderRef> + '_ {
    submission.requests.iter().filter_map(|request| match &request.command {
        Command::PlaceOrder(place) => Some(OrderRef::Id(place.id)),
        command => command.order(),
    })
}

/// One name for an order, however the request named it. A locked order is not loaded: the backend reports each name
/// under which it was requested.
fn known_name(name: OrderRef, world: &World) -> OrderRef {
    world.order(name).map_or(name, |order| OrderRef::Id(order.id))
}
