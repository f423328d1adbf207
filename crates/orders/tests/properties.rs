//! Properties that hold for any sequence of commands by any actors at any time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[path = "properties/ask.rs"]
mod ask;
#[path = "properties/knowledge.rs"]
mod knowledge;
#[path = "properties/ledger.rs"]
mod ledger;
#[path = "properties/marks.rs"]
mod marks;
#[path = "properties/transitions.rs"]
mod transitions;
#[path = "properties/walk.rs"]
mod walk;

use std::collections::HashSet;

use ordercast_orders::{Event, Order, Status, World, upcast};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use ledger::Ledger;
use walk::{Step, steps, walk};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// States are possible, versions have no gap, stock adds up, and a refusal makes no event.
    #[test]
    fn stock_and_versions_stay_consistent(steps in steps()) {
        let mut ledger = Ledger::default();
        walk(&steps, |moment| match moment.answer {
            Ok(Some(event)) => ledger.record(event, moment.before, moment.after),
            Ok(None) | Err(_) => Ok(()),
        })?;
    }

    /// Replaying the log gives the same world, also from stored JSON.
    #[test]
    fn replaying_the_events_gives_the_same_world(steps in steps()) {
        let mut events: Vec<Event> = Vec::new();
        let world = walk(&steps, |moment| {
            events.extend(moment.answer.iter().flatten().cloned());
            Ok(())
        })?;
        let (mut replayed, mut reread) = (World::default(), World::default());
        for event in &events {
            replayed.apply(event);
            let json = serde_json::to_string(event).unwrap();
            let read = upcast::read(upcast::CURRENT, &json).unwrap();
            prop_assert_eq!(event, &read);
            reread.apply(&read);
        }
        prop_assert_eq!(&replayed, &world);
        prop_assert_eq!(&reread, &world);
        for order in world.orders.values() {
            let json = serde_json::to_string(order).unwrap();
            prop_assert_eq!(order, &serde_json::from_str::<Order>(&json).unwrap());
        }
    }

    /// An actor can neither change nor find an order of others.
    #[test]
    fn an_order_of_others_does_not_exist(steps in steps()) {
        walk(&steps, knowledge::others_cannot_see_the_order)?;
    }

    /// No view contains a field that its audience may not see.
    #[test]
    fn views_have_no_field_that_their_audience_may_not_see(steps in steps()) {
        walk(&steps, knowledge::views_hide_fields)?;
    }

    /// `allowedTransitions` lists exactly the statuses that `decide` accepts, and says which of them need a reason.
    #[test]
    fn allowed_transitions_are_those_that_decide_accepts(steps in steps()) {
        walk(&steps, transitions::match_what_decide_accepts)?;
    }
}

/// The properties cover only what the walk reaches: every kind of event, every possible change of status, and every
/// refusal.
#[test]
fn the_random_walk_reaches_every_state() {
    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut moves, mut refusals) = (HashSet::new(), HashSet::new(), HashSet::new());
    for _ in 0..1_000 {
        let steps: Vec<Step> = steps().new_tree(&mut runner).unwrap().current();
        let walked = walk(&steps, |moment| {
            match moment.answer {
                Ok(Some(event)) => {
                    kinds.insert(event.kind);
                    moves.extend(knowledge::statuses(event));
                }
                Ok(None) => {}
                Err(refusal) => {
                    refusals.insert(refusal.code());
                }
            }
            Ok(())
        });
        walked.unwrap();
    }
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    for (from, to) in Status::ALL.into_iter().flat_map(|from| Status::ALL.map(|to| (from, to))) {
        let possible = from == to || !from.is_final() || from == Status::Delivered && to != Status::Cancelled;
        assert_eq!(moves.contains(&(from, to)), possible, "{from} to {to}");
    }
    assert_eq!(refusals.len(), 19, "{refusals:?}");
}
