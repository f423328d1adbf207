//! Signs in the staff, creates the customers, and loads the products.

use std::collections::HashMap;

use anyhow::{Context, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use orders::{Currency, Role};
use serde_json::json;

use super::Simulation;
use crate::cli::SimulateArgs;
use crate::client::ApiClient;
use crate::client::credentials::{self, Credentials, StaffClient};
use crate::client::error::ClientError;
use crate::client::wire::ApiProduct;
use crate::clock;
use crate::config::sources::Environment;
use crate::config::values::Secret;
use crate::demo;

/// Concurrent registrations. Each costs the server a password hash.
const CONCURRENT_REGISTRATIONS: usize = 4;

#[derive(Debug)]
pub(super) struct Participants {
    pub(super) staff: ApiClient,
    pub(super) customers: Vec<SimulatedCustomer>,
    /// All in one currency.
    pub(super) products: Vec<ApiProduct>,
}

#[derive(Debug)]
pub(super) struct SimulatedCustomer {
    pub(super) client: ApiClient,
    pub(super) name: String,
}

/// Signs everybody in, and creates products if there are none.
pub(super) async fn prepare(
    args: &SimulateArgs,
    environment: &Environment,
    run: &Simulation,
) -> anyhow::Result<Participants> {
    let staff = credentials::staff(&args.server, environment, "ordercast-simulate", "the simulation")?;
    let products = products(&staff.client)
        .await
        .with_context(|| format!("cannot load the products of {}", staff.client.base()))?;
    eprintln!("creating {} customers …", args.customers);
    // Accounts of earlier runs still exist, so each run uses other e-mail addresses.
    let run_name = clock::random_text::<4>().replace(['-', '_'], "x").to_lowercase();
    let customers = stream::iter(0..args.customers)
        .map(|n| customer(&staff, run, &run_name, n))
        .buffered(CONCURRENT_REGISTRATIONS)
        .try_collect()
        .await
        .context("cannot create the customers")?;
    Ok(Participants { staff: staff.client, customers, products })
}

/// Registers a customer. If that is rate limited and this machine has the secret, uses an external user instead.
async fn customer(
    staff: &StaffClient,
    run: &Simulation,
    run_name: &str,
    n: u32,
) -> Result<SimulatedCustomer, ClientError> {
    let name = demo::people::name(n);
    let email = format!("sim-{run_name}-{n}@example.com");
    let password = Secret::new(clock::random_text::<18>());
    let register = || staff.client.register(&email, password.reveal(), &name);
    let registered = match (register().await, &staff.secret) {
        (Err(ClientError::Throttled { .. }), Some(secret)) => {
            let outside =
                Credentials::local(secret.clone(), &format!("sim-{run_name}-{n}"), &name, Role::Customer);
            return Ok(SimulatedCustomer { client: staff.client.with(outside), name });
        }
        (Err(error), _) if !error.is_final() => run.ask(register).await?,
        (answer, _) => answer?,
    };
    let client = staff.client.with(Credentials::signed_in(&email, password, registered));
    Ok(SimulatedCustomer { client, name })
}

/// The products in the most common currency. Creates a few if there are none.
async fn products(staff: &ApiClient) -> anyhow::Result<Vec<ApiProduct>> {
    let mut products = staff.products().await?;
    products.retain(|product| !product.archived);
    if products.is_empty() {
        eprintln!("there are no products; creating a few …");
        for product in demo::products().into_iter().take(6) {
            let body = json!({
                "name": product.name,
                "price": { "amount": product.price, "currency": "EUR" },
                "stock": 100_000,
                "category": product.category,
                "description": product.description,
                "image": product.image,
            });
            products.push(staff.create_product(&body).await?);
        }
    }
    let mut currencies: HashMap<Currency, usize> = HashMap::new();
    for product in &products {
        *currencies.entry(product.price.currency).or_default() += 1;
    }
    let usual = currencies
        .into_iter()
        .max_by_key(|(currency, n)| (*n, currency.to_string()))
        .map(|(currency, _)| currency);
    products.retain(|product| Some(product.price.currency) == usual);
    if products.is_empty() {
        bail!("there is no product to order");
    }
    Ok(products)
}
