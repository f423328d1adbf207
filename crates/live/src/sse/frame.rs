//! Frames of server-sent events
//! ([HTML standard, 9.2](https://html.spec.whatwg.org/multipage/server-sent-events.html)).

use std::fmt::Write as _;

use bytes::Bytes;
use eventlog::{Cursor, EventWithContext};
use orders::Audience;
use serde::Serialize;

use crate::payload::event::{OrderEvent, ProductEvent};
use crate::payload::json;

/// An event of the log; `None` if the audience is told nothing of it.
pub fn encode(event: &EventWithContext, cursor: &Cursor, audience: Audience) -> Option<Bytes> {
    let view = event.view(audience)?;
    let name = view.kind.name();
    match (&view.order, view.product_id) {
        (Some(order), _) => Some(frame(name, Some(cursor), &OrderEvent::new(&view, order))),
        (None, Some(product)) => Some(frame(name, Some(cursor), &ProductEvent::new(&view, product))),
        (None, None) => None,
    }
}

pub(crate) fn frame(event: &str, id: Option<&Cursor>, data: &impl Serialize) -> Bytes {
    let mut text = String::with_capacity(512);
    push_frame(&mut text, event, id, data);
    text.into()
}

pub(super) fn push_frame(text: &mut String, event: &str, id: Option<&Cursor>, data: &impl Serialize) {
    if let Some(id) = id {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "id: {id}");
    }
    // JSON has no line break in it, so the data is one line.
    let _ = write!(text, "event: {event}\ndata: {}\n\n", json(data));
}
