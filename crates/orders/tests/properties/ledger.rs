//! A second implementation of orders and stock, independent of the code under test. It is computed from the events.

use std::collections::{HashMap, HashSet};

use ordercast_orders::event::{Change, Event, Kind, Subject};
use ordercast_orders::order::{Hold, Order, Parcel, PaymentState, ShipmentState, Version};
use ordercast_orders::product::StockMove;
use ordercast_orders::status::Stage;
use ordercast_orders::{OrderId, ProductId, Status, World, apply};
use proptest::prelude::*;

/// The state of an order according to its events.
#[derive(Default)]
struct OrderRecord {
    version: u32,
    status: Option<Status>,
    paid: bool,
    arrived: HashSet<Parcel>,
    hold: Option<Hold>,
    lines: Vec<(ProductId, u32)>,
}

#[derive(Default)]
pub(crate) struct Ledger {
    orders: HashMap<OrderId, OrderRecord>,
    /// Version and expected stock on hand.
    products: HashMap<ProductId, (u32, i64)>,
}

impl Ledger {
    /// Records an event, and checks it against the earlier events.
    pub(crate) fn record(
        &mut self,
        event: &Event,
        before: &World,
        after: &World,
    ) -> Result<(), TestCaseError> {
        match &event.subject {
            Subject::Order { id, from, to, .. } => {
                let story = self.orders.entry(*id).or_default();
                versions(story, event)?;
                chain(story, event, before.orders.get(id), *from, *to)?;
                let hold = story.hold;
                for change in &event.changes {
                    story.record(change, *from)?;
                }
                stock_moves_fit(&after.orders[id], hold, before)?;
                for (product, n) in &story.lines {
                    let gone = |hold| i64::from(hold == Some(Hold::Consumed));
                    let left = gone(story.hold) - gone(hold);
                    self.products.entry(*product).or_default().1 -= left * i64::from(*n);
                }
                possible(&after.orders[id], story)?;
            }
            Subject::Product { id, .. } => {
                let (version, on_hand) = self.products.entry(*id).or_default();
                *version += 1;
                prop_assert_eq!(event.version, Version(*version), "product versions have no gap");
                for change in &event.changes {
                    if let Change::ProductCreated { on_hand: n, .. } | Change::StockCounted { on_hand: n } =
                        change
                    {
                        *on_hand = i64::from(*n);
                    }
                }
            }
        }
        self.stock_adds_up(after)
    }

    /// The reserved stock is what orders hold. The stock on hand is what was counted, less what was shipped.
    fn stock_adds_up(&self, world: &World) -> Result<(), TestCaseError> {
        let mut promised: HashMap<ProductId, u64> = HashMap::new();
        for story in self.orders.values().filter(|story| story.hold == Some(Hold::Reserved)) {
            for (product, n) in &story.lines {
                *promised.entry(*product).or_default() += u64::from(*n);
            }
        }
        for (id, product) in &world.products {
            let stock = product.stock;
            prop_assert!(stock.reserved <= stock.on_hand, "{:?}", stock);
            prop_assert_eq!(u64::from(stock.reserved), promised.get(id).copied().unwrap_or(0), "reserved");
            prop_assert_eq!(i64::from(stock.on_hand), self.products[id].1, "on hand");
        }
        Ok(())
    }
}

impl OrderRecord {
    fn record(&mut self, change: &Change, from: Status) -> Result<(), TestCaseError> {
        match change {
            Change::Placed { items, .. } => {
                self.lines = items.iter().map(|item| (item.product, item.quantity)).collect();
                self.hold = Some(Hold::Reserved);
            }
            Change::Hold { hold } => {
                prop_assert_ne!(self.hold, Some(*hold), "a hold that changes nothing");
                self.hold = Some(*hold);
            }
            Change::Payment { state, .. } => self.paid = matches!(state, PaymentState::Paid { .. }),
            Change::Parcel { parcel, state: ShipmentState::Delivered } => {
                self.arrived.insert(*parcel);
            }
            // Only a correction undoes a delivery. A correction of the payment alone does not.
            Change::Corrected { to, .. } if from == Status::Delivered || *to < Stage::Shipped => {
                self.arrived.clear();
            }
            _ => {}
        }
        Ok(())
    }
}

/// Versions count up from 1. A location keeps the current version.
fn versions(story: &mut OrderRecord, event: &Event) -> Result<(), TestCaseError> {
    if event.kind != Kind::DeliveryLocated {
        story.version += 1;
    }
    prop_assert_eq!(event.version, Version(story.version), "order versions have no gap");
    Ok(())
}

/// Each event starts at the status at which the previous one ended.
fn chain(
    story: &mut OrderRecord,
    event: &Event,
    before: Option<&Order>,
    from: Status,
    to: Status,
) -> Result<(), TestCaseError> {
    let known = story.status.replace(to);
    prop_assert_eq!(known.is_none(), event.kind == Kind::OrderCreated);
    prop_assert_eq!(known.unwrap_or(Status::Pending), from);
    prop_assert_eq!(before.map_or(Status::Pending, Order::status), from);
    if let Some(before) = before {
        prop_assert!(event.at >= before.updated_at, "time goes back");
    }
    let corrected = event.changes.iter().any(|change| matches!(change, Change::Corrected { .. }));
    let refunded =
        event.changes.iter().any(|it| matches!(it, Change::Payment { state: PaymentState::Refunded, .. }));
    match (from, to) {
        (same, other) if same == other => {}
        (Status::Cancelled, _) => prop_assert!(false, "cancelled is terminal: {:?}", event),
        (_, Status::Cancelled) => prop_assert_eq!(event.kind, Kind::OrderCancelled),
        (_, _) => {
            prop_assert_eq!(event.kind, Kind::OrderStatusChanged);
            let back = before.is_some_and(|before| rank(to, before) < rank(from, before));
            prop_assert!(!back || corrected || refunded, "{} to {} without a reason: {:?}", from, to, event);
        }
    }
    if from == Status::Cancelled {
        prop_assert_eq!(event.kind, Kind::PaymentChanged, "after the cancellation, only the payment changes");
    }
    Ok(())
}

/// The rank of a status. `paid` comes directly after the stage at which the payment arrived.
fn rank(status: Status, order: &Order) -> u8 {
    match status {
        Status::Pending => 0,
        Status::Paid if order.stage() == Stage::Pending => 1,
        Status::Processing => 2,
        Status::Shipped => 3,
        Status::Paid => 4,
        Status::Delivered => 5,
        Status::Cancelled => 6,
    }
}

/// Every stock move of the order fits the stock.
fn stock_moves_fit(order: &Order, hold: Option<Hold>, before: &World) -> Result<(), TestCaseError> {
    let mut stock: HashMap<_, _> = before.products.iter().map(|(id, product)| (*id, product.stock)).collect();
    for (id, change) in apply::stock_moves(order, hold) {
        let after: Option<_> = stock[&id].after(change);
        prop_assert!(after.is_some(), "{:?} of {:?} does not fit", change, stock[&id]);
        let (StockMove::Reserve(n) | StockMove::Release(n) | StockMove::Consume(n) | StockMove::Unconsume(n)) =
            change;
        prop_assert!(n > 0);
        stock.insert(id, after.unwrap());
    }
    Ok(())
}

/// Invariants of an order.
fn possible(order: &Order, story: &OrderRecord) -> Result<(), TestCaseError> {
    let left = order.shipments.iter().any(|it| it.state.has_left());
    let all_arrived = order.shipments.iter().all(|it| story.arrived.contains(&it.parcel));
    let paid_during = match order.payment.state {
        PaymentState::Paid { during } => Some(during),
        _ => None,
    };
    prop_assert_eq!(paid_during.is_some(), story.paid, "paid as recorded");
    prop_assert_eq!(story.hold, Some(order.hold));
    match order.status() {
        Status::Cancelled => {
            prop_assert!(order.is_cancelled());
            prop_assert!(order.hold != Hold::Reserved, "a cancelled order reserves stock");
        }
        status => {
            prop_assert!(!order.is_cancelled());
            prop_assert_eq!(status == Status::Delivered, !order.shipments.is_empty() && all_arrived);
            prop_assert_eq!(
                left,
                order.hold == Hold::Consumed,
                "stock is consumed exactly when a parcel was shipped"
            );
        }
    }
    match order.status() {
        Status::Pending => prop_assert!(!order.processing && order.shipments.is_empty()),
        Status::Processing => prop_assert!(order.processing && !left),
        Status::Shipped => prop_assert!(left),
        Status::Paid => {
            prop_assert!(story.paid && !all_arrived || order.shipments.is_empty());
            prop_assert_eq!(paid_during, Some(if left { Stage::Shipped } else { Stage::Pending }));
            prop_assert!(left || !order.processing);
        }
        Status::Delivered | Status::Cancelled => {}
    }
    let mut numbers = (1..).zip(&order.shipments);
    prop_assert!(numbers.all(|(n, shipment)| shipment.parcel == n), "parcels are 1, 2, 3 …");
    let sum: i64 = order.items.iter().map(|item| item.unit_price.amount * i64::from(item.quantity)).sum();
    prop_assert_eq!(order.total.amount, sum);
    Ok(())
}
