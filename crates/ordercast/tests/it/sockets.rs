//! What Socket.IO clients of each dialect are sent, and how their requests are answered.

mod created;
mod event_names;
mod joining;
mod order_names;
