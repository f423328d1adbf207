//! The main job.

use crate::support::Shop;
use crate::support::people::{customer, driver, id_of, staff};

#[tokio::test]
async fn smoke() {
    let shop = Shop::open().await;
    let tea = shop.product("Tea", 10).await;
    let asha = customer("asha");
    let placed = shop.place(&asha, tea, 2).await;
    println!("{}", placed.view);
    let (mut events, hello) = shop.listen(&asha).await;
    println!("{hello:?}");
    println!("{}", shop.advance(&placed, "processing").await);
    println!("{}", shop.assign(&placed, &id_of("dev")).await);
    println!("{:?}", events.until("order.status_changed").await);
    let local = shop.register("asha@example.com").await;
    println!("{local:?}");
    println!("{}", shop.get("/api/v1/me").by(&local.token).gives(200).await);
    println!("{}", shop.get(&placed.path("/timeline")).by(&staff("sam")).gives(200).await);
    println!("{}", shop.get("/api/v1/orders").by(&driver("dev")).gives(200).await);
    drop(events);
    shop.close().await;
}
