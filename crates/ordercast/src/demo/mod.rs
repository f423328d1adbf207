//! A shop to try things on: Lantern Street, a small coffee roastery that sells tea as well.
//!
//! - [`accounts`]: who may be anybody, and when.
//! - [`people`]: customers and where they live. [`products`]: what is sold, with a drawn picture each.
//! - [`seed_orders`]: the orders, from placed a minute ago to delivered last week. [`plan`]: all of that as commands, in
//!   the order of time.
//!
//! Everything but the accounts is data, and a pure function of the time it is for; whoever calls feeds it through the log.

pub mod accounts;
pub mod people;
mod pictures;
mod plan;
mod products;
mod seed_orders;

pub use plan::{DemoShop, DemoStep, plan};
pub use products::{DemoProduct, products};

/// What the shop is called, where nobody configured a name.
pub const SHOP_NAME: &str = "Lantern Street Coffee & Tea";
