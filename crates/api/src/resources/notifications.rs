//! The caller's inbox.

use axum::extract::State;
use eventlog::inbox::InboxEntry;
use eventlog::{Cursor, InboxFilter, Mark, MarkRead, ReadReceipt};
use jiff::Timestamp;
use orders::notification::{Category, Severity};
use orders::{EventId, OrderId, OrderNumber, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::{DEFAULT_LIMIT, PageLimit, invalid};
use crate::app::{App, AppState};
use crate::caller::Caller;
use crate::commands::{database_error, not_committed};
use crate::extract::{Json, Path, Query};
use crate::problem::{Code, Problem};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotificationListQuery {
    /// Only this category: `order`, `payment`, `delivery`, `return` or `cancellation`.
    category: Option<String>,
    /// `true`: only unread notifications.
    #[serde(default)]
    unread: bool,
    /// Only events up to this cursor: `next` of the previous page.
    cursor: Option<String>,
    /// Notifications per page, 1 to 200. Default: 50.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
}

/// A notification.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationView {
    /// The id of its event. A live event with this id is the same event.
    id: EventId,
    /// The category, for filtering.
    category: Category,
    /// How to display it.
    severity: Severity,
    /// The title.
    #[schema(example = "Order shipped")]
    title: &'static str,
    /// The message, one sentence.
    #[schema(example = "Order #10231 has shipped. Tracking number: TRACK-1")]
    message: String,
    /// The id of its order.
    order_id: OrderId,
    /// The number of its order.
    order_number: OrderNumber,
    /// When it happened.
    #[serde(serialize_with = "orders::time::serialize")]
    at: Timestamp,
    /// Whether you have read it. Your own actions count as read.
    read: bool,
    /// Whether it was your own action.
    own: bool,
    /// Its cursor in the log.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// A page of notifications, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationPage {
    /// Newest first. A page may have fewer items than requested even if there is a next page.
    items: Vec<NotificationView>,
    /// Send it as `cursor` to get the next page; null on the last page.
    #[schema(value_type = Option<String>)]
    next: Option<Cursor>,
    /// Number of unread notifications in total; 999 means 999 or more.
    #[schema(maximum = 999)]
    unread: usize,
    /// The cursor at which this page was read. A stream that starts from it misses nothing.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// The number of unread notifications.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadCount {
    /// 999 means 999 or more.
    #[schema(maximum = 999)]
    unread: usize,
    /// The cursor at which this was read.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// What you have read. Your other connections receive the same as `notifications.read`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadView {
    /// Everything up to this cursor is read.
    #[schema(value_type = String)]
    through: Cursor,
    /// These later notifications are read, too.
    ids: Vec<EventId>,
    /// Number of unread notifications; 999 means 999 or more.
    #[schema(maximum = 999)]
    unread: usize,
}

/// Up to which cursor to mark notifications as read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ReadAll)]
#[serde(deny_unknown_fields)]
pub struct ReadAll {
    /// `cursor` of the list, or of the last event you displayed. Later notifications stay unread. Default: all are
    /// marked as read.
    #[serde(default)]
    cursor: Option<String>,
}

/// List notifications
///
/// Newest first. Customers are notified about their orders, drivers about the orders they deliver, and staff about
/// new orders, cancellations, returns and failed payments of their store. A notification is kept as long as its
/// event.
#[utoipa::path(
    get, path = "/api/v1/notifications", operation_id = "list_notifications", tag = "notifications", params(NotificationListQuery),
    responses((status = OK, body = NotificationPage), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(filter): Query<NotificationListQuery>,
) -> Result<axum::Json<NotificationPage>, Problem> {
    let filter = filter.parse(&app, &caller)?;
    let found = app.read_backend.inbox(filter).await.map_err(|error| database_error(&error))?;
    let cursor_at = |seq| Cursor { epoch: found.cursor.epoch.clone(), seq };
    let items = found.value.entries.into_iter();
    let items = items.filter_map(|line| NotificationView::of(cursor_at(line.stored.seq), line)).collect();
    let (next, unread) = (found.value.next.map(cursor_at), found.value.unread);
    Ok(axum::Json(NotificationPage { items, next, unread, cursor: found.cursor }))
}

/// Count unread notifications
///
/// Exact up to 998; 999 means 999 or more.
#[utoipa::path(
    get, path = "/api/v1/notifications/unread-count", tag = "notifications",
    responses((status = OK, body = UnreadCount), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn unread_count(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<axum::Json<UnreadCount>, Problem> {
    let counted = app.read_backend.unread(caller.inbox()).await.map_err(|error| database_error(&error))?;
    Ok(axum::Json(UnreadCount { unread: counted.value, cursor: counted.cursor }))
}

/// Mark a notification as read
///
/// Repeating it changes nothing. After 256 notifications were marked one by one, everything older than the older
/// half of them counts as read.
#[utoipa::path(
    post, path = "/api/v1/notifications/{id}/read", operation_id = "read_notification", tag = "notifications",
    params(("id" = EventId, Path, description = "The notification's id")),
    responses(
        (status = OK, body = ReadView),
        (status = NOT_FOUND, body = Problem, content_type = "application/problem+json", description = "`notification_not_found`"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn read(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<ReadView>, Problem> {
    let inbox = caller.inbox();
    let unknown = || Problem::new(Code::NotificationNotFound);
    let id: EventId = id.parse().map_err(|_| unknown())?;
    let line =
        app.read_backend.inbox_entry(inbox.clone(), id).await.map_err(|error| database_error(&error))?;
    let seq = line.ok_or_else(unknown)?.stored.seq;
    app.mark_read(MarkRead { inbox, mark: Mark::One { seq, id } }).await
}

/// Mark all notifications as read
///
/// Up to the given cursor, so that later notifications stay unread.
#[utoipa::path(
    post, path = "/api/v1/notifications/read-all", operation_id = "read_all_notifications", tag = "notifications",
    request_body = Option<ReadAll>,
    responses((status = OK, body = ReadView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
)]
pub async fn read_all(
    State(app): State<AppState>,
    caller: Caller,
    body: Option<Json<ReadAll>>,
) -> Result<axum::Json<ReadView>, Problem> {
    let seen = body.and_then(|Json(body, _)| body.cursor);
    let mark = match seen {
        None => Mark::All,
        Some(cursor) => Mark::Through(app.cursor_seq(&cursor).map_err(|rule| {
            Problem::new(Code::InvalidBody).detail(format!("`cursor` {rule}.")).error("cursor", rule)
        })?),
    };
    app.mark_read(MarkRead { inbox: caller.inbox(), mark }).await
}

impl App {
    async fn mark_read(&self, read: MarkRead) -> Result<axum::Json<ReadView>, Problem> {
        let ReadReceipt { state, cursor } = self.writer.mark_read(read).await.map_err(not_committed)?;
        Ok(axum::Json(ReadView {
            through: Cursor { epoch: cursor.epoch, seq: state.through },
            ids: state.above.values().copied().collect(),
            unread: state.unread,
        }))
    }

    /// The sequence number of a cursor of the current epoch.
    fn cursor_seq(&self, cursor: &str) -> Result<eventlog::Seq, &'static str> {
        match cursor.parse::<Cursor>() {
            Ok(cursor) if cursor.epoch == self.hub.cursor().epoch => Ok(cursor.seq),
            Ok(_) => Err("is from an older history; list the notifications again"),
            Err(_) => Err("must be a cursor, exactly as it was received"),
        }
    }
}

impl NotificationListQuery {
    fn parse(self, app: &App, caller: &Caller) -> Result<InboxFilter, Problem> {
        let category =
            self.category.as_deref().map(|name| Category::from_name(name).ok_or_else(unknown_category));
        let through = self.cursor.as_deref().map(|cursor| app.cursor_seq(cursor)).transpose();
        Ok(InboxFilter {
            inbox: caller.inbox(),
            category: category.transpose()?,
            unread: self.unread,
            through: through.map_err(|rule| invalid("cursor", rule))?,
            limit: self.limit.map_or(DEFAULT_LIMIT, PageLimit::get),
        })
    }
}

fn unknown_category() -> Problem {
    invalid("category", "must be order, payment, delivery, return or cancellation")
}

impl NotificationView {
    fn of(cursor: Cursor, line: InboxEntry) -> Option<Self> {
        let Subject::Order { id, number, .. } = line.stored.event.subject else { return None };
        Some(Self {
            id: line.stored.id,
            category: line.notification.category,
            severity: line.notification.severity,
            title: line.notification.title,
            message: line.notification.message,
            order_id: id,
            order_number: number,
            at: line.stored.event.at,
            read: line.read,
            own: line.own,
            cursor,
        })
    }
}
