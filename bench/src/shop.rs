//! Creates what a run needs before the load: products with enough stock, and a few delivered orders.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::cli::{LoadOptions, OnOff};
use crate::client::{HttpClient, HttpRequest};
use crate::interrupt::Interrupt;
use crate::request::OrderRequests;
use crate::token;

/// Enough units of each product for any run.
const IN_STOCK: u32 = 500_000_000;
const CURRENCY: &str = "INR";

#[derive(Debug)]
pub(crate) struct Shop {
    address: SocketAddr,
    pub(crate) staff: String,
    pub(crate) customers: Vec<String>,
    products: Vec<String>,
}

impl Shop {
    pub(crate) fn open(address: SocketAddr, options: &LoadOptions, interrupt: &Interrupt) -> Result<Self> {
        let staff = token::staff()?;
        let customers = (0..options.customers).map(token::customer).collect::<Result<_>>()?;
        let mut client = HttpClient::new(address);
        let products = (1..=options.products)
            .map(|number| {
                interrupt.check()?;
                create_product(&mut client, &staff, number)
            })
            .collect::<Result<_>>()?;
        Ok(Self { address, staff, customers, products })
    }

    pub(crate) fn requests(&self, seed: u64, options: &LoadOptions) -> OrderRequests {
        let keys = options.idempotency_key == OnOff::On;
        OrderRequests::new(self.address, &self.customers, self.products.clone(), seed, keys)
    }

    /// Creates some orders and sets them to delivered. They are the oldest orders, so that a list of delivered orders cannot
    /// be answered from the newest ones.
    pub(crate) fn deliver(&self, count: u32, options: &LoadOptions, interrupt: &Interrupt) -> Result<()> {
        // Another seed than that of the load, so that no idempotency key is used twice.
        let mut requests = self.requests(!options.seed, options);
        let (mut client, mut request) = (HttpClient::new(self.address), Vec::new());
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

fn create_product(client: &mut HttpClient, staff: &str, number: u32) -> Result<String> {
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
