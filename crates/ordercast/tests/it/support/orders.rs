//! Products and orders to ask about.

use orders::product::Stock;
use serde_json::{Value, json};

use super::Shop;
use super::users::staff;

/// A product that staff put on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TestProduct(pub(crate) orders::ProductId);

impl std::fmt::Display for TestProduct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An order that was placed, as its customer got to see it.
#[derive(Debug, Clone)]
pub(crate) struct PlacedOrder {
    /// Its id.
    pub(crate) id: String,
    /// Its number.
    pub(crate) number: String,
    /// All of it.
    pub(crate) view: Value,
}

impl PlacedOrder {
    /// The path of it, or of something below it: `path("/cancel")`.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/api/v1/orders/{}{below}", self.id)
    }
}

/// Where the tests' orders go.
pub(crate) fn address() -> Value {
    json!({"name": "Asha Rao", "phone": "+49 30 1234567", "line1": "12 Harbour Road", "city": "Hamburg", "country": "DE"})
}

/// A new order of so many of each product.
pub(crate) fn cart(lines: &[(TestProduct, u32)]) -> Value {
    let items: Vec<Value> =
        lines.iter().map(|(good, n)| json!({"productId": good.0, "quantity": n})).collect();
    json!({"items": items, "shippingAddress": address(), "paymentMethod": "cash_on_delivery"})
}

impl Shop {
    /// A product of the main store: 12.50 euro each.
    pub(crate) async fn product(&self, name: &str, stock: u32) -> TestProduct {
        self.product_by(&staff("sam"), name, stock).await
    }

    /// A product of the store somebody works for.
    pub(crate) async fn product_by(&self, staff: &str, name: &str, stock: u32) -> TestProduct {
        let body = json!({"name": name, "price": {"amount": 1250, "currency": "EUR"}, "stock": stock});
        let made = self.post("/api/v1/products", &body).by(staff).gives(201).await;
        TestProduct(made["id"].as_str().unwrap().parse().unwrap())
    }

    /// What is on the shelf.
    pub(crate) async fn stock(&self, good: TestProduct) -> Stock {
        self.app.read_backend.product(good.0).await.unwrap().unwrap().product.stock
    }

    /// Somebody orders so many of a product.
    pub(crate) async fn place(&self, customer: &str, good: TestProduct, quantity: u32) -> PlacedOrder {
        let view = self.post("/api/v1/orders", &cart(&[(good, quantity)])).by(customer).gives(201).await;
        let text = |name: &str| view[name].as_str().unwrap().to_owned();
        PlacedOrder { id: text("id"), number: text("number"), view }
    }

    /// Likewise, to be paid online.
    pub(crate) async fn place_online(&self, customer: &str, good: TestProduct, quantity: u32) -> PlacedOrder {
        let mut body = cart(&[(good, quantity)]);
        body["paymentMethod"] = "online".into();
        let view = self.post("/api/v1/orders", &body).by(customer).gives(201).await;
        let text = |name: &str| view[name].as_str().unwrap().to_owned();
        PlacedOrder { id: text("id"), number: text("number"), view }
    }

    /// The store moves an order on.
    pub(crate) async fn advance(&self, placed: &PlacedOrder, status: &str) -> Value {
        let body = json!({"status": status});
        self.put(&placed.path("/status"), &body).by(&staff("sam")).gives(200).await
    }

    /// Names the driver of an order.
    pub(crate) async fn assign(&self, placed: &PlacedOrder, driver_id: &str) -> Value {
        let body = json!({"driverId": driver_id, "partner": {"name": "Dev Driver", "phone": "+49 170 1"}});
        self.put(&placed.path("/delivery"), &body).by(&staff("sam")).gives(200).await
    }
}
