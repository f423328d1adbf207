//! The log is gapless and in commit order, and each command sees the effects of those before it.

use std::collections::HashSet;

use ordercast_eventlog::{CommandRequest, Outcome, Seq, Submission, SubmitError, Topic};
use orders::command::UpdateProduct;
use orders::order::Version;
use orders::{Audience, Command, Kind, OrderNumber, ProductId, Refusal, Status, StoreId, Subject};

use super::Backend;
use super::log::{Log, ordered, queue};
use super::shop::{
    bulk, cancel, create, customer, locate, number, pay, place, set_status, staff, store, track,
};

const MAIN: &str = "main";

pub(crate) async fn seq_is_gapless_and_in_commit_order_under_many_submitters<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 10_000), staff(MAIN)).await.product.id;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60 {
        let (writer, clock) = (log.writer(), std::sync::Arc::clone(&log.clock));
        tasks.spawn(async move {
            let who = customer(&format!("customer-{n}"));
            for _ in 0..5 {
                let order = place(clock.uuid(), MAIN, &[(tea, 1)]);
                let order = ordered(writer.submit(Submission::one(order, who.clone())).await);
                let cancel = cancel(number(order.order.number));
                let receipt = writer.submit(Submission::one(cancel, who.clone())).await.unwrap();
                assert_eq!(ordered(Ok(receipt)).order.status(), Status::Cancelled);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let events = log.published.events();
    assert_eq!(events.len(), 1 + 60 * 5 * 2);
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!(event.seq, Seq(seq), "published in log order");
    }
    assert_eq!(events.iter().map(|event| event.id).collect::<HashSet<_>>().len(), events.len());
    let page = log.read_backend().tail(Topic::Store(store(MAIN)), Seq(0), 10_000).await.unwrap();
    assert_eq!(
        page.events.iter().map(|event| &event.stored).collect::<Vec<_>>(),
        events.iter().collect::<Vec<_>>()
    );
    assert_eq!(log.head().await, Seq(601));
    let numbers: Vec<OrderNumber> = events
        .iter()
        .filter(|event| event.event.kind == Kind::OrderCreated)
        .filter_map(|event| match &event.event.subject {
            Subject::Order { number, .. } => Some(*number),
            Subject::Product { .. } => None,
        })
        .collect();
    assert_eq!(
        numbers,
        (10_001..10_301).map(OrderNumber).collect::<Vec<_>>(),
        "order numbers have no gap either"
    );
}

pub(crate) async fn each_command_sees_its_predecessors_within_a_batch<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 1), staff(MAIN)).await.product.id;
    let order = |who| Submission::one(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer(who));
    let answers = log.one_batch(vec![order("asha"), order("ben")]).await;
    let [first, second] = <[_; 2]>::try_from(answers).unwrap();
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(matches!(first.outcomes[..], [Outcome::Order(_)]));
    let [Outcome::Refused(refusal)] = &second.outcomes[..] else { panic!("{second:?}") };
    assert_eq!(refusal.code(), "out_of_stock");
    assert_eq!(first.cursor, second.cursor, "both get the cursor of the batch");
    let product_entry = log.read_backend().product(tea).await.unwrap().unwrap();
    assert_eq!((product_entry.product.stock.on_hand, product_entry.product.stock.reserved), (1, 1));
}

pub(crate) async fn a_refusal_rolls_nobody_back<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let order =
        |items: &[(ProductId, u32)]| Submission::one(place(log.clock.uuid(), MAIN, items), customer("asha"));
    let mut submissions = Vec::new();
    for n in 0..30 {
        submissions.push(if n % 3 == 1 { order(&[(tea, 1000)]) } else { order(&[(tea, 1)]) });
    }
    let answers = log.one_batch(submissions).await;
    for (n, answer) in answers.into_iter().enumerate() {
        let refused = matches!(answer.unwrap().outcomes[..], [Outcome::Refused(_)]);
        assert_eq!(refused, n % 3 == 1, "{n}");
    }
    assert_eq!(log.read_backend().product(tea).await.unwrap().unwrap().product.stock.reserved, 20);
    // The product, the warm-up product, and the orders.
    assert_eq!(log.head().await, Seq(22), "a refusal leaves no trace in the log");
}

pub(crate) async fn a_stale_version_is_refused_and_told_the_current_one<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let order = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    let name = number(order.order.number);
    let change = |status, expected| Submission {
        requests: vec![CommandRequest {
            command: set_status(name, status),
            actor: staff(MAIN),
            expected: Some(expected),
        }],
        idempotency: None,
        external_user: None,
    };
    // Two people saw the same version.
    let answers = log
        .one_batch(vec![change(Status::Processing, Version(1)), change(Status::Cancelled, Version(1))])
        .await;
    let [first, second] = <[_; 2]>::try_from(answers).unwrap();
    assert_eq!(ordered(first).order.version, Version(2));
    let second = second.unwrap();
    let [Outcome::Refused(refusal)] = &second.outcomes[..] else { panic!("{second:?}") };
    assert_eq!(*refusal, Refusal::VersionConflict { expected: Version(1), current: Version(2) });
    assert_eq!(
        ordered(log.submit(change(Status::Shipped, Version(2))).await).order.status(),
        Status::Shipped
    );
}

pub(crate) async fn batches_are_published_after_their_commit_in_order_each_event_once<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let order = || Submission::one(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"));
    let answers = log.one_batch((0..10).map(|_| order()).collect()).await;
    let batches = log.published.batches();
    assert_eq!(batches.iter().map(|batch| batch.events.len()).collect::<Vec<_>>(), [1, 1, 10]);
    let cursors: HashSet<_> = answers.into_iter().map(|answer| answer.unwrap().cursor.seq).collect();
    assert_eq!(cursors, HashSet::from([Seq(12)]));
    // A refused command publishes nothing.
    log.refusal(place(log.clock.uuid(), MAIN, &[(tea, 1000)]), customer("asha")).await;
    assert_eq!(log.published.batches().len(), 3);
    // Every published event is in the database.
    let read_backend = log.read_backend();
    for batch in log.published.batches() {
        for event in &batch.events {
            let after = Seq(event.stored.seq.0 - 1);
            let store = event.stored.event.subject.store().clone();
            let page = read_backend.tail(Topic::Store(store), after, 1).await.unwrap();
            assert_eq!(page.events[0].stored, event.stored);
        }
    }
}

pub(crate) async fn what_is_published_is_what_the_log_tells_later<B: Backend>() {
    let log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let order =
        number(log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await.order.number);
    for command in [
        super::shop::bring(order, "dev"),
        set_status(order, Status::Processing),
        track(order, "TRACK-1"),
        locate(order, 9.97),
        pay(order),
        set_status(order, Status::Delivered),
    ] {
        log.order(command, staff(MAIN)).await;
    }
    let batches = log.published.batches();
    let live: Vec<_> = batches.iter().flat_map(|batch| &batch.events).collect();
    let later = log.read_backend().tail(Topic::Store(store(MAIN)), Seq(0), 100).await.unwrap().events;
    assert_eq!(live.len(), later.len());
    for (live, later) in live.into_iter().zip(later) {
        for audience in [Audience::Staff, Audience::Customer, Audience::Driver, Audience::Link] {
            let (mut live, later) = [live.view(audience), later.view(audience)]
                .map(|view| serde_json::to_value(view).unwrap())
                .into();
            // Only an order's newest event still says which transitions are allowed.
            if let Some(live) = live.as_object_mut()
                && later.get("allowedTransitions").is_none()
            {
                live.remove("allowedTransitions");
            }
            assert_eq!(live, later, "{audience:?}");
        }
    }
}

pub(crate) async fn a_dropped_writer_commits_everything_it_accepted_and_ends<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 1000), staff(MAIN)).await.product.id;
    let writer = log.writer();
    let order = || Submission::one(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"));
    let accepted: Vec<_> = (0..300).map(|_| queue(&writer, order())).collect();
    // The callers and the last `Writer` are dropped before anything is answered.
    drop(accepted);
    drop(writer);
    log.restart().await;
    assert_eq!(log.read_backend().product(tea).await.unwrap().unwrap().product.stock.reserved, 300);
    assert_eq!(log.head().await, Seq(301));
}

pub(crate) async fn a_log_goes_on_after_a_restart<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 1000), staff(MAIN)).await.product.id;
    let before = log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha")).await;
    let cursor = log.read_backend().head().await.unwrap();
    log.restart().await;
    assert_eq!(log.read_backend().head().await.unwrap(), cursor, "the same epoch and position");
    let same = log.read(number(before.order.number)).await.unwrap();
    assert_eq!((&same.order, &same.contact), (&before.order, &before.contact));
    let (after, cursor_after) = log.ask(place(log.clock.uuid(), MAIN, &[(tea, 2)]), customer("asha")).await;
    assert_eq!(super::log::snapshot(after).order.number, before.order.number.next());
    assert_eq!((cursor_after.epoch, cursor_after.seq), (cursor.epoch, cursor.seq.next()));
    assert_eq!(log.read_backend().product(tea).await.unwrap().unwrap().product.stock.reserved, 3);
}

pub(crate) async fn an_id_is_used_once<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let (pot, tea, order) = (log.clock.uuid(), log.clock.uuid(), log.clock.uuid());
    log.product(create(tea, 450, 9), staff(MAIN)).await;
    log.order(place(order, MAIN, &[(ProductId::new(tea), 1)]), customer("asha")).await;
    log.product(create(pot, 2000, 5), staff(MAIN)).await;
    // The restart empties the writer's memory.
    log.restart().await;
    assert_eq!(log.refusal(create(pot, 1, 1), staff(MAIN)).await.code(), "unchanged");
    let again =
        log.submit(Submission::one(place(order, MAIN, &[(ProductId::new(tea), 1)]), customer("ben"))).await;
    match again {
        Ok(receipt) => assert!(matches!(receipt.outcomes[..], [Outcome::Refused(_)])),
        Err(SubmitError::Failed(_)) => {}
        Err(other) => panic!("{other}"),
    }
    let found = log.read_backend().product(ProductId::new(pot)).await.unwrap().unwrap();
    assert_eq!((found.product.price.amount, found.product.version), (2000, Version(1)));
    let update = UpdateProduct {
        product: ProductId::new(pot),
        name: None,
        price: None,
        archived: Some(true),
        details: None,
    };
    log.product(Command::UpdateProduct(update), staff(MAIN)).await;
    let receipt = log
        .submit(bulk(vec![(cancel(orders::OrderRef::Id(orders::OrderId::new(order))), customer("asha"))]))
        .await;
    assert_eq!(ordered(receipt).order.store, StoreId::main());
}
