//! A random walk: any actor gives any command at any time, for a few products and their orders.

use jiff::{SignedDuration, Timestamp};
use ordercast_orders::order::Version;
use ordercast_orders::{Actor, Command, Event, Refusal, StoreId, UserId, World, decide};
use proptest::prelude::*;
use proptest::sample::select;

use super::ask::{What, other_store, what};
use super::marks;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Asha,
    Ben,
    /// A user of another issuer whose subject is Asha's id.
    OutsideAsha,
    Sam,
    /// Works for the other store.
    Olga,
    Dee,
    Eli,
    Gateway,
    System,
    Outside,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    who: Who,
    what: What,
    /// Seconds since the previous step. The clock can also stand still or jump back.
    wait: i64,
    /// How many versions old the expected version is, if the command has one.
    saw: Option<u32>,
}

/// One step and its outcome.
pub(crate) struct Moment<'a> {
    pub(crate) before: &'a World,
    pub(crate) after: &'a World,
    pub(crate) who: Who,
    pub(crate) actor: &'a Actor,
    pub(crate) command: &'a Command,
    pub(crate) expected: Option<Version>,
    pub(crate) now: Timestamp,
    pub(crate) answer: &'a Result<Option<Event>, Refusal>,
}

/// Walks from an empty world, and calls the visitor after every step.
pub(crate) fn walk<V>(steps: &[Step], mut visit: V) -> Result<World, TestCaseError>
where
    V: FnMut(&Moment<'_>) -> Result<(), TestCaseError>,
{
    let mut world = World::default();
    let mut now = Timestamp::from_second(1_700_000_000).unwrap();
    let stocked = (0..4).map(stocking);
    for step in stocked.chain(steps.iter().cloned()) {
        now += SignedDuration::from_secs(step.wait);
        let actor = step.who.actor();
        let (command, expected) = step.command(&world);
        let mut events = match decide(&world, &command, &actor, expected, now) {
            Ok(events) => events,
            Err(refusal) => {
                let answer = Err(refusal);
                let (before, after, who) = (&world, &world, step.who);
                let (actor, command, answer) = (&actor, &command, &answer);
                visit(&Moment { before, after, who, actor, command, expected, now, answer })?;
                continue;
            }
        };
        prop_assert!(events.len() <= 1, "a command made several events: {events:?}");
        let before = world.clone();
        if let Some(event) = events.first() {
            world.apply(event);
        }
        let answer = &Ok(events.pop());
        let (actor, command) = (&actor, &command);
        let after = &world;
        visit(&Moment { before: &before, after, who: step.who, actor, command, expected, now, answer })?;
    }
    Ok(world)
}

/// Every walk starts with two stores that have two products each, so that short walks reach orders.
fn stocking(id: usize) -> Step {
    let who = if id.is_multiple_of(2) { Who::Sam } else { Who::Olga };
    Step { who, what: What::Create { id, price: 450, on_hand: 20 }, wait: 0, saw: None }
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..60)
}

fn step() -> impl Strategy<Value = Step> {
    let who = prop_oneof![
        6 => Just(Who::Sam),
        3 => Just(Who::Asha),
        2 => Just(Who::Gateway),
        2 => Just(Who::System),
        1 => select(vec![Who::Ben, Who::OutsideAsha, Who::Olga, Who::Dee, Who::Eli, Who::Outside]),
    ];
    let wait = prop_oneof![4 => Just(1), 2 => Just(0), 1 => Just(60), 1 => Just(16 * 60), 1 => Just(-5)];
    let saw = prop_oneof![6 => Just(None), 2 => Just(Some(0)), 1 => Just(Some(1))];
    // Most commands come from an actor who may give them.
    (who, what(), wait, saw, prop::bool::weighted(0.7)).prop_map(|(who, what, wait, saw, likely)| {
        let who = if likely { what.likely(who) } else { who };
        Step { who, what, wait, saw }
    })
}

impl Who {
    pub(crate) fn actor(self) -> Actor {
        let user = |name: &str| UserId::new(name).unwrap();
        match self {
            Self::Asha => Actor::Customer { user: user(marks::CUSTOMER_ID) },
            Self::Ben => Actor::Customer { user: user("ben") },
            Self::OutsideAsha => {
                Actor::Customer { user: UserId::external("idp", marks::CUSTOMER_ID).unwrap() }
            }
            Self::Sam => Actor::Staff { user: user(marks::STAFF_ID), store: StoreId::main() },
            Self::Olga => Actor::Staff { user: user("olga"), store: other_store() },
            Self::Dee => Actor::Driver { user: user(marks::DRIVER_ID) },
            Self::Eli => Actor::Driver { user: user("eli") },
            Self::Gateway => Actor::Gateway { provider: "razorpay".into() },
            Self::System => Actor::System,
            Self::Outside => Actor::Outside,
        }
    }
}

impl Step {
    fn command(&self, world: &World) -> (Command, Option<Version>) {
        let command = self.what.command(world);
        let order = command.order().and_then(|order| world.order(order)).map(|order| order.version);
        let product = command.products().next().and_then(|id| world.products.get(&id)).map(|it| it.version);
        let current = order.or(product);
        let expected = self.saw.zip(current).map(|(ago, current)| Version(current.0.saturating_sub(ago)));
        (command, expected)
    }
}
