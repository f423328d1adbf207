//! Prepares the database before it is served: an admin account on the first start, and the shop of `--demo`.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use api::app::Demo;
use api::auth::PasswordPool;
use api::auth::password::Argon2Cost;
use eventlog::accounts::User;
use eventlog::{Clock, Outcome, ReadBackend, Storage, Submission, Writer};
use jiff::Timestamp;
use orders::{Role, StoreId};
use uuid::Uuid;

use crate::clock;
use crate::config::{Config, values};
use crate::demo::accounts::{self, Accounts, DemoMode};
use crate::demo::people::CUSTOMERS;
use crate::demo::seeding::Seeding;
use crate::demo::{self, DemoShop};
use crate::serve::storage_config;
use crate::terminal::style;

/// E-mail address of the first admin. The password is random. The demo's admin is another account.
const ADMIN: &str = "admin@example.com";

/// Age of the demo's oldest event, plus a day.
const DEMO_BEGINS: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 31);

#[derive(Debug, Default)]
pub struct FirstStart {
    /// Lines for the terminal, with the passwords.
    pub welcome: String,
    /// Set when data that `--demo` created is served with `--demo`.
    pub demo: Option<Demo>,
}

/// What is missing in the database.
struct Setup {
    first_admin: bool,
    /// `None`: the demo's products and orders are complete, or not wanted.
    seeding: Option<Seeding>,
    /// `None`: the demo accounts stay as they are.
    accounts: Option<DemoMode>,
}

/// Creates what is missing.
pub async fn prepare(config: &Config, demo: bool) -> anyhow::Result<FirstStart> {
    let mut storage = Storage::open(&storage_config(config), clock::uuid())?;
    let read_backend = storage.read_backend();
    let users = read_backend.users(usize::MAX).await?;
    let empty = read_backend.head().await?.seq.0 == 0;
    let mode = DemoMode::of(&storage)?;
    let mut seeding = Seeding::of(&storage)?;
    if demo && empty && seeding.is_none() {
        let seed = u64::from_le_bytes(clock::random_bytes());
        let begun = Seeding { began_at: clock::now(), seed, currency: config.store_currency };
        begun.begin(&mut storage)?;
        seeding = Some(begun);
    }
    let setup = Setup {
        first_admin: !users.iter().any(|user| user.role == Role::Staff),
        seeding,
        accounts: match mode {
            None if demo && empty && users.is_empty() => Some(DemoMode::Open),
            Some(_) if demo => Some(DemoMode::Open),
            Some(DemoMode::Open) => Some(DemoMode::Closed),
            None | Some(DemoMode::Closed) => None,
        },
    };
    let open = setup.accounts == Some(DemoMode::Open);
    if demo && !open {
        tracing::warn!(
            "this data was not created by --demo, so it is served as a real shop without demo accounts and simulated \
             payments"
        );
    }
    if open {
        DemoMode::Open.set(&mut storage)?;
        if !values::is_local(config.listen.ip()) {
            tracing::warn!(listen = %config.listen, "everybody who can reach this address can sign in as the demo's admin");
        }
    }
    let mut prepared = FirstStart::default();
    if setup.first_admin || setup.seeding.is_some() || setup.accounts.is_some() {
        prepared.welcome = run_setup(&setup, storage, read_backend.as_ref(), &users).await?;
    }
    if setup.seeding.is_some() {
        let mut storage = Storage::open(&storage_config(config), clock::uuid())?;
        Seeding::complete(&mut storage)?;
    }
    if setup.accounts == Some(DemoMode::Closed) {
        let mut storage = Storage::open(&storage_config(config), clock::uuid())?;
        DemoMode::Closed.set(&mut storage)?;
        tracing::info!("the public passwords of the demo accounts no longer work");
    }
    prepared.demo = open.then(accounts::offered);
    Ok(prepared)
}

/// Runs the setup with a writer of its own, and returns lines for the terminal.
async fn run_setup(
    setup: &Setup,
    storage: Storage,
    read_backend: &dyn ReadBackend,
    users: &[User],
) -> anyhow::Result<String> {
    let mut welcome = String::new();
    let open = setup.accounts == Some(DemoMode::Open);
    // Times never decrease within a log, so the clock starts before the demo's first event.
    let beginning = setup.seeding.map_or_else(clock::now, |seeding| seeding.began_at - DEMO_BEGINS);
    let clock = Arc::new(SeedClock(Mutex::new(beginning)));
    let (writer, thread) = storage.start_writer(clock.clone(), Box::new(|_| {}))?;
    let passwords = PasswordPool::new(Argon2Cost::default(), 1, 64);
    let accounts = Accounts { writer: &writer, read_backend, passwords: &passwords };
    let (bold, plain) = (style::STRONG, anstyle::Reset);
    let mut staff = users.iter().find(|user| user.role == Role::Staff).map(|user| user.id.clone());
    if setup.first_admin {
        let password = clock::random_text::<12>();
        staff = Some(accounts.create(ADMIN, "Admin", Role::Staff, &password).await?);
        writeln!(
            welcome,
            "  admin               {bold}{ADMIN}{plain}  password {bold}{password}{plain}  (shown only once)"
        )?;
    }
    if open {
        accounts.open().await?;
        staff = accounts.find(accounts::ADMIN).await?.map(|user| user.id).or(staff);
        let (admin, password) = (accounts::ADMIN, accounts::PASSWORD);
        writeln!(welcome, "  demo admin          {admin}  password {password}")?;
    }
    if let Some(seeding) = setup.seeding {
        let staff = staff.context("the demo needs a staff account")?;
        let customers = accounts.customers(open).await?;
        let shop = DemoShop { store: StoreId::main(), currency: seeding.currency, staff, customers };
        let done = read_backend.head().await?.seq.0;
        fill(&writer, &clock, &shop, seeding, done).await?;
    }
    if open {
        let (customer, password) = (CUSTOMERS[0].email, accounts::PASSWORD);
        writeln!(welcome, "  demo customers      {customer} and others  password {password}")?;
    }
    if setup.accounts == Some(DemoMode::Closed) {
        accounts.close().await?;
    }
    drop(writer);
    tokio::task::spawn_blocking(|| thread.join()).await?.ok().context("the writer failed")?;
    Ok(welcome)
}

/// Runs the steps that are not done. Each step is one event.
async fn fill(
    writer: &Writer,
    clock: &SeedClock,
    shop: &DemoShop,
    seeding: Seeding,
    done: u64,
) -> anyhow::Result<()> {
    let steps = demo::plan(shop, seeding.began_at, seeding.ids());
    for step in steps.into_iter().skip(usize::try_from(done).unwrap_or(usize::MAX)) {
        clock.set(step.at);
        let receipt = writer.submit(Submission::one(step.command, step.actor)).await?;
        if let Some(Outcome::Refused(refusal)) = receipt.outcomes.first() {
            bail!("a step of the demo data was refused: {refusal}");
        }
    }
    Ok(())
}

/// A clock that is set by hand, because the demo's orders are days old.
struct SeedClock(Mutex<Timestamp>);

impl SeedClock {
    fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for SeedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn uuid(&self) -> Uuid {
        clock::uuid_at(self.now())
    }
}
