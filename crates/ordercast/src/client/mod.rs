//! A client of the HTTP API, for `watch`, `simulate` and `doctor`.
//!
//! - [`wire`]: the JSON of the API, as far as it is read here. [`error`]: errors of requests.
//! - [`credentials`]: how a client authenticates and renews its token.
//! - [`stream`]: live events, with reconnect, resume and deduplication.

pub mod credentials;
pub mod error;
pub mod stream;
#[cfg(test)]
mod tests;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use orders::Status;
use orders::order::GeoPoint;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use self::credentials::Credentials;
use self::error::ClientError;
use self::wire::{
    ApiBulkOutcomes, ApiHealth, ApiOrder, ApiOrderPage, ApiProblem, ApiProduct, ApiProductPage, ApiSession,
};

/// Timeout of a request.
const PATIENCE: Duration = Duration::from_secs(30);
/// Timeout of a connection attempt.
const TO_CONNECT: Duration = Duration::from_secs(5);
const EVENT_STREAM: &str = "text/event-stream";

/// A server and the credentials for it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    base: Url,
    credentials: Option<Arc<Credentials>>,
}

impl ApiClient {
    /// A client without credentials.
    pub fn new(base: Url) -> Result<Self, ClientError> {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("ordercast/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(TO_CONNECT)
            .redirect(reqwest::redirect::Policy::none());
        // Do not use a proxy for this machine's own ports. A machine without certificates can still use plain
        // HTTP.
        let builder = if is_loopback(&base) { builder.no_proxy() } else { builder };
        let builder = if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| ClientError::Setup(error::chain(&error)))?;
        Ok(Self { http, base, credentials: None })
    }

    /// The same server with other credentials.
    #[must_use]
    pub fn with(&self, credentials: Credentials) -> Self {
        Self { credentials: Some(Arc::new(credentials)), ..self.clone() }
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub async fn health(&self) -> Result<ApiHealth, ClientError> {
        body(self.checked(self.request(Method::GET, "health").timeout(TO_CONNECT)).await?).await
    }

    /// Registers a customer and signs in.
    pub async fn register(&self, email: &str, password: &str, name: &str) -> Result<ApiSession, ClientError> {
        let body = json!({ "email": email, "password": password, "name": name });
        self.read(self.request(Method::POST, "api/v1/auth/register").json(&body)).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<ApiSession, ClientError> {
        let body = json!({ "email": email, "password": password });
        self.read(self.request(Method::POST, "api/v1/auth/login").json(&body)).await
    }

    pub async fn refresh(&self, refresh_token: &str) -> Result<ApiSession, ClientError> {
        let body = json!({ "refreshToken": refresh_token });
        self.read(self.request(Method::POST, "api/v1/auth/refresh").json(&body)).await
    }

    /// All products, of all pages.
    pub async fn products(&self) -> Result<Vec<ApiProduct>, ClientError> {
        let mut products = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let query: Vec<_> = next.iter().map(|page| ("page", page)).collect();
            let page: ApiProductPage = self.get("api/v1/products", &query).await?;
            products.extend(page.products);
            match page.next {
                Some(page) if next.as_ref() != Some(&page) => next = Some(page),
                _ => return Ok(products),
            }
        }
    }

    pub async fn product(&self, id: &str) -> Result<ApiProduct, ClientError> {
        self.get(&format!("api/v1/products/{id}"), &[("", ""); 0]).await
    }

    pub async fn create_product(&self, body: &impl Serialize) -> Result<ApiProduct, ClientError> {
        self.call(Method::POST, "api/v1/products", Some(body), None).await
    }

    pub async fn restock(&self, product: &str, by: u32) -> Result<ApiProduct, ClientError> {
        self.call(
            Method::PUT,
            &format!("api/v1/products/{product}/stock"),
            Some(&json!({ "change": by })),
            None,
        )
        .await
    }

    /// Places an order. `key` is the idempotency key, which makes a retry safe.
    pub async fn place(&self, body: &impl Serialize, key: Uuid) -> Result<ApiOrder, ClientError> {
        self.call(Method::POST, "api/v1/orders", Some(body), Some(key)).await
    }

    pub async fn newest(&self, limit: u32) -> Result<Vec<ApiOrder>, ClientError> {
        let page: ApiOrderPage = self.get("api/v1/orders", &[("limit", limit)]).await?;
        Ok(page.orders)
    }

    /// `id` is an id or a number.
    pub async fn order(&self, id: &str) -> Result<ApiOrder, ClientError> {
        self.get(&format!("api/v1/orders/{id}"), &[("", ""); 0]).await
    }

    pub async fn cancel(&self, order: &str, reason: &str) -> Result<ApiOrder, ClientError> {
        let path = format!("api/v1/orders/{order}/cancel");
        self.call(Method::POST, &path, Some(&json!({ "reason": reason })), None).await
    }

    pub async fn set_status(&self, order: &str, body: &impl Serialize) -> Result<ApiOrder, ClientError> {
        self.call(Method::PUT, &format!("api/v1/orders/{order}/status"), Some(body), None).await
    }

    pub async fn set_statuses(
        &self,
        orders: &[String],
        status: Status,
    ) -> Result<ApiBulkOutcomes, ClientError> {
        let body = json!({ "orders": orders, "status": status });
        self.call(Method::POST, "api/v1/orders/bulk-status", Some(&body), None).await
    }

    pub async fn set_location(&self, order: &str, place: GeoPoint) -> Result<ApiOrder, ClientError> {
        let path = format!("api/v1/orders/{order}/delivery");
        self.call(Method::PUT, &path, Some(&json!({ "location": place })), None).await
    }

    pub async fn set_partner(&self, order: &str, name: &str, phone: &str) -> Result<ApiOrder, ClientError> {
        let path = format!("api/v1/orders/{order}/delivery");
        self.call(Method::PUT, &path, Some(&json!({ "partner": { "name": name, "phone": phone } })), None)
            .await
    }

    /// Opens the event stream after a cursor.
    async fn open_stream(&self, after: Option<&str>) -> Result<Response, ClientError> {
        let opened = self.authorized(|| {
            let request = self.request(Method::GET, "api/v1/stream").header(header::ACCEPT, EVENT_STREAM);
            match after {
                Some(cursor) => request.header("last-event-id", cursor),
                None => request,
            }
        });
        let response = tokio::time::timeout(PATIENCE, opened).await;
        let response = response.map_err(|_| ClientError::Broken("timeout".to_owned()))??;
        let kind = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("nothing");
        if kind.starts_with(EVENT_STREAM) {
            Ok(response)
        } else {
            Err(ClientError::NotOurs(format!("/api/v1/stream answered {}", crate::terminal::printable(kind))))
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T, ClientError> {
        let response =
            self.authorized(|| self.request(Method::GET, path).query(query).timeout(PATIENCE)).await?;
        body(response).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        json: Option<&impl Serialize>,
        key: Option<Uuid>,
    ) -> Result<T, ClientError> {
        let response = self
            .authorized(|| {
                let mut request = self.request(method.clone(), path).timeout(PATIENCE);
                if let Some(json) = json {
                    request = request.json(json);
                }
                if let Some(key) = key {
                    request = request.header("idempotency-key", key.to_string());
                }
                request
            })
            .await?;
        body(response).await
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        body(self.checked(request.timeout(PATIENCE)).await?).await
    }

    /// Sends an authenticated request. Retries once with a new token if the token was refused.
    async fn authorized(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, ClientError> {
        let Some(credentials) = &self.credentials else { return self.checked(request()).await };
        let token = credentials.token(self, None).await?;
        match self.checked(request().bearer_auth(&token)).await {
            Err(ClientError::Unauthorized { .. }) if credentials.can_renew() => {
                let token = credentials.token(self, Some(&token)).await?;
                self.checked(request().bearer_auth(&token)).await
            }
            answer => answer,
        }
    }

    async fn checked(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|error| ClientError::unreachable(&self.base, &error))?;
        if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let base = self.base.as_str().trim_end_matches('/');
        self.http.request(method, format!("{base}/{path}"))
    }
}

pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn body<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let url = response.url().path().to_owned();
    let bytes = response.bytes().await.map_err(|error| ClientError::Broken(error::chain(&error)))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ClientError::NotOurs(format!("{url} sent an unexpected answer: {error}")))
}

async fn refusal(response: Response) -> ClientError {
    let status = response.status();
    let after =
        response.headers().get(header::RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
    let after = after.map(Duration::from_secs);
    let problem =
        response.bytes().await.ok().and_then(|bytes| serde_json::from_slice::<ApiProblem>(&bytes).ok());
    let (code, detail) = match problem {
        Some(problem) => (problem.code, problem.detail.or(problem.title).unwrap_or_default()),
        None => (None, String::new()),
    };
    match status {
        StatusCode::UNAUTHORIZED => ClientError::Unauthorized { detail },
        StatusCode::FORBIDDEN => ClientError::Forbidden { detail },
        StatusCode::TOO_MANY_REQUESTS => {
            ClientError::Throttled { after: after.unwrap_or(Duration::from_secs(1)) }
        }
        _ => ClientError::Refused {
            status: status.as_u16(),
            code: code.unwrap_or_else(|| format!("http_{}", status.as_u16())),
            detail,
            after,
        },
    }
}
