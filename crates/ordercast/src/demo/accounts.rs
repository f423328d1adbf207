//! The demo accounts, which have a public password.
//!
//! They exist only in data that `--demo` created; a note in the database says so. They can sign in only while the data is
//! served with `--demo`. When it is served without, their passwords are replaced with random ones, and their sessions
//! end.

use anyhow::Context as _;
use api::app::{Demo, DemoAccount};
use api::auth::PasswordPool;
use api::auth::password::{Password, Verdict};
use eventlog::accounts::{AccountChange, Email, User};
use eventlog::{LogError, ReadBackend, Storage, Writer};
use orders::text::Line;
use orders::{Role, StoreId, UserId};

use super::people::CUSTOMERS;
use crate::clock;

/// The password of every demo account.
pub const PASSWORD: &str = "lantern-street";
/// The e-mail address of the demo's admin.
pub const ADMIN: &str = "mira@example.com";
const ADMIN_NAME: &str = "Mira Lind";
/// Number of customers on the sign-in page.
const OFFERED: usize = 3;

/// The key and the values of the note in the database.
const NOTE: &str = "demo";
const OPEN: &str = "open";
const CLOSED: &str = "closed";

/// Whether the demo accounts can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoMode {
    Open,
    Closed,
}

impl DemoMode {
    /// `None`: the data was not created by `--demo`.
    pub fn of(storage: &Storage) -> Result<Option<Self>, LogError> {
        Ok(storage.note(NOTE)?.map(|note| if note == CLOSED { Self::Closed } else { Self::Open }))
    }

    /// Stores the mode. Call it before the accounts are opened, and after they are closed, so that accounts that can sign in
    /// are always known, also after an interruption.
    pub fn set(self, storage: &mut Storage) -> Result<(), LogError> {
        storage.set_note(NOTE, if self == Self::Open { OPEN } else { CLOSED })
    }
}

/// Name, e-mail address and role of every demo account.
fn everybody() -> impl Iterator<Item = (&'static str, &'static str, Role)> {
    let customers = CUSTOMERS.iter().map(|customer| (customer.name, customer.email, Role::Customer));
    std::iter::once((ADMIN_NAME, ADMIN, Role::Staff)).chain(customers)
}

/// The accounts on the sign-in page: the admin and a few customers.
pub fn offered() -> Demo {
    let account = |(name, email, role): (&str, &str, Role)| DemoAccount {
        name: name.to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        role,
    };
    Demo { accounts: everybody().take(1 + OFFERED).map(account).collect() }
}

fn random_password() -> String {
    clock::random_text::<24>()
}

/// Creates accounts, and changes their passwords.
pub struct Accounts<'a> {
    pub writer: &'a Writer,
    pub read_backend: &'a dyn ReadBackend,
    pub passwords: &'a PasswordPool,
}

impl Accounts<'_> {
    /// Creates missing accounts, and sets the public password.
    pub async fn open(&self) -> anyhow::Result<()> {
        for (name, email, role) in everybody() {
            match self.find(email).await? {
                None => drop(self.create(email, name, role, PASSWORD).await?),
                Some(user) if self.known(&user).await? => {}
                Some(user) => self.set_password(user, email, PASSWORD).await?,
            }
        }
        Ok(())
    }

    /// Sets random passwords. Visitors of the demo may have changed them, so all are replaced.
    pub async fn close(&self) -> anyhow::Result<()> {
        for (_, email, _) in everybody() {
            if let Some(user) = self.find(email).await? {
                self.set_password(user, email, &random_password()).await?;
            }
        }
        Ok(())
    }

    /// The accounts of the [`CUSTOMERS`]. Creates missing ones, with the public password if `open`.
    pub async fn customers(&self, open: bool) -> anyhow::Result<Vec<UserId>> {
        let mut customers = Vec::new();
        for customer in CUSTOMERS {
            let password = if open { PASSWORD.to_owned() } else { random_password() };
            customers.push(match self.find(customer.email).await? {
                Some(user) => user.id,
                None => self.create(customer.email, customer.name, Role::Customer, &password).await?,
            });
        }
        Ok(customers)
    }

    pub async fn find(&self, email: &str) -> anyhow::Result<Option<User>> {
        Ok(self.read_backend.user_by_email(Email::new(email)?).await?)
    }

    pub async fn create(
        &self,
        email: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> anyhow::Result<UserId> {
        let id = UserId::new(clock::uuid().to_string())?;
        let password_hash = self.passwords.hash(&Password::new(password, email)?).await?;
        let change = AccountChange::CreateUser {
            id: id.clone(),
            role,
            store: StoreId::main(),
            name: Line::new(name)?,
            email: Email::new(email)?,
            password_hash,
        };
        self.change(change, email).await?;
        Ok(id)
    }

    /// Whether the account has the public password.
    async fn known(&self, user: &User) -> anyhow::Result<bool> {
        Ok(self.passwords.verify(PASSWORD, user.password_hash.as_deref()).await? != Verdict::Wrong)
    }

    async fn set_password(&self, user: User, email: &str, password: &str) -> anyhow::Result<()> {
        let password_hash = self.passwords.hash(&Password::new(password, email)?).await?;
        self.change(AccountChange::SetPassword { user: user.id, password_hash }, email).await
    }

    async fn change(&self, change: AccountChange, email: &str) -> anyhow::Result<()> {
        let changed = self.writer.account(change).await?;
        changed.map(drop).with_context(|| format!("cannot make or change the account {email}"))
    }
}
