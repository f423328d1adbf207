//! Rows that another process has locked: the requests about them wait, and all others go on.

use std::pin::Pin;
use std::task::{Context, Waker};

use jiff::SignedDuration;
use ordercast_eventlog::{Outcome, Receipt, Submission, SubmitError};
use orders::{OrderRef, ProductId, Status};

use super::Backend;
use super::commits::happened;
use super::faulty::Faulty;
use super::log::{Log, ordered, queue};
use super::shop::{cancel, count, create, customer, number, place, set_status, staff};

const MAIN: &str = "main";

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Receipt, SubmitError>> + Send + 'a>>;

struct Shop<B: Backend> {
    log: Log<Faulty<B>>,
    tea: ProductId,
    pot: ProductId,
}

impl<B: Backend> Shop<B> {
    async fn open() -> Self {
        let log = Log::<Faulty<B>>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
        let pot = log.product(create(log.clock.uuid(), 2000, 100), staff(MAIN)).await.product.id;
        Self { log, tea, pot }
    }

    /// Places an order and returns its number and its id.
    async fn order(&self, product: ProductId) -> (OrderRef, OrderRef) {
        let order = self.log.order(self.placing(product), customer("asha")).await;
        (number(order.order.number), OrderRef::Id(order.order.id))
    }

    fn placing(&self, product: ProductId) -> orders::Command {
        place(self.log.clock.uuid(), MAIN, &[(product, 1)])
    }

    fn lock(&self, (by_number, by_id): (OrderRef, OrderRef)) {
        self.log.backend().faults().locked_orders.extend([by_number, by_id]);
    }

    fn unlock(&self) {
        let mut faults = self.log.backend().faults();
        faults.locked_orders.clear();
        faults.locked_products.clear();
    }

    /// Waits until the writer has tried what waits for locked rows so many times more.
    async fn retried(&self, times: usize) {
        let before = self.log.backend().faults().begun.len();
        let since = std::time::Instant::now();
        while self.log.backend().faults().begun.len() < before + times {
            assert!(since.elapsed() < super::log::DEADLINE, "the writer does not try again");
            tokio::task::yield_now().await;
        }
    }
}

fn status(name: OrderRef, status: Status) -> Submission {
    Submission::one(set_status(name, status), staff(MAIN))
}

pub(crate) async fn what_is_locked_waits_and_the_rest_goes_on<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let (locked, free) = (shop.order(shop.tea).await, shop.order(shop.tea).await);
    shop.lock(locked);
    shop.log.backend().faults().locked_products.insert(shop.pot);
    let writer = shop.log.writer();
    let mut waiting: Vec<Answer<'_>> = vec![
        queue(&writer, status(locked.0, Status::Processing)),
        queue(&writer, Submission::one(shop.placing(shop.pot), customer("asha"))),
        queue(&writer, Submission::one(count(shop.pot, 50), staff(MAIN))),
    ];
    ordered(shop.log.submit(status(free.0, Status::Processing)).await);
    ordered(shop.log.submit(Submission::one(shop.placing(shop.tea), customer("ben"))).await);
    shop.retried(3).await;
    for answer in &mut waiting {
        let mut context = Context::from_waker(Waker::noop());
        assert!(answer.as_mut().poll(&mut context).is_pending());
    }
    shop.unlock();
    for answer in waiting {
        let answer = answer.await;
        assert!(happened(&answer), "{answer:?}");
    }
    let pot = shop.log.read_backend().product(shop.pot).await.unwrap().unwrap().product;
    assert_eq!((pot.stock.on_hand, pot.stock.reserved), (50, 1));
}

pub(crate) async fn requests_about_one_order_keep_their_order<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.order(shop.tea).await;
    shop.lock(order);
    let writer = shop.log.writer();
    let mut waiting: Vec<Answer<'_>> = vec![queue(&writer, status(order.1, Status::Processing))];
    shop.retried(2).await;
    // The second one names the order differently, the third one names another order too.
    let other = shop.order(shop.tea).await;
    waiting.push(queue(&writer, status(order.0, Status::Shipped)));
    let both = [
        (set_status(other.0, Status::Processing), staff(MAIN)),
        (set_status(order.0, Status::Delivered), staff(MAIN)),
    ];
    waiting.push(queue(&writer, super::shop::bulk(both.to_vec())));
    // It is not locked, but behind a request that waits.
    waiting.push(queue(&writer, Submission::one(cancel(other.1), customer("asha"))));
    shop.retried(2).await;
    shop.unlock();
    let mut outcomes = Vec::new();
    for answer in waiting {
        outcomes.extend(answer.await.unwrap().outcomes);
    }
    let statuses: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Order(snapshot) | Outcome::Unchanged(snapshot) => snapshot.order.status().to_string(),
            Outcome::Refused(refusal) => refusal.code().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(statuses[..4], ["processing", "shipped", "processing", "delivered"]);
    assert!(matches!(outcomes[4], Outcome::Refused(_)), "the store had begun with it: {statuses:?}");
}

pub(crate) async fn what_is_locked_for_too_long_is_answered_busy<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.order(shop.tea).await;
    shop.lock(order);
    let writer = shop.log.writer();
    let waiting = queue(&writer, status(order.0, Status::Processing));
    shop.retried(2).await;
    shop.log.clock.advance(SignedDuration::from_secs(4));
    shop.retried(2).await;
    let later = queue(&writer, status(order.1, Status::Shipped));
    shop.log.clock.advance(SignedDuration::from_secs(1));
    assert!(matches!(waiting.await, Err(SubmitError::Busy)));
    // The later one has a deadline of its own.
    shop.unlock();
    assert_eq!(ordered(later.await).order.status(), Status::Shipped);
}

pub(crate) async fn so_many_wait_for_locked_rows_and_no_more<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.order(shop.tea).await;
    shop.lock(order);
    let writer = shop.log.writer();
    let waiting: Vec<Answer<'_>> =
        (0..300).map(|_| queue(&writer, status(order.0, Status::Processing))).collect();
    shop.retried(10).await;
    shop.unlock();
    let mut busy = 0;
    for answer in waiting {
        match answer.await {
            Err(SubmitError::Busy) => busy += 1,
            answer => drop(answer.unwrap()),
        }
    }
    assert_eq!(busy, 300 - 256);
}

pub(crate) async fn a_writer_that_ends_tries_what_waits_a_last_time<B: Backend>() {
    for unlocked in [false, true] {
        let mut shop = Shop::<B>::open().await;
        let order = shop.order(shop.tea).await;
        shop.lock(order);
        {
            let writer = shop.log.writer();
            // The caller hangs up.
            drop(queue(&writer, status(order.0, Status::Processing)));
        }
        shop.retried(2).await;
        if unlocked {
            shop.unlock();
        }
        shop.log.restart().await;
        let expected = if unlocked { Status::Processing } else { Status::Pending };
        assert_eq!(shop.log.read(order.0).await.unwrap().order.status(), expected);
    }
}

pub(crate) async fn nothing_is_kept_between_batches_that_may_change_unnoticed<B: Backend>() {
    for shared in [false, true] {
        let log = Log::<Faulty<B>>::fresh().await;
        log.backend().faults().shared = shared;
        let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
        log.settle().await;
        log.backend().faults().begun.clear();
        for _ in 0..3 {
            log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
        }
        let begun = log.backend().faults().begun.clone();
        assert_eq!(begun.len(), 3);
        assert!(begun.iter().all(|(empty, _)| *empty == shared), "shared: {shared}, {begun:?}");
    }
}

pub(crate) async fn a_clock_that_is_set_back_does_not_make_requests_wait_longer<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.order(shop.tea).await;
    shop.lock(order);
    let writer = shop.log.writer();
    let waiting = queue(&writer, status(order.0, Status::Processing));
    shop.retried(2).await;
    shop.log.clock.advance(SignedDuration::from_hours(-1));
    shop.retried(2).await;
    shop.log.clock.advance(SignedDuration::from_secs(5));
    let answer = tokio::time::timeout(super::log::DEADLINE, waiting).await.expect("it waits for an hour");
    assert!(matches!(answer, Err(SubmitError::Busy)));
}
