//! Placing an order.

use super::{DecisionContext, policy};
use crate::command::{MOST_LINES, MOST_OF_ONE, PlaceOrder};
use crate::event::{Change, Event, Kind, Subject};
use crate::id::ProductId;
use crate::money::Money;
use crate::order::{OrderItem, Version, sum_lines};
use crate::product::Product;
use crate::refusal::Refusal;
use crate::status::Status;
use foldhash::{HashMap, HashMapExt as _};

pub(super) fn place_order(context: &DecisionContext<'_>, place: &PlaceOrder) -> Result<Event, Refusal> {
    policy::may_place(context.actor.origin())?;
    let Some(customer) = context.actor.user() else {
        return Err(Refusal::Forbidden("only customers can place orders"));
    };
    if context.world.orders.contains_key(&place.id) {
        return Err(Refusal::Unchanged("an order with this id was placed already"));
    }
    if let Some(reference) = &place.reference {
        policy::may_refer(customer)?;
        if context.world.references.contains_key(&(place.store.clone(), reference.clone())) {
            return Err(Refusal::ReferenceTaken { reference: reference.clone() });
        }
    }
    if place.items.is_empty() {
        return Err(Refusal::BadItems("an order has at least one item"));
    }
    if place.items.len() > MOST_LINES {
        return Err(Refusal::BadItems("an order has at most 100 items"));
    }
    if place.items.iter().any(|(_, quantity)| !(1..=MOST_OF_ONE).contains(quantity)) {
        return Err(Refusal::BadItems("a quantity is 1 to 10000"));
    }
    let wanted = reserve(context, place)?;
    let items: Vec<OrderItem> = place
        .items
        .iter()
        .map(|(id, quantity)| OrderItem {
            product: *id,
            name: wanted[id].name.clone(),
            unit_price: wanted[id].price,
            quantity: *quantity,
        })
        .collect();
    let total = total(&items)?;
    if place.expected_total.is_some_and(|expected| expected != total) {
        return Err(Refusal::TotalChanged { now: total });
    }
    Ok(Event {
        subject: Subject::Order {
            id: place.id,
            number: context.world.next_number,
            store: place.store.clone(),
            customer: customer.clone(),
            driver: None,
            from: Status::Pending,
            to: Status::Pending,
        },
        kind: Kind::OrderCreated,
        version: Version(1),
        actor: context.actor.clone(),
        at: context.now,
        changes: vec![Change::Placed {
            items,
            total,
            method: place.payment,
            reference: place.reference.clone(),
            reserved_at: context.world.clock,
        }],
    })
}

/// Checks that the store sells every product and has enough of it. Lines of the same product are summed.
fn reserve<'a>(
    context: &DecisionContext<'a>,
    place: &PlaceOrder,
) -> Result<HashMap<ProductId, &'a Product>, Refusal> {
    let mut found = HashMap::with_capacity(place.items.len());
    for (id, wanted) in sum_lines(place.items.iter().copied()) {
        let product = context.world.products.get(&id).filter(|product| product.store == place.store);
        let product = product.ok_or(Refusal::UnknownProduct(id))?;
        let name = || product.name.as_str().to_owned();
        if product.archived {
            return Err(Refusal::ProductArchived { product: id, name: name() });
        }
        let available = product.stock.available();
        if wanted > available {
            return Err(Refusal::OutOfStock { product: id, name: name(), wanted, available });
        }
        found.insert(id, product);
    }
    Ok(found)
}

fn total(items: &[OrderItem]) -> Result<Money, Refusal> {
    let mut total = Money::zero(items[0].unit_price.currency);
    for item in items {
        if item.unit_price.currency != total.currency {
            return Err(Refusal::MixedCurrencies);
        }
        let line = item.unit_price.times(item.quantity).ok_or(Refusal::AmountOutOfRange)?;
        total = total.plus(line).ok_or(Refusal::AmountOutOfRange)?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINES, MOST_OF_ONE, Money, PlaceOrder, ProductId, Refusal};
    use crate::decide::fixture::{POT, Shop, TEA, count, create, customer, driver, euro, place, staff};
    use crate::order::PaymentMethod::Online;
    use crate::product::Stock;
    use crate::{Actor, Command, OrderId, OrderNumber, StoreId, UserId};
    use uuid::Uuid;

    const ID: OrderId = OrderId::new(Uuid::from_u128(1));

    fn of(items: &[(ProductId, u32)]) -> Command {
        Command::PlaceOrder(place(ID, items, Online))
    }

    #[test]
    fn lines_of_one_product_are_added_up_and_reserved_together() {
        let mut shop = Shop::open();
        let refusal = shop.refusal(&customer(), of(&[(TEA, 6), (POT, 1), (TEA, 5)]));
        let name = "Tea".to_owned();
        assert_eq!(refusal, Refusal::OutOfStock { product: TEA, name, wanted: 11, available: 10 });
        assert_eq!(shop.stock(POT).reserved, 0, "all of it or nothing");
        shop.must(&customer(), of(&[(TEA, 6), (TEA, 4)]));
        assert_eq!(shop.stock(TEA), Stock { on_hand: 10, reserved: 10 });
        assert_eq!(shop.refusal(&staff(), count(TEA, 9)), Refusal::StockReserved { reserved: 10 });
    }

    #[test]
    fn of_too_many_lines_no_more_are_looked_up_than_an_order_has() {
        let many: Vec<_> = (0..5000).map(|id| (ProductId::new(Uuid::from_u128(id)), 1)).collect();
        assert_eq!(of(&many).products().count(), MOST_LINES);
        assert_eq!(of(&many[..MOST_LINES]).products().count(), MOST_LINES);
        assert_eq!(
            Shop::open().refusal(&staff(), of(&many)).code(),
            "forbidden",
            "who may not order learns no more"
        );
    }

    #[test]
    fn only_customers_place_orders() {
        let mut shop = Shop::open();
        for who in [staff(), driver(), Actor::System] {
            assert_eq!(shop.refusal(&who, of(&[(TEA, 1)])).code(), "forbidden");
        }
    }

    #[test]
    fn an_order_has_items_the_store_sells_in_possible_quantities() {
        let mut shop = Shop::open();
        let many = vec![(TEA, 1); MOST_LINES + 1];
        for items in [&[][..], &[(TEA, 0)], &[(TEA, MOST_OF_ONE + 1)], &many] {
            assert_eq!(shop.refusal(&customer(), of(items)).code(), "invalid_items");
        }
        let unknown = ProductId::new(Uuid::from_u128(9));
        assert_eq!(shop.refusal(&customer(), of(&[(unknown, 1)])), Refusal::UnknownProduct(unknown));
        let elsewhere =
            PlaceOrder { store: StoreId::new("other").unwrap(), ..place(ID, &[(TEA, 1)], Online) };
        assert_eq!(shop.refusal(&customer(), Command::PlaceOrder(elsewhere)), Refusal::UnknownProduct(TEA));
    }

    #[test]
    fn the_customer_pays_what_they_were_shown() {
        let mut shop = Shop::open();
        let order = |total| {
            let shown = Some(Money { amount: total, ..euro(0) });
            Command::PlaceOrder(PlaceOrder {
                expected_total: shown,
                ..place(ID, &[(TEA, 2), (POT, 1)], Online)
            })
        };
        assert_eq!(shop.refusal(&customer(), order(2899)), Refusal::TotalChanged { now: euro(2900) });
        let dollars = PlaceOrder {
            expected_total: Some(Money { amount: 2900, currency: "USD".parse().unwrap() }),
            ..place(ID, &[(TEA, 2), (POT, 1)], Online)
        };
        assert_eq!(shop.refusal(&customer(), Command::PlaceOrder(dollars)).code(), "total_changed");
        shop.must(&customer(), order(2900));
    }

    #[test]
    fn a_reference_is_unique_in_its_store() {
        let mut shop = Shop::open();
        let order = |id: u128, reference: &str| {
            let reference = Some(reference.parse().unwrap());
            let id = OrderId::new(Uuid::from_u128(id));
            Command::PlaceOrder(PlaceOrder { reference, ..place(id, &[(TEA, 1)], Online) })
        };
        let asha = Actor::Customer { user: UserId::external("shop", "asha").unwrap() };
        shop.must(&asha, order(1, "ORDER-123"));
        assert_eq!(shop.refusal(&asha, order(2, "ORDER-123")).code(), "reference_taken");
        shop.must(&asha, order(3, "order-123"));
    }

    #[test]
    fn a_local_account_gives_no_order_a_reference() {
        let mut shop = Shop::open();
        let order = |reference: Option<&str>| {
            let reference = reference.map(|reference| reference.parse().unwrap());
            Command::PlaceOrder(PlaceOrder { reference, ..place(ID, &[(TEA, 1)], Online) })
        };
        assert_eq!(shop.refusal(&customer(), order(Some("ORDER-123"))), Refusal::ReferenceNotAllowed);
        shop.must(&customer(), order(None));
    }

    #[test]
    fn a_total_is_bounded() {
        let mut shop = Shop::open();
        let gold = ProductId::new(Uuid::from_u128(0xc));
        shop.must(&staff(), create(gold, Money::MOST, 9));
        assert_eq!(shop.refusal(&customer(), of(&[(gold, 2)])), Refusal::AmountOutOfRange);
        assert_eq!(shop.refusal(&customer(), of(&[(gold, 1), (TEA, 1)])), Refusal::AmountOutOfRange);
        shop.must(&customer(), of(&[(gold, 1)]));
    }

    #[test]
    fn an_id_is_used_once_and_numbers_rise() {
        let mut shop = Shop::open();
        shop.must(&customer(), of(&[(TEA, 1)]));
        assert_eq!(shop.refusal(&customer(), of(&[(TEA, 1)])).code(), "unchanged");
        let next = shop.place(&[(TEA, 1)], Online);
        assert_eq!(shop.order(next).number, OrderNumber(10_002));
        assert_eq!(shop.stock(TEA).reserved, 2);
    }
}
