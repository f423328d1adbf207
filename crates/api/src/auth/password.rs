//! Passwords: Argon2id (RFC 9106) in a bounded pool.
//!
//! One hash deliberately takes 19 MiB and tens of milliseconds of CPU time. Hashes run on blocking threads, a
//! limited number at a time, with a short queue. When the queue is full, the result is [`PasswordError::Busy`], and
//! other requests are not slowed down.
//!
//! Passwords are normalized to NFKC (NIST SP 800-63B, section 3.1.1.2): macOS may type `é` as two characters, and a phone
//! as one. Hashes of earlier versions are of the text as it was typed, so [`PasswordPool::verify`] tries that too.

use std::borrow::Cow;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use orders::text::without_format;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use crate::problem::{Code, Problem};

/// The cost parameters of a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argon2Cost(Params);

impl Default for Argon2Cost {
    /// As in OWASP's password storage cheat sheet: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self(Params::DEFAULT)
    }
}

impl Argon2Cost {
    /// Memory in KiB (at least 8), passes (at least 1), one lane.
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, PasswordError> {
        Params::new(memory_kib, passes, 1, None).map(Self).map_err(|error| PasswordError::Hash(error.into()))
    }
}

/// A new password, normalized: 8 to 128 characters, and not the e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Box<str>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("must be at least {} characters", Password::MIN_CHARS)]
    Short,
    #[error("must be at most {} characters", Password::MAX_CHARS)]
    Long,
    #[error("must not be the e-mail address")]
    IsEmail,
}

impl Password {
    pub const MIN_CHARS: usize = 8;
    /// Bounded, so that no request hashes a megabyte.
    pub const MAX_CHARS: usize = 128;
    /// A longer text is no password, in whatever form it was typed.
    const MAX_BYTES: usize = 16 * Self::MAX_CHARS;

    /// Validates a new password for the account of this e-mail address.
    pub fn new(text: &str, email: &str) -> Result<Self, WeakPassword> {
        if text.len() > Self::MAX_BYTES {
            return Err(WeakPassword::Long);
        }
        let text = normalize(text);
        // A pasted address may have blanks and invisible characters.
        let plain = |text: &str| without_format(text).trim().to_lowercase();
        match text.chars().take(Self::MAX_CHARS + 1).count() {
            0..Self::MIN_CHARS => Err(WeakPassword::Short),
            Self::MIN_CHARS..=Self::MAX_CHARS if plain(&text) == plain(&normalize(email)) => {
                Err(WeakPassword::IsEmail)
            }
            Self::MIN_CHARS..=Self::MAX_CHARS => Ok(Self(text.into())),
            _ => Err(WeakPassword::Long),
        }
    }
}

fn normalize(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text)
}

/// The forms of a password that may have been hashed: normalized, as it was typed, composed (phones) and decomposed (macOS).
fn forms(typed: &str) -> Vec<Box<str>> {
    let mut forms: Vec<Box<str>> = vec![normalize(typed).into()];
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(typed);
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(typed);
    for old in [Cow::Borrowed(typed), composed, decomposed] {
        if forms.iter().all(|form| **form != *old) {
            forms.push(old.into());
        }
    }
    forms
}

/// Whether a password matches a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// The hash is of a form that is not normalized. Replace it.
    RightInOldForm,
}

/// Passwords must not be logged.
impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl From<WeakPassword> for Problem {
    fn from(rule: WeakPassword) -> Self {
        Self::new(Code::WeakPassword).error("password", rule.to_string())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("too many passwords are being hashed")]
    Busy,
    #[error("a stored password hash is invalid")]
    Stored(#[source] argon2::password_hash::phc::Error),
    #[error("a password could not be hashed")]
    Hash(#[source] HashError),
    #[error("hashing a password was interrupted")]
    Interrupted(#[from] JoinError),
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::new(Code::Busy).retry_after(1),
            other => Self::internal(&other),
        }
    }
}

#[derive(Debug, Clone)]
pub struct PasswordPool {
    hasher: Argon2<'static>,
    /// Verified if there is no account, so that the response takes as long. It matches no password.
    dummy_hash: Arc<str>,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl PasswordPool {
    /// Runs at most `max_running` hashes (1 to the number of cores) while up to `waiting` more are queued.
    pub fn new(work: Argon2Cost, max_running: usize, waiting: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let max_running = max_running.clamp(1, cores);
        let Argon2Cost(params) = work;
        Self {
            dummy_hash: dummy_hash(&params),
            hasher: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            running: Arc::new(Semaphore::new(max_running)),
            admitted: Arc::new(Semaphore::new(
                max_running.saturating_add(waiting).min(Semaphore::MAX_PERMITS),
            )),
        }
    }

    /// For tests with many sign-ins. The hashes are weak.
    pub fn weak_for_tests() -> Self {
        let params = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or(Params::DEFAULT);
        Self::new(Argon2Cost(params), usize::MAX, 1_000)
    }

    /// Returns a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
    pub async fn hash(&self, password: &Password) -> Result<String, PasswordError> {
        let (hasher, password) = (self.hasher.clone(), password.0.clone());
        self.run(move || hasher.hash_password(password.as_bytes()))
            .await?
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(PasswordError::Hash)
    }

    /// Whether the password matches the stored hash. `None` means that there is no account, and takes as long.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict, PasswordError> {
        // No account has such a password, so a fast response reveals nothing.
        if password.len() > Password::MAX_BYTES {
            return Ok(Verdict::Wrong);
        }
        let hash = PasswordHash::new(stored.unwrap_or(&self.dummy_hash)).map_err(PasswordError::Stored)?;
        let (hasher, forms) = (self.hasher.clone(), forms(password));
        let matches = move || {
            for (index, form) in forms.iter().enumerate() {
                match hasher.verify_password(form.as_bytes(), &hash) {
                    Ok(()) => return Ok(Some(index)),
                    Err(HashError::PasswordInvalid) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        };
        Ok(match self.run(matches).await?.map_err(PasswordError::Hash)? {
            Some(0) if stored.is_some() => Verdict::Right,
            Some(_) if stored.is_some() => Verdict::RightInOldForm,
            _ => Verdict::Wrong,
        })
    }

    /// Whether a hash has other parameters than configured. It can only be replaced after a sign-in.
    pub fn needs_rehash(&self, stored: &str) -> bool {
        let Ok(hash) = PasswordHash::new(stored) else { return true };
        let configured = self.hasher.params();
        let same = hash.algorithm == ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && Params::try_from(&hash).is_ok_and(|params| {
                (params.m_cost(), params.t_cost(), params.p_cost())
                    == (configured.m_cost(), configured.t_cost(), configured.p_cost())
            });
        !same
    }

    /// The permits are held until the work is done, even if the client disconnects earlier.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        let done = spawn_blocking(move || {
            let result = work();
            drop((running, admitted));
            result
        });
        Ok(done.await?)
    }
}

/// A valid hash of zeroes, which no password has.
fn dummy_hash(params: &Params) -> Arc<str> {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text, "asha@example.com").unwrap()
    }

    #[test]
    fn the_rule_counts_characters() {
        let check = |text: &str| Password::new(text, "Asha@Example.com").map(|_| ());
        assert_eq!(check("1234567"), Err(WeakPassword::Short));
        assert_eq!(check("ññññññññ"), Ok(()));
        assert_eq!(check(&"ñ".repeat(128)), Ok(()));
        assert_eq!(check(&"ñ".repeat(129)), Err(WeakPassword::Long));
        for email in [" asha@example.COM ", "\u{202a}asha@example.com\u{202c}", "asha\u{200b}@example.com"] {
            assert_eq!(check(email), Err(WeakPassword::IsEmail), "{email:?}");
        }
        assert_eq!(check("correct horse battery staple"), Ok(()));
        assert_eq!(format!("{:?}", password("correct horse")), "Password(…)");
        assert_eq!(Problem::from(WeakPassword::Short).members()["errors"][0]["field"], "password");
    }

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let pool = PasswordPool::weak_for_tests();
        let stored = pool.hash(&password("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_eq!(pool.verify("correct horse", Some(&stored)).await.unwrap(), Verdict::Right);
        for wrong in ["Correct horse", "correct horse ", "", &"x".repeat(1_000_000)] {
            assert_eq!(pool.verify(wrong, Some(&stored)).await.unwrap(), Verdict::Wrong);
        }
        assert_ne!(stored, pool.hash(&password("correct horse")).await.unwrap(), "salted");
    }

    /// The same password as a phone, a Mac and a Japanese keyboard may type it.
    const TYPED: [&str; 3] = ["Caf\u{e9} 12345", "Cafe\u{301} 12345", "Caf\u{e9}\u{3000}１２３４５"];

    #[tokio::test]
    async fn a_password_matches_in_whatever_form_it_is_typed() {
        let pool = PasswordPool::weak_for_tests();
        for new in TYPED {
            let stored = pool.hash(&password(new)).await.unwrap();
            for typed in TYPED {
                assert_eq!(pool.verify(typed, Some(&stored)).await.unwrap(), Verdict::Right, "{new} {typed}");
            }
            assert_eq!(pool.verify("Cafe 12345", Some(&stored)).await.unwrap(), Verdict::Wrong);
        }
        assert_eq!(Password::new("ñññññññ\u{301}", "").map(|_| ()), Ok(()), "counted as normalized");
        assert_eq!(Password::new("n\u{303}n\u{303}n\u{303}n\u{303}", ""), Err(WeakPassword::Short));
        let long = "n\u{303}".repeat(128);
        assert!(Password::new(&long, "").is_ok());
    }

    #[tokio::test]
    async fn a_hash_of_a_form_that_is_not_normalized_still_works() {
        let pool = PasswordPool::weak_for_tests();
        for old in TYPED {
            // As an earlier version stored it.
            let stored = pool.hash(&Password(old.into())).await.unwrap();
            let verdict = pool.verify(old, Some(&stored)).await.unwrap();
            assert_eq!(verdict != Verdict::Right, old != TYPED[0], "{old}: {verdict:?}");
            assert_ne!(verdict, Verdict::Wrong, "{old}");
        }
        // Typed on a Mac then, and on a phone now.
        let stored = pool.hash(&Password(TYPED[1].into())).await.unwrap();
        assert_eq!(pool.verify(TYPED[0], Some(&stored)).await.unwrap(), Verdict::RightInOldForm);
        assert_eq!(pool.verify(TYPED[0], None).await.unwrap(), Verdict::Wrong);
        // Set on a phone, typed on a Mac. NFKC changes the superscript.
        let stored = pool.hash(&Password("Caf\u{e9}\u{b2} 12345".into())).await.unwrap();
        let verdict = pool.verify("Cafe\u{301}\u{b2} 12345", Some(&stored)).await.unwrap();
        assert_eq!(verdict, Verdict::RightInOldForm);
    }

    #[tokio::test]
    async fn an_unknown_account_is_hashed_all_the_same() {
        let pool = PasswordPool::weak_for_tests();
        assert_eq!(pool.verify("anything", None).await.unwrap(), Verdict::Wrong);
        // Same cost as a new hash.
        assert!(!pool.needs_rehash(&pool.dummy_hash));
        assert!(!PasswordPool::new(Argon2Cost::default(), 1, 1).needs_rehash(&dummy_hash(&Params::DEFAULT)));
        assert!(dummy_hash(&Params::DEFAULT).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn what_is_no_hash_is_an_error_and_not_a_mismatch() {
        let pool = PasswordPool::weak_for_tests();
        for stored in ["", "plain", "$2b$10$abcdefghijklmnopqrstuv"] {
            let error = pool.verify("anything", Some(stored)).await.unwrap_err();
            assert!(
                matches!(error, PasswordError::Stored(_) | PasswordError::Hash(_)),
                "{stored:?}: {error:?}"
            );
            assert!(pool.needs_rehash(stored));
        }
    }

    #[tokio::test]
    async fn other_work_asks_for_a_new_hash() {
        let weak = PasswordPool::weak_for_tests();
        let stored = weak.hash(&password("correct horse")).await.unwrap();
        assert!(!weak.needs_rehash(&stored));
        let stronger = PasswordPool::new(Argon2Cost::new(16, 2).unwrap(), 1, 1);
        assert!(stronger.needs_rehash(&stored));
        let verdict = stronger.verify("correct horse", Some(&stored)).await.unwrap();
        assert_eq!(verdict, Verdict::Right, "and still verifies it");
        assert!(Argon2Cost::new(1, 1).is_err());
    }

    #[tokio::test]
    async fn past_the_queue_it_is_busy_and_then_it_is_not() {
        let pool = PasswordPool::new(Argon2Cost::new(8, 1).unwrap(), 1, 1);
        // The only running slot is taken, so the first caller is queued and the second is refused.
        let taken = Arc::clone(&pool.running).acquire_owned().await.unwrap();
        let held = Arc::clone(&pool.admitted).acquire_owned().await.unwrap();
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.verify("anything", None).await }
        });
        while pool.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let problem = Problem::from(pool.verify("anything", None).await.unwrap_err());
        assert_eq!((problem.code(), problem.status_code().as_u16()), (Code::Busy, 503));
        drop((taken, held));
        assert_eq!(waiting.await.unwrap().unwrap(), Verdict::Wrong);
        assert_eq!(pool.verify("anything", None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_caller_who_leaves_keeps_the_place_until_the_hash_is_done() {
        let pool = PasswordPool::new(Argon2Cost::new(8, 1).unwrap(), 1, 0);
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let caller = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move || wait.recv()).await }
        });
        while pool.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert!(matches!(pool.verify("anything", None).await, Err(PasswordError::Busy)));
        drop(release);
    }
}
