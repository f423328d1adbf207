//! How a client authenticates, and how its token is renewed.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use orders::Role;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::error::ClientError;
use super::wire::ApiSession;
use super::{ApiClient, is_loopback};
use crate::cli::ServerArgs;
use crate::clock;
use crate::config::Config;
use crate::config::sources::Environment;
use crate::config::values::Secret;
use crate::secret;

/// Lifetime of a token that is signed with the local secret.
const LOCAL_LIFETIME: Duration = Duration::from_hours(1);
/// A token is renewed when it expires sooner than this.
const MARGIN: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub enum Credentials {
    Token(Secret),
    Account(Box<AccountCredentials>),
    /// Tokens signed with the server's secret, which this machine has.
    SelfSigned(SelfSigned),
}

/// Signs in when needed, and again when the session ends.
#[derive(Debug)]
pub struct AccountCredentials {
    email: String,
    password: Secret,
    session: Mutex<Option<CachedSession>>,
}

#[derive(Debug)]
struct CachedSession {
    access: Secret,
    refresh: Option<Secret>,
    until: Instant,
}

impl From<ApiSession> for CachedSession {
    fn from(signed_in: ApiSession) -> Self {
        Self {
            access: Secret::new(signed_in.access_token),
            refresh: signed_in.refresh_token.map(Secret::new),
            until: Instant::now() + Duration::from_secs(signed_in.expires_in),
        }
    }
}

#[derive(Debug)]
pub struct SelfSigned {
    secret: Secret,
    subject: String,
    name: String,
    role: Role,
    token: Mutex<Option<(String, Instant)>>,
}

/// Claims like those of another system's token: they name no session.
#[derive(Serialize)]
struct TokenClaims<'a> {
    sub: &'a str,
    name: &'a str,
    role: &'a str,
    iat: i64,
    exp: i64,
}

impl Credentials {
    /// Signs in when a token is first needed.
    pub fn account(email: &str, password: Secret) -> Self {
        let (email, session) = (email.to_owned(), Mutex::default());
        Self::Account(Box::new(AccountCredentials { email, password, session }))
    }

    pub fn signed_in(email: &str, password: Secret, signed_in: ApiSession) -> Self {
        let session = Mutex::new(Some(signed_in.into()));
        Self::Account(Box::new(AccountCredentials { email: email.to_owned(), password, session }))
    }

    pub fn local(secret: Secret, subject: &str, name: &str, role: Role) -> Self {
        Self::SelfSigned(SelfSigned {
            secret,
            subject: subject.into(),
            name: name.into(),
            role,
            token: Mutex::default(),
        })
    }

    pub fn can_renew(&self) -> bool {
        !matches!(self, Self::Token(_))
    }

    /// A valid token, other than `refused`.
    pub async fn token(&self, client: &ApiClient, refused: Option<&str>) -> Result<String, ClientError> {
        match self {
            Self::Token(token) => Ok(token.reveal().to_owned()),
            Self::Account(account) => account.token(client, refused).await,
            Self::SelfSigned(local) => local.token(refused).await,
        }
    }
}

impl AccountCredentials {
    async fn token(&self, client: &ApiClient, refused: Option<&str>) -> Result<String, ClientError> {
        let mut session = self.session.lock().await;
        if let Some(current) = &*session
            && refused != Some(current.access.reveal())
            && Instant::now() + MARGIN < current.until
        {
            return Ok(current.access.reveal().to_owned());
        }
        let refresh = session.as_ref().and_then(|session| session.refresh.clone());
        let refreshed = match refresh {
            Some(token) => match client.refresh(token.reveal()).await {
                Err(error) if !error.is_final() => return Err(error),
                answer => answer.ok(),
            },
            None => None,
        };
        let fresh = match refreshed {
            Some(fresh) => fresh,
            None => client.sign_in(&self.email, self.password.reveal()).await?,
        };
        let fresh = session.insert(fresh.into());
        Ok(fresh.access.reveal().to_owned())
    }
}

impl SelfSigned {
    async fn token(&self, refused: Option<&str>) -> Result<String, ClientError> {
        let mut token = self.token.lock().await;
        if let Some((current, until)) = &*token
            && refused != Some(current.as_str())
            && Instant::now() + MARGIN < *until
        {
            return Ok(current.clone());
        }
        let now = clock::now().as_second();
        let exp = now + i64::try_from(LOCAL_LIFETIME.as_secs()).unwrap_or(i64::MAX);
        let claims =
            TokenClaims { sub: &self.subject, name: &self.name, role: self.role.name(), iat: now, exp };
        let key = jsonwebtoken::EncodingKey::from_secret(self.secret.reveal().as_bytes());
        let fresh = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key)
            .map_err(|error| ClientError::Setup(error.to_string()))?;
        *token = Some((fresh.clone(), Instant::now() + LOCAL_LIFETIME));
        Ok(fresh)
    }
}

/// A client with a staff account.
#[derive(Debug)]
pub struct StaffClient {
    pub client: ApiClient,
    /// The server's secret, if this machine has it.
    pub secret: Option<Secret>,
}

/// Finds the server and credentials: `--email`, else `--token`, else the secret of a server on this machine, which signs
/// a token for `subject` and `name`.
pub fn staff(
    args: &ServerArgs,
    environment: &Environment,
    subject: &str,
    name: &str,
) -> anyhow::Result<StaffClient> {
    let config = Config::load(&args.config.0, environment)?;
    let url = args.url.clone().map_or_else(|| here(config.listen), Ok)?;
    let client = ApiClient::new(url.clone())?;
    // A token signed with the local secret is sent only to this machine, or to a server that --data belongs to.
    let ours = is_loopback(&url) || args.config.0.get("data").is_some();
    let secret = if ours { secret::existing(&config)? } else { None };
    let credentials = if let Some(email) = &args.email {
        Credentials::account(email, password(email, environment)?)
    } else if let Some(token) = &args.token {
        Credentials::Token(Secret::new(token.trim()))
    } else if let Some(secret) = &secret {
        Credentials::local(secret.clone(), subject, name, Role::Staff)
    } else if ours {
        bail!(
            "there is no token secret in {} to speak for you. If the server's data is elsewhere, say --data DIRECTORY; \
             otherwise sign in with --email, or give a --token (see ordercast token)",
            config.data.display()
        );
    } else {
        bail!(
            "{url} is another machine: sign in with --email, or give a --token made there with ordercast token"
        );
    };
    Ok(StaffClient { client: client.with(credentials), secret })
}

/// The URL of the server on this machine.
fn here(listen: SocketAddr) -> anyhow::Result<Url> {
    let host = match listen {
        SocketAddr::V4(at) if !at.ip().is_unspecified() => at.ip().to_string(),
        SocketAddr::V6(at) if !at.ip().is_unspecified() => format!("[{}]", at.ip()),
        _ => "127.0.0.1".to_owned(),
    };
    Ok(Url::parse(&format!("http://{host}:{}", listen.port()))?)
}

fn password(email: &str, environment: &Environment) -> anyhow::Result<Secret> {
    if let Some(password) = environment.get("ORDERCAST_PASSWORD") {
        return Ok(Secret::new(password));
    }
    if !std::io::stdin().is_terminal() {
        bail!("no password: put it into ORDERCAST_PASSWORD, or run this in a terminal to type it");
    }
    let typed =
        rpassword::prompt_password(format!("Password of {email}: ")).context("cannot read the password")?;
    Ok(Secret::new(typed))
}
