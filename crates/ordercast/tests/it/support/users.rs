//! Who asks. People from elsewhere need only a token; local accounts register, or are made by the server's owner.

use eventlog::accounts::{AccountAnswer, AccountChange, Email};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{EncodingKey, Header};
use orders::text::Line;
use orders::{Role, StoreId, UserId};
use serde_json::{Value, json};

use super::request::TestResponse;
use super::{JWT_SECRET, Shop};

/// A password that every local account of the tests has.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who signed in here.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Their account's id.
    pub(crate) user: String,
    /// The access token.
    pub(crate) token: String,
    /// The refresh token.
    pub(crate) refresh: String,
    /// The value of the session cookie.
    pub(crate) cookie: String,
}

/// Now, as the tests tell time.
pub(crate) fn now() -> Timestamp {
    ordercast::clock::now()
}

/// A token of another system that shares the secret. Without `exp`, it gets an hour.
pub(crate) fn token(claims: &Value) -> String {
    signed_with(JWT_SECRET, claims)
}

/// A token signed with some secret.
pub(crate) fn signed_with(secret: &str, claims: &Value) -> String {
    let mut claims = claims.clone();
    if claims.get("exp").is_none() {
        claims["exp"] = (now() + SignedDuration::from_hours(1)).as_second().into();
    }
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// A customer from elsewhere, by their subject.
pub(crate) fn customer(subject: &str) -> String {
    token(&json!({"sub": subject, "role": "user", "name": name_of(subject)}))
}

/// Somebody who works for the main store.
pub(crate) fn staff(subject: &str) -> String {
    token(&json!({"sub": subject, "role": "admin", "name": name_of(subject)}))
}

/// Somebody who works for another store.
pub(crate) fn staff_of(subject: &str, store: &str) -> String {
    token(&json!({"sub": subject, "role": "staff", "store": store, "name": name_of(subject)}))
}

/// Somebody who brings parcels.
pub(crate) fn driver(subject: &str) -> String {
    token(&json!({"sub": subject, "role": "driver", "name": name_of(subject)}))
}

/// Somebody from elsewhere whose token outlives a test that moves time.
pub(crate) fn patient(subject: &str, role: &str) -> String {
    let end = now() + SignedDuration::from_hours(24 * 365);
    token(&json!({"sub": subject, "role": role, "exp": end.as_second()}))
}

/// The user id of somebody from elsewhere whose token names no issuer.
pub(crate) fn id_of(subject: &str) -> String {
    format!("jwt|{subject}")
}

/// The name in their token.
pub(crate) fn name_of(subject: &str) -> String {
    format!("{subject} of the Tests")
}

impl Session {
    /// Reads what registering, signing in and refreshing answer.
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
    /// A new customer registers over HTTP.
    pub(crate) async fn register(&self, email: &str) -> Session {
        let body = json!({"email": email, "password": PASSWORD, "name": "Asha Rao"});
        let answer = self.post("/api/v1/auth/register", &body).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Session::read(&answer)
    }

    /// Somebody signs in over HTTP.
    pub(crate) async fn login(&self, email: &str) -> Session {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = self.post("/api/v1/auth/login", &body).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        Session::read(&answer)
    }

    /// A local account, made as `ordercast user add` makes one, and signed in.
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
