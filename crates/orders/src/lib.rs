//! What an order is, who may do what to it, and what follows.
//!
//! Everything here is a pure function of its arguments: the time and the ids are handed in. Read in this order:
//!
//! - [`id`], [`money`], [`text`]: values, each parsed once at the edge.
//! - [`actor`]: who acts. [`status`]: the simple status and the transition table a shop owner can read.
//! - [`order`]: the state of one order: lifecycle, payment, [`shipment`]s, [`geo`]. [`product`]: catalogue and
//!   stock. [`contact`]: the personal data kept beside them. [`world`]: as much of all that as a decision needs.
//! - [`command`]: what somebody asks for. [`decide`](mod@decide): refuses it, saying why in a [`refusal`], or says
//!   which [`event`] follows.
//! - [`apply`]: an event changes the state; replaying all of them gives the same state again.
//! - [`upcast`]: events written by older versions, brought up to date when they are read.
//! - [`audience`]: which field of all this somebody may see. [`view`]: what they are shown. [`notification`]: what
//!   their inbox says of an event.
//!
//! It never does I/O, never awaits, never reads a clock, and never makes an id.
//!
//! To add a command: a variant in [`command::Command`], a file in `decide/`, what it changes in
//! [`event::Change`] with its effect in [`apply`], and who may give it in `decide/policy.rs`.

pub mod actor;
pub mod apply;
pub mod audience;
pub mod command;
pub mod contact;
pub mod decide;
pub mod event;
pub mod geo;
pub mod id;
pub mod money;
pub mod notification;
pub mod order;
pub mod product;
pub mod refusal;
pub mod shipment;
pub mod status;
pub mod text;
pub mod upcast;
pub mod view;
pub mod world;

pub use actor::{Actor, Origin, Role};
pub use audience::Audience;
pub use command::Command;
pub use contact::{Address, Contact, Partner};
pub use decide::{AllowedTransition, OrderTransitions, allowed_transitions, decide};
pub use event::{Change, Event, Kind, Subject};
pub use id::{EventId, OrderId, OrderNumber, OrderRef, ProductId, StoreId, UserId};
pub use money::{Currency, Money};
pub use notification::Notification;
pub use order::{Order, Version};
pub use product::Product;
pub use refusal::Refusal;
pub use status::Status;
pub use world::World;
