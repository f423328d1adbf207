//! What is read from claims, and what is refused.

use super::*;
use orders::Actor;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;

fn judge(claims: Value) -> Result<Principal, TokenError> {
    judge_with(claims, TokenOptions::default())
}

fn judge_with(claims: Value, options: TokenOptions) -> Result<Principal, TokenError> {
    let claims: TokenClaims = serde_json::from_value(claims).unwrap();
    claims.validate(options, Lifetime::Token, Timestamp::from_second(NOW).unwrap())
}

/// A valid token of another system with some claims replaced; `null` removes one.
fn with(changes: Value) -> Value {
    let mut claims = json!({"sub": "42", "role": "user", "exp": NOW + 60});
    let Value::Object(changes) = changes else { panic!("an object") };
    claims.as_object_mut().unwrap().extend(changes);
    claims
}

#[test]
fn the_subject_is_the_first_of_the_claims_that_shops_use() {
    for (claims, user) in [
        (with(json!({})), "jwt|42"),
        (with(json!({"id": "7", "userId": "8"})), "jwt|42"),
        (with(json!({"sub": null, "id": "7", "userId": "8"})), "jwt|7"),
        (with(json!({"sub": null, "userId": 8})), "jwt|8"),
        (with(json!({"sub": u64::MAX})), "jwt|18446744073709551615"),
        (with(json!({"sub": -1})), "jwt|-1"),
        (with(json!({"sub": null, "_id": "65f0"})), "jwt|65f0"),
        (with(json!({"sub": null, "_id": {"$oid": "65f0"}})), "jwt|65f0"),
        (with(json!({"sub": null, "user_id": 8})), "jwt|8"),
        (with(json!({"sub": null, "user": {"id": 8}})), "jwt|8"),
        (with(json!({"sub": null, "user": {"_id": "65f0", "name": "Asha"}})), "jwt|65f0"),
        (with(json!({"sub": null, "user": "8"})), "jwt|8"),
        (with(json!({"user": {"id": 8}})), "jwt|42"),
        (with(json!({"sub": "", "id": null, "userID": 8})), "jwt|8"),
        (with(json!({"sub": " ", "user": {"sub": "8"}})), "jwt|8"),
        (with(json!({"sub": null, "data": {"id": 8}})), "jwt|8"),
        (with(json!({"sub": null, "payload": {"userId": 8}, "data": "9"})), "jwt|8"),
        (with(json!({"sub": null, "UserInfo": {"_id": "65f0"}})), "jwt|65f0"),
        (with(json!({"sub": null, "_doc": {"_id": "65f0"}, "$isNew": false})), "jwt|65f0"),
        (with(json!({"iss": "shop-a"})), "shop-a|42"),
        (with(json!({"iss": ""})), "jwt|42"),
        (with(json!({"sub": "x".repeat(128)})), &*format!("jwt|{}", "x".repeat(128))),
    ] {
        assert_eq!(judge(claims).unwrap().user.as_str(), user);
    }
}

fn not_seconds(claim: &'static str, unit: &'static str, divisor: u32) -> TokenError {
    TokenError::NotSeconds { claim, unit, divisor }
}

#[test]
fn a_wrong_claim_that_matters_is_fatal() {
    for (change, error) in [
        (json!({"sub": null}), TokenError::NoSubject),
        (json!({"sub": true}), TokenError::Claim("sub")),
        (json!({"sub": 1.5, "id": "7"}), TokenError::Claim("sub")),
        (json!({"sub": {"id": 1}}), TokenError::Claim("sub")),
        (json!({"iss": ["a"]}), TokenError::Claim("iss")),
        (json!({"sub": null, "data": "7"}), TokenError::NoSubject),
        (json!({"sub": "", "id": ""}), TokenError::NoSubject),
        (json!({"role": "superadmin"}), TokenError::Claim("role")),
        (json!({"role": "super admin"}), TokenError::Claim("role")),
        (json!({"role": "not an admin"}), TokenError::Claim("role")),
        (json!({"role": "owner,manager"}), TokenError::Claim("role")),
        (json!({"role": 1}), TokenError::Claim("role")),
        (json!({"role": null, "userRole": "owner", "isAdmin": false}), TokenError::Claim("userRole")),
        (json!({"role": ["superadmin"]}), TokenError::Claim("role")),
        (json!({"role": {"name": "superadmin", "admin": true}}), TokenError::Claim("role")),
        (json!({"role": {"admin": false}}), TokenError::Claim("role")),
        (json!({"role": null, "roles": ["owner"]}), TokenError::Claim("roles")),
        (json!({"role": null, "roles": 1}), TokenError::Claim("roles")),
        (json!({"exp": NOW * 1000}), not_seconds("exp", "milliseconds", 1000)),
        (json!({"exp": (NOW * 1000).to_string()}), not_seconds("exp", "milliseconds", 1000)),
        (json!({"exp": (NOW + 60) * 1_000_000}), not_seconds("exp", "microseconds", 1_000_000)),
        (json!({"iat": NOW * 1000}), not_seconds("iat", "milliseconds", 1000)),
        (json!({"role": "admin", "store": "a/b"}), TokenError::Claim("store")),
        (json!({"role": "admin", "store": ""}), TokenError::Claim("store")),
        (json!({"role": "admin", "storeId": "My Shop"}), TokenError::Claim("storeId")),
        (json!({"role": "admin", "store": 1.5}), TokenError::Claim("store")),
        (json!({"exp": "soon"}), TokenError::Claim("exp")),
        (json!({"nbf": []}), TokenError::Claim("nbf")),
        (json!({"iss": ISSUER}), TokenError::Claim("sid")),
        (json!({"iss": ISSUER, "sid": "1"}), TokenError::Claim("sid")),
    ] {
        assert_eq!(judge(with(change.clone())).unwrap_err(), error, "{change}");
    }
    for subject in ["x".repeat(129), "a\nb".to_owned(), "a\0".to_owned()] {
        let error = judge(with(json!({"sub": subject}))).unwrap_err();
        assert!(matches!(error, TokenError::Subject(_)), "{subject:?}: {error:?}");
    }
    for iss in ["a|b".to_owned(), "x".repeat(128)] {
        assert!(matches!(judge(with(json!({"iss": iss}))), Err(TokenError::Subject(_))));
    }
}

#[test]
fn a_role_is_read_under_the_names_and_in_the_forms_of_shops() {
    for (claims, role) in [
        (json!({"role": "Admin"}), Role::Staff),
        (json!({"role": ["ADMIN"]}), Role::Staff),
        (json!({"role": "storeOwner"}), Role::Staff),
        (json!({"role": null, "roles": ["admin"]}), Role::Staff),
        (json!({"role": null, "roles": ["user", "Store_Owner", "vip"]}), Role::Staff),
        (json!({"role": null, "roles": ["user", "driver"]}), Role::Driver),
        (json!({"role": null, "roles": "Admin"}), Role::Staff),
        (json!({"role": null, "roles": []}), Role::Customer),
        (json!({"role": "user", "roles": ["admin"]}), Role::Staff),
        (json!({"role": "superadmin", "roles": ["driver"]}), Role::Driver),
        (json!({"role": ""}), Role::Customer),
        (json!({"role": "", "roles": [""], "authorities": ["READ"], "userType": "vip"}), Role::Customer),
        (json!({"role": "user", "isAdmin": true}), Role::Staff),
        (json!({"role": null, "is_admin": 1}), Role::Staff),
        (json!({"role": null, "admin": "true"}), Role::Staff),
        (json!({"role": null, "isAdmin": false, "admin": "Mira"}), Role::Customer),
        (json!({"role": null, "userRole": "ADMIN"}), Role::Staff),
        (json!({"role": null, "user_role": "driver"}), Role::Driver),
        (json!({"role": null, "userType": "Admin"}), Role::Staff),
        (json!({"role": null, "authorities": [{"authority": "ROLE_ADMIN"}]}), Role::Staff),
        (json!({"role": null, "roles": "user,Admin"}), Role::Staff),
        (json!({"role": "user driver"}), Role::Driver),
        (json!({"role": "Store Owner"}), Role::Staff),
        (json!({"role": {"_id": "65f0", "name": "admin"}}), Role::Staff),
        (json!({"role": null, "roles": {"User": 2001, "Admin": 5150}}), Role::Staff),
        (json!({"role": null, "roles": {"User": 2001, "Admin": null}}), Role::Customer),
        (json!({"role": null, "data": {"role": "admin"}}), Role::Staff),
        (json!({"role": null, "user": {"isAdmin": true}}), Role::Staff),
        (json!({"role": null, "user": {"id": 1, "role": "ADMIN"}}), Role::Staff),
        (json!({"role": null, "user": {"id": 1, "roles": ["driver"]}}), Role::Driver),
        (json!({"role": "user", "user": {"role": "admin"}}), Role::Customer),
    ] {
        assert_eq!(judge(with(claims.clone())).unwrap().role, role, "{claims}");
    }
    let nested = judge(with(json!({"user": {"name": "Asha", "email": "a@example.com"}}))).unwrap();
    assert_eq!(nested.name.map(String::from).as_deref(), Some("Asha"));
    assert_eq!(nested.email.map(String::from).as_deref(), Some("a@example.com"));
}

#[test]
fn an_address_with_admin_in_it_makes_nobody_an_admin() {
    let claims = with(
        json!({"email": "admin@shop.example", "name": "admin", "type": "admin", "permissions": ["admin"]}),
    );
    let principal = judge(claims).unwrap();
    assert_eq!(principal.role, Role::Customer);
    assert!(matches!(principal.actor(), Actor::Customer { .. }));
    let roleless = with(json!({"role": null, "email": "admin@shop.example"}));
    assert_eq!(judge(roleless).unwrap().role, Role::Customer);
}

#[test]
fn staff_work_for_the_store_they_name_else_for_the_main_one() {
    for (claims, expected) in [
        (json!({"store": null}), "main"),
        (json!({"store": "north"}), "north"),
        (json!({"storeId": 5}), "5"),
        (json!({"store_id": {"$oid": "65f0"}}), "65f0"),
        (json!({"user": {"storeId": "north"}}), "north"),
    ] {
        let mut staff = with(json!({"role": "admin"}));
        staff.as_object_mut().unwrap().append(&mut claims.as_object().unwrap().clone());
        let principal = judge(staff).unwrap();
        assert!(matches!(principal.actor(), Actor::Staff { store, .. } if store.as_str() == expected));
    }
    let customer = judge(with(json!({"storeId": "My Shop"}))).unwrap();
    assert_eq!(customer.store, StoreId::main(), "customers work for none");
}

#[test]
fn what_is_only_shown_is_cut_or_dropped() {
    let name = |name: Value| judge(with(json!({"name": name}))).unwrap().name.map(String::from);
    assert_eq!(name(json!(" Asha Rao ")), Some("Asha Rao".into()));
    assert_eq!(name(json!("ñ".repeat(500))), Some("ñ".repeat(120)));
    assert_eq!(name(json!("a\u{1b}[2Jb")), None);
    assert_eq!(name(json!(format!("{}\0", "x".repeat(500)))), Some("x".repeat(120)));
    assert_eq!(name(json!("  ")), None);
    assert_eq!(name(json!({"first": "Asha"})), None);
    let email = |email: String| judge(with(json!({"email": email}))).unwrap().email.map(String::from);
    assert_eq!(email("a@example.com".into()), Some("a@example.com".into()));
    assert_eq!(email("x".repeat(255)), None, "half an address is another address");
}

#[test]
fn a_token_ends_to_the_second_and_begins_with_leeway() {
    for (change, expected) in [
        (json!({"exp": NOW + 1}), Ok(())),
        (json!({"exp": format!(" {}", NOW + 1)}), Ok(())),
        (json!({"exp": NOW}), Err(TokenError::Expired)),
        (json!({"exp": NOW - 1}), Err(TokenError::Expired)),
        (json!({"exp": 0}), Err(TokenError::Expired)),
        (json!({"exp": i64::MIN}), Err(TokenError::Expired)),
        (json!({"exp": 1e300}), Ok(())),
        (json!({"exp": u64::MAX}), Ok(())),
        (json!({"exp": 1_800_000_000.9}), Err(TokenError::Expired)),
        (json!({"exp": 253_402_300_799_i64}), Ok(())),
        (json!({"nbf": NOW + 120}), Ok(())),
        (json!({"nbf": NOW + 121}), Err(TokenError::NotYet)),
        (json!({"iat": NOW + 120}), Ok(())),
        (json!({"iat": NOW + 121}), Err(TokenError::NotYet)),
        (json!({"exp": null}), Err(TokenError::NoExpiry)),
        (json!({"exp": ""}), Err(TokenError::NoExpiry)),
    ] {
        assert_eq!(judge(with(change.clone())).map(|_| ()), expected, "{change}");
    }
}

#[test]
fn only_a_foreign_token_may_be_allowed_to_have_no_end() {
    let options = TokenOptions { allow_tokens_without_expiry: true };
    let principal = judge_with(with(json!({"exp": null})), options).unwrap();
    assert_eq!((principal.expires_at, principal.issued_at, principal.session), (None, None, None));
    let local = with(json!({"exp": null, "iss": ISSUER, "sid": Uuid::nil()}));
    assert_eq!(judge_with(local, options), Err(TokenError::NoExpiry));
}

#[test]
fn a_session_is_only_ours() {
    let session = Uuid::from_u128(7);
    let theirs = judge(with(json!({"iss": "shop-a", "sid": session}))).unwrap();
    assert_eq!((theirs.session, theirs.issuer), (None, Issuer::External));
    let local = judge(with(json!({"iss": ISSUER, "sid": session}))).unwrap();
    assert_eq!(
        (local.session, local.issuer, local.user.as_str()),
        (Some(SessionId(session)), Issuer::Local, "42")
    );
}

#[test]
fn a_local_token_is_live_as_long_as_its_session() {
    let judge = |claims: Value, at: i64| {
        let claims: TokenClaims = serde_json::from_value(claims).unwrap();
        let now = Timestamp::from_second(NOW + at).unwrap();
        claims.validate(TokenOptions::default(), Lifetime::Session, now).map(|_| ())
    };
    let local = with(json!({"iss": ISSUER, "sid": Uuid::nil(), "session_exp": NOW + 3600}));
    assert_eq!(judge(local.clone(), 3599), Ok(()));
    assert_eq!(judge(local, 3600), Err(TokenError::Expired));
    let theirs = with(json!({"session_exp": NOW + 3600}));
    assert_eq!(judge(theirs, 60), Err(TokenError::Expired), "another system has no sessions here");
}
