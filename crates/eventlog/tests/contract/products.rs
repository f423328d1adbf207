//! Products.

use ordercast_eventlog::{CatalogProduct, ProductFilter};
use orders::command::{CreateProduct, UpdateProduct};
use orders::product::{Details, Stock};
use orders::{Command, ProductId};

use super::Backend;
use super::log::Log;
use super::shop::{count, customer, euro, named, place, staff, store};

fn all() -> ProductFilter {
    ProductFilter { store: None, text: None, category: None, archived: false, after: None, limit: 1000 }
}

fn names(products: &[CatalogProduct]) -> Vec<&str> {
    products.iter().map(|product_entry| product_entry.product.name.as_str()).collect()
}

pub(crate) async fn a_catalogue_is_paged_in_the_order_of_its_making<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let mut made = Vec::new();
    for n in 0..25 {
        let of = if n % 3 == 0 { "second" } else { "main" };
        let product_entry =
            log.product(named(log.clock.uuid(), &format!("Thing {n}"), n, 1), staff(of)).await;
        made.push((of, product_entry.product.id));
    }
    for of in [None, Some("main"), Some("second"), Some("third")] {
        let expected: Vec<ProductId> =
            made.iter().filter(|(store, _)| of.is_none_or(|of| of == *store)).map(|(_, id)| *id).collect();
        for limit in [1, 4, 25, 26] {
            let (mut after, mut found) = (None, Vec::new());
            loop {
                let filter = ProductFilter { store: of.map(store), after, limit, ..all() };
                let (page, more) = log.read_backend().products(filter).await.unwrap();
                assert!(page.len() <= limit);
                found.extend(page.iter().map(|product_entry| product_entry.product.id));
                after = found.last().copied();
                if !more {
                    break;
                }
                assert_eq!(page.len(), limit, "a page with more behind it is full");
            }
            assert_eq!(found, expected, "{of:?}, {limit}");
        }
    }
}

pub(crate) async fn a_catalogue_is_filtered<B: Backend>() {
    let log = Log::<B>::fresh().await;
    for (name, category) in [("Green tea", Some("Tea")), ("100% arabica", Some("Coffee")), ("Tea_pot", None)]
    {
        let details = Details { category: category.map(|text| text.parse().unwrap()), ..Details::default() };
        let create = CreateProduct {
            id: ProductId::new(log.clock.uuid()),
            name: name.parse().unwrap(),
            price: euro(100),
            on_hand: 1,
            details,
        };
        log.product(Command::CreateProduct(create), staff("main")).await;
    }
    let text = |text: &str| ProductFilter { text: Some(text.to_owned()), ..all() };
    for (filter, expected) in [
        (all(), &["Green tea", "100% arabica", "Tea_pot"][..]),
        (text("TEA"), &["Green tea", "Tea_pot"]),
        (text(" tea "), &["Green tea", "Tea_pot"]),
        (text("0%"), &["100% arabica"]),
        (text("%"), &["100% arabica"]),
        (text("n_t"), &[]),
        (text("a_p"), &["Tea_pot"]),
        (text("\\"), &[]),
        (text("'; DROP TABLE products"), &[]),
        (text(&"é".repeat(100_000)), &[]),
        (ProductFilter { category: Some("Tea".to_owned()), ..all() }, &["Green tea"]),
        (ProductFilter { category: Some("tea".to_owned()), ..all() }, &[]),
    ] {
        let said = format!("{filter:?}");
        let (found, more) = log.read_backend().products(filter).await.unwrap();
        assert_eq!((names(&found), more), (expected.to_vec(), false), "{said:.200}");
    }
    let (found, _) = log.read_backend().products(all()).await.unwrap();
    let archive = UpdateProduct {
        product: found[0].product.id,
        name: None,
        price: None,
        archived: Some(true),
        details: None,
    };
    log.product(Command::UpdateProduct(archive), staff("main")).await;
    let (found, _) = log.read_backend().products(all()).await.unwrap();
    assert_eq!(names(&found), ["100% arabica", "Tea_pot"]);
    let (found, _) = log.read_backend().products(ProductFilter { archived: true, ..all() }).await.unwrap();
    assert_eq!(found.len(), 3);
}

pub(crate) async fn a_product_is_read_with_its_details_and_stock<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let id = log.clock.uuid();
    let created = log.product(named(id, "Tea", 450, 5), staff("main")).await;
    let id = ProductId::new(id);
    assert_eq!(created.details, Details::default());
    let details = Details {
        sku: Some("T-1".parse().unwrap()),
        description: Some("Leaves".parse().unwrap()),
        ..Details::default()
    };
    let update = UpdateProduct {
        product: id,
        name: Some("Black tea".parse().unwrap()),
        price: Some(euro(500)),
        archived: None,
        details: Some(details.clone()),
    };
    let updated = log.product(Command::UpdateProduct(update), staff("main")).await;
    assert_eq!((&updated.details, updated.product.price), (&details, euro(500)));
    log.order(place(log.clock.uuid(), "main", &[(id, 2)]), customer("asha")).await;
    for _ in 0..2 {
        let read = log.read_backend().product(id).await.unwrap().unwrap();
        assert_eq!(read.details, details);
        assert_eq!(read.product.stock, Stock { on_hand: 5, reserved: 2 });
        assert_eq!(read.product.version, updated.product.version, "an order leaves the version alone");
        // A new writer reads the same.
        log.restart().await;
    }
    let counted = log.product(count(id, 7), staff("main")).await;
    assert_eq!(counted.details, details, "a command about the stock answers with the details too");
    assert_eq!(counted.product.stock, Stock { on_hand: 7, reserved: 2 });
    assert!(log.read_backend().product(ProductId::new(log.clock.uuid())).await.unwrap().is_none());
}
