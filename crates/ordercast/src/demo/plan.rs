//! The demo shop as a list of commands.

use jiff::{SignedDuration, Timestamp};
use orders::command::{CreateProduct, PaymentOutcome, PlaceOrder, SetDelivery, SetStatus};
use orders::order::{GeoPoint, PaymentMethod};
use orders::product::Details;
use orders::text::Prose;
use orders::{
    Actor, Command, Currency, Money, OrderId, OrderRef, Partner, ProductId, Status, StoreId, UserId,
};
use uuid::Uuid;

use super::people::{self, CUSTOMERS, line};
use super::products::products;
use super::seed_orders::{SEED_ORDERS, SeedEvent, SeedOrder};

#[derive(Debug, Clone)]
pub struct DemoShop {
    pub store: StoreId,
    pub currency: Currency,
    pub staff: UserId,
    /// The accounts of [`CUSTOMERS`], in the same order.
    pub customers: Vec<UserId>,
}

/// A command of the demo, and the time at which it is decided.
#[derive(Debug, Clone)]
pub struct DemoStep {
    pub at: Timestamp,
    pub actor: Actor,
    pub command: Command,
}

/// All commands, oldest first. `id` generates an id that sorts at a time.
///
/// # Panics
///
/// If there are fewer customers than [`CUSTOMERS`].
pub fn plan(shop: &DemoShop, now: Timestamp, mut id: impl FnMut(Timestamp) -> Uuid) -> Vec<DemoStep> {
    assert!(shop.customers.len() >= CUSTOMERS.len(), "an account for every customer of the demo");
    let opening = now - SignedDuration::from_hours(24 * 30);
    let staff = Actor::Staff { user: shop.staff.clone(), store: shop.store.clone() };
    let mut steps = Vec::new();
    let mut catalog = Vec::new();
    for (n, product) in (0_i64..).zip(products()) {
        let at = opening + SignedDuration::from_secs(n);
        let product_id = ProductId::new(id(at));
        catalog.push(product_id);
        let create = CreateProduct {
            id: product_id,
            name: line(product.name),
            price: Money { amount: product.price, currency: shop.currency },
            on_hand: product.stock,
            details: Details {
                sku: Some(line(product.sku)),
                category: Some(line(product.category)),
                description: Some(prose(product.description)),
                image: product.image.try_into().ok(),
            },
        };
        steps.push(DemoStep { at, actor: staff.clone(), command: Command::CreateProduct(create) });
    }
    for seed_order in SEED_ORDERS {
        let placed = now - minutes(seed_order.minutes_ago);
        let order = OrderId::new(id(placed));
        let customer = Actor::Customer { user: shop.customers[seed_order.customer].clone() };
        let place = Command::PlaceOrder(place(seed_order, order, shop, &catalog));
        steps.push(DemoStep { at: placed, actor: customer.clone(), command: place });
        let mut at = placed;
        for (after, seed_event) in seed_order.events {
            at += minutes(*after);
            let actor = match seed_event {
                SeedEvent::PaidOnline | SeedEvent::PaymentFailed => {
                    Actor::Gateway { provider: "demo".into() }
                }
                SeedEvent::CustomerCancels(_) => customer.clone(),
                _ => staff.clone(),
            };
            steps.push(DemoStep { at, actor, command: command(seed_event, OrderRef::Id(order), at) });
        }
    }
    // Order numbers follow the time. The sort is stable, so the steps of one order keep their order.
    steps.sort_by_key(|step| step.at);
    steps
}

fn place(seed_order: &SeedOrder, id: OrderId, shop: &DemoShop, catalog: &[ProductId]) -> PlaceOrder {
    let number = u32::try_from(seed_order.customer).unwrap_or(0);
    PlaceOrder {
        id,
        store: shop.store.clone(),
        items: seed_order.cart.iter().map(|(product, quantity)| (catalog[*product], *quantity)).collect(),
        payment: if seed_order.online { PaymentMethod::Online } else { PaymentMethod::CashOnDelivery },
        address: people::address(number, CUSTOMERS[seed_order.customer].name),
        expected_total: None,
        reference: None,
    }
}

fn command(seed_event: &SeedEvent, order: OrderRef, at: Timestamp) -> Command {
    let status = |status| SetStatus {
        order,
        status,
        tracking_number: None,
        estimated_delivery: None,
        note: None,
        reason: None,
    };
    let delivery =
        SetDelivery { order, partner: None, driver: None, location: None, estimated_delivery: None };
    let payment = |outcome, reference: Option<&str>| Command::RecordPayment {
        order,
        outcome,
        reference: reference.map(line),
    };
    match seed_event {
        SeedEvent::PaidOnline => payment(PaymentOutcome::Paid, Some("demo_payment")),
        SeedEvent::PaymentFailed => payment(PaymentOutcome::Failed, None),
        SeedEvent::Refunded => payment(PaymentOutcome::Refunded, None),
        SeedEvent::Processing(within) => Command::SetStatus(SetStatus {
            estimated_delivery: Some(at + minutes(*within)),
            ..status(Status::Processing)
        }),
        SeedEvent::Shipped(number) => {
            Command::SetStatus(SetStatus { tracking_number: Some(line(number)), ..status(Status::Shipped) })
        }
        SeedEvent::Driver(name, phone) => Command::SetDelivery(SetDelivery {
            partner: Some(Partner { name: line(name), phone: Some(line(phone)) }),
            ..delivery
        }),
        SeedEvent::At(latitude, longitude) => Command::SetDelivery(SetDelivery {
            location: GeoPoint::new(*latitude, *longitude).ok().map(Into::into),
            ..delivery
        }),
        SeedEvent::Parcel(parcel, state) => Command::MoveParcel { order, parcel: *parcel, state: *state },
        SeedEvent::Cash => Command::SetStatus(status(Status::Paid)),
        SeedEvent::Delivered => Command::SetStatus(status(Status::Delivered)),
        SeedEvent::Note(current, text) => {
            Command::SetStatus(SetStatus { note: Some(prose(text)), ..status(*current) })
        }
        SeedEvent::Corrected(to, reason) => {
            Command::SetStatus(SetStatus { reason: Some(prose(reason)), ..status(*to) })
        }
        SeedEvent::CustomerCancels(reason) => Command::CancelOrder { order, reason: Some(prose(reason)) },
        SeedEvent::StoreCancels(reason) => {
            Command::SetStatus(SetStatus { reason: Some(prose(reason)), ..status(Status::Cancelled) })
        }
    }
}

fn minutes(n: u32) -> SignedDuration {
    SignedDuration::from_mins(n.into())
}

fn prose<const MOST: usize>(text: &str) -> Prose<MOST> {
    Prose::new(text).unwrap_or_else(|rule| panic!("{text:?} {rule}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use orders::World;

    use super::*;

    fn steps() -> (Timestamp, Vec<DemoStep>) {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let user = |text: &str| UserId::new(text).unwrap();
        let shop = DemoShop {
            store: StoreId::main(),
            currency: "EUR".parse().unwrap(),
            staff: user("staff"),
            customers: CUSTOMERS.iter().map(|customer| user(customer.email)).collect(),
        };
        (now, plan(&shop, now, crate::clock::uuid_at))
    }

    #[test]
    fn the_whole_plan_is_accepted_and_shows_every_status() {
        let (now, steps) = steps();
        let mut world = World::default();
        for step in &steps {
            assert!(step.at <= now, "{step:?} is in the future");
            let events = orders::decide(&world, &step.command, &step.actor, None, step.at)
                .unwrap_or_else(|refusal| panic!("{refusal}: {step:?}"));
            assert_eq!(events.len(), 1, "{step:?}");
            world.apply(&events[0]);
        }
        assert_eq!(world.orders.len(), SEED_ORDERS.len());
        let mut statuses: HashMap<Status, usize> = HashMap::new();
        for order in world.orders.values() {
            *statuses.entry(order.status()).or_default() += 1;
        }
        for status in Status::ALL {
            assert!(statuses.get(&status).is_some_and(|n| *n >= 2), "{status}: {statuses:?}");
        }
        assert!(world.products.values().all(|product| product.stock.reserved <= product.stock.on_hand));
        assert!(
            world.products.values().any(|product| product.stock.available() == 0),
            "something is sold out"
        );
    }

    #[test]
    fn numbers_are_given_in_the_order_of_time_and_ids_sort_alike() {
        let (_, steps) = steps();
        let placed: Vec<_> = steps
            .iter()
            .filter_map(|step| match &step.command {
                Command::PlaceOrder(place) => Some(place.id),
                _ => None,
            })
            .collect();
        assert!(placed.is_sorted());
    }

    #[test]
    fn only_a_fresh_order_still_waits_for_its_money() {
        // The reservation of an older unpaid order would expire right after the start.
        let waiting = SEED_ORDERS.iter().filter(|seed_order| {
            seed_order.online
                && !seed_order
                    .events
                    .iter()
                    .any(|(_, seed_event)| matches!(seed_event, SeedEvent::PaidOnline))
        });
        assert!(
            waiting
                .into_iter()
                .all(|seed_order| i64::from(seed_order.minutes_ago) < orders::command::RESERVATION.as_mins())
        );
    }
}
