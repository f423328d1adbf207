//! Who takes part, and what there is to buy.

use std::collections::HashMap;

use anyhow::{Context, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use orders::{Currency, Role};
use serde_json::json;

use super::Run;
use crate::cli::SimulateArgs;
use crate::client::Client;
use crate::client::credentials::{self, Credentials, Staff};
use crate::client::error::ClientError;
use crate::client::wire::Product;
use crate::clock;
use crate::config::sources::Environment;
use crate::config::values::Secret;
use crate::demo;

/// Accounts that are made at the same time; the server hashes passwords, which is meant to be slow.
const AT_ONCE: usize = 4;

/// Everybody and everything.
#[derive(Debug)]
pub(super) struct Cast {
    /// Who runs the store.
    pub(super) staff: Client,
    /// Who buys.
    pub(super) customers: Vec<Customer>,
    /// What they buy, all in one currency.
    pub(super) shelf: Vec<Product>,
}

/// Somebody who buys.
#[derive(Debug)]
pub(super) struct Customer {
    /// Ready to ask.
    pub(super) client: Client,
    /// What they are called.
    pub(super) name: String,
}

/// Signs everybody in, and makes sure that there is something to buy.
pub(super) async fn gather(
    args: &SimulateArgs,
    environment: &Environment,
    run: &Run,
) -> anyhow::Result<Cast> {
    let staff = credentials::staff(&args.server, environment, "ordercast-simulate", "the simulation")?;
    let shelf = shelf(&staff.client)
        .await
        .with_context(|| format!("cannot read the catalogue of {}", staff.client.base()))?;
    eprintln!("making {} customers …", args.customers);
    // Accounts of an earlier run stay, so names differ from run to run.
    let run_name = clock::random_text::<4>().replace(['-', '_'], "x").to_lowercase();
    let customers = stream::iter(0..args.customers)
        .map(|n| customer(&staff, run, &run_name, n))
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .context("cannot make the customers")?;
    Ok(Cast { staff: staff.client, customers, shelf })
}

/// Registers one; where the server limits that, and this machine holds its secret, the customer comes from outside.
async fn customer(staff: &Staff, run: &Run, run_name: &str, n: u32) -> Result<Customer, ClientError> {
    let name = demo::people::name(n);
    let email = format!("sim-{run_name}-{n}@example.com");
    let password = Secret::new(clock::random_text::<18>());
    let register = || staff.client.register(&email, password.reveal(), &name);
    let registered = match (register().await, &staff.secret) {
        (Err(ClientError::Throttled { .. }), Some(secret)) => {
            let outside =
                Credentials::local(secret.clone(), &format!("sim-{run_name}-{n}"), &name, Role::Customer);
            return Ok(Customer { client: staff.client.with(outside), name });
        }
        (Err(error), _) if !error.is_final() => run.ask(register).await?,
        (answer, _) => answer?,
    };
    let client = staff.client.with(Credentials::signed_in(&email, password, registered));
    Ok(Customer { client, name })
}

/// What is sold, in the currency most of it is priced in; a few goods are put there if there are none.
async fn shelf(staff: &Client) -> anyhow::Result<Vec<Product>> {
    let mut shelf = staff.products().await?;
    shelf.retain(|product| !product.archived);
    if shelf.is_empty() {
        eprintln!("the catalogue is empty; putting a few goods on the shelf …");
        for product in demo::products().into_iter().take(6) {
            let body = json!({
                "name": product.name,
                "price": { "amount": product.price, "currency": "EUR" },
                "stock": 100_000,
                "category": product.category,
                "description": product.description,
                "image": product.image,
            });
            shelf.push(staff.create_product(&body).await?);
        }
    }
    let mut currencies: HashMap<Currency, usize> = HashMap::new();
    for product in &shelf {
        *currencies.entry(product.price.currency).or_default() += 1;
    }
    let usual = currencies
        .into_iter()
        .max_by_key(|(currency, n)| (*n, currency.to_string()))
        .map(|(currency, _)| currency);
    shelf.retain(|product| Some(product.price.currency) == usual);
    if shelf.is_empty() {
        bail!("there is nothing to buy");
    }
    Ok(shelf)
}
