//! Users. External users need only a token. Local accounts register or are created like `ordercast user add` does.

use eventlog::accounts::{AccountAnswer, AccountChange, Email};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{EncodingKey, Header};
use orders::text::Line;
use orders::{Role, StoreId, UserId};
use serde_json::{Value, json};

use super::request::TestResponse;
use super::{JWT_SECRET, Shop};

/// The password of every local account.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The session of a local account.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) user: String,
    pub(crate) token: String,
    pub(crate) refresh: String,
    /// The value of the session cookie.
    pub(crate) cookie: String,
}

pub(crate) fn now() -> Timestamp {
    ordercast::clock::now()
}

/// A token of another system that shares the secret. It lasts one hour unless it has an `exp`.
pub(crate) fn token(claims: &Value) -> String {
    signed_with(JWT_SECRET, claims)
}

pub(crate) fn signed_with(secret: &str, claims: &Value) -> String {
    let mut claims = claims.clone();
    if claims.get("exp").is_none() {
        claims["exp"] = (now() + SignedDuration::from_hours(1)).as_second().into();
    }
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// The token of an external customer.
pub(crate) fn customer(subject: &str) -> String {
    token(&json!({"sub": subject, "role": "user", "name": name_of(subject)}))
}

/// The token of staff of the main store.
pub(crate) fn staff(subject: &str) -> String {
    token(&json!({"sub": subject, "role": "admin", "name": name_of(subject)}))
}

/// The token of staff of another store.
pub(crate) fn staff_of(subject: &str, store: &str) -> String {
    token(&json!({"sub": subject, "role": "staff", "store": store, "name": name_of(subject)}))
}

/// The token of a driver.
pub(crate) fn driver(subject: &str) -> String {
    token(&json!({"sub": subject, "role": "driver", "name": name_of(subject)}))
}

/// A token that lasts a year, for tests that move the clock.
pub(crate) fn patient(subject: &str, role: &str) -> String {
    let end = now() + SignedDuration::from_hours(24 * 365);
    token(&json!({"sub": subject, "role": role, "exp": end.as_second()}))
}

/// The user id of an external user whose token names no issuer.
pub(crate) fn id_of(subject: &str) -> String {
    format!("jwt|{subject}")
}

/// The name in the user's token.
pub(crate) fn name_of(subject: &str) -> String {
    format!("{subject} of the Tests")
}

impl Session {
    /// Parses the response of registration, sign-in and refresh.
    pub(crate) fn read(answer: &TestResponse) -> Self {
        let body = answer.json();
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
        let cookie = answer.header("set-cookie");
        let cookie = cookie.strip_prefix("ordercast_session=").and_then(|rest| rest.split(';').next());
        Self {
            user: text(&body["user"]["id"]),
            token: text(&body["accessToken"]),
            refresh: text(&body["refreshToken"]),
            cookie: cookie.unwrap_or_else(|| panic!("no cookie: {answer:?}")).to_owned(),
        }
    }
}

impl Shop {
    pub(crate) async fn register(&self, email: &str) -> Session {
        let body = json!({"email": email, "password": PASSWORD, "name": "Asha Rao"});
        let answer = self.post("/api/v1/auth/register", &body).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Session::read(&answer)
    }

    pub(crate) async fn login(&self, email: &str) -> Session {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = self.post("/api/v1/auth/login", &body).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        Session::read(&answer)
    }

    /// Creates a local account as `ordercast user add` does, and signs in.
    pub(crate) async fn account(&self, email: &str, role: Role, store: &str) -> Session {
        let password = api::auth::password::Password::new(PASSWORD, email).unwrap();
        let change = AccountChange::CreateUser {
            id: UserId::new(ordercast::clock::uuid().to_string()).unwrap(),
            role,
            store: StoreId::new(store).unwrap(),
            name: Line::new("Sam Staff").unwrap(),
            email: Email::new(email).unwrap(),
            password_hash: self.app.passwords.hash(&password).await.unwrap(),
        };
        let made = self.app.writer.account(change).await.unwrap().unwrap();
        assert!(matches!(made, AccountAnswer::User(_)));
        self.login(email).await
    }
}
