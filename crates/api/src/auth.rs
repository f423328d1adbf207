//! Authentication, and which pages may use it.
//!
//! - [`principal`]: an authenticated user. [`token`]: creating and verifying tokens; `claims` (private) reads the
//!   claims of other systems; `refresh` (private) creates refresh tokens.
//! - [`credential`]: where a request carries its token: the `Authorization` header or the [`cookie`]. [`presented`]: the forms in
//!   which pages send it.
//! - [`origin`]: which pages may use the cookie.
//! - [`seal`]: signed texts that clients store for the server.
//! - [`password`]: hashing in a bounded pool.
//!
//! This module does not know whether a session was revoked or an account was deleted; [`caller`](crate::caller)
//! checks that.

pub mod cookie;
pub mod credential;
pub mod origin;
pub mod password;
pub(crate) mod presented;
pub mod principal;
mod refresh;
pub mod seal;
pub mod token;

pub use credential::Credential;
pub use origin::AllowedOrigins;
pub use password::PasswordPool;
pub use principal::{Issuer, Lifetime, Principal, SessionId};
pub use seal::Seal;
pub use token::{TokenError, TokenKeys, TokenOptions};
