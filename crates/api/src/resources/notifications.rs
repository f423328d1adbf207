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

/// Which notifications.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotificationListQuery {
    /// About this alone: `order`, `payment`, `delivery`, `return` or `cancellation`.
    category: Option<String>,
    /// `true`: only what is unread.
    #[serde(default)]
    unread: bool,
    /// Only what happened up to this place in the log: `next` of the page before.
    cursor: Option<String>,
    /// Notifications in a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<PageLimit>,
}

/// One line of an inbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationView {
    /// That of the event it tells; a live event with this id is the same.
    id: EventId,
    /// To filter by.
    category: Category,
    /// How to show it.
    severity: Severity,
    /// A few words.
    #[schema(example = "Order shipped")]
    title: &'static str,
    /// A sentence.
    #[schema(example = "Order #10231 has shipped. Tracking number: TRACK-1")]
    message: String,
    /// The order it is about.
    order_id: OrderId,
    /// Its number.
    order_number: OrderNumber,
    /// When it happened.
    at: Timestamp,
    /// Whether you read it. What you did yourself counts as read.
    read: bool,
    /// Whether you did it yourself.
    own: bool,
    /// Its place in the log.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// A page of notifications, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationPage {
    /// Newest first. There may be fewer than asked for, and yet a next page.
    items: Vec<NotificationView>,
    /// Send it as `cursor` to get the next page; null at the end.
    #[schema(value_type = Option<String>)]
    next: Option<Cursor>,
    /// How many are unread in all; 999 means 999 or more.
    #[schema(maximum = 999)]
    unread: usize,
    /// Where in the log this was read: a stream that begins with it misses nothing.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// How many notifications are unread.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadCount {
    /// 999 means 999 or more.
    #[schema(maximum = 999)]
    unread: usize,
    /// Where in the log this was read.
    #[schema(value_type = String)]
    cursor: Cursor,
}

/// What is read; your other tabs hear the same as `notifications.read`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadView {
    /// Everything up to this place in the log.
    #[schema(value_type = String)]
    through: Cursor,
    /// And these after it.
    ids: Vec<EventId>,
    /// How many are left; 999 means 999 or more.
    #[schema(maximum = 999)]
    unread: usize,
}

/// Up to where everything was read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ReadAll)]
#[serde(deny_unknown_fields)]
pub struct ReadAll {
    /// `cursor` of the list, or of the last event you showed: what came after it stays unread. Everything when absent.
    #[serde(default)]
    cursor: Option<String>,
}

/// List notifications
///
/// What concerns you, newest first: customers hear of their orders, drivers of those they bring, staff of new orders,
/// cancellations, returns and failed payments of their store. Kept as long as the events they tell.
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
/// Doing it again changes nothing. After 256 of them, what is older than the older half of them counts as read too.
#[utoipa::path(
    post, path = "/api/v1/notifications/{id}/read", operation_id = "read_notification", tag = "notifications",
    params(("id" = EventId, Path, description = "Its id")),
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
/// Up to what you saw, so that what arrived meanwhile stays unread.
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

    /// The place that a cursor of this history names.
    fn cursor_seq(&self, cursor: &str) -> Result<eventlog::Seq, &'static str> {
        match cursor.parse::<Cursor>() {
            Ok(cursor) if cursor.epoch == self.hub.cursor().epoch => Ok(cursor.seq),
            Ok(_) => Err("is of another history: list your notifications again"),
            Err(_) => Err("must be a cursor, sent back exactly as it was received"),
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
