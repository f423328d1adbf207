//! Commands that open the database: accounts, tokens, migrations, backups. All but `restore` work while the server
//! runs. SQLite lets them write between the server's batches.

use std::io::Write as _;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::{Context as _, bail};
use api::auth::password::{Argon2Cost, Password};
use api::auth::{Issuer, PasswordPool, Principal, SessionId};
use api::resources::users::reset_url;
use api::sessions::{OneTimeSecret, later};
use eventlog::accounts::{AccountAnswer, AccountChange, Email, NewSession, User};
use eventlog::{ReadBackend, Storage, StorageConfig, Writer};
use orders::text::Line;
use orders::{Role, StoreId, UserId};

use crate::cli::{
    BackupArgs, MigrateArgs, RestoreArgs, TokenArgs, UserAddArgs, UserListArgs, UserPasswdArgs,
    UserResetLinkArgs,
};
use crate::clock;
use crate::config::Config;
use crate::config::sources::Environment;
use crate::doctor::Check;
use crate::serve::{RESET_LINK, storage_config, token_keys};
use crate::served::ServedAt;
use crate::terminal::{printable, style};

/// Passwords are read from the environment, so that they do not appear in the shell history.
const PASSWORD: &str = "ORDERCAST_PASSWORD";
/// Length of a generated password: 96 bits.
const MADE: usize = 12;

/// The database, open for one command.
struct Open {
    read_backend: Arc<dyn ReadBackend>,
    writer: Writer,
    thread: JoinHandle<()>,
}

impl Open {
    fn new(config: &Config) -> anyhow::Result<Self> {
        exists(config)?;
        let storage = Storage::open(&storage_config(config), clock::uuid())?;
        let read_backend = storage.read_backend();
        let (writer, thread) = storage.start_writer(Arc::new(clock::System), Box::new(|_| {}))?;
        Ok(Self { read_backend, writer, thread })
    }

    async fn account(&self, change: AccountChange) -> anyhow::Result<AccountAnswer> {
        Ok(self.writer.account(change).await??)
    }

    /// Finds an account by e-mail address or id.
    async fn user(&self, name: &str) -> anyhow::Result<User> {
        let found = match Email::new(name) {
            Ok(email) => self.read_backend.user_by_email(email).await?,
            Err(_) => match UserId::new(name) {
                Ok(id) => self.read_backend.user(id).await?,
                Err(_) => None,
            },
        };
        found.with_context(|| {
            format!("there is no account {}; `ordercast user list` lists the accounts", printable(name))
        })
    }

    async fn close(self) -> anyhow::Result<()> {
        let Self { read_backend, writer, thread } = self;
        drop((read_backend, writer));
        tokio::task::spawn_blocking(|| thread.join()).await?.ok().context("the writer failed")
    }
}

fn exists(config: &Config) -> anyhow::Result<()> {
    if !storage_config(config).exists() {
        bail!(
            "there is no database in {}: start the server once with `ordercast serve`, or pass --data",
            config.data.display()
        );
    }
    Ok(())
}

/// Checks the database, and must not create one.
pub async fn checks(config: &Config) -> Vec<Check> {
    let storage = storage_config(config);
    let file = storage.file();
    match storage.schema() {
        Ok(None) => {
            vec![Check::good("database", format!("none yet; `ordercast serve` creates {}", file.display()))]
        }
        Err(error) => {
            vec![Check::error("database", error.to_string(), "restore a backup with `ordercast restore`")]
        }
        Ok(Some(schema)) if schema > StorageConfig::newest_schema() => vec![Check::error(
            "database",
            format!("{} was written by a newer Ordercast (schema {schema})", file.display()),
            "start the newer version, or restore a backup from before the upgrade",
        )],
        Ok(Some(schema)) if schema < StorageConfig::newest_schema() => vec![Check::warning(
            "database",
            format!(
                "{} has schema {schema}, this version writes {}",
                file.display(),
                StorageConfig::newest_schema()
            ),
            "back it up with `ordercast backup`; the next start upgrades it",
        )],
        Ok(Some(schema)) => {
            let size = std::fs::metadata(&file).map_or(0, |meta| meta.len()) >> 20;
            vec![Check::good(
                "database",
                format!("{} is readable, schema {schema}, {size} MiB", file.display()),
            )]
        }
    }
}

fn say(line: std::fmt::Arguments<'_>) -> anyhow::Result<()> {
    writeln!(anstream::stdout(), "{line}").map_err(Into::into)
}

/// A new password: generated, from the environment, or typed twice.
fn new_password(
    generate: bool,
    email: &str,
    environment: &Environment,
) -> anyhow::Result<(Password, Option<String>)> {
    if generate {
        let made = clock::random_text::<MADE>();
        return Ok((Password::new(&made, email)?, Some(made)));
    }
    if let Some(given) = environment.get(PASSWORD) {
        return Ok((
            Password::new(&given, email).with_context(|| format!("{PASSWORD} cannot be used"))?,
            None,
        ));
    }
    let typed = rpassword::prompt_password("New password: ").with_context(|| {
        format!("cannot ask for a password without a terminal: set {PASSWORD}, or pass --generate")
    })?;
    if rpassword::prompt_password("Repeat password: ")? != typed {
        bail!("the two passwords differ");
    }
    Ok((Password::new(&typed, email)?, None))
}

async fn hash(password: &Password) -> anyhow::Result<String> {
    Ok(PasswordPool::new(Argon2Cost::default(), 1, 1).hash(password).await?)
}

/// Adds an account.
pub async fn user_add(config: Config, args: UserAddArgs, environment: &Environment) -> anyhow::Result<()> {
    let email =
        Email::new(&args.email).with_context(|| format!("`{}` cannot be used", printable(&args.email)))?;
    let local = email.as_str().split('@').next().unwrap_or_default().to_owned();
    let name = Line::new(args.name.as_deref().unwrap_or(&local)).context("the name cannot be used")?;
    let (password, made) = new_password(args.generate, email.as_str(), environment)?;
    let open = Open::new(&config)?;
    let id = UserId::new(clock::uuid().to_string())?;
    let change = AccountChange::CreateUser {
        id: id.clone(),
        role: Role::from(args.role),
        store: StoreId::main(),
        name,
        email: email.clone(),
        password_hash: hash(&password).await?,
    };
    open.account(change).await.with_context(|| format!("cannot add {email}"))?;
    say(format_args!("added {} {email} ({id})", Role::from(args.role).name()))?;
    if let Some(made) = made {
        say(format_args!("password {made}  (shown only once)"))?;
    }
    open.close().await
}

/// Lists the accounts.
pub async fn user_list(config: Config, args: UserListArgs) -> anyhow::Result<()> {
    let open = Open::new(&config)?;
    let wanted = args.role.map(Role::from);
    let (dim, plain) = (style::DIM, anstyle::Reset);
    for user in open.read_backend.users(usize::MAX).await? {
        if wanted.is_some_and(|role| role != user.role) {
            continue;
        }
        let email = user.email.unwrap_or_default();
        let name = user.name.unwrap_or_default();
        if args.json {
            say(format_args!(
                "{}",
                serde_json::json!({
                    "id": user.id, "role": user.role, "storeId": user.store, "email": email, "name": name,
                    "local": user.password_hash.is_some(), "createdAt": user.created_at,
                })
            ))?;
        } else {
            let elsewhere = if user.password_hash.is_some() { "" } else { "  external account" };
            say(format_args!(
                "{:<9} {:<32} {:<24} {dim}{}{elsewhere}{plain}",
                user.role.name(),
                printable(&email),
                printable(&name),
                printable(user.id.as_str()),
            ))?;
        }
    }
    open.close().await
}

/// Sets a password.
pub async fn user_passwd(
    config: Config,
    args: UserPasswdArgs,
    environment: &Environment,
) -> anyhow::Result<()> {
    let open = Open::new(&config)?;
    let user = open.user(&args.user).await?;
    let email = user.email.unwrap_or_default();
    let (password, made) = new_password(args.generate, &email, environment)?;
    open.account(AccountChange::SetPassword { user: user.id, password_hash: hash(&password).await? })
        .await
        .context("this account has no password: it signs in through another system")?;
    say(format_args!("password of {} set; all of its sessions have ended", printable(&email)))?;
    if let Some(made) = made {
        say(format_args!("password {made}  (shown only once)"))?;
    }
    open.close().await
}

/// Prints a link to set a new password.
pub async fn user_reset_link(config: Config, args: UserResetLinkArgs) -> anyhow::Result<()> {
    let open = Open::new(&config)?;
    let user = open.user(&args.user).await?;
    let token = OneTimeSecret::fresh()
        .map_err(|_| anyhow::anyhow!("the operating system returned no random bytes"))?;
    let expires_at = later(clock::now(), RESET_LINK);
    open.account(AccountChange::CreateReset { user: user.id, token: token.hash, expires_at })
        .await
        .context("this account has no password: it signs in through another system")?;
    let served = ServedAt::of(&config);
    let is_running = served.is_some();
    let base_url = match served {
        Some(served) if !config.was_set("frontend_url") => served.base_url,
        _ => config.base_url(),
    };
    say(format_args!("{}", reset_url(&base_url, &token.text)))?;
    if !is_running {
        say(format_args!("No server runs on this data now. The link needs one at {base_url}."))?;
    }
    say(format_args!("The link works once, until {expires_at}. Give it only to the owner of the account."))?;
    open.close().await
}

/// Prints an access token. Its session can be ended like any other.
pub async fn token(config: Config, args: TokenArgs) -> anyhow::Result<()> {
    let open = Open::new(&config)?;
    let user = open.user(&args.user).await?;
    let (now, session) = (clock::now(), clock::uuid());
    let expires_at = later(now, args.lifetime.0);
    // Nobody knows its refresh token, so it ends with the access token.
    let refresh = OneTimeSecret::fresh()
        .map_err(|_| anyhow::anyhow!("the operating system returned no random bytes"))?;
    let new = NewSession { id: session, refresh: refresh.hash, expires_at };
    open.account(AccountChange::StartSession { user: user.id.clone(), verified: None, session: new }).await?;
    let token = token_keys(&config)?.mint(&Principal {
        user: user.id,
        role: user.role,
        store: user.store,
        name: user.name.as_deref().and_then(|name| Line::new(name).ok()),
        email: user.email.as_deref().and_then(|email| Line::new(email).ok()),
        session: Some(SessionId(session)),
        issued_at: Some(now),
        expires_at: Some(expires_at),
        session_ends_at: Some(expires_at),
        issuer: Issuer::Local,
    })?;
    say(format_args!("{token}"))?;
    open.close().await
}

/// Upgrades the database to the schema of this version.
pub async fn migrate(config: Config, args: MigrateArgs) -> anyhow::Result<()> {
    exists(&config)?;
    let known = StorageConfig::newest_schema();
    let found = storage_config(&config).schema()?.unwrap_or(0);
    if found == known {
        return say(format_args!("the database already has schema {known}; nothing to do"));
    }
    if args.dry_run && found < known {
        return say(format_args!("would upgrade the database from schema {found} to {known}"));
    }
    let open = Open::new(&config)?;
    say(format_args!("upgraded the database from schema {found} to {known}"))?;
    open.close().await
}

/// Copies the database.
pub async fn backup(config: Config, args: BackupArgs) -> anyhow::Result<()> {
    exists(&config)?;
    let (storage, to) = (storage_config(&config), args.to.clone());
    tokio::task::spawn_blocking(move || storage.backup(&to)).await??;
    let size = std::fs::metadata(&args.to).map_or(0, |meta| meta.len());
    say(format_args!("wrote {} ({} KiB) and checked it", args.to.display(), size.div_ceil(1024)))
}

/// Replaces the database with a backup.
pub async fn restore(config: Config, args: RestoreArgs) -> anyhow::Result<()> {
    let storage = storage_config(&config);
    if storage.exists() && !args.force {
        bail!(
            "{} already has a database: pass --force to replace it (it is renamed and kept)",
            config.data.display()
        );
    }
    let from = args.from.clone();
    let kept = tokio::task::spawn_blocking(move || storage.restore(&from, clock::uuid())).await??;
    say(format_args!("restored {} into {}", args.from.display(), config.data.display()))?;
    if let Some(kept) = kept {
        say(format_args!("the previous database is now {}", kept.display()))?;
    }
    say(format_args!("clients will start over, because the restored log has a new epoch"))
}
