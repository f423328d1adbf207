//! Times the newest page of each list, over one keep-alive connection.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::client::{HttpClient, HttpRequest};
use crate::interrupt::Interrupt;
use crate::latency::{Latencies, Summary};
use crate::shop::Shop;

const LISTS: &[(&str, &str, Reader)] = &[
    ("newest, staff", "/api/v1/orders?limit=50", Reader::Staff),
    ("pending, staff (nearly all orders)", "/api/v1/orders?status=pending&limit=50", Reader::Staff),
    ("delivered, staff (few, the oldest)", "/api/v1/orders?status=delivered&limit=50", Reader::Staff),
    ("a customer's own, another one each time", "/api/v1/orders?limit=50", Reader::EachCustomer),
    ("a customer's delivered ones", "/api/v1/orders?status=delivered&limit=50", Reader::EachCustomer),
];

#[derive(Debug, Clone, Copy)]
enum Reader {
    Staff,
    /// A different customer for each request, so that no page is cached by the request before.
    EachCustomer,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) requests: u32,
    /// Average number of orders on the page.
    pub(crate) rows: f64,
    /// Average size of the answer.
    pub(crate) bytes: f64,
    pub(crate) latency: Summary,
}

pub(crate) fn read(
    address: SocketAddr,
    shop: &Shop,
    requests: u32,
    interrupt: &Interrupt,
) -> Result<Vec<Page>> {
    let mut client = HttpClient::new(address);
    LISTS
        .iter()
        .map(|&(name, path, reader)| {
            let (mut latencies, mut rows, mut bytes) = (Latencies::new()?, 0, 0);
            let mut customers = shop.customers.iter().cycle();
            for _ in 0..requests {
                interrupt.check()?;
                let token = match reader {
                    Reader::Staff => &shop.staff,
                    Reader::EachCustomer => customers.next().context("a shop without customers")?,
                };
                let answer =
                    client.request(HttpRequest { method: "GET", path, token: Some(token), body: None })?;
                latencies.record(answer.took);
                bytes += answer.body.len();
                let page = answer.json(200).with_context(|| format!("GET {path}"))?;
                rows += page["orders"].as_array().with_context(|| format!("no orders in {path}"))?.len();
            }
            let each =
                |count: usize| Ok::<_, anyhow::Error>(f64::from(u32::try_from(count)?) / f64::from(requests));
            Ok(Page {
                name,
                path,
                requests,
                rows: each(rows)?,
                bytes: each(bytes)?,
                latency: latencies.summary(),
            })
        })
        .collect()
}
