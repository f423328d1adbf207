//! Which statuses an order may change to. [`decide`](super::decide) and the `allowedTransitions` that clients read use
//! the same check.

use serde::Serialize;

use super::{payment, policy};
use crate::actor::Origin;
use crate::audience::Audience;
use crate::command::PaymentOutcome;
use crate::order::{Order, PaymentState, Version};
use crate::refusal::Refusal;
use crate::status::{Stage, Status};

/// What setting a status does to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transition {
    Cancel,
    RecordPayment,
    Advance(Stage),
    /// Needs a reason. `undo_payment`: the order is at this stage already, and only its payment is corrected.
    MoveBack {
        to: Stage,
        undo_payment: bool,
    },
    /// The order has this status already, or its payment is recorded already.
    None,
}

impl Transition {
    /// Refuses what the role or the order's state rules out. The reason and the stock are checked later.
    pub(super) fn check(by: Origin, order: &Order, to: Status) -> Result<Self, Refusal> {
        policy::may_manage(by)?;
        let stage = match to {
            Status::Cancelled if order.is_cancelled() => return Ok(Self::None),
            Status::Cancelled => {
                policy::may_cancel(by, order)?;
                return Ok(Self::Cancel);
            }
            _ if order.is_cancelled() => return Err(Refusal::Final { status: order.status() }),
            to if to == order.status() => return Ok(Self::None),
            // The status of an order that is paid while it is processed or on its way is not `paid`.
            Status::Paid if matches!(order.payment.state, PaymentState::Paid { .. }) => {
                return Ok(Self::None);
            }
            Status::Paid => {
                payment::check(by, order, PaymentOutcome::Paid, None)?;
                return Ok(Self::RecordPayment);
            }
            Status::Pending => Stage::Pending,
            Status::Processing => Stage::Processing,
            Status::Shipped => Stage::Shipped,
            Status::Delivered => Stage::Delivered,
        };
        if stage > order.stage() {
            return Ok(Self::Advance(stage));
        }
        let undo_payment = stage == order.stage();
        if undo_payment {
            payment::may_undo(order)?;
        }
        Ok(Self::MoveBack { to: stage, undo_payment })
    }
}

/// A status that the reader may set now. The change can still be refused: when the stock does not suffice, or when
/// somebody else changed the order first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AllowedTransition {
    /// The status to set. `cancelled` is set by canceling the order.
    pub status: Status,
    /// Whether the change must come with a reason, because it moves the order back.
    pub reason_required: bool,
}

/// The statuses that an audience may set, in the order of [`Status::ALL`]. Drivers and tracking links may set none.
pub fn allowed_transitions(order: &Order, audience: Audience) -> Vec<AllowedTransition> {
    let by = match audience {
        Audience::Customer => Origin::Customer,
        Audience::Staff => Origin::Staff,
        Audience::Driver => Origin::Driver,
        Audience::Link => return Vec::new(),
    };
    let allowed = |status| {
        let reason_required = if status == Status::Cancelled {
            policy::may_cancel(by, order).ok()?;
            false
        } else {
            match Transition::check(by, order, status).ok()? {
                Transition::None => return None,
                transition => matches!(transition, Transition::MoveBack { .. }),
            }
        };
        Some(AllowedTransition { status, reason_required })
    };
    Status::ALL.into_iter().filter_map(allowed).collect()
}

/// The [`allowed_transitions`] of an order at one version, for every audience that may set a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTransitions {
    version: Version,
    staff: Box<[AllowedTransition]>,
    customer: Box<[AllowedTransition]>,
}

impl OrderTransitions {
    pub fn of(order: &Order) -> Self {
        let of = |audience| allowed_transitions(order, audience).into_boxed_slice();
        Self { version: order.version, staff: of(Audience::Staff), customer: of(Audience::Customer) }
    }

    /// `None` where the order has another version than `version`.
    pub(crate) fn at(&self, version: Version, audience: Audience) -> Option<Vec<AllowedTransition>> {
        let list: &[_] = match audience {
            Audience::Staff => &self.staff,
            Audience::Customer => &self.customer,
            Audience::Driver => &[],
            Audience::Link => return None,
        };
        (self.version == version).then(|| list.to_vec())
    }
}
