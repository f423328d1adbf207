//! Every code a [`Problem`](super::Problem) can carry. Codes are a promise: one is added, and none is ever renamed.

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
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The status of a response with this code, unless the problem says otherwise.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The kind of problem in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What to do about it, where nothing more particular is said.
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
    // -- the request could not be read
    InvalidJson, BAD_REQUEST, "invalid_json", "Not valid JSON", "Send one JSON document in UTF-8.";
    InvalidBody, UNPROCESSABLE_ENTITY, "invalid_body", "The body is not as it should be", "`errors` names the field and the rule it broke.";
    InvalidQuery, BAD_REQUEST, "invalid_query", "The query string is not as it should be", "`errors` names the parameter and the rule it broke.";
    InvalidPath, BAD_REQUEST, "invalid_path", "The path is not as it should be", "`errors` names the part of the path and the rule it broke.";
    InvalidHeader, BAD_REQUEST, "invalid_header", "A header is not as it should be", "`errors` names the header and the rule it broke.";
    UnsupportedMediaType, UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Not a JSON body", "Send the body with `Content-Type: application/json`.";
    BodyTooLarge, PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large", "Send less at once; `limit` is the most, in bytes.";
    BodyTimeout, REQUEST_TIMEOUT, "body_timeout", "The body took too long", "Send the request again, over a better connection.";
    IncompleteBody, BAD_REQUEST, "incomplete_body", "The body broke off", "Send the request again.";

    // -- nothing is there
    NotFound, NOT_FOUND, "not_found", "There is nothing here", "Look at the address; what you may not see is also not found.";
    MethodNotAllowed, METHOD_NOT_ALLOWED, "method_not_allowed", "Not a method of this resource", "The header `Allow` lists its methods.";
    OrderNotFound, NOT_FOUND, "order_not_found", "No such order", "There is no such order, or it is none of yours.";
    NotificationNotFound, NOT_FOUND, "notification_not_found", "No such notification", "It is none of yours, or it went with its event.";
    ProductNotFound, NOT_FOUND, "product_not_found", "No such product", "The product is not in this store's catalogue.";

    // -- who asks
    Unauthenticated, UNAUTHORIZED, "unauthenticated", "Sign in first", "Send `Authorization: Bearer` with a token, or the session cookie.";
    InvalidToken, UNAUTHORIZED, "invalid_token", "The token is not valid", "Sign in again.";
    TokenExpired, UNAUTHORIZED, "token_expired", "The token has expired", "Sign in again.";
    Forbidden, FORBIDDEN, "forbidden", "Not allowed", "Your role may not do this.";
    OriginNotAllowed, FORBIDDEN, "origin_not_allowed", "Not an allowed origin", "A page of this origin may not act with the session cookie; an operator can add it to the allowed origins.";
    WeakPassword, UNPROCESSABLE_ENTITY, "weak_password", "Not an acceptable password", "Choose 8 to 128 characters that are not your e-mail address.";

    InvalidCredentials, UNAUTHORIZED, "invalid_credentials", "Wrong e-mail address or password", "Try again, or ask for a link to set a new password.";
    SessionEnded, UNAUTHORIZED, "session_ended", "The session has ended", "Sign in again.";
    EmailTaken, CONFLICT, "email_taken", "There is such an account already", "Sign in with this e-mail address instead.";
    LinkInvalid, GONE, "link_invalid", "The link no longer works", "It was used already or is too old: ask for a new one.";
    UserNotFound, NOT_FOUND, "user_not_found", "No such user", "There is no such user, or none whose password can be set here.";

    // -- too much
    TooManyConnections, TOO_MANY_REQUESTS, "too_many_connections", "Too many live connections", "Close one of them.";
    RateLimited, TOO_MANY_REQUESTS, "rate_limited", "Too many requests", "Wait for `Retry-After` seconds, then go on more slowly.";
    Busy, SERVICE_UNAVAILABLE, "busy", "Too much to do", "Nothing was changed. Try again after `Retry-After` seconds.";

    // -- the order, the product or the payment does not allow it
    VersionConflict, CONFLICT, "version_conflict", "Changed since you looked", "Look at `current`, and ask again with its version.";
    InvalidItems, UNPROCESSABLE_ENTITY, "invalid_items", "Not an acceptable list of items", "Correct the items.";
    ProductArchived, CONFLICT, "product_archived", "No longer sold", "Take the product out of the cart.";
    OutOfStock, CONFLICT, "out_of_stock", "Not enough in stock", "Order at most `available`.";
    MixedCurrencies, UNPROCESSABLE_ENTITY, "mixed_currencies", "Different currencies", "Place one order for each currency.";
    AmountOutOfRange, UNPROCESSABLE_ENTITY, "amount_out_of_range", "Not an acceptable amount", "Amounts are whole minor units, not negative, and bounded.";
    TotalChanged, CONFLICT, "total_changed", "The total changed", "Show `currentTotal` to the customer, and ask again.";
    TooLateToCancel, CONFLICT, "too_late_to_cancel", "Too late to cancel", "Ask the store; processing has started.";
    FinalStatus, CONFLICT, "final_status", "The order is closed", "Nothing leads out of `orderStatus`.";
    ReasonRequired, UNPROCESSABLE_ENTITY, "reason_required", "Say why", "Going back corrects a mistake: send a `reason`.";
    Unchanged, CONFLICT, "unchanged", "Nothing to change", "It already is as you ask.";
    PaymentState, CONFLICT, "payment_state", "The payment does not allow it", "`paymentState` says where the payment is.";
    ParcelState, CONFLICT, "parcel_state", "The parcel does not allow it", "Look at the parcel's state.";
    StockReserved, CONFLICT, "stock_reserved", "Promised to placed orders", "Keep at least `reserved` on hand.";
    StockOutOfRange, UNPROCESSABLE_ENTITY, "stock_out_of_range", "Not an acceptable count", "Stock is a whole number, not negative, and bounded.";
    NotExpired, CONFLICT, "not_expired", "Not due yet", "The reservation still has time.";

    IdempotencyKeyReused, UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The key was used for another request", "Make a new `Idempotency-Key` for each request.";
    PaymentMethodUnavailable, UNPROCESSABLE_ENTITY, "payment_method_unavailable", "This store does not offer that payment", "Pay `cash_on_delivery`.";

    // -- ours
    Internal, INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side", "Try again. If it happens again, report the `incident`.";
}

impl Code {
    /// The `type` member: a name, not an address to fetch (RFC 9457, section 3.1.1).
    pub const fn urn(self) -> &'static str {
        self.urn_of()
    }

    /// The table of all codes in Markdown, for the description of the API.
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
