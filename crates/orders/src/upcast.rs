//! Events written by older versions are brought up to date when they are read; the log itself is never rewritten.
//!
//! Each row of the log says with which schema version its event was written. To change the shape of an event:
//! raise [`CURRENT`], and append to `STEPS` the function that turns the previous shape into the new one.

use serde_json::Value;

use crate::event::Event;

/// The schema version that is written now.
pub const CURRENT: u16 = 1;

/// `STEPS[n]` turns an event of schema version `n + 1` into one of version `n + 2`.
const STEPS: &[fn(&mut Value)] = &[];

const _: () = assert!(STEPS.len() + 1 == CURRENT as usize, "every schema version but the first has its step");

/// An event of the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// A newer Ordercast wrote it.
    #[error(
        "the event has schema version {found}, this version of Ordercast reads up to {CURRENT}: upgrade it"
    )]
    TooNew {
        /// Its version.
        found: u16,
    },
    /// It is not the JSON it claims to be.
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
