//! The list of orders as a CSV file, for spreadsheets and bookkeeping.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use eventlog::{OrderFilter, OrderSort};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use orders::Audience;

use super::csv::CsvFile;
use super::list::OrderListQuery;
use crate::app::{App, AppState};
use crate::caller::Caller;
use crate::commands::database_error;
use crate::extract::Query;
use crate::problem::{Code, Problem};
use crate::resources::page::MAX_LIMIT;

/// Export orders as a CSV file
///
/// The same orders as `GET /api/v1/orders` with the same parameters, but all pages of them in one file: newest first, or with
/// `sort=oldest` oldest first. `limit`, `page` and every other `sort` are ignored. The file is UTF-8 with a byte order mark and
/// has one line for each order, under a line of headings. Columns can be added at the end, so read them by their headings.
///
/// Amounts are decimals in major units with all digits of their currency (`1234.50`), times are RFC 3339 in UTC. `total` is
/// gross. `revenue` is what the order adds to the revenue of the statistics: 0 if the order was cancelled or refunded. `items`
/// lists the items as `2 × Tea (4.50); 1 × Honey (6.00)`. A text that a spreadsheet would take for a formula has an apostrophe
/// before it.
///
/// The file is sent while it is read. A connection that ends early means that it is not complete: the session has ended, or the
/// database could not be read.
#[utoipa::path(
    get, path = "/api/v1/orders.csv", operation_id = "export_orders", tag = "orders", params(OrderListQuery),
    responses(
        (status = OK, body = String, content_type = "text/csv; charset=utf-8"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn export(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<OrderListQuery>,
) -> Result<Response, Problem> {
    let asked = query.parse(caller.topic())?;
    // Numbers do not change while the file is read, and each page goes on where the last one ended.
    let sort =
        if asked.sort == OrderSort::OldestFirst { OrderSort::OldestFirst } else { OrderSort::NewestFirst };
    let filter = OrderFilter { limit: MAX_LIMIT, after: None, sort, ..asked };
    let day = app.now().strftime("%Y-%m-%d");
    let name = format!("attachment; filename=\"orders-{day}.csv\"");
    let mut export = Export { app, caller, next: Some(filter) };
    // The first page is read before the response begins, so that a failure can still be answered.
    let first = export.page(CsvFile::with_headings()).await?;
    let rest = stream::try_unfold(export, |mut export| async move {
        let Some(_) = export.next else { return Ok::<_, Problem>(None) };
        let page = export.page(CsvFile::default()).await?;
        Ok(Some((page, export)))
    });
    let rest = rest.map_err(|problem| {
        tracing::warn!(code = problem.code().name(), "an export of orders stopped early");
        std::io::Error::other(problem.code().name())
    });
    let file = stream::once(async { Ok(first) }).chain(rest);
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(file)).into_response())
}

/// The pages of one file that are still to be read.
struct Export {
    app: Arc<App>,
    caller: Caller,
    next: Option<OrderFilter>,
}

impl Export {
    /// Adds the next page to a part of the file. The session may have ended since the page before.
    async fn page(&mut self, mut file: CsvFile) -> Result<Vec<u8>, Problem> {
        let Some(filter) = self.next.take() else { return Ok(file.into_bytes()) };
        if self.app.revocations.is_revoked(&self.caller.principal) {
            return Err(Problem::new(Code::SessionEnded));
        }
        let found = self.app.read_backend.orders(filter.clone()).await;
        let page = found.map_err(|error| database_error(&error))?.value;
        let audience = Audience::of(self.caller.principal.role);
        for snapshot in &page.orders {
            file.add(snapshot, audience);
        }
        self.next = page.next.map(|next| OrderFilter { after: Some(next), ..filter });
        Ok(file.into_bytes())
    }
}
