//! Who asks, and how their token is renewed.

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
use super::{Client, is_loopback};
use crate::cli::ServerArgs;
use crate::clock;
use crate::config::Config;
use crate::config::sources::Environment;
use crate::config::values::Secret;
use crate::secret;

/// How long a token made on this machine lasts; a new one is made before it ends.
const LOCAL_LIFETIME: Duration = Duration::from_hours(1);
/// A token that ends sooner than this is renewed first.
const MARGIN: Duration = Duration::from_secs(30);

/// Who asks.
#[derive(Debug)]
pub enum Credentials {
    /// Whoever the token says.
    Token(Secret),
    /// An account and its password.
    Account(Box<AccountCredentials>),
    /// Somebody this machine vouches for, because it holds the server's secret.
    SelfSigned(SelfSigned),
}

/// An account that signs in, and again when its session ends.
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

/// Somebody this machine vouches for.
#[derive(Debug)]
pub struct SelfSigned {
    secret: Secret,
    subject: String,
    name: String,
    role: Role,
    token: Mutex<Option<(String, Instant)>>,
}

/// What a token of ours says, in the form of a token of another system: no session stands behind it.
#[derive(Serialize)]
struct TokenClaims<'a> {
    sub: &'a str,
    name: &'a str,
    role: &'a str,
    iat: i64,
    exp: i64,
}

impl Credentials {
    /// An account that signs in when it is first needed.
    pub fn account(email: &str, password: Secret) -> Self {
        let (email, session) = (email.to_owned(), Mutex::default());
        Self::Account(Box::new(AccountCredentials { email, password, session }))
    }

    /// An account that has just signed in.
    pub fn signed_in(email: &str, password: Secret, signed_in: ApiSession) -> Self {
        let session = Mutex::new(Some(signed_in.into()));
        Self::Account(Box::new(AccountCredentials { email: email.to_owned(), password, session }))
    }

    /// Somebody this machine vouches for.
    pub fn local(secret: Secret, subject: &str, name: &str, role: Role) -> Self {
        Self::SelfSigned(SelfSigned {
            secret,
            subject: subject.into(),
            name: name.into(),
            role,
            token: Mutex::default(),
        })
    }

    /// Whether a refused token can be replaced.
    pub fn can_renew(&self) -> bool {
        !matches!(self, Self::Token(_))
    }

    /// A token that is good for a while; not the one that was refused.
    pub async fn token(&self, client: &Client, refused: Option<&str>) -> Result<String, ClientError> {
        match self {
            Self::Token(token) => Ok(token.reveal().to_owned()),
            Self::Account(account) => account.token(client, refused).await,
            Self::SelfSigned(local) => local.token(refused).await,
        }
    }
}

impl AccountCredentials {
    async fn token(&self, client: &Client, refused: Option<&str>) -> Result<String, ClientError> {
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

/// A server, somebody of its staff, and the server's secret if this machine has it.
#[derive(Debug)]
pub struct StaffClient {
    /// Ready to ask.
    pub client: Client,
    /// To vouch for others too.
    pub secret: Option<Secret>,
}

/// Finds the server and somebody to be: `--email`, else `--token`, else the secret of a server on this machine, which
/// vouches for this subject under this name.
pub fn staff(
    args: &ServerArgs,
    environment: &Environment,
    subject: &str,
    name: &str,
) -> anyhow::Result<StaffClient> {
    let config = Config::load(&args.config.0, environment)?;
    let url = args.url.clone().map_or_else(|| here(config.listen), Ok)?;
    let client = Client::new(url.clone())?;
    // A token made with this machine's secret goes to this machine, or to where the person says that it belongs.
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

/// Where this machine's own server is.
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
