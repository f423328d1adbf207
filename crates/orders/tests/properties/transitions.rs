//! The allowed transitions that clients read, compared with what `decide` accepts.

use ordercast_orders::command::SetStatus;
use ordercast_orders::order::PaymentState;
use ordercast_orders::{
    Actor, AllowedTransition, Audience, Command, Order, OrderRef, Refusal, Status, StoreId, UserId,
    allowed_transitions, decide,
};
use proptest::prelude::*;

use super::marks;
use super::walk::Moment;

/// The answer of `decide` to a change of status. A lack of stock counts as accepted, because `allowedTransitions`
/// ignores stock.
#[derive(Debug, PartialEq)]
enum Answer {
    Accepted,
    /// Accepted without an event.
    Unchanged,
    ReasonRequired,
    Refused,
}

fn answer(moment: &Moment<'_>, actor: &Actor, command: &Command) -> Answer {
    match decide(moment.after, command, actor, None, moment.now) {
        Ok(events) if events.is_empty() => Answer::Unchanged,
        Ok(_) | Err(Refusal::OutOfStock { .. } | Refusal::StockOutOfRange) => Answer::Accepted,
        Err(Refusal::ReasonNeeded { .. }) => Answer::ReasonRequired,
        Err(_) => Answer::Refused,
    }
}

fn set_status(order: &Order, status: Status, with_reason: bool) -> Command {
    Command::SetStatus(SetStatus {
        order: OrderRef::Id(order.id),
        status,
        tracking_number: None,
        estimated_delivery: None,
        note: None,
        reason: with_reason.then(|| marks::REASON.parse().unwrap()),
    })
}

/// Customers cancel with `CancelOrder`. Everybody else may also set the status `cancelled`.
fn commands(actor: &Actor, order: &Order, status: Status, with_reason: bool) -> Vec<Command> {
    let cancel = || Command::CancelOrder { order: OrderRef::Id(order.id), reason: None };
    match (actor, status) {
        (Actor::Customer { .. }, Status::Cancelled) => vec![cancel()],
        (_, Status::Cancelled) => vec![cancel(), set_status(order, status, with_reason)],
        _ => vec![set_status(order, status, with_reason)],
    }
}

pub(crate) fn match_what_decide_accepts(moment: &Moment<'_>) -> Result<(), TestCaseError> {
    for order in moment.after.orders.values() {
        let staff = UserId::new(marks::STAFF_ID).unwrap();
        let roles = [
            (Audience::Staff, Actor::Staff { user: staff, store: StoreId::clone(&order.store) }),
            (Audience::Customer, Actor::Customer { user: order.customer.clone() }),
        ];
        let driver = order.driver.clone().map(|user| (Audience::Driver, Actor::Driver { user }));
        for (audience, actor) in roles.into_iter().chain(driver) {
            let listed = allowed_transitions(order, audience);
            let listed_again = listed.iter().any(|each| each.status == order.status());
            prop_assert!(!listed_again, "{:?} in {:?}", listed, order);
            for status in Status::ALL {
                let expected: Option<&AllowedTransition> = listed.iter().find(|each| each.status == status);
                for with_reason in [true, false] {
                    for command in commands(&actor, order, status, with_reason) {
                        // The present status is no transition, but staff may set it again, and `paid` after any payment.
                        let is_paid = matches!(order.payment.state, PaymentState::Paid { .. });
                        let repeated = (status == order.status()
                            || status == Status::Paid && is_paid && !order.is_cancelled())
                            && audience == Audience::Staff
                            && matches!(command, Command::SetStatus(_));
                        let wanted = match expected {
                            None if repeated => Answer::Unchanged,
                            None => Answer::Refused,
                            Some(allowed) if allowed.reason_required && !with_reason => {
                                Answer::ReasonRequired
                            }
                            Some(_) => Answer::Accepted,
                        };
                        let answer = answer(moment, &actor, &command);
                        prop_assert_eq!(&answer, &wanted, "{:?} of {:?} in {:?}", command, actor, order);
                    }
                }
            }
        }
        prop_assert!(allowed_transitions(order, Audience::Link).is_empty());
    }
    Ok(())
}
