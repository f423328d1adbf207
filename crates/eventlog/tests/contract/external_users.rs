//! Users whose accounts live elsewhere.

use ordercast_eventlog::{ExternalUser, Submission};
use orders::Role;

use super::Backend;
use super::accounts::{asha, email, signing_up, the_user};
use super::log::{Log, ordered};
use super::shop::{create, customer, external_user, place, staff, user};

pub(crate) async fn users_from_elsewhere_appear_with_their_names<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff("main")).await.product.id;
    let order = async |log: &Log<B>, external_user: Option<ExternalUser>| {
        let submission = Submission::one(place(log.clock.uuid(), "main", &[(tea, 1)]), customer("jwt|7"));
        ordered(log.submit(Submission { external_user, ..submission }).await)
    };
    let first = order(&log, None).await;
    assert_eq!((first.customer.name.as_deref(), first.customer.email.as_deref()), (None, None));
    let second = order(&log, Some(external_user("jwt|7", Some("Ben"), Some("Ben@Example.com")))).await;
    assert_eq!(second.customer.name.as_deref(), Some("Ben"));
    for _ in 0..2 {
        let found = log.read_backend().user(user("jwt|7")).await.unwrap().unwrap();
        assert_eq!((found.name.as_deref(), found.role), (Some("Ben"), Role::Customer));
        assert!(found.password_hash.is_none());
        for placed in [&first, &second] {
            let now = log.read(super::shop::number(placed.order.number)).await.unwrap();
            assert_eq!(now.customer.name.as_deref(), Some("Ben"), "earlier orders too");
        }
        log.restart().await;
    }
    let timeline = log.read_backend().timeline(second.order.number).await.unwrap().value;
    assert_eq!(timeline[0].context.customer.as_ref().unwrap().name.as_deref(), Some("Ben"));
    assert_eq!(timeline[0].context.actor_name.as_deref(), Some("Ben"));
    // The role is stored and updated even when the token carries no name.
    for (who, name) in [("jwt|7", Some("Ben")), ("jwt|8", None)] {
        let driver = ExternalUser {
            role: Role::Driver,
            store: "second".parse().unwrap(),
            ..external_user(who, name, Some("Ben@Example.com").filter(|_| name.is_some()))
        };
        let nothing = Submission { requests: Vec::new(), idempotency: None, external_user: Some(driver) };
        log.submit(nothing).await.unwrap();
        let found = log.read_backend().user(user(who)).await.unwrap().unwrap();
        assert_eq!((found.role, found.store.as_str()), (Role::Driver, "second"));
    }
    // Nobody can sign in with the address of an external user.
    assert!(log.read_backend().user_by_email(email("ben@example.com")).await.unwrap().is_none());
    the_user(log.account(signing_up("local", "ben@example.com")).await);
}

pub(crate) async fn a_token_from_elsewhere_changes_no_local_account<B: Backend>() {
    let log = asha::<B>().await;
    let other = Some(external_user("asha", Some("Mallory"), Some("mallory@example.com")));
    log.submit(Submission { requests: Vec::new(), idempotency: None, external_user: other }).await.unwrap();
    let found = log.read_backend().user(user("asha")).await.unwrap().unwrap();
    assert_eq!((found.name.as_deref(), found.email.as_deref()), (Some("Asha Rao"), Some("asha@example.com")));
}
