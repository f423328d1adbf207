//! Socket.IO at `/socket.io/`: authorizes the clients of the `live` crate's gateway, and runs their commands.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::request::Parts;
use eventlog::{CommandRequest, Outcome, Snapshot, StateChange, StateOwner, Submission};
use jiff::Timestamp;
use live::Close;
use live::dialect::{DialectId, UnknownDialect};
use live::gateway::{Authorizer, Denial, Gateway, GatewayOptions, Identity, Rejection};
use live::limits::{AnonymousPermit, ConnectionPermit};
use orders::command::SetStatus;
use orders::view::Person;
use orders::{Command, OrderRef, Role, Status, StoreId, UserId};
use socketio::engine::Engine;
use socketio::{HandshakeError, Service, SocketIo, SocketIoConfig};
use tokio::sync::watch;

use crate::app::AppState;
use crate::auth::origin::Purpose;
use crate::auth::presented::presented;
use crate::auth::{Lifetime, Principal};
use crate::caller::{Caller, address, cookie_is_kept_back, unauthenticated, verified, verify};
use crate::commands::not_committed;
use crate::commands::visible;
use crate::problem::{Code, Problem};

#[derive(Clone)]
pub struct Sockets {
    engine: Arc<Engine<SocketIo<Gateway<ApiAuthorizer>>>>,
}

impl Sockets {
    pub fn new(app: &AppState, config: SocketIoConfig, options: GatewayOptions) -> Self {
        let gateway = Gateway::new(
            ApiAuthorizer(Arc::clone(app)),
            Arc::clone(&app.hub),
            Arc::clone(&app.order_counts),
            options,
        );
        let engine = Engine::new(SocketIo::new(gateway, &config), config);
        app.metrics.watch_sockets(Arc::clone(engine.metrics()));
        Self { engine }
    }

    pub(crate) fn service(&self) -> Service<SocketIo<Gateway<ApiAuthorizer>>> {
        Service::new(Arc::clone(&self.engine))
    }

    /// Closes connections as their tokens expire or their sessions are ended. Never ends.
    pub async fn close_expired(self) {
        Arc::clone(self.engine.protocol().application()).close_expired().await;
    }

    /// Whether a connection with this `sid` is open.
    pub(crate) fn has(&self, sid: &str) -> bool {
        self.engine.has(sid)
    }

    /// Closes every connection so that clients reconnect, and accepts no more.
    pub fn close(&self) {
        self.engine.close_all(Close::ShuttingDown.into());
    }
}

pub struct ApiAuthorizer(AppState);

/// What is kept of the HTTP request that opened a connection.
pub struct Handshake {
    /// Counts the connection against the limit of its address while nobody is signed in on it.
    anonymous: Arc<AnonymousPermit>,
    /// The user of its cookie or its `Authorization` header.
    principal: Option<Box<Principal>>,
    cookie_is_kept_back: bool,
    dialect: Option<DialectId>,
}

impl Identity for Principal {
    fn user(&self) -> &UserId {
        &self.user
    }

    fn role(&self) -> Role {
        self.role
    }

    fn store(&self) -> &StoreId {
        &self.store
    }

    fn person(&self) -> Person {
        Person {
            id: self.user.clone(),
            name: self.name.as_ref().map(|name| name.as_str().to_owned()),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
        }
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.ends_at(Lifetime::Session)
    }
}

impl From<Problem> for Denial {
    fn from(problem: Problem) -> Self {
        Self { code: problem.code().name(), message: problem.message().to_owned().into() }
    }
}

impl ApiAuthorizer {
    fn verify(&self, token: &str) -> Result<Principal, Problem> {
        verify(token, &self.0, Lifetime::Session).map_err(Problem::from)
    }
}

impl Authorizer for ApiAuthorizer {
    type Handshake = Handshake;
    type Identity = Principal;

    fn handshake(&self, request: &Parts) -> Result<Handshake, HandshakeError> {
        let from = address(request, &self.0);
        let anonymous = self.0.connections.acquire_anonymous(from.bucket().address()).map_err(|error| {
            self.0.metrics.limited();
            HandshakeError { status: StatusCode::TOO_MANY_REQUESTS, message: format!("{error}.").into() }
        })?;
        // The client may send a token when it connects, so an invalid one is not refused here.
        let found = verified(&request.headers, &self.0, Lifetime::Session).ok().flatten();
        if found.as_ref().is_some_and(|(credential, _)| credential.is_ambient()) {
            let checked = self.0.origins.check(Purpose::Read, &request.headers, &request.uri, from.is_secure);
            checked.map_err(|refused| HandshakeError {
                status: StatusCode::FORBIDDEN,
                message: format!(
                    "{refused}. An operator can add an origin to the allowed ones (CORS_ORIGIN)."
                )
                .into(),
            })?;
        }
        let query = request.uri.query().unwrap_or_default();
        let dialect = query.split('&').find_map(|pair| pair.strip_prefix("dialect="));
        let dialect = dialect.map(str::parse).transpose().map_err(|unknown: UnknownDialect| {
            HandshakeError { status: StatusCode::BAD_REQUEST, message: unknown.to_string().into() }
        })?;
        let cookie_is_kept_back = cookie_is_kept_back(request, &self.0);
        let principal = found.map(|(_, principal)| Box::new(principal));
        Ok(Handshake { anonymous, principal, cookie_is_kept_back, dialect })
    }

    fn dialect(&self, handshake: &Handshake) -> Option<DialectId> {
        handshake.dialect
    }

    fn authenticate(
        &self,
        handshake: &Handshake,
        token: Option<&str>,
    ) -> Result<(Principal, ConnectionPermit), Rejection> {
        let refused = |problem: Problem| Rejection::Refused(problem.into());
        let principal = match (token.and_then(presented), &handshake.principal) {
            (Some(token), _) => self.verify(token).map_err(refused)?,
            (None, Some(principal)) if self.close_reason(principal).is_none() => (**principal).clone(),
            (None, _) => return Err(refused(unauthenticated(handshake.cookie_is_kept_back))),
        };
        if self.0.limits.check_account(&principal.user).is_err() {
            self.0.metrics.limited();
            return Err(Rejection::RetryLater(Close::RateLimited));
        }
        let permit = handshake.anonymous.sign_in(principal.user.clone());
        let permit = permit.map_err(|_| {
            self.0.metrics.limited();
            Rejection::RetryLater(Close::TooManyConnections)
        })?;
        Ok((principal, permit))
    }

    fn close_reason(&self, identity: &Principal) -> Option<Close> {
        if self.0.revocations.is_revoked(identity) {
            return Some(Close::SessionEnded);
        }
        identity.expires_at().is_some_and(|end| end <= self.0.now()).then_some(Close::TokenExpired)
    }

    fn revocations(&self) -> watch::Receiver<u64> {
        self.0.revocations.changes()
    }

    fn check_rate(&self, identity: &Principal) -> Result<(), Denial> {
        self.0.limits.check_account(&identity.user).map_err(|wait| {
            self.0.metrics.limited();
            Problem::from(wait).into()
        })
    }

    async fn order_ref(&self, identity: &Principal, name: &str) -> Result<OrderRef, Denial> {
        let caller = Caller { principal: identity.clone() };
        Ok(crate::resources::orders::order_ref(&self.0, &caller, name).await?)
    }

    async fn visible_order(&self, identity: &Principal, order: OrderRef) -> Result<Arc<Snapshot>, Denial> {
        let caller = Caller { principal: identity.clone() };
        Ok(visible(&self.0, &caller, order).await?.0)
    }

    async fn set_status(
        &self,
        identity: &Principal,
        order: OrderRef,
        status: Status,
    ) -> Result<Arc<Snapshot>, Denial> {
        let caller = Caller { principal: identity.clone() };
        let command = Command::SetStatus(SetStatus {
            order,
            status,
            tracking_number: None,
            estimated_delivery: None,
            note: None,
            reason: None,
        });
        let request = CommandRequest { command, actor: caller.actor(), expected: None };
        let submission =
            Submission { requests: vec![request], idempotency: None, external_user: caller.external_user() };
        let mut receipt = self.0.writer.submit(submission).await.map_err(not_committed)?;
        match receipt.outcomes.pop() {
            Some(Outcome::Order(snapshot) | Outcome::Unchanged(snapshot)) => Ok(snapshot),
            Some(Outcome::Refused(refusal)) => Err(Problem::from(refusal).into()),
            _ => Err(Problem::new(Code::Internal).into()),
        }
    }

    async fn save_joins(&self, changes: Vec<StateChange>) -> Result<(), Denial> {
        let saved = self.0.writer.keep_states(StateOwner::Joins, changes).await;
        saved.map_err(|error| {
            tracing::warn!(%error, "joined orders were not stored");
            not_committed(error).into()
        })
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn seal(&self, text: &str) -> String {
        self.0.keys.seal().seal(text)
    }

    fn unseal(&self, sealed: &str) -> Option<String> {
        self.0.keys.seal().unseal(sealed)
    }
}
