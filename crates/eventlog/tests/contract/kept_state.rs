//! State that is kept beside the log survives a restart.

use ordercast_eventlog::{KeptState, StateChange, StateOwner};

use super::Backend;
use super::log::Log;

fn state(key: &str, state: &str) -> KeptState {
    KeptState { key: key.into(), state: state.to_owned() }
}

pub(crate) async fn state_is_kept_replaced_and_removed<B: Backend>() {
    let mut log = Log::<B>::fresh().await;
    let owner = StateOwner::Joins;
    let (mira, ben) = (state("mira", "[1]"), state("ben", "[2]"));
    let both = vec![StateChange::Keep(mira.clone()), StateChange::Keep(ben.clone())];
    log.writer().keep_states(owner, both).await.unwrap();
    assert_eq!(log.read_backend().kept_states(owner).await.unwrap(), [ben.clone(), mira]);
    let others = state("mira", "{}");
    log.writer().keep_states(StateOwner::Locations, vec![StateChange::Keep(others.clone())]).await.unwrap();
    let later = state("mira", "[1,3]");
    log.writer().keep_states(owner, vec![StateChange::Keep(later.clone())]).await.unwrap();
    log.restart().await;
    assert_eq!(log.read_backend().kept_states(owner).await.unwrap(), [ben, later]);
    let gone = ["mira", "ben", "ben"].map(|key| StateChange::Remove { key: key.into() });
    log.writer().keep_states(owner, gone.to_vec()).await.unwrap();
    assert_eq!(log.read_backend().kept_states(owner).await.unwrap(), []);
    assert_eq!(log.read_backend().kept_states(StateOwner::Locations).await.unwrap(), [others]);
}
