//! Creates and changes the orders of the live connection benchmark.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::stalled_client;
use crate::client::{HttpClient, HttpRequest};
use crate::interrupt::Interrupt;
use crate::server_process::ServerProcess;
use crate::token;

/// Alternates between two statuses: forward, and back with a reason.
#[derive(Default)]
pub(crate) struct StatusCycle(bool);

impl StatusCycle {
    pub(crate) fn next(&mut self) -> &'static str {
        self.0 = !self.0;
        if self.0 { "shipped" } else { "processing" }
    }
}

pub(crate) struct SocketShop {
    pub(crate) staff: String,
    product: String,
    address: SocketAddr,
}

impl SocketShop {
    pub(crate) fn open(server: &ServerProcess) -> Result<Self> {
        let staff = token::staff()?;
        let body = json!({
            "name": "Everything", "sku": "BENCH", "category": "bench",
            "price": { "amount": 100, "currency": "INR" }, "stock": 500_000_000,
        });
        let body = body.to_string();
        let ask =
            HttpRequest { method: "POST", path: "/api/v1/products", token: Some(&staff), body: Some(&body) };
        let product = id(&HttpClient::new(server.address()).request(ask)?.json(201)?)?;
        Ok(Self { staff, product, address: server.address() })
    }

    /// The sequence number of the newest event.
    pub(crate) fn head(&self) -> Result<u64> {
        let ask = HttpRequest { method: "GET", path: "/api/v1/stats", token: Some(&self.staff), body: None };
        let stats = HttpClient::new(self.address).request(ask)?.json(200)?;
        stalled_client::seq(stats["cursor"].as_str().context("no cursor in the counts")?)
    }

    /// Creates one order for each customer.
    pub(crate) fn orders(
        &self,
        server: &ServerProcess,
        tokens: &[String],
        interrupt: &Interrupt,
    ) -> Result<Vec<String>> {
        let mut client = HttpClient::new(server.address());
        let place = |token: &String| {
            interrupt.check()?;
            self.place(&mut client, token)
        };
        tokens.iter().map(place).collect()
    }

    /// Creates orders of one customer.
    pub(crate) fn many(&self, token: &str, count: usize) -> Result<Vec<String>> {
        let mut client = HttpClient::new(self.address);
        (0..count).map(|_| self.place(&mut client, token)).collect()
    }

    fn place(&self, client: &mut HttpClient, token: &str) -> Result<String> {
        let body = json!({
            "items": [{ "productId": self.product, "quantity": 1 }],
            "shippingAddress": {
                "name": "Asha", "line1": "1 Lane", "city": "Pune", "postalCode": "411001", "country": "IN"
            },
            "paymentMethod": "cash_on_delivery",
        });
        let body = body.to_string();
        let ask =
            HttpRequest { method: "POST", path: "/api/v1/orders", token: Some(token), body: Some(&body) };
        id(&client.request(ask)?.json(201)?)
    }

    /// Sets the status of several orders in one commit.
    pub(crate) fn set_status(&self, client: &mut HttpClient, orders: &[String], status: &str) -> Result<()> {
        let body = json!({ "orders": orders, "status": status, "reason": "a benchmark" }).to_string();
        let ask = HttpRequest {
            method: "POST",
            path: "/api/v1/orders/bulk-status",
            token: Some(&self.staff),
            body: Some(&body),
        };
        let answer = client.request(ask)?.json(200)?;
        if answer["changed"] != orders.len() {
            bail!("not every order changed: {answer}");
        }
        Ok(())
    }
}

fn id(created: &Value) -> Result<String> {
    Ok(created["id"].as_str().with_context(|| format!("no id in {created}"))?.to_owned())
}
