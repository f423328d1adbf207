//! Applies events to the state. Every event of the log can be applied, and replaying a log gives the same state.

use crate::event::{Change, Event, Subject};
use crate::id::ProductId;
use crate::order::{
    Hold, Lifecycle, Location, Order, OrderItem, Payment, PaymentState, Shipment, ShipmentState, Version,
};
use crate::product::{Product, Stock, StockMove};
use crate::status::Stage;
use crate::world::World;

impl World {
    /// Applies an event to its order or product, and to the stock that the order holds. An event that
    /// [`decide`](crate::decide()) made always fits the stock. A stock move that does not fit is skipped: another program
    /// changed the stock in the database, or the product is not loaded.
    pub fn apply(&mut self, event: &Event) {
        match &event.subject {
            Subject::Order { id, number, .. } => {
                let before = self.orders.get(id).map(|order| order.hold);
                if let Some(order) = self.orders.get_mut(id) {
                    order.apply(event);
                } else {
                    let Some(order) = Order::from_event(event) else { return };
                    self.next_number = self.next_number.max(number.next());
                    self.insert(order);
                }
                let order = &self.orders[id];
                for (product, change) in stock_moves(order, before) {
                    if let Some(product) = self.products.get_mut(&product)
                        && let Some(stock) = product.stock.after(change)
                    {
                        product.stock = stock;
                    }
                }
            }
            Subject::Product { id, .. } => match self.products.get_mut(id) {
                Some(product) => product.apply(event),
                None => {
                    if let Some(product) = Product::from_event(event) {
                        self.products.insert(*id, product);
                    }
                }
            },
        }
    }
}

/// The stock moves that follow from a change of an order's hold.
pub fn stock_moves(order: &Order, before: Option<Hold>) -> Vec<(ProductId, StockMove)> {
    let steps: &[fn(u32) -> StockMove] = match (before.unwrap_or(Hold::Released), order.hold) {
        (Hold::Released, Hold::Reserved) => &[StockMove::Reserve],
        (Hold::Released, Hold::Consumed) => &[StockMove::Reserve, StockMove::Consume],
        (Hold::Reserved, Hold::Released) => &[StockMove::Release],
        (Hold::Reserved, Hold::Consumed) => &[StockMove::Consume],
        (Hold::Consumed, Hold::Reserved) => &[StockMove::Unconsume],
        (Hold::Consumed, Hold::Released) => &[StockMove::Unconsume, StockMove::Release],
        _ => return Vec::new(),
    };
    let lines = order.quantities();
    lines.into_iter().flat_map(|(product, n)| steps.iter().map(move |step| (product, step(n)))).collect()
}

impl Order {
    /// Builds the order of an `order.created` event.
    pub fn from_event(event: &Event) -> Option<Self> {
        let Subject::Order { id, number, store, customer, .. } = &event.subject else { return None };
        let [Change::Placed { items, total, method, reference, reserved_at }, ..] = event.changes.as_slice()
        else {
            return None;
        };
        let due = if total.amount == 0 { PaymentState::None } else { PaymentState::Pending };
        let mut order = Self {
            id: *id,
            number: *number,
            reference: reference.clone(),
            store: store.clone(),
            customer: customer.clone(),
            items: Vec::<OrderItem>::clone(items),
            total: *total,
            lifecycle: Lifecycle::Placed,
            processing: false,
            payment: Payment { method: *method, state: due, reference: None },
            shipments: Vec::new(),
            hold: Hold::Reserved,
            tracking_number: None,
            driver: None,
            estimated_delivery: None,
            location: None,
            version: Version(1),
            created_at: event.at,
            reserved_at: *reserved_at,
            updated_at: event.at,
        };
        order.apply(event);
        Some(order)
    }

    pub fn apply(&mut self, event: &Event) {
        for change in &event.changes {
            self.apply_change(change, event);
        }
        self.version = event.version;
        self.updated_at = event.at;
    }

    fn apply_change(&mut self, change: &Change, event: &Event) {
        match change {
            Change::ProcessingStarted => self.processing = true,
            Change::Parcel { parcel, state } => match self.shipments.iter_mut().find(|s| s.parcel == *parcel)
            {
                Some(shipment) => shipment.go(*state),
                None => self.shipments.push(Shipment::new(*parcel, *state)),
            },
            Change::Corrected { to, .. } => self.go_back(*to),
            Change::Cancelled { reason } => {
                self.lifecycle =
                    Lifecycle::Cancelled { by: event.actor.origin(), reason: reason.clone(), at: event.at };
            }
            Change::Payment { state, reference } => {
                self.payment.state = *state;
                if reference.is_some() {
                    self.payment.reference.clone_from(reference);
                }
            }
            Change::Hold { hold } => self.hold = *hold,
            Change::TrackingNumber { number } => self.tracking_number = Some(number.clone()),
            Change::EstimatedDelivery { at } => self.estimated_delivery = Some(*at),
            Change::Partner { driver } => self.driver.clone_from(driver),
            Change::Located { point, measured_at, accuracy } => {
                let (point, measured_at, accuracy) = (*point, *measured_at, *accuracy);
                self.location = Some(Location { point, at: event.at, measured_at, accuracy });
            }
            Change::Placed { .. }
            | Change::Note { .. }
            | Change::ProductCreated { .. }
            | Change::Renamed { .. }
            | Change::Priced { .. }
            | Change::Archived { .. }
            | Change::DetailsReplaced
            | Change::StockCounted { .. } => {}
        }
    }

    /// Undoes everything after a stage. Does nothing if the order has not passed the stage.
    fn go_back(&mut self, to: Stage) {
        if self.stage() <= to {
            return;
        }
        match to {
            Stage::Pending => {
                self.processing = false;
                self.shipments.clear();
            }
            Stage::Processing => {
                self.processing = true;
                self.shipments.iter_mut().for_each(|parcel| parcel.go(ShipmentState::Packed));
            }
            Stage::Shipped => self.shipments.iter_mut().for_each(Shipment::unarrive),
            Stage::Delivered => {}
        }
    }
}

impl Product {
    /// Builds the product of a `product.created` event.
    pub fn from_event(event: &Event) -> Option<Self> {
        let Subject::Product { id, store } = &event.subject else { return None };
        let [Change::ProductCreated { name, price, on_hand }, ..] = event.changes.as_slice() else {
            return None;
        };
        Some(Self {
            id: *id,
            store: store.clone(),
            name: name.clone(),
            price: *price,
            stock: Stock { on_hand: *on_hand, reserved: 0 },
            archived: false,
            version: event.version,
        })
    }

    pub fn apply(&mut self, event: &Event) {
        for change in &event.changes {
            match change {
                Change::Renamed { name } => self.name = name.clone(),
                Change::Priced { price } => self.price = *price,
                Change::Archived { archived } => self.archived = *archived,
                Change::StockCounted { on_hand } => self.stock.on_hand = *on_hand,
                _ => {}
            }
        }
        self.version = event.version;
    }
}
