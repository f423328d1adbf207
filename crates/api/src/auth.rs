//! Who is asking, and whether the page they ask from may ask.
//!
//! - [`principal`]: somebody whose token was verified. [`token`]: making and verifying tokens; `claims` (private)
//!   reads what other systems write into theirs; `refresh` (private) makes the tokens that swap for fresh ones.
//! - [`credential`]: where a request carries its token: the `Authorization` header, else the [`cookie`].
//! - [`origin`]: which pages may use the cookie.
//! - [`seal`]: texts that clients keep for us.
//! - [`password`]: hashing in a bounded pool.
//!
//! Nothing here knows whether a session was revoked or an account deleted; that is asked where the log is at hand.

mod claims;
pub mod cookie;
pub mod credential;
pub mod origin;
pub mod password;
pub mod principal;
mod refresh;
pub mod seal;
pub mod token;

pub use credential::Credential;
pub use origin::AllowedOrigins;
pub use password::PasswordPool;
pub use principal::{Issuer, Principal, SessionId};
pub use seal::Seal;
pub use token::{TokenError, TokenKeys, TokenOptions};
