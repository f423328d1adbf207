//! Every cell of the table in `src/status.rs`: every status and actor, with and without a reason, for cash and online
//! payments that are unpaid, paid before processing, or paid while shipped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "transitions/shop.rs"]
mod shop;

use ordercast_orders::event::Kind;
use ordercast_orders::order::PaymentMethod::{self, CashOnDelivery, Online};
use ordercast_orders::status::Status::{self, Cancelled, Delivered, Paid, Pending, Processing, Shipped};
use ordercast_orders::{Actor, Command, Refusal};

use shop::{PaidWhen, Shop, customer, driver, gateway, staff, why};

/// Rows are the current status, columns the requested one. [`LEGEND`] explains the cells.
#[rustfmt::skip]
const TABLE: [(Status, [&str; 6]); 6] = [
    //            pending     processing  shipped     paid  delivered  cancelled
    (Pending,    ["",         "staff",    "staff",    "¹",  "staff",   "customer, staff"]),
    (Processing, ["reason",   "",         "staff",    "²",  "staff",   "staff"]),
    (Shipped,    ["reason",   "reason",   "",         "¹",  "staff",   "staff"]),
    (Paid,       ["reason ⁵", "staff ³",  "staff ³⁵", "",   "staff",   "staff, customer ⁴"]),
    (Delivered,  ["reason",   "reason",   "reason",   "²",  "",        ""]),
    (Cancelled,  ["",         "",         "",         "⁶",  "",        ""]),
];

/// The legend of the table, as in `src/status.rs`. [`by_cell`] and the functions after it implement it.
const LEGEND: [&str; 8] = [
    "*staff*: staff and Ordercast itself may make the change.",
    "*reason*: they may move the order back to correct a mistake, with a reason. An empty cell is refused, \
     except on the diagonal.",
    "¹ A payment. Staff and the driver may report cash; the payment provider may report either method.",
    "² The payment is recorded as an event, and the status stays. Setting `paid` again changes nothing.",
    "³ A step forward if the order was paid before processing; a correction with a reason if it was paid while shipped.",
    "⁴ The customer only until processing starts.",
    "⁵ If the order is at this stage already, and only its payment makes the status `paid`, the payment is corrected, \
     with a reason: the cash is due again. An online payment is undone by its refund.",
    "⁶ A late report of the payment provider is recorded, and the status stays. Nothing else is accepted.",
];

/// The possible histories of each status: an order is `paid` at the stage at which the payment arrived.
const ORDERS: [(Status, &[PaidWhen]); 6] = [
    (Pending, &[PaidWhen::Never, PaidWhen::WhileShipped]),
    (Processing, &[PaidWhen::Never, PaidWhen::BeforeProcessing, PaidWhen::WhileShipped]),
    (Shipped, &[PaidWhen::Never, PaidWhen::BeforeProcessing]),
    (Paid, &[PaidWhen::BeforeProcessing, PaidWhen::WhileShipped]),
    (Delivered, &[PaidWhen::Never, PaidWhen::BeforeProcessing, PaidWhen::WhileShipped]),
    (Cancelled, &[PaidWhen::Never, PaidWhen::BeforeProcessing, PaidWhen::WhileShipped]),
];

#[derive(Debug, Clone, Copy)]
struct Question {
    from: Status,
    to: Status,
    came: PaidWhen,
    method: PaymentMethod,
    reason: bool,
}

/// The kind of the event and the status after it, or the code of the refusal; `unchanged` when the command was accepted
/// without an event.
type Answer = Result<(Kind, Status), &'static str>;

/// The answer of a cell for an actor who may set statuses.
fn by_cell(cell: &str, q: Question) -> Answer {
    let kind = if q.to == Cancelled { Kind::OrderCancelled } else { Kind::OrderStatusChanged };
    let moved = Ok((kind, status_after(q)));
    let corrected = if q.reason { moved } else { Err("reason_required") };
    let only_payment_differs =
        matches!((q.to, q.came), (Pending, PaidWhen::BeforeProcessing) | (Shipped, PaidWhen::WhileShipped));
    match cell {
        "" if q.from == Cancelled || q.to == Cancelled => Err("final_status"),
        "" => Err("unchanged"),
        "staff" | "customer, staff" | "staff, customer ⁴" => moved,
        "reason ⁵" | "staff ³⁵" if only_payment_differs => match q.method {
            Online => Err("payment_state"),
            CashOnDelivery if q.reason => Ok((Kind::OrderStatusChanged, q.to)),
            CashOnDelivery => Err("reason_required"),
        },
        "reason" | "reason ⁵" => corrected,
        "staff ³" | "staff ³⁵" => {
            if q.came == PaidWhen::WhileShipped {
                corrected
            } else {
                moved
            }
        }
        "¹" | "²" | "⁶" => unreachable!("`by_payment` handles payments"),
        other => unreachable!("{other:?} has no meaning"),
    }
}

/// The status after a move. At the stage at which the payment arrived, it is `paid`.
fn status_after(q: Question) -> Status {
    match (q.to, q.came) {
        (Pending, PaidWhen::BeforeProcessing) | (Shipped, PaidWhen::WhileShipped) => Paid,
        (to, _) => to,
    }
}

/// The answer of a cell in the column `paid` for an actor who reports a payment.
fn by_payment(cell: &str, q: Question) -> Answer {
    match cell {
        _ if q.came != PaidWhen::Never => Err("payment_state"),
        "¹" => Ok((Kind::OrderStatusChanged, Paid)),
        "²" | "⁶" => Ok((Kind::PaymentChanged, q.from)),
        other => unreachable!("{other:?} is no payment"),
    }
}

fn set_status(who: &Actor, cell: &str, q: Question) -> Answer {
    match who {
        Actor::Staff { .. } | Actor::System if q.from == Cancelled && q.to == Cancelled => Err("unchanged"),
        Actor::Staff { .. } | Actor::System if q.to != Paid => by_cell(cell, q),
        Actor::Staff { .. } | Actor::System if q.from == Cancelled => Err("final_status"),
        Actor::Staff { .. } | Actor::System if q.came != PaidWhen::Never => Err("unchanged"),
        Actor::Staff { .. } | Actor::System => record_payment(who, cell, q),
        _ => Err("forbidden"),
    }
}

fn cancel_order(who: &Actor, cell: &str, q: Question) -> Answer {
    let not_started = q.from == Pending || q.from == Paid && q.came == PaidWhen::BeforeProcessing;
    match who {
        Actor::Staff { .. } | Actor::System => by_cell(cell, q),
        Actor::Customer { .. } if q.from == Cancelled => Err("final_status"),
        Actor::Customer { .. } if cell.contains("customer") && not_started => by_cell(cell, q),
        Actor::Customer { .. } => Err("too_late_to_cancel"),
        _ => Err("forbidden"),
    }
}

fn record_payment(who: &Actor, cell: &str, q: Question) -> Answer {
    match who {
        Actor::Staff { .. } | Actor::Driver { .. } if q.method == Online => Err("forbidden"),
        Actor::Staff { .. } | Actor::Driver { .. } if q.from == Cancelled => Err("final_status"),
        Actor::Staff { .. } | Actor::Driver { .. } | Actor::Gateway { .. } | Actor::System => {
            by_payment(cell, q)
        }
        _ => Err("forbidden"),
    }
}

#[test]
fn every_cell_of_the_table_holds_for_every_actor() {
    let mut asked = 0;
    for (from, row) in TABLE {
        for (to, cell) in Status::ALL.into_iter().zip(row) {
            for (came, method, reason) in histories(from) {
                let q = Question { from, to, came, method, reason };
                let shop = Shop::with_order(from, came, method);
                for who in everybody() {
                    answers(&shop, &who, &shop.set_status(to, reason), set_status(&who, cell, q), q);
                    if to == Cancelled {
                        let cancel = Command::CancelOrder { order: shop.order, reason: why(reason) };
                        answers(&shop, &who, &cancel, cancel_order(&who, cell, q), q);
                    }
                    if to == Paid {
                        answers(&shop, &who, &shop.money(), record_payment(&who, cell, q), q);
                    }
                    asked += 1;
                }
            }
        }
    }
    // 15 histories, 2 payment methods, with and without a reason, 6 actors, 6 requested statuses.
    assert_eq!(asked, 15 * 2 * 2 * 6 * 6);
}

#[test]
fn the_documented_table_matches_this_table() {
    let docs: Vec<&str> = include_str!("../src/status.rs")
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    let mut rows = docs.iter().filter(|line| line.starts_with('|')).map(|line| {
        let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`'));
        cells.collect::<Vec<_>>()
    });
    assert_eq!(rows.next().unwrap()[1..], Status::ALL.map(Status::name));
    assert!(rows.next().unwrap().iter().all(|cell| cell.bytes().all(|b| b == b'-')));
    for (from, cells) in TABLE {
        let row = rows.next().unwrap();
        assert_eq!((row[0], &row[1..]), (from.name(), &cells[..]));
    }
    assert_eq!(rows.next(), None);
    let prose = docs.join(" ");
    for sentence in LEGEND {
        assert!(prose.contains(sentence), "missing in the docs: {sentence}");
    }
}

#[test]
fn a_customer_cancels_until_processing_starts_prepaid_or_not() {
    for came in [PaidWhen::Never, PaidWhen::BeforeProcessing] {
        for method in [CashOnDelivery, Online] {
            let from = if came == PaidWhen::Never { Pending } else { Paid };
            let mut shop = Shop::with_order(from, came, method);
            let cancel = Command::CancelOrder { order: shop.order, reason: None };
            assert_eq!(shop.ask(&customer(), &cancel).unwrap().kind, Kind::OrderCancelled);
            for later in [Processing, Shipped, Delivered] {
                let mut shop = Shop::with_order(later, came, method);
                assert_eq!(shop.ask(&customer(), &cancel), Err(Refusal::TooLateToCancel { status: later }));
            }
        }
    }
}

#[test]
fn staff_move_an_order_from_pending_to_delivered() {
    let mut shop = Shop::with_order(Pending, PaidWhen::Never, CashOnDelivery);
    for status in [Processing, Shipped, Delivered] {
        let event = shop.ask(&staff(), &shop.set_status(status, false)).unwrap();
        assert_eq!((event.kind, shop.status()), (Kind::OrderStatusChanged, status));
    }
}

#[test]
fn staff_cancel_from_any_status_that_is_not_final() {
    for (from, came) in ORDERS.iter().flat_map(|(from, came)| came.iter().map(|came| (*from, *came))) {
        let mut shop = Shop::with_order(from, came, CashOnDelivery);
        let answer = shop.ask(&staff(), &shop.set_status(Cancelled, false));
        assert_eq!(
            answer.map(|event| event.kind).ok(),
            (!from.is_final()).then_some(Kind::OrderCancelled),
            "{from}"
        );
    }
}

#[test]
fn cash_is_paid_after_shipped_and_before_delivered() {
    for who in [staff(), driver()] {
        let mut shop = Shop::with_order(Shipped, PaidWhen::Never, CashOnDelivery);
        shop.ask(&who, &shop.money()).unwrap();
        assert_eq!(shop.status(), Paid);
        shop.ask(&staff(), &shop.set_status(Delivered, false)).unwrap();
        assert_eq!(shop.status(), Delivered);
    }
}

#[test]
fn only_staff_set_a_status() {
    let mut shop = Shop::with_order(Pending, PaidWhen::Never, CashOnDelivery);
    for who in everybody().into_iter().filter(|who| !matches!(who, Actor::Staff { .. } | Actor::System)) {
        for status in Status::ALL {
            let answer = shop.ask(&who, &shop.set_status(status, true));
            assert!(matches!(answer, Err(Refusal::Forbidden(_))), "{who:?} {status}: {answer:?}");
        }
    }
    assert_eq!(shop.status(), Pending);
    shop.ask(&staff(), &shop.set_status(Shipped, false)).unwrap();
    assert_eq!(shop.status(), Shipped);
}

/// Every history that an order of this status can have, with and without a reason.
fn histories(from: Status) -> impl Iterator<Item = (PaidWhen, PaymentMethod, bool)> {
    let came = ORDERS.into_iter().filter(move |row| row.0 == from).flat_map(|row| row.1.iter().copied());
    let methods = came.flat_map(|came| [CashOnDelivery, Online].map(|method| (came, method)));
    methods.flat_map(|(came, method)| [false, true].map(|reason| (came, method, reason)))
}

fn everybody() -> [Actor; 6] {
    [customer(), staff(), driver(), gateway(), Actor::System, Actor::Outside]
}

/// Gives the command to a copy of the shop, and compares the answer.
fn answers(shop: &Shop, who: &Actor, command: &Command, expected: Answer, q: Question) {
    let mut shop = shop.clone();
    let answer = shop.ask(who, command);
    let said = answer.as_ref().map(|event| (event.kind, shop.status())).map_err(Refusal::code);
    assert_eq!(said, expected, "{who:?} {command:?} {q:?}: {answer:?}");
}
