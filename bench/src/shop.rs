//! What a run needs to be there before the load: products with plenty of stock, and a few delivered orders.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::cli::{LoadOptions, Switch};
use crate::client::{Client, HttpRequest};
use crate::interrupt::Interrupt;
use crate::request::OrderRequests;
use crate::token;

/// Enough of each product for any run: the most the contract allows is a thousand million.
const IN_STOCK: u32 = 500_000_000;
/// The prices' currency.
const CURRENCY: &str = "INR";

/// Who and what is in the shop.
#[derive(Debug)]
pub(crate) struct Shop {
    /// The server.
    address: SocketAddr,
    /// A token of the staff.
    pub(crate) staff: String,
    /// A token per customer.
    pub(crate) customers: Vec<String>,
    /// The products' ids.
    products: Vec<String>,
}

impl Shop {
    /// Signs the tokens and creates the products.
    pub(crate) fn open(address: SocketAddr, options: &LoadOptions, interrupt: &Interrupt) -> Result<Self> {
        let staff = token::staff()?;
        let customers = (0..options.customers).map(token::customer).collect::<Result<_>>()?;
        let mut client = Client::new(address);
        let products = (1..=options.products)
            .map(|number| {
                interrupt.check()?;
                create_product(&mut client, &staff, number)
            })
            .collect::<Result<_>>()?;
        Ok(Self { address, staff, customers, products })
    }

    /// An endless stream of orders in this shop.
    pub(crate) fn requests(&self, seed: u64, options: &LoadOptions) -> OrderRequests {
        let keys = options.idempotency_key == Switch::On;
        OrderRequests::new(self.address, &self.customers, self.products.clone(), seed, keys)
    }

    /// Creates some orders, and has them delivered. They are older than everything that follows, so that a list of
    /// delivered orders cannot be found by looking at the newest ones.
    pub(crate) fn deliver(&self, count: u32, options: &LoadOptions, interrupt: &Interrupt) -> Result<()> {
        // Another seed than the load's, whose idempotency keys would otherwise come a second time.
        let mut requests = self.requests(!options.seed, options);
        let (mut client, mut request) = (Client::new(self.address), Vec::new());
        for _ in 0..count {
            interrupt.check()?;
            requests.render(&mut request);
            let order = client.send(&request)?.json(201).context("an order before the load")?;
            let path = format!("/api/v1/orders/{}/status", id(&order)?);
            let body = json!({ "status": "delivered" }).to_string();
            let ask = HttpRequest { method: "PUT", path: &path, token: Some(&self.staff), body: Some(&body) };
            client.request(ask)?.json(200).context("delivering an order")?;
        }
        Ok(())
    }
}

fn create_product(client: &mut Client, staff: &str, number: u32) -> Result<String> {
    let product = json!({
        "name": format!("Product {number}"),
        "sku": format!("BENCH-{number:06}"),
        "category": "bench",
        "price": { "amount": 1_00 + number, "currency": CURRENCY },
        "stock": IN_STOCK,
    });
    let body = product.to_string();
    let ask = HttpRequest { method: "POST", path: "/api/v1/products", token: Some(staff), body: Some(&body) };
    id(&client.request(ask)?.json(201).context("creating a product")?)
}

fn id(created: &Value) -> Result<String> {
    let id = created["id"].as_str().with_context(|| format!("no id in {created}"))?;
    Ok(id.to_owned())
}
