//! Formats an event as one line.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use orders::{Origin, Status};

use super::order_cache::EventDetails;
use crate::client::wire::{ApiActor, ApiEvent};
use crate::terminal::{column, printable, style};

/// Column widths.
const NAME: usize = 20;
const TOTAL: usize = 13;

/// `14:03:12  #10042  ▶ shipped     Asha Rao                 €34.50  by Mira · tracking 1Z999`
pub(super) fn event_line(event: &ApiEvent, details: &EventDetails, zone: &TimeZone) -> String {
    let time = event.at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    let mut line = format!("{}{time}{:#}  ", style::DIM, style::DIM);
    match (&event.order_number, event.status) {
        (Some(number), Some(status)) => order(&mut line, number, status, event, details),
        _ => product(&mut line, event, details),
    }
    let mut details = vec![by(event.actor.as_ref())];
    details.extend(facts(event, zone));
    let details: Vec<_> = details.into_iter().filter(|detail| !detail.is_empty()).collect();
    let _ = write!(line, "  {}{}{:#}", style::DIM, printable(&details.join(" · ")), style::DIM);
    line
}

fn order(line: &mut String, number: &str, status: Status, event: &ApiEvent, details: &EventDetails) {
    let color = if event.kind == "delivery.located" { style::DIM } else { style::of(status) };
    let number = column(&format!("#{}", printable(number)), 7);
    let name = column(&printable(details.customer.as_deref().unwrap_or("-")), NAME);
    let total = details.total.map(|total| total.to_string()).unwrap_or_default();
    let _ = write!(
        line,
        "{}{number}{:#} {color}{} {:<10}{color:#}  {name} {total:>TOTAL$}",
        style::STRONG,
        style::STRONG,
        style::glyph(status),
        status.name(),
    );
}

fn product(line: &mut String, event: &ApiEvent, details: &EventDetails) {
    let what = if event.product_id.is_some() { "product" } else { event.kind.as_str() };
    let name = event.name.as_deref().or(details.product.as_deref()).unwrap_or("-");
    let _ =
        write!(line, "{:7} {}◇ {:<10}{:#}  {}", "", style::DIM, printable(what), style::DIM, printable(name));
}

fn by(actor: Option<&ApiActor>) -> String {
    let Some(actor) = actor else { return String::new() };
    match &actor.name {
        // The customer's name is in the line already.
        Some(name) if actor.origin != Origin::Customer => return format!("by {name}"),
        _ => {}
    }
    match actor.origin {
        Origin::Customer => "by the customer",
        Origin::Staff => "by the store",
        Origin::Driver => "by the driver",
        Origin::Gateway => "by the payment provider",
        Origin::System => "by Ordercast",
        Origin::Outside => "by another program",
    }
    .to_owned()
}

fn facts(event: &ApiEvent, zone: &TimeZone) -> Vec<String> {
    let mut facts = Vec::new();
    let mut say = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push(format!("{label}{value}"));
        }
    };
    if event.kind == "order.created" {
        say("", Some("new order".to_owned()));
    }
    let before = event.previous_status.filter(|before| Some(*before) != event.status);
    say("was ", before.map(|status| status.name().to_owned()));
    say("payment ", event.payment_status.clone());
    say("tracking ", event.tracking_number.clone());
    let expected = event.estimated_delivery;
    say("expected ", expected.map(|at| at.to_zoned(zone.clone()).strftime("%-d %b %H:%M").to_string()));
    say("delivered by ", event.partner.as_ref().map(|partner| partner.name.clone()));
    say("at ", event.location.map(|at| format!("{:.4}, {:.4}", at.latitude, at.longitude)));
    say("price ", event.price.map(|price| price.to_string()));
    say("stock ", event.on_hand.map(|n| n.to_string()));
    say("", event.archived.map(|archived| if archived { "archived" } else { "restored" }.to_owned()));
    say("reason: ", event.reason.clone());
    say("note: ", event.note.clone());
    facts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain(event: &serde_json::Value, details: &EventDetails) -> String {
        let event: ApiEvent = serde_json::from_value(event.clone()).unwrap();
        let line = event_line(&event, details, &TimeZone::UTC);
        anstream::adapter::strip_str(&line).to_string()
    }

    #[test]
    fn an_order_event_reads_as_a_line() {
        let event = json!({
            "id": "e1", "kind": "order.status_changed", "at": "2026-11-21T14:03:12.345Z", "version": 3,
            "actor": { "origin": "staff", "name": "Mira" }, "storeId": "main",
            "orderId": "o1", "orderNumber": "10042", "status": "shipped", "previousStatus": "processing",
            "trackingNumber": "1Z999",
        });
        let details = EventDetails {
            customer: Some("Asha Rao".to_owned()),
            total: Some(serde_json::from_value(json!({ "amount": 3450, "currency": "EUR" })).unwrap()),
            product: None,
        };
        assert_eq!(
            plain(&event, &details),
            "14:03:12  #10042  ▶ shipped     Asha Rao                    €34.50  by Mira · was processing · tracking 1Z999"
        );
    }

    #[test]
    fn text_from_customers_cannot_control_the_terminal() {
        let event = json!({
            "id": "e1", "kind": "order.cancelled", "at": "2026-11-21T14:03:12Z", "version": 2,
            "actor": { "origin": "customer", "name": "\u{1b}]0;owned\u{7}" },
            "orderId": "o1", "orderNumber": "1\u{1b}[2J", "status": "cancelled", "previousStatus": "pending",
            "reason": "line\nbreak\u{202e}",
        });
        let details = EventDetails { customer: Some("\u{9b}2J".to_owned()), ..EventDetails::default() };
        let event: ApiEvent = serde_json::from_value(event).unwrap();
        let line = event_line(&event, &details, &TimeZone::UTC);
        let styles_only = anstream::adapter::strip_str(&line).to_string();
        assert!(!styles_only.chars().any(char::is_control), "{styles_only:?}");
        for raw in ["\u{1b}]", "\u{1b}[2J", "\u{9b}", "\u{7}", "\u{202e}", "\n"] {
            assert!(!line.contains(raw), "{raw:?} in {line:?}");
        }
    }

    #[test]
    fn an_unknown_kind_is_shown() {
        let event = json!({ "id": "e", "kind": "chat.message", "at": "2026-11-21T14:03:12Z", "version": 1 });
        assert!(plain(&event, &EventDetails::default()).contains("chat.mess"));
    }
}
