//! Joins of live clients survive a restart.

use ordercast_eventlog::{JoinsChange, StoredJoins};

use super::Backend;
use super::log::Log;

fn joins(client: &str, state: &str) -> StoredJoins {
    StoredJoins { client: client.into(), state: state.to_owned() }
}

pub(crate) async fn joins_are_stored_replaced_and_removed<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let (mira, ben) = (joins("mira", "[1]"), joins("ben", "[2]"));
    let both = vec![JoinsChange::Store(mira.clone()), JoinsChange::Store(ben.clone())];
    log.writer().store_joins(both).await.unwrap();
    assert_eq!(log.read_backend().joins().await.unwrap(), [ben.clone(), mira]);
    let later = joins("mira", "[1,3]");
    log.writer().store_joins(vec![JoinsChange::Store(later.clone())]).await.unwrap();
    log.restart().await;
    assert_eq!(log.read_backend().joins().await.unwrap(), [ben, later]);
    let gone = ["mira", "ben", "ben"].map(|client| JoinsChange::Remove { client: client.into() });
    log.writer().store_joins(gone.to_vec()).await.unwrap();
    assert_eq!(log.read_backend().joins().await.unwrap(), []);
}
