//! What an empty data directory needs before anybody can use it: an admin, and for `--demo` a shop.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use api::app::Demo;
use api::auth::PasswordPool;
use api::auth::password::Argon2Cost;
use eventlog::accounts::User;
use eventlog::sqlite::Database;
use eventlog::{Clock, Outcome, ReadBackend, Submission, Writer};
use jiff::Timestamp;
use orders::{Role, StoreId};
use uuid::Uuid;

use crate::clock;
use crate::config::{Config, values};
use crate::demo::accounts::{self, Accounts, Door};
use crate::demo::people::CUSTOMERS;
use crate::demo::{self, Shop};
use crate::serve::options;
use crate::terminal::style;

/// Who the first admin signs in as. Their password is random; the demo's own admin is another account.
const ADMIN: &str = "admin@example.com";

/// How long before the present the demo's shop opened, and a day.
const DEMO_BEGINS: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 31);

/// What there is to know once everything is there.
#[derive(Debug, Default)]
pub struct Prepared {
    /// What to tell the person who started the server.
    pub welcome: String,
    /// Set where anybody may be anybody: data that `--demo` made, served with `--demo`.
    pub demo: Option<Demo>,
}

/// What has to be done before anybody is served.
struct Task {
    /// There is no admin yet.
    first_admin: bool,
    /// The demo's goods and orders are to come.
    fill: bool,
    /// What becomes of the demo's accounts, where they are not as they should be already.
    accounts: Option<Door>,
}

/// Makes what is missing.
pub async fn prepare(config: &Config, demo: bool) -> anyhow::Result<Prepared> {
    let mut database = Database::open(&config.data, &options(config), clock::uuid())?;
    let read_backend = Arc::clone(&database.read_backend);
    let users = read_backend.users(usize::MAX).await?;
    let empty = read_backend.head().await?.seq.0 == 0;
    let door = Door::of(&database)?;
    let task = Task {
        first_admin: !users.iter().any(|user| user.role == Role::Staff),
        fill: demo && empty,
        accounts: match door {
            None if demo && empty && users.is_empty() => Some(Door::Open),
            Some(_) if demo => Some(Door::Open),
            Some(Door::Open) => Some(Door::Closed),
            None | Some(Door::Closed) => None,
        },
    };
    let open = task.accounts == Some(Door::Open);
    if demo && !open {
        tracing::warn!(
            "this data was not made by --demo, so it is served as a real shop: nobody is offered the demo's accounts, \
             and no payment is made up"
        );
    }
    if open {
        Door::Open.set(&mut database)?;
        if !values::is_local(config.listen.ip()) {
            tracing::warn!(listen = %config.listen, "a demo: whoever can reach this address can be its admin");
        }
    }
    let mut prepared = Prepared::default();
    if task.first_admin || task.fill || task.accounts.is_some() {
        prepared.welcome = work(&task, database, read_backend.as_ref(), &users, config).await?;
    }
    if task.accounts == Some(Door::Closed) {
        let mut database = Database::open(&config.data, &options(config), clock::uuid())?;
        Door::Closed.set(&mut database)?;
        tracing::info!("the demo's accounts can no longer sign in with the password that everybody knows");
    }
    prepared.demo = open.then(accounts::offered);
    Ok(prepared)
}

/// Does it, through a writer of its own. Returns what to tell.
async fn work(
    task: &Task,
    database: Database,
    read_backend: &dyn ReadBackend,
    users: &[User],
    config: &Config,
) -> anyhow::Result<String> {
    let mut told = String::new();
    let open = task.accounts == Some(Door::Open);
    // Time does not go back within a log, so a demo begins before its first order.
    let beginning = if task.fill { clock::now() - DEMO_BEGINS } else { clock::now() };
    let clock = Arc::new(Stepped(Mutex::new(beginning)));
    let (writer, thread) = Writer::start(database.write_backend, clock.clone(), Box::new(|_| {}))?;
    let passwords = PasswordPool::new(Argon2Cost::default(), 1, 64);
    let accounts = Accounts { writer: &writer, read_backend, passwords: &passwords };
    let (bold, plain) = (style::STRONG, anstyle::Reset);
    let mut staff = users.iter().find(|user| user.role == Role::Staff).map(|user| user.id.clone());
    if task.first_admin {
        let password = clock::random_text::<12>();
        staff = Some(accounts.create(ADMIN, "Admin", Role::Staff, &password).await?);
        writeln!(
            told,
            "  admin               {bold}{ADMIN}{plain}  password {bold}{password}{plain}  (shown this once)"
        )?;
    }
    if open {
        accounts.open().await?;
        staff = accounts.find(accounts::ADMIN).await?.map(|user| user.id).or(staff);
        let (admin, password) = (accounts::ADMIN, accounts::PASSWORD);
        writeln!(told, "  demo admin          {admin}  password {password}")?;
    }
    if task.fill {
        let staff = staff.context("the demo needs a staff account")?;
        let customers = accounts.customers(open).await?;
        let shop = Shop { store: StoreId::main(), currency: config.store_currency, staff, customers };
        fill(&writer, &clock, &shop).await?;
    }
    if open {
        let (customer, password) = (CUSTOMERS[0].email, accounts::PASSWORD);
        writeln!(told, "  demo customers      {customer} and others  password {password}")?;
    }
    if task.accounts == Some(Door::Closed) {
        accounts.close().await?;
    }
    drop(writer);
    tokio::task::spawn_blocking(|| thread.join()).await?.ok().context("the writer failed")?;
    Ok(told)
}

async fn fill(writer: &Writer, clock: &Stepped, shop: &Shop) -> anyhow::Result<()> {
    for step in demo::plan(shop, clock::now(), clock::uuid_at) {
        clock.set(step.at);
        let receipt = writer.submit(Submission::one(step.command, step.actor)).await?;
        if let Some(Outcome::Refused(refusal)) = receipt.outcomes.first() {
            bail!("a step of the demo was refused: {refusal}");
        }
    }
    Ok(())
}

/// A clock that stands where it was put: the demo's orders were placed over the last days.
struct Stepped(Mutex<Timestamp>);

impl Stepped {
    fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for Stepped {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn uuid(&self) -> Uuid {
        clock::uuid_at(self.now())
    }
}
