//! The accounts that anybody may use, with a password that everybody knows.
//!
//! They exist only in data that `--demo` made from nothing, which a note in the database says, and can sign in only
//! while it is served with `--demo`. Served without, the same data is somebody's own shop: their passwords are replaced
//! by ones that nobody knows, and whoever was signed in with them no longer is.

use anyhow::Context as _;
use api::app::{Demo, DemoAccount};
use api::auth::PasswordPool;
use api::auth::password::Password;
use eventlog::accounts::{AccountChange, Email, User};
use eventlog::{LogError, ReadBackend, Storage, Writer};
use orders::text::Line;
use orders::{Role, StoreId, UserId};

use super::people::CUSTOMERS;
use crate::clock;

/// The password of every account of the demo.
pub const PASSWORD: &str = "lantern-street";
/// Who runs the demo's shop.
pub const ADMIN: &str = "mira@example.com";
const ADMIN_NAME: &str = "Mira Lind";
/// So many customers are offered to be.
const OFFERED: usize = 3;

/// The note, and what it says while the accounts may be used, and while they may not.
const NOTE: &str = "demo";
const OPEN: &str = "open";
const CLOSED: &str = "closed";

/// What is known of data that `--demo` made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoMode {
    /// Its accounts can sign in.
    Open,
    /// They cannot.
    Closed,
}

impl DemoMode {
    /// `None` of data that is not the demo's.
    pub fn of(storage: &Storage) -> Result<Option<Self>, LogError> {
        Ok(storage.note(NOTE)?.map(|note| if note == CLOSED { Self::Closed } else { Self::Open }))
    }

    /// Writes it down. Before the accounts are opened, and after they were closed: whatever interrupts that, accounts
    /// that can sign in are known to.
    pub fn set(self, storage: &mut Storage) -> Result<(), LogError> {
        storage.set_note(NOTE, if self == Self::Open { OPEN } else { CLOSED })
    }
}

/// Everybody: name, e-mail address, role.
fn everybody() -> impl Iterator<Item = (&'static str, &'static str, Role)> {
    let customers = CUSTOMERS.iter().map(|customer| (customer.name, customer.email, Role::Customer));
    std::iter::once((ADMIN_NAME, ADMIN, Role::Staff)).chain(customers)
}

/// What a page offers to sign in as: the admin, and a few customers.
pub fn offered() -> Demo {
    let account = |(name, email, role): (&str, &str, Role)| DemoAccount {
        name: name.to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        role,
    };
    Demo { accounts: everybody().take(1 + OFFERED).map(account).collect() }
}

fn nobodys_password() -> String {
    clock::random_text::<24>()
}

/// Makes accounts, and changes their passwords.
pub struct Accounts<'a> {
    /// What writes.
    pub writer: &'a Writer,
    /// What reads.
    pub read_backend: &'a dyn ReadBackend,
    /// What hashes.
    pub passwords: &'a PasswordPool,
}

impl Accounts<'_> {
    /// Lets everybody in: makes the accounts that are missing, and gives each the password that everybody knows.
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

    /// Lets nobody in any more: whoever visited the demo could change these passwords too.
    pub async fn close(&self) -> anyhow::Result<()> {
        for (_, email, _) in everybody() {
            if let Some(user) = self.find(email).await? {
                self.set_password(user, email, &nobodys_password()).await?;
            }
        }
        Ok(())
    }

    /// The accounts of the [`CUSTOMERS`]. Makes those that are missing: open to everybody, or to nobody.
    pub async fn customers(&self, open: bool) -> anyhow::Result<Vec<UserId>> {
        let mut customers = Vec::new();
        for customer in CUSTOMERS {
            let password = if open { PASSWORD.to_owned() } else { nobodys_password() };
            customers.push(match self.find(customer.email).await? {
                Some(user) => user.id,
                None => self.create(customer.email, customer.name, Role::Customer, &password).await?,
            });
        }
        Ok(customers)
    }

    /// The account of an address.
    pub async fn find(&self, email: &str) -> anyhow::Result<Option<User>> {
        Ok(self.read_backend.user_by_email(Email::new(email)?).await?)
    }

    /// Makes an account.
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

    /// Whether they sign in with what everybody knows.
    async fn known(&self, user: &User) -> anyhow::Result<bool> {
        Ok(self.passwords.verify(PASSWORD, user.password_hash.as_deref()).await?)
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
