//! Converts events that older versions wrote to the current shape when they are read. The log is never rewritten.
//!
//! Each row of the log has the schema version of its event. To change the shape of an event:
//! increment [`CURRENT`], and append to `STEPS` the function that converts the previous shape to the new one.

use serde_json::Value;

use crate::event::Event;

/// The schema version of new events.
pub const CURRENT: u16 = 1;

/// `STEPS[n]` converts an event of schema version `n + 1` to version `n + 2`.
const STEPS: &[fn(&mut Value)] = &[];

const _: () = assert!(STEPS.len() + 1 == CURRENT as usize, "every schema version but the first has its step");

/// A stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// A newer Ordercast wrote the event.
    #[error(
        "the event has schema version {found}, this version of Ordercast reads up to {CURRENT}: upgrade it"
    )]
    TooNew { found: u16 },
    #[error("the event does not have the shape of its schema version: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// Reads an event of any schema version.
pub fn read(schema: u16, json: &str) -> Result<Event, UnreadableEvent> {
    if schema == CURRENT {
        return Ok(serde_json::from_str(json)?);
    }
    let value = raise(schema, serde_json::from_str(json)?, STEPS)?;
    Ok(serde_json::from_value(value)?)
}

fn raise(schema: u16, mut value: Value, steps: &[fn(&mut Value)]) -> Result<Value, UnreadableEvent> {
    let none = || serde::de::Error::custom("schema versions are counted from 1");
    let done = usize::from(schema).checked_sub(1).ok_or_else(none).map_err(UnreadableEvent::Malformed)?;
    let steps = steps.get(done..).ok_or(UnreadableEvent::TooNew { found: schema })?;
    for step in steps {
        step(&mut value);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_runs_once_and_in_order() {
        let steps: &[fn(&mut Value)] = &[
            |event| event["seen"] = Value::from("one"),
            |event| {
                event["seen"] = Value::from(format!("{},two", event["seen"].as_str().unwrap_or("nothing")));
            },
        ];
        let event = || serde_json::json!({});
        assert_eq!(raise(1, event(), steps).unwrap()["seen"], "one,two");
        assert_eq!(raise(2, event(), steps).unwrap()["seen"], "nothing,two");
        assert_eq!(raise(3, event(), steps).unwrap(), event());
        assert!(matches!(raise(4, event(), steps), Err(UnreadableEvent::TooNew { found: 4 })));
        assert!(matches!(raise(0, event(), steps), Err(UnreadableEvent::Malformed(_))));
    }

    #[test]
    fn a_newer_event_says_to_upgrade() {
        let error = read(CURRENT + 1, "{}").unwrap_err().to_string();
        assert!(error.contains("upgrade"), "{error}");
    }
}
