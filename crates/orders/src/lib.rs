//! The rules of orders: state, commands, events, permissions and views.
//!
//! All functions are pure: the caller passes the time and the ids. Read the modules in this order:
//!
//! - [`id`], [`money`], [`text`]: values that are parsed once, at the edge. [`time`]: times as they are sent.
//! - [`actor`]: who gives commands. [`status`]: the status of an order, and the table of allowed transitions.
//! - [`order`]: the state of one order: lifecycle, payment, [`shipment`]s, [`geo`]. [`product`]: catalogue and
//!   stock. [`contact`]: personal data, stored beside them. [`world`]: the state that a decision needs.
//! - [`command`]: what an actor asks for. [`decide`](mod@decide): refuses it with a [`refusal`], or returns the [`event`]
//!   that follows.
//! - [`apply`]: changes the state by an event. Replaying all events gives the same state.
//! - [`upcast`]: converts events that older versions wrote.
//! - [`audience`]: who may see which field. [`view`]: orders and events as they are shown. [`notification`]: inbox
//!   entries of events.
//!
//! This crate does no I/O, never awaits, reads no clock, and generates no ids.
//!
//! To add a command: add a variant to [`command::Command`], a file to `decide/`, its changes to
//! [`event::Change`] and [`apply`], and who may give it to `decide/policy.rs`.

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
pub mod time;
pub mod upcast;
pub mod view;
pub mod world;

pub use actor::{Actor, Origin, Role};
pub use audience::Audience;
pub use command::Command;
pub use contact::{Address, Contact, Partner};
pub use decide::{AllowedTransition, OrderTransitions, allowed_transitions, decide};
pub use event::{Change, Event, Kind, Subject};
pub use id::{EventId, OrderId, OrderNumber, OrderRef, ProductId, Reference, StoreId, UserId};
pub use money::{Currency, Money};
pub use notification::Notification;
pub use order::{Order, Version};
pub use product::Product;
pub use refusal::Refusal;
pub use status::Status;
pub use world::World;
