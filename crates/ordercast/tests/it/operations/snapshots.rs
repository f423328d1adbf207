//! The help and the metric names, which scripts and dashboards depend on, compared with `tests/snapshots/`. `make docs`
//! updates the snapshots. Those of the OpenAPI and AsyncAPI documents are in `web/sdk/documents/`; see `document.rs`.

use std::path::Path;

use serde_json::json;

use crate::binary::run;
use crate::support::Shop;
use crate::support::users::{customer, staff};

#[track_caller]
fn compare(name: &str, current: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, current).unwrap();
        return;
    }
    let snapshot = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(current, snapshot, "{} differs: run `make docs` and review the diff", path.display());
}

#[tokio::test]
async fn the_help_matches_its_snapshots() {
    let data = tempfile::tempdir().unwrap();
    for (arguments, name) in [(&["--help"][..], "help.txt"), (&["serve", "--help"], "serve-help.txt")] {
        compare(name, &run(data.path(), arguments).await.expect_success());
    }
}

#[tokio::test]
async fn the_metrics_match_their_snapshot() {
    let shop = Shop::open().await;
    let (asha, sam) = (customer("asha"), staff("sam"));
    let tea = shop.product("Tea", 10).await;
    // Metrics with labels appear with their first value.
    let _socket = shop.socket(json!({"token": asha})).await;
    let placed = shop.place(&asha, tea, 1).await;
    shop.get(&placed.path("")).by(&sam).gives(200).await;
    let text = shop.get("/metrics").send().await.text;
    let mut metrics: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    metrics.sort_unstable();
    compare("metrics.txt", &(metrics.join("\n") + "\n"));
}
