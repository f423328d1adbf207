//! Users and revoked tokens.

use async_trait::async_trait;
use jiff::Timestamp;
use orders::UserId;

use crate::accounts::{Email, Revoked, TokenHash, User};
use crate::error::LogError;

#[async_trait]
pub trait AccountQueries: Send + Sync + 'static {
    async fn user(&self, id: UserId) -> Result<Option<User>, LogError>;

    /// The local account that signs in with this address.
    async fn user_by_email(&self, email: Email) -> Result<Option<User>, LogError>;

    /// The account of a link for a new password that can still be used.
    async fn user_by_reset(&self, token: TokenHash, now: Timestamp) -> Result<Option<User>, LogError>;

    /// Local accounts and external users, oldest first.
    async fn users(&self, limit: usize) -> Result<Vec<User>, LogError>;

    /// Sessions and users whose tokens were revoked.
    async fn revoked(&self) -> Result<Revoked, LogError>;
}
