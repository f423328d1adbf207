//! Every code of a [`Problem`](super::Problem). Codes are stable: new ones may be added, and none is renamed.

use std::fmt::Write as _;

use axum::http::StatusCode;

macro_rules! codes {
    ($($name:ident, $status:ident, $code:literal, $title:literal, $advice:literal;)*) => {
        /// A kind of problem. Clients match on its [`name`](Code::name).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $advice] $name,)*
        }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The default status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The default detail: what to do about it.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }

            const fn urn_of(self) -> &'static str {
                match self { $(Self::$name => concat!("urn:ordercast:problem:", $code),)* }
            }
        }
    };
}

codes! {
    // The request could not be read.
    InvalidJson, BAD_REQUEST, "invalid_json", "Not valid JSON", "Send one JSON document in UTF-8.";
    InvalidBody, UNPROCESSABLE_ENTITY, "invalid_body", "Invalid request body", "`errors` names the field and the rule it broke.";
    InvalidQuery, BAD_REQUEST, "invalid_query", "Invalid query string", "`errors` names the parameter and the rule it broke.";
    InvalidPath, BAD_REQUEST, "invalid_path", "Invalid path", "`errors` names the part of the path and the rule it broke.";
    InvalidHeader, BAD_REQUEST, "invalid_header", "Invalid header", "`errors` names the header and the rule it broke.";
    UnsupportedMediaType, UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type", "Send the body with `Content-Type: application/json`.";
    BodyTooLarge, PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large", "Send a smaller body; `limit` is the maximum in bytes.";
    BodyTimeout, REQUEST_TIMEOUT, "body_timeout", "The body took too long", "Send the request again.";
    IncompleteBody, BAD_REQUEST, "incomplete_body", "The body is incomplete", "Send the request again.";

    // Not found.
    NotFound, NOT_FOUND, "not_found", "Not found", "The address does not exist, or you lack access.";
    MethodNotAllowed, METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", "The `Allow` header lists the allowed methods.";
    OrderNotFound, NOT_FOUND, "order_not_found", "Order not found", "The order does not exist, or you don't have access.";
    NotificationNotFound, NOT_FOUND, "notification_not_found", "Notification not found", "The notification does not exist, or you don't have access.";
    ProductNotFound, NOT_FOUND, "product_not_found", "Product not found", "The product does not exist.";

    // Authentication and authorization.
    Unauthenticated, UNAUTHORIZED, "unauthenticated", "Sign-in required", "Send `Authorization: Bearer` with a token, or the session cookie.";
    InvalidToken, UNAUTHORIZED, "invalid_token", "The token is not valid", "Sign in again.";
    TokenExpired, UNAUTHORIZED, "token_expired", "The token has expired", "Sign in again.";
    Forbidden, FORBIDDEN, "forbidden", "Not allowed", "Your role does not allow this.";
    OriginNotAllowed, FORBIDDEN, "origin_not_allowed", "Origin not allowed", "Pages of this origin may not use the session cookie. An operator can add the origin to the allowed ones.";
    WeakPassword, UNPROCESSABLE_ENTITY, "weak_password", "Password not accepted", "Choose 8 to 128 characters that are not your e-mail address.";

    InvalidCredentials, UNAUTHORIZED, "invalid_credentials", "Wrong e-mail address or password", "Try again, or request a link to set a new password.";
    SessionEnded, UNAUTHORIZED, "session_ended", "The session has ended", "Sign in again.";
    EmailTaken, CONFLICT, "email_taken", "E-mail address already in use", "Sign in with this e-mail address instead.";
    LinkInvalid, GONE, "link_invalid", "The link no longer works", "It was already used or has expired. Request a new one.";
    UserNotFound, NOT_FOUND, "user_not_found", "User not found", "The user does not exist, or their password cannot be set here.";

    // Limits.
    TooManyConnections, TOO_MANY_REQUESTS, "too_many_connections", "Too many live connections", "Close one of them.";
    RateLimited, TOO_MANY_REQUESTS, "rate_limited", "Too many requests", "Wait `Retry-After` seconds, then send requests more slowly.";
    Busy, SERVICE_UNAVAILABLE, "busy", "Server busy", "Nothing was changed. Try again after `Retry-After` seconds.";

    StorageUnavailable, SERVICE_UNAVAILABLE, "storage_unavailable", "Nothing can be stored", "Nothing was changed. The operator has to act: the server's log and `ordercast doctor` say why. Try again later.";

    // The state of the order, the product or the payment does not allow it.
    VersionConflict, CONFLICT, "version_conflict", "Version conflict", "`current` is the current state. Send the request again with its version.";
    InvalidItems, UNPROCESSABLE_ENTITY, "invalid_items", "Invalid items", "Correct the items.";
    ProductArchived, CONFLICT, "product_archived", "Product no longer sold", "Remove the product from the cart.";
    OutOfStock, CONFLICT, "out_of_stock", "Not enough in stock", "Order at most `available`.";
    MixedCurrencies, UNPROCESSABLE_ENTITY, "mixed_currencies", "Mixed currencies", "Place one order for each currency.";
    AmountOutOfRange, UNPROCESSABLE_ENTITY, "amount_out_of_range", "Amount out of range", "Amounts are whole minor units, from 0 to a maximum.";
    TotalChanged, CONFLICT, "total_changed", "The total changed", "Show `currentTotal` to the customer and ask for confirmation.";
    ReferenceNotAllowed, FORBIDDEN, "reference_not_allowed", "Reference not allowed", "Leave `reference` out, or send a token that the shop signed with `JWT_SECRET`.";
    ReferenceTaken, CONFLICT, "reference_taken", "Reference in use", "Another order of this store has this `reference`.";
    TooLateToCancel, CONFLICT, "too_late_to_cancel", "Too late to cancel", "Processing has started. Contact the store.";
    FinalStatus, CONFLICT, "final_status", "The order is closed", "An order whose status is `orderStatus` cannot be changed.";
    ReasonRequired, UNPROCESSABLE_ENTITY, "reason_required", "Reason required", "Moving the status back needs a `reason`.";
    Unchanged, CONFLICT, "unchanged", "Nothing to change", "It already has the requested state.";
    PaymentState, CONFLICT, "payment_state", "Not possible in this payment state", "`paymentState` is the current state of the payment.";
    ParcelState, CONFLICT, "parcel_state", "Not possible in this parcel state", "Check the state of the parcel.";
    StockReserved, CONFLICT, "stock_reserved", "Stock is reserved for orders", "Keep at least `reserved` on hand.";
    StockOutOfRange, UNPROCESSABLE_ENTITY, "stock_out_of_range", "Stock out of range", "Stock is a whole number, from 0 to a maximum.";
    NotExpired, CONFLICT, "not_expired", "Not expired yet", "The reservation has not expired yet.";

    IdempotencyKeyReused, UNPROCESSABLE_ENTITY, "idempotency_key_reused", "Idempotency key reused", "Use a new `Idempotency-Key` for each request.";
    PaymentMethodUnavailable, UNPROCESSABLE_ENTITY, "payment_method_unavailable", "Payment method not available", "Use `cash_on_delivery`.";

    // Internal errors.
    Internal, INTERNAL_SERVER_ERROR, "internal", "Internal server error", "Try again. If it happens again, report the `incident`.";
}

impl Code {
    /// The `type` member. It is a name, not a URL (RFC 9457, section 3.1.1).
    pub const fn urn(self) -> &'static str {
        self.urn_of()
    }

    /// All codes as a Markdown table, for the API's description.
    pub fn table() -> String {
        let mut table = String::from("| code | status | title | what to do |\n| --- | --- | --- | --- |\n");
        for code in Self::ALL {
            let (name, status, title) = (code.name(), code.status().as_u16(), code.title());
            // Writing to a string cannot fail.
            let _ = writeln!(table, "| `{name}` | {status} | {title} | {} |", code.advice());
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_snake_case_failures() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code:?}");
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(code.urn().ends_with(code.name()));
        }
    }

    #[test]
    fn the_table_has_a_row_for_each() {
        let table = Code::table();
        assert_eq!(table.lines().count(), 2 + Code::ALL.len());
        assert!(
            table.contains("| `out_of_stock` | 409 | Not enough in stock | Order at most `available`. |")
        );
    }
}
