//! Inboxes: which events have an entry, and what is read.

use std::sync::Arc;

use jiff::SignedDuration;
use ordercast_eventlog::inbox::{InboxEntry, MAX_READ_ABOVE, MAX_UNREAD};
use ordercast_eventlog::{EphemeralEvent, Inbox, InboxFilter, InboxPage, Mark, MarkRead, Seq};
use orders::notification::Category;
use orders::order::ShipmentState;
use orders::{Command, OrderRef, ProductId, Status};

use super::Backend;
use super::log::{Log, ordered, queue};
use super::shop::{
    bring, bulk, cancel, create, customer, driver, locate, note, number, place, set_status, staff, store,
    track, user,
};

const MAIN: &str = "main";

async fn shop<B: Backend>() -> (Log<B>, ProductId) {
    let log = Log::fresh().await;
    let tea = log.product(create(log.clock.uuid(), 450, 100_000), staff(MAIN)).await.product.id;
    (log, tea)
}

async fn ordered_by<B: Backend>(log: &Log<B>, tea: ProductId, who: &str) -> OrderRef {
    number(log.order(place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer(who)).await.order.number)
}

pub(super) fn of_customer(name: &str) -> Inbox {
    Inbox::customer(user(name))
}

pub(super) fn of_driver(name: &str) -> Inbox {
    Inbox::driver(user(name))
}

fn of_staff(name: &str) -> Inbox {
    Inbox::staff(user(name), store(MAIN))
}

fn all(inbox: &Inbox) -> InboxFilter {
    InboxFilter { inbox: inbox.clone(), category: None, unread: false, through: None, limit: 1000 }
}

pub(super) async fn page<B: Backend>(log: &Log<B>, filter: InboxFilter) -> InboxPage {
    let read = log.read_backend().inbox(filter).await.unwrap();
    assert_eq!(read.cursor.seq, log.head().await);
    read.value
}

async fn entries<B: Backend>(log: &Log<B>, inbox: &Inbox) -> Vec<InboxEntry> {
    page(log, all(inbox)).await.entries
}

async fn unread<B: Backend>(log: &Log<B>, inbox: &Inbox) -> usize {
    let counted = log.read_backend().unread(inbox.clone()).await.unwrap().value;
    assert_eq!(page(log, all(inbox)).await.unread, counted);
    counted
}

fn messages(entries: &[InboxEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.notification.message.as_str()).collect()
}

pub(crate) async fn what_concerns_somebody_is_in_their_inbox<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let first = ordered_by(&log, tea, "asha").await;
    log.order(bring(first, "dev"), staff(MAIN)).await;
    log.order(track(first, "TRACK-1"), staff(MAIN)).await;
    let back = Command::MoveParcel { order: first, parcel: 1, state: ShipmentState::Returned };
    log.order(back, driver("dev")).await;
    log.order(locate(first, 9.9), staff(MAIN)).await;
    let second = ordered_by(&log, tea, "asha").await;
    log.order(cancel(second), customer("asha")).await;
    ordered_by(&log, tea, "ben").await;

    let asha = entries(&log, &of_customer("asha")).await;
    let expected = [
        "You cancelled order #10002",
        "You placed order #10002 for €4.50",
        "A parcel of order #10001 was returned",
        "Order #10001 has shipped. Tracking number: TRACK-1",
        "dev will deliver #10001",
        "You placed order #10001 for €4.50",
    ];
    assert_eq!(messages(&asha)[..], expected);
    let own: Vec<_> = asha.iter().map(|entry| (entry.own, entry.read)).collect();
    assert_eq!(
        own,
        [(true, true), (true, true), (false, false), (false, false), (false, false), (true, true)]
    );
    assert_eq!(unread(&log, &of_customer("asha")).await, 3);

    let dev = entries(&log, &of_driver("dev")).await;
    assert_eq!(messages(&dev)[2], "Order #10001 was assigned to you");
    assert_eq!((dev.len(), dev[0].own, unread(&log, &of_driver("dev")).await), (3, true, 2));

    let sam = entries(&log, &of_staff("staff-main")).await;
    let expected = [
        "New order #10003 for €4.50",
        "Order #10002 was cancelled",
        "New order #10002 for €4.50",
        "A parcel of order #10001 was returned",
        "New order #10001 for €4.50",
    ];
    assert_eq!(messages(&sam)[..], expected);
    assert_eq!(unread(&log, &of_staff("staff-main")).await, 5);
    for nobody in [of_customer("cleo"), of_driver("asha"), Inbox::staff(user("sam"), store("b"))] {
        assert_eq!((entries(&log, &nobody).await.len(), unread(&log, &nobody).await), (0, 0));
    }
    for entry in &asha {
        let found =
            log.read_backend().inbox_entry(of_customer("asha"), entry.stored.id).await.unwrap().unwrap();
        assert_eq!((found.stored, found.read), (Arc::clone(&entry.stored), entry.read));
        let others = log.read_backend().inbox_entry(of_customer("ben"), entry.stored.id).await.unwrap();
        assert!(others.is_none(), "it is none of Ben's");
    }
}

pub(crate) async fn an_inbox_is_filtered<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    for _ in 0..3 {
        let order = ordered_by(&log, tea, "asha").await;
        log.order(track(order, "T"), staff(MAIN)).await;
    }
    let asha = of_customer("asha");
    let deliveries = InboxFilter { category: Some(Category::Delivery), limit: 2, ..all(&asha) };
    let first = page(&log, deliveries.clone()).await;
    assert_eq!(first.entries.len(), 2);
    let rest = page(&log, InboxFilter { through: first.next, ..deliveries.clone() }).await;
    assert_eq!((rest.entries.len(), rest.next), (1, None));
    let newest = first.entries[0].stored.seq;
    log.mark_read(&asha, Mark::One { seq: newest, id: first.entries[0].stored.id }).await;
    let left = page(&log, InboxFilter { unread: true, ..all(&asha) }).await;
    assert_eq!((left.entries.len(), left.unread), (2, 2));
    assert!(left.entries.iter().all(|entry| !entry.read && entry.stored.seq != newest));
    let none = InboxFilter { category: Some(Category::Payment), ..all(&asha) };
    assert!(page(&log, none).await.entries.is_empty());
}

pub(crate) async fn what_is_read_is_told_after_its_commit<B: Backend>() {
    let (mut log, tea) = shop::<B>().await;
    let order = ordered_by(&log, tea, "asha").await;
    log.order(track(order, "T"), staff(MAIN)).await;
    log.order(set_status(order, Status::Delivered), staff(MAIN)).await;
    let asha = of_customer("asha");
    let [arrived, shipped, placed] = entries(&log, &asha).await.try_into().unwrap();
    let one = |entry: &InboxEntry| Mark::One { seq: entry.stored.seq, id: entry.stored.id };
    let receipt = log.mark_read(&asha, one(&arrived)).await;
    assert_eq!((receipt.state.unread, receipt.cursor.seq), (1, log.head().await));
    assert_eq!(receipt.state.above.keys().collect::<Vec<_>>(), [&arrived.stored.seq]);
    assert_eq!(receipt.state.through.next(), shipped.stored.seq, "there is nothing to read before that");
    // Marking twice changes nothing. Own actions count as read.
    for again in [&arrived, &placed] {
        assert_eq!(log.mark_read(&asha, one(again)).await.state, receipt.state);
    }
    log.settle().await;
    let published = EphemeralEvent::InboxRead { inbox: asha.clone(), state: Arc::clone(&receipt.state) };
    assert_eq!(log.published.ephemeral(), [published]);
    // Without a gap, one position says everything.
    let receipt = log.mark_read(&asha, one(&shipped)).await;
    assert_eq!((receipt.state.unread, receipt.state.above.len()), (0, 0));
    assert_eq!(receipt.state.through, arrived.stored.seq);
    log.restart().await;
    assert_eq!(unread(&log, &asha).await, 0);
    assert!(entries(&log, &asha).await.iter().all(|entry| entry.read));
    assert_eq!(log.published.ephemeral().len(), 2, "nothing is published twice");
    let last = log.published.batches().pop().unwrap();
    assert!(last.events.is_empty() && last.ephemeral.len() == 1);
}

pub(crate) async fn what_came_after_the_mark_stays_unread<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let order = ordered_by(&log, tea, "asha").await;
    log.order(track(order, "T"), staff(MAIN)).await;
    let asha = of_customer("asha");
    let head = log.head().await;
    log.order(set_status(order, Status::Delivered), staff(MAIN)).await;
    let receipt = log.mark_read(&asha, Mark::Through(head)).await;
    assert_eq!((receipt.state.through, receipt.state.unread), (head, 1));
    assert!(!entries(&log, &asha).await[0].read);
    assert_eq!(log.mark_read(&asha, Mark::Through(Seq(1))).await.state, receipt.state, "it never goes back");
    let far = log.mark_read(&asha, Mark::Through(Seq(u64::MAX))).await;
    assert_eq!((far.state.through, far.state.unread), (log.head().await, 0));
    log.order(note(order), staff(MAIN)).await;
    let other = ordered_by(&log, tea, "asha").await;
    log.order(track(other, "T"), staff(MAIN)).await;
    assert_eq!(unread(&log, &asha).await, 1, "what is to come was not read");
    assert_eq!(log.mark_read(&asha, Mark::All).await.state.unread, 0);
}

pub(crate) async fn what_is_read_is_each_persons_own<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let order = ordered_by(&log, tea, "asha").await;
    log.order(track(order, "T"), staff(MAIN)).await;
    let back = Command::MoveParcel { order, parcel: 1, state: ShipmentState::Returned };
    log.order(back, staff(MAIN)).await;
    let (sam, mira) = (of_staff("staff-main"), of_staff("mira"));
    assert_eq!((unread(&log, &sam).await, unread(&log, &mira).await), (1, 2), "Sam saw it come back");
    log.mark_read(&mira, Mark::All).await;
    assert_eq!((unread(&log, &sam).await, unread(&log, &mira).await), (1, 0));
    let placed = entries(&log, &sam).await.pop().unwrap().stored;
    let state = log.mark_read(&sam, Mark::One { seq: placed.seq, id: placed.id }).await.state;
    assert_eq!((state.unread, state.through), (0, log.head().await));
    // Staff who also buy here have an inbox for each role.
    assert_eq!(unread(&log, &of_customer("mira")).await, 0);
    let hers = ordered_by(&log, tea, "mira").await;
    log.order(track(hers, "T"), staff(MAIN)).await;
    assert_eq!((unread(&log, &of_customer("mira")).await, unread(&log, &mira).await), (1, 1));
    log.mark_read(&of_customer("mira"), Mark::All).await;
    assert_eq!((unread(&log, &of_customer("mira")).await, unread(&log, &mira).await), (0, 1));
}

pub(crate) async fn a_mark_counts_what_happened_in_its_own_batch<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let order = ordered_by(&log, tea, "asha").await;
    let asha = of_customer("asha");
    log.hold().await;
    let before = log.published.batches().len();
    let writer = log.writer();
    let all = MarkRead { inbox: asha.clone(), mark: Mark::All };
    // The mark is submitted first, but covers the events of its whole batch.
    let mut read = Box::pin(writer.mark_read(all));
    assert!(look(&mut read).is_none());
    let moved = queue(&writer, bulk(vec![(track(order, "T"), staff(MAIN))]));
    log.release();
    let (read, moved) = (read.await.unwrap(), ordered(moved.await));
    assert_eq!(moved.order.status(), Status::Shipped);
    assert_eq!(
        (read.state.through, read.cursor.seq, read.state.unread),
        (log.head().await, log.head().await, 0)
    );
    log.settle().await;
    let batches = log.published.batches();
    let published: Vec<_> =
        batches[before..].iter().map(|it| (it.events.len(), it.ephemeral.len())).collect();
    assert_eq!(published, [(1, 1)]);
}

/// Polls a future once, which puts its submission into the writer's queue.
fn look<T>(future: &mut std::pin::Pin<Box<impl Future<Output = T>>>) -> Option<T> {
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

pub(crate) async fn what_is_read_one_by_one_is_bounded<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let orders = MAX_READ_ABOVE + 20;
    for _ in 0..orders {
        ordered_by(&log, tea, "asha").await;
    }
    let sam = of_staff("sam");
    assert_eq!(unread(&log, &sam).await, orders);
    // The oldest entry stays unread.
    let mut newest_first = entries(&log, &sam).await;
    newest_first.pop();
    let mut unread_before = orders;
    for entry in newest_first {
        let mark = Mark::One { seq: entry.stored.seq, id: entry.stored.id };
        let state = log.mark_read(&sam, mark).await.state;
        assert!(state.above.len() <= MAX_READ_ABOVE);
        assert!(state.unread < unread_before.max(1), "a mark never makes anything unread");
        unread_before = state.unread;
    }
    assert_eq!(unread_before, 0, "what lies behind so much that was read counts as read");
    assert_eq!(unread(&log, &sam).await, 0);
}

pub(crate) async fn entries_go_with_their_events<B: Backend>() {
    let day = SignedDuration::from_hours(24);
    let mut log = Log::<B>::keeping(Some(day)).await;
    let tea = log.product(create(log.clock.uuid(), 450, 100), staff(MAIN)).await.product.id;
    let old = ordered_by(&log, tea, "asha").await;
    log.order(track(old, "T"), staff(MAIN)).await;
    log.order(set_status(old, Status::Delivered), staff(MAIN)).await;
    let first = entries(&log, &of_customer("asha")).await.remove(0).stored;
    log.clock.advance(day * 2);
    let fresh = ordered_by(&log, tea, "asha").await;
    log.order(track(fresh, "T"), staff(MAIN)).await;
    log.maintain(4).await;
    for _ in 0..2 {
        let left = entries(&log, &of_customer("asha")).await;
        assert_eq!((left.len(), unread(&log, &of_customer("asha")).await), (2, 1));
        assert_eq!(unread(&log, &of_staff("sam")).await, 1);
        assert!(log.read_backend().inbox_entry(of_customer("asha"), first.id).await.unwrap().is_none());
        log.restart().await;
    }
    let gone = log.mark_read(&of_customer("asha"), Mark::One { seq: first.seq, id: first.id }).await;
    assert_eq!((gone.state.unread, gone.state.above.len()), (1, 0));
    assert_eq!(log.mark_read(&of_customer("asha"), Mark::All).await.state.unread, 0);
}

pub(crate) async fn a_rare_category_comes_in_several_pages<B: Backend>() {
    let (log, tea) = shop::<B>().await;
    let first = ordered_by(&log, tea, "asha").await;
    log.order(cancel(first), customer("asha")).await;
    for _ in 0..3 {
        let orders =
            (0..400).map(|_| (place(log.clock.uuid(), MAIN, &[(tea, 1)]), customer("asha"))).collect();
        let placed = log.submit(bulk(orders)).await.unwrap();
        let moves = placed
            .outcomes
            .into_iter()
            .map(|outcome| (track(number(super::log::snapshot(outcome).order.number), "T"), staff(MAIN)));
        log.submit(bulk(moves.collect())).await.unwrap();
    }
    let asha = of_customer("asha");
    let mut filter = InboxFilter { category: Some(Category::Cancellation), ..all(&asha) };
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = page(&log, filter.clone()).await;
        assert_eq!(page.unread, MAX_UNREAD, "there are more than are counted");
        found.extend(page.entries);
        pages += 1;
        match page.next {
            Some(next) => filter.through = Some(next),
            None => break,
        }
    }
    assert!(found.len() == 1 && (2..10).contains(&pages), "{pages} pages");
    assert_eq!(unread(&log, &of_staff("sam")).await, MAX_UNREAD);
}
