//! The problems for the domain's refusals, with the facts that a client needs to continue.

use orders::Refusal;
use serde_json::Value;

use super::{Code, Problem};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(code_of(&refusal)).detail(sentence(&refusal));
        match refusal {
            Refusal::UnknownProduct(product) => problem.member("product", product.to_string()),
            Refusal::VersionConflict { expected, current } => {
                problem.member("expectedVersion", expected.0).member("currentVersion", current.0)
            }
            Refusal::BadItems(rule) => problem.error("items", rule),
            Refusal::ProductArchived { product, name } => {
                problem.member("product", product.to_string()).member("productName", name)
            }
            Refusal::OutOfStock { product, name, wanted, available } => problem
                .member("product", product.to_string())
                .member("productName", name)
                .member("wanted", wanted)
                .member("available", available),
            Refusal::TotalChanged { now } => {
                problem.member("currentTotal", serde_json::to_value(now).unwrap_or(Value::Null))
            }
            // `status` is a standard member and means the HTTP status.
            Refusal::TooLateToCancel { status } | Refusal::Final { status } => {
                problem.member("orderStatus", status.name())
            }
            Refusal::ReasonNeeded { from, to } => problem
                .member("from", from.name())
                .member("to", to.name())
                .error("reason", "is required to move the status back"),
            Refusal::PaymentState { state, .. } => problem.member("paymentState", state),
            Refusal::StockReserved { reserved } => problem.member("reserved", reserved),
            Refusal::ReferenceTaken { .. } => {
                problem.error("reference", "another order of this store has it")
            }
            Refusal::ReferenceNotAllowed => problem.error("reference", "needs a token that the shop signed"),
            Refusal::UnknownOrder
            | Refusal::Forbidden(_)
            | Refusal::MixedCurrencies
            | Refusal::AmountOutOfRange
            | Refusal::Unchanged(_)
            | Refusal::ParcelState(_)
            | Refusal::StockOutOfRange
            | Refusal::NotExpired => problem,
        }
    }
}

/// The refusal as a sentence.
fn sentence(refusal: &Refusal) -> String {
    let clause = refusal.to_string();
    let mut letters = clause.trim_end_matches('.').chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

fn code_of(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::UnknownOrder => Code::OrderNotFound,
        Refusal::UnknownProduct(_) => Code::ProductNotFound,
        Refusal::Forbidden(_) => Code::Forbidden,
        Refusal::ReferenceNotAllowed => Code::ReferenceNotAllowed,
        Refusal::ReferenceTaken { .. } => Code::ReferenceTaken,
        Refusal::VersionConflict { .. } => Code::VersionConflict,
        Refusal::BadItems(_) => Code::InvalidItems,
        Refusal::ProductArchived { .. } => Code::ProductArchived,
        Refusal::OutOfStock { .. } => Code::OutOfStock,
        Refusal::MixedCurrencies => Code::MixedCurrencies,
        Refusal::AmountOutOfRange => Code::AmountOutOfRange,
        Refusal::TotalChanged { .. } => Code::TotalChanged,
        Refusal::TooLateToCancel { .. } => Code::TooLateToCancel,
        Refusal::Final { .. } => Code::FinalStatus,
        Refusal::ReasonNeeded { .. } => Code::ReasonRequired,
        Refusal::Unchanged(_) => Code::Unchanged,
        Refusal::PaymentState { .. } => Code::PaymentState,
        Refusal::ParcelState(_) => Code::ParcelState,
        Refusal::StockReserved { .. } => Code::StockReserved,
        Refusal::StockOutOfRange => Code::StockOutOfRange,
        Refusal::NotExpired => Code::NotExpired,
    }
}

#[cfg(test)]
mod tests {
    use orders::order::Version;
    use orders::{Money, ProductId, Status};
    use uuid::Uuid;

    use super::*;

    fn every_refusal() -> Vec<(Refusal, u16)> {
        let product = ProductId::new(Uuid::nil());
        let name = || "Teapot".to_owned();
        vec![
            (Refusal::UnknownOrder, 404),
            (Refusal::UnknownProduct(product), 404),
            (Refusal::Forbidden("staff do not place orders"), 403),
            (Refusal::VersionConflict { expected: Version(3), current: Version(7) }, 409),
            (Refusal::BadItems("an order has at least one item"), 422),
            (Refusal::ProductArchived { product, name: name() }, 409),
            (Refusal::OutOfStock { product, name: name(), wanted: 5, available: 2 }, 409),
            (Refusal::MixedCurrencies, 422),
            (Refusal::AmountOutOfRange, 422),
            (Refusal::TotalChanged { now: Money { amount: 1999, currency: "EUR".parse().unwrap() } }, 409),
            (Refusal::TooLateToCancel { status: Status::Shipped }, 409),
            (Refusal::Final { status: Status::Delivered }, 409),
            (Refusal::ReasonNeeded { from: Status::Shipped, to: Status::Pending }, 422),
            (Refusal::Unchanged("it is shipped"), 409),
            (Refusal::PaymentState { state: "paid", why: "only a pending payment can fail" }, 409),
            (Refusal::ParcelState("the parcel has not left"), 409),
            (Refusal::StockReserved { reserved: 4 }, 409),
            (Refusal::StockOutOfRange, 422),
            (Refusal::NotExpired, 409),
            (Refusal::ReferenceNotAllowed, 403),
        ]
    }

    #[test]
    fn every_refusal_keeps_its_code_and_has_its_status() {
        for (refusal, status) in every_refusal() {
            let (code, clause) = (refusal.code(), refusal.to_string());
            let problem = Problem::from(refusal);
            assert_eq!(problem.code().name(), code);
            assert_eq!(problem.status_code(), status, "{code}");
            let detail = problem.message();
            assert!(detail.to_lowercase().starts_with(&clause.to_lowercase()), "{detail}");
        }
    }

    #[test]
    fn a_refusal_brings_the_facts_to_go_on_with() {
        for (refusal, member, value) in [
            (every_refusal().swap_remove(3).0, "currentVersion", Value::from(7)),
            (every_refusal().swap_remove(6).0, "available", Value::from(2)),
            (
                every_refusal().swap_remove(9).0,
                "currentTotal",
                serde_json::json!({"amount": 1999, "currency": "EUR"}),
            ),
            (every_refusal().swap_remove(10).0, "orderStatus", Value::from("shipped")),
        ] {
            assert_eq!(Problem::from(refusal).members()[member], value);
        }
    }
}
