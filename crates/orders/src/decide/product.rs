//! Products and stock.

use super::{DecisionContext, policy};
use crate::command::{CreateProduct, StockCount, UpdateProduct};
use crate::event::{Change, Event, Kind, Subject};
use crate::id::ProductId;
use crate::money::Money;
use crate::order::Version;
use crate::product::{Product, Stock};
use crate::refusal::Refusal;

pub(super) fn create(context: &DecisionContext<'_>, create: &CreateProduct) -> Result<Event, Refusal> {
    let store = policy::may_stock(context.actor)?;
    if context.world.products.contains_key(&create.id) {
        return Err(Refusal::Unchanged("a product with this id was created already"));
    }
    priced(create.price)?;
    if create.on_hand > Stock::MOST {
        return Err(Refusal::StockOutOfRange);
    }
    let change =
        Change::ProductCreated { name: create.name.clone(), price: create.price, on_hand: create.on_hand };
    Ok(Event {
        subject: Subject::Product { id: create.id, store: store.clone() },
        kind: Kind::ProductCreated,
        version: Version(1),
        actor: context.actor.clone(),
        at: context.now,
        changes: vec![change],
    })
}

pub(super) fn update(context: &DecisionContext<'_>, update: &UpdateProduct) -> Result<Event, Refusal> {
    let product = own(context, update.product)?;
    let mut changes = Vec::new();
    if let Some(name) = update.name.clone().filter(|name| *name != product.name) {
        changes.push(Change::Renamed { name });
    }
    if let Some(price) = update.price.filter(|price| *price != product.price) {
        priced(price)?;
        changes.push(Change::Priced { price });
    }
    if let Some(archived) = update.archived.filter(|archived| *archived != product.archived) {
        changes.push(Change::Archived { archived });
    }
    if update.details.is_some() {
        changes.push(Change::DetailsReplaced);
    }
    if changes.is_empty() {
        return Err(Refusal::Unchanged("the product has these values already"));
    }
    Ok(changed(context, product, changes))
}

pub(super) fn count(
    context: &DecisionContext<'_>,
    id: ProductId,
    count: StockCount,
) -> Result<Event, Refusal> {
    let product = own(context, id)?;
    let on_hand = match count {
        StockCount::OnHand(n) => i64::from(n),
        StockCount::Change(by) => i64::from(product.stock.on_hand).saturating_add(by),
    };
    let on_hand =
        u32::try_from(on_hand).ok().filter(|n| *n <= Stock::MOST).ok_or(Refusal::StockOutOfRange)?;
    if on_hand < product.stock.reserved {
        return Err(Refusal::StockReserved { reserved: product.stock.reserved });
    }
    Ok(changed(context, product, vec![Change::StockCounted { on_hand }]))
}

fn own<'a>(context: &DecisionContext<'a>, id: ProductId) -> Result<&'a Product, Refusal> {
    let store = policy::may_stock(context.actor)?;
    let product = context.world.products.get(&id).filter(|product| product.store == *store);
    let product = product.ok_or(Refusal::UnknownProduct(id))?;
    context.check_version(product.version)?;
    Ok(product)
}

fn changed(context: &DecisionContext<'_>, product: &Product, changes: Vec<Change>) -> Event {
    Event {
        subject: Subject::Product { id: product.id, store: product.store.clone() },
        kind: Kind::ProductUpdated,
        version: product.version.next(),
        actor: context.actor.clone(),
        at: context.now,
        changes,
    }
}

fn priced(price: Money) -> Result<(), Refusal> {
    if (0..=Money::MOST).contains(&price.amount) { Ok(()) } else { Err(Refusal::AmountOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::decide::fixture::{Shop, TEA, count, create, customer, staff};
    use crate::id::StoreId;
    use crate::{Actor, UserId};

    #[test]
    fn an_id_is_used_once() {
        let mut shop = Shop::open();
        assert_eq!(shop.refusal(&staff(), create(TEA, 1, 1)).code(), "unchanged");
    }

    #[test]
    fn a_catalogue_belongs_to_the_staff_of_its_store() {
        let mut shop = Shop::open();
        let other =
            Actor::Staff { user: UserId::new("olga").unwrap(), store: StoreId::new("other").unwrap() };
        assert_eq!(shop.refusal(&other, count(TEA, 1)), Refusal::UnknownProduct(TEA));
        for who in [customer(), Actor::System] {
            assert_eq!(shop.refusal(&who, count(TEA, 1)).code(), "forbidden");
        }
    }

    #[test]
    fn stock_is_counted_within_its_bounds() {
        let mut shop = Shop::open();
        let change = |by| Command::SetStock { product: TEA, stock: StockCount::Change(by) };
        for command in [change(-11), change(i64::MAX), change(i64::MIN), count(TEA, Stock::MOST + 1)] {
            assert_eq!(shop.refusal(&staff(), command), Refusal::StockOutOfRange);
        }
        shop.must(&staff(), change(-10));
        assert_eq!(shop.stock(TEA).on_hand, 0);
    }

    #[test]
    fn a_price_is_not_negative_and_bounded() {
        let mut shop = Shop::open();
        let id = ProductId::new(uuid::Uuid::from_u128(0xc));
        for price in [-1, Money::MOST + 1, i64::MIN] {
            assert_eq!(shop.refusal(&staff(), create(id, price, 1)), Refusal::AmountOutOfRange);
        }
    }
}
