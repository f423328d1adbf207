//! The way of an order, for pages that poll.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::LocationView;
use crate::audience::{Audience, Field};
use crate::event::{Change, Event, Kind, Subject};
use crate::order::Location;
use crate::status::Status;

/// A location this soon after a status was reported together with it.
const SAME_REPORT: SignedDuration = SignedDuration::from_secs(1);

/// One step of an order's way: a status, a location, or a note.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TrackingStep {
    /// The status from then on.
    pub status: Status,
    /// When it happened.
    #[serde(serialize_with = "crate::time::serialize")]
    pub time: Timestamp,
    /// Where the delivery was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
    /// A note that only staff see, or the reason of a cancellation or correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl TrackingStep {
    /// The steps of an order's events, oldest first, as far as an audience may see them.
    pub fn history<'a>(events: impl IntoIterator<Item = &'a Event>, audience: Audience) -> Vec<Self> {
        let mut steps: Vec<Self> = Vec::new();
        for event in events {
            let Subject::Order { from, to, .. } = event.subject else { continue };
            let location = event.changes.iter().find_map(|change| location(change, event.at));
            let note = event.changes.iter().find_map(|change| note(change, audience));
            let moved = from != to || event.kind == Kind::OrderCreated;
            match (steps.last_mut(), location) {
                _ if moved || note.is_some() => {}
                (_, None) => continue,
                (Some(last), location)
                    if last.location.is_none() && event.at.duration_since(last.time) < SAME_REPORT =>
                {
                    last.location = location;
                    continue;
                }
                _ => {}
            }
            steps.push(Self { status: to, time: event.at, location, note });
        }
        steps
    }
}

fn location(change: &Change, at: Timestamp) -> Option<LocationView> {
    let Change::Located { point, measured_at, accuracy } = *change else { return None };
    Some(LocationView::from(Location { point, at, measured_at, accuracy }))
}

fn note(change: &Change, audience: Audience) -> Option<String> {
    match change {
        Change::Note { text } if audience.sees(Field::InternalNote) => Some(text.as_str().to_owned()),
        Change::Cancelled { reason: Some(reason) } | Change::Corrected { reason, .. }
            if audience.sees(Field::Reason) =>
        {
            Some(reason.as_str().to_owned())
        }
        _ => None,
    }
}
