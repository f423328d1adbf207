//! What an empty data directory needs before anybody can use it: an admin, and for `--demo` a shop.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use http::auth::PasswordPool;
use http::auth::password::{Password, Work};
use jiff::Timestamp;
use log::accounts::{AccountChange, Email};
use log::sqlite::Database;
use log::{Clock, Outcome, Queries as _, Submission, Writer};
use orders::text::Line;
use orders::{Role, StoreId, UserId};
use uuid::Uuid;

use crate::clock;
use crate::config::Config;
use crate::demo::people::CUSTOMERS;
use crate::demo::{self, Shop};
use crate::serve::options;
use crate::terminal::style;

/// Who the first admin signs in as.
const ADMIN: &str = "admin@example.com";
/// The password of the demo's customers. The demo's admin has a random one, like every other.
const DEMO_PASSWORD: &str = "lantern-street";

/// How long before the present the demo's shop opened, and a day.
const DEMO_BEGINS: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 31);

/// Makes what is missing; returns what to tell the person who started the server.
pub async fn prepare(config: &Config, demo: bool) -> anyhow::Result<String> {
    let database = Database::open(&config.data, &options(config), clock::uuid())?;
    let queries = Arc::clone(&database.queries);
    let staffed = queries.users(usize::MAX).await?.iter().any(|user| user.role == Role::Staff);
    let empty = queries.head().await?.seq.0 == 0;
    let mut told = String::new();
    if staffed && !(demo && empty) {
        return Ok(told);
    }
    // Time does not go back within a log, so a demo begins before its first order.
    let beginning = if demo && empty { clock::now() - DEMO_BEGINS } else { clock::now() };
    let clock = Arc::new(Stepped(Mutex::new(beginning)));
    let (writer, thread) = Writer::start(database.journal, clock.clone(), Box::new(|_| {}))?;
    let passwords = PasswordPool::new(Work::default(), 1, 64);
    if !staffed {
        let password = clock::random_text::<12>();
        create(&writer, &passwords, ADMIN, "Admin", Role::Staff, &password).await?;
        let (bold, plain) = (style::STRONG, anstyle::Reset);
        writeln!(
            told,
            "  admin               {bold}{ADMIN}{plain}  password {bold}{password}{plain}  (shown this once)"
        )?;
    }
    if demo && empty {
        let admin = queries.users(usize::MAX).await?.into_iter().find(|user| user.role == Role::Staff);
        let staff = admin.context("the demo needs a staff account")?.id;
        let mut customers = Vec::new();
        for customer in CUSTOMERS {
            let (email, name) = (customer.email, customer.name);
            // A start that was cut off may have made some of them already.
            customers.push(match queries.user_by_email(Email::new(email)?).await? {
                Some(user) => user.id,
                None => create(&writer, &passwords, email, name, Role::Customer, DEMO_PASSWORD).await?,
            });
        }
        let shop = Shop { store: StoreId::main(), currency: config.store_currency, staff, customers };
        fill(&writer, &clock, &shop).await?;
    }
    if demo {
        writeln!(told, "  demo customers      {} and others  password {DEMO_PASSWORD}", CUSTOMERS[0].email)?;
    }
    drop(writer);
    tokio::task::spawn_blocking(|| thread.join()).await?.ok().context("the writer failed")?;
    Ok(told)
}

async fn create(
    writer: &Writer,
    passwords: &PasswordPool,
    email: &str,
    name: &str,
    role: Role,
    password: &str,
) -> anyhow::Result<UserId> {
    let id = UserId::new(clock::uuid().to_string())?;
    let password_hash = passwords.hash(&Password::new(password, email)?).await?;
    let change = AccountChange::CreateUser {
        id: id.clone(),
        role,
        store: StoreId::main(),
        name: Line::new(name)?,
        email: Email::new(email)?,
        password_hash,
    };
    writer.account(change).await?.with_context(|| format!("cannot make the account {email}"))?;
    Ok(id)
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
