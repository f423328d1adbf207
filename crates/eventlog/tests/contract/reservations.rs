//! Stock reservations of orders that wait for an online payment.

use jiff::{SignedDuration, Timestamp};
use orders::command::{PaymentOutcome, PlaceOrder, RESERVATION, SetStatus};
use orders::order::PaymentMethod;
use orders::{Actor, Command, OrderNumber, ProductId, Status};

use super::Backend;
use super::log::Log;
use super::shop::{
    cancel, create, customer, gateway, number, pay, place, placing, set_status, setting, staff,
};
use super::walk::Walk;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

struct Shop<B: Backend> {
    log: Log<B>,
    tea: ProductId,
}

impl<B: Backend> Shop<B> {
    async fn open() -> Self {
        let log = Log::<B>::fresh().await;
        let tea = log.product(create(log.clock.uuid(), 450, 1000), staff("main")).await.product.id;
        Self { log, tea }
    }

    async fn online(&self) -> OrderNumber {
        let order = PlaceOrder {
            payment: PaymentMethod::Online,
            ..placing(self.log.clock.uuid(), "main", &[(self.tea, 1)])
        };
        self.log.order(Command::PlaceOrder(order), customer("asha")).await.order.number
    }

    async fn due_at(&self, now: Timestamp, limit: usize) -> Vec<OrderNumber> {
        self.log.read_backend().reservations_due(now, limit).await.unwrap()
    }

    async fn due(&self) -> Vec<OrderNumber> {
        self.due_at(self.log.clock.now(), 100).await
    }

    async fn expire(&self, order: OrderNumber) {
        self.log.order(Command::ExpireReservation { order: number(order) }, Actor::System).await;
    }
}

fn failed(order: OrderNumber) -> Command {
    Command::RecordPayment { order: number(order), outcome: PaymentOutcome::Failed, reference: None }
}

pub(crate) async fn what_nobody_paid_is_due_after_a_quarter_of_an_hour<B: Backend>() {
    let mut shop = Shop::<B>::open().await;
    let first = shop.online().await;
    let cash = place(shop.log.clock.uuid(), "main", &[(shop.tea, 1)]);
    shop.log.order(cash, customer("asha")).await;
    shop.log.clock.advance(SECOND);
    let (second, third) = (shop.online().await, shop.online().await);
    // A failed payment does not end the reservation.
    shop.log.order(failed(second), gateway()).await;
    shop.log.clock.advance(RESERVATION - SECOND - SignedDuration::from_millis(1));
    assert_eq!(shop.due().await, []);
    shop.log.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(shop.due().await, [first]);
    shop.log.clock.advance(SECOND);
    shop.log.restart().await;
    assert_eq!(shop.due().await, [first, second, third], "also after a restart");
    let now = shop.log.clock.now();
    assert_eq!(shop.due_at(now, 2).await, [first, second]);
    assert_eq!(shop.due_at(now, 0).await, []);
    shop.expire(second).await;
    assert_eq!(shop.due().await, [first, third]);
    shop.expire(first).await;
    shop.expire(third).await;
    assert_eq!(shop.due_at(Timestamp::MAX, 100).await, []);
}

pub(crate) async fn a_reservation_follows_a_clock_that_was_ahead_once<B: Backend>() {
    let ahead = SignedDuration::from_hours(24 * 40);
    let mut shop = Shop::<B>::open().await;
    let before = shop.online().await;
    shop.log.clock.advance(ahead);
    let early = shop.online().await;
    shop.log.clock.advance(SECOND - ahead);
    let after = shop.online().await;
    shop.log.restart().await;
    shop.log.clock.advance(RESERVATION - SECOND);
    assert_eq!(shop.due().await, [before]);
    shop.expire(before).await;
    shop.log.clock.advance(SECOND);
    assert_eq!(shop.due().await, [after]);
    shop.expire(after).await;
    assert_eq!(shop.due_at(Timestamp::MAX, 9).await, [early], "its page says until when");
}

pub(crate) async fn what_is_paid_called_off_or_begun_is_never_due<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(shop.online().await);
    }
    shop.log.order(pay(number(orders[0])), gateway()).await;
    shop.log.order(cancel(number(orders[1])), customer("asha")).await;
    shop.log.order(set_status(number(orders[2]), Status::Processing), staff("main")).await;
    assert_eq!(shop.due_at(Timestamp::MAX, 100).await, [orders[3]]);
}

pub(crate) async fn what_comes_back_to_waiting_is_due_again<B: Backend>() {
    let shop = Shop::<B>::open().await;
    let order = shop.online().await;
    shop.log.order(set_status(number(order), Status::Processing), staff("main")).await;
    let later = shop.online().await;
    shop.log.clock.advance(RESERVATION);
    assert_eq!(shop.due().await, [later]);
    let back = SetStatus {
        reason: Some("a slip of the finger".parse().unwrap()),
        ..setting(number(order), Status::Pending)
    };
    shop.log.order(Command::SetStatus(back), staff("main")).await;
    assert_eq!(shop.due().await, [order, later]);
}

pub(crate) async fn what_waits_is_what_a_naive_model_says<B: Backend>() {
    let walk = Walk::<B>::of(12, 1500).await;
    let world = walk.world();
    let mut waits: Vec<_> =
        world.orders.values().filter_map(|order| Some((order.number, order.reservation_ends()?))).collect();
    waits.sort_unstable();
    assert!(waits.len() > 5, "only {} orders wait", waits.len());
    for now in [waits[waits.len() / 2].1, Timestamp::MAX] {
        let expected: Vec<_> =
            waits.iter().filter(|(_, end)| *end <= now).map(|(number, _)| *number).collect();
        assert_eq!(walk.log.read_backend().reservations_due(now, 10_000).await.unwrap(), expected);
    }
}
