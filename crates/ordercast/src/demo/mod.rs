//! The demo shop: Lantern Street, a coffee roastery.
//!
//! - [`accounts`]: the demo accounts, and when they can sign in.
//! - [`people`]: customers and their addresses. [`products`]: products, each with a drawing.
//! - [`seed_orders`]: orders from the last nine days. [`plan`]: products and orders as commands, in the order of time.
//! - [`seeding`]: remembers an unfinished seeding, so that the next start completes it.
//!
//! Except for the accounts, the data is a pure function of the current time. The caller submits the commands to the log.

pub mod accounts;
pub mod people;
mod pictures;
mod plan;
mod products;
mod seed_orders;
pub mod seeding;

pub use plan::{DemoShop, DemoStep, plan};
pub use products::{DemoProduct, products};

/// The store name of the demo, unless one is configured.
pub const SHOP_NAME: &str = "Lantern Street Coffee & Tea";
/// The shop sells from Hamburg.
pub const TIME_ZONE: &str = "Europe/Berlin";
/// Latitude and longitude of Hamburg.
pub const LOCATION: &str = "53.55,9.99";
