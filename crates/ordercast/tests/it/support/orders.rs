//! Products and orders.

use orders::product::Stock;
use serde_json::{Value, json};

use super::Shop;
use super::users::staff;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TestProduct(pub(crate) orders::ProductId);

impl std::fmt::Display for TestProduct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A placed order, as its customer sees it.
#[derive(Debug, Clone)]
pub(crate) struct PlacedOrder {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) view: Value,
}

impl PlacedOrder {
    /// The order's path with a suffix, such as `/cancel`.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("/api/v1/orders/{}{below}", self.id)
    }
}

pub(crate) fn address() -> Value {
    json!({"name": "Asha Rao", "phone": "+49 30 1234567", "line1": "12 Harbour Road", "city": "Hamburg", "country": "DE"})
}

/// The body of a new order: products with quantities.
pub(crate) fn cart(lines: &[(TestProduct, u32)]) -> Value {
    let items: Vec<Value> =
        lines.iter().map(|(product, n)| json!({"productId": product.0, "quantity": n})).collect();
    json!({"items": items, "shippingAddress": address(), "paymentMethod": "cash_on_delivery"})
}

impl Shop {
    /// Creates a product of the main store, at 12.50 euro.
    pub(crate) async fn product(&self, name: &str, stock: u32) -> TestProduct {
        self.product_by(&staff("sam"), name, stock).await
    }

    /// Creates a product of the staff member's store.
    pub(crate) async fn product_by(&self, staff: &str, name: &str, stock: u32) -> TestProduct {
        let body = json!({"name": name, "price": {"amount": 1250, "currency": "EUR"}, "stock": stock});
        let made = self.post("/api/v1/products", &body).by(staff).gives(201).await;
        TestProduct(made["id"].as_str().unwrap().parse().unwrap())
    }

    pub(crate) async fn stock(&self, product: TestProduct) -> Stock {
        self.app.read_backend.product(product.0).await.unwrap().unwrap().product.stock
    }

    pub(crate) async fn place(&self, customer: &str, product: TestProduct, quantity: u32) -> PlacedOrder {
        let view = self.post("/api/v1/orders", &cart(&[(product, quantity)])).by(customer).gives(201).await;
        let text = |name: &str| view[name].as_str().unwrap().to_owned();
        PlacedOrder { id: text("id"), number: text("number"), view }
    }

    /// Places an order that is paid online.
    pub(crate) async fn place_online(
        &self,
        customer: &str,
        product: TestProduct,
        quantity: u32,
    ) -> PlacedOrder {
        let mut body = cart(&[(product, quantity)]);
        body["paymentMethod"] = "online".into();
        let view = self.post("/api/v1/orders", &body).by(customer).gives(201).await;
        let text = |name: &str| view[name].as_str().unwrap().to_owned();
        PlacedOrder { id: text("id"), number: text("number"), view }
    }

    /// Changes the status as staff of the main store.
    pub(crate) async fn advance(&self, placed: &PlacedOrder, status: &str) -> Value {
        let body = json!({"status": status});
        self.put(&placed.path("/status"), &body).by(&staff("sam")).gives(200).await
    }

    /// Assigns a driver to an order.
    pub(crate) async fn assign(&self, placed: &PlacedOrder, driver_id: &str) -> Value {
        let body = json!({"driverId": driver_id, "partner": {"name": "Dev Driver", "phone": "+49 170 1"}});
        self.put(&placed.path("/delivery"), &body).by(&staff("sam")).gives(200).await
    }
}
