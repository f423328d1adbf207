//! Orders: one file per endpoint.

pub mod bulk_status;
pub mod cancel;
mod csv;
pub mod delivery;
pub mod export;
pub mod list;
pub mod place;
pub mod show;
pub mod status;
pub mod test_payment;
pub mod timeline;

use orders::decide::policy;
use orders::{OrderRef, Reference};

use crate::app::App;
use crate::caller::Caller;
use crate::commands::database_error;

use crate::problem::{Code, Problem};

/// The order that a caller names: by id, by number, or by the reference that another shop gave it.
pub(crate) async fn order_ref(app: &App, caller: &Caller, name: &str) -> Result<OrderRef, Problem> {
    if let Ok(known) = name.parse() {
        return Ok(known);
    }
    let unknown = || Problem::new(Code::OrderNotFound);
    let reference = Reference::new(name).map_err(|_| unknown())?;
    let found = app.read_backend.referenced(reference).await.map_err(|error| database_error(&error))?;
    let actor = caller.actor();
    let visible = found.into_iter().find(|snapshot| policy::may_see(&actor, &snapshot.order));
    visible.map(|snapshot| OrderRef::Id(snapshot.order.id)).ok_or_else(unknown)
}
