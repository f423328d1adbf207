//! Prints the report of `orders`.

use crate::cli::OnOff;
use crate::latency::Summary;
use crate::load::{LoadResult, Window};
use crate::machine::Machine;
use crate::pages::Page;
use crate::report::OrdersReport;
use crate::report::goals::Goal;
use crate::report::table::{Table, number};
use crate::units::{float, mebibytes, ratio};

/// The number of orders that the goals are for.
const STATED_FOR: u64 = 1_000_000;

/// Above this share of a core, other processes disturbed the measurement. Interrupts stay below it.
const QUIET: f64 = 0.15;

pub(crate) fn print(report: &OrdersReport<'_>) {
    let OrdersReport { options, disk, http_floor, orders, .. } = report;
    let load = &options.load;
    println!(
        "\n{} orders of two items: {} connections, {} customers, {} products, {} idempotency keys",
        options.orders,
        load.connections,
        load.customers,
        load.products,
        if load.idempotency_key == OnOff::On { "with" } else { "without" },
    );
    println!("{}", machine(&report.machine));
    println!(
        "  disk     {} on {}: appending 4 KiB and fdatasync takes {:.3} ms (median of {}; p99 {:.3} ms){}",
        disk.filesystem,
        disk.device,
        disk.durable_append.p50,
        disk.appends,
        disk.durable_append.p99,
        if disk.filesystem == "tmpfs" { "; NOTHING IS DURABLE HERE" } else { "" },
    );
    println!("  cores    server on {}, this program on {}", load.server_core, load.client_core);

    let mut compared = Vec::new();
    compared.extend(http_floor.as_ref().map(|floor| ("bare HTTP", floor)));
    compared.push(("orders", orders));
    println!("\n{}", loads(&compared));
    if let Some(floor) = http_floor {
        let part = ratio(orders.per_second, floor.per_second);
        println!("  An order costs {:.1} bare HTTP requests.\n", ratio(1.0, part));
    }
    if let Some(floor) = &report.sqlite_floor {
        println!(
            "  The same rows in a bare loop of prepared statements, {} orders a transaction: {:.0}/s; {:.1} µs processor \
             time each, {:.0} MiB written for 100 000.\n",
            floor.batch, floor.per_second, floor.micros, floor.written_mebibytes
        );
        if let Some(http) = http_floor {
            let both = ratio(1.0, ratio(1.0, http.per_second) + ratio(1.0, floor.per_second));
            println!(
                "  A core that did nothing but these two, one after the other, would reach {both:.0}/s: {:.2} of the loop.\n",
                ratio(both, floor.per_second)
            );
        }
    }
    if let Some(warning) = disturbance(orders) {
        println!("{warning}");
    }
    if let Some(failure) = &orders.first_failure {
        println!("  FAILURES: {:?}, {} lost. The first: {failure}\n", orders.statuses, orders.lost);
    }
    println!("Over time\n{}", windows(&orders.windows));
    println!("Lists, {} requests each\n{}", options.page_requests, pages(&report.pages));
    println!(
        "At the end: {:.0} MiB database, {:.1} MiB write-ahead log, {:.0} MiB peak memory; stopped in {:.2} s\n",
        mebibytes(orders.held.database),
        mebibytes(orders.held.write_ahead_log),
        mebibytes(orders.held.peak_memory),
        report.stop_seconds,
    );
    if options.orders == STATED_FOR {
        println!("Goals\n{}", goals(&report.goals));
    } else {
        println!("Goals (stated for {STATED_FOR} orders, so this run only hints)\n{}", goals(&report.goals));
    }
}

pub(super) fn machine(machine: &Machine) -> String {
    format!(
        "  machine  {}, {} cores, Linux {}; load average {} before the start",
        machine.processor, machine.cores, machine.kernel, machine.load_average
    )
}

pub(super) fn loads(loads: &[(&str, &LoadResult)]) -> String {
    let mut table = Table::new(&[
        "",
        "created",
        "seconds",
        "per second",
        "p50 ms",
        "p95",
        "p99",
        "p99.9",
        "max",
        "server µs each",
        "generator µs each",
    ]);
    for (name, load) in loads {
        let start = [
            (*name).to_owned(),
            load.created.to_string(),
            number(load.seconds, 2),
            number(load.per_second, 0),
        ];
        let end = [number(load.server_micros, 1), number(load.generator_micros, 1)];
        table.row(start.into_iter().chain(latency(load.latency)).chain(end));
    }
    table.render()
}

pub(super) fn windows(windows: &[Window]) -> String {
    let mut table = Table::new(&[
        "up to",
        "per second",
        "p50 ms",
        "p95",
        "p99",
        "p99.9",
        "max",
        "server's core",
        "others there",
        "others on ours",
        "written MiB",
        "memory MiB",
        "database MiB",
        "log MiB",
    ]);
    for window in windows {
        let start = [window.until.to_string(), number(window.per_second, 0)];
        let end = [
            share(window.server_share),
            share(window.beside_server),
            share(window.beside_generator),
            number(window.written_mebibytes, 0),
            number(mebibytes(window.held.memory), 0),
            number(mebibytes(window.held.database), 0),
            number(mebibytes(window.held.write_ahead_log), 1),
        ];
        table.row(start.into_iter().chain(latency(window.latency)).chain(end));
    }
    table.render()
}

/// A warning if other processes used the measured cores.
pub(super) fn disturbance(load: &LoadResult) -> Option<String> {
    (load.beside_server.max(load.beside_generator) > QUIET).then(|| {
        format!(
            "  NOT A QUIET MACHINE: others took {} of the server's core and {} of this program's.\n",
            share(load.beside_server),
            share(load.beside_generator)
        )
    })
}

fn share(of: f64) -> String {
    format!("{:.0} %", of * 100.0)
}

fn pages(pages: &[Page]) -> String {
    let mut table = Table::new(&["", "rows", "KiB", "p50 ms", "p95", "p99", "p99.9", "max"]);
    for page in pages {
        let start = [page.name.to_owned(), number(page.rows, 1), number(page.bytes / float(1024), 1)];
        table.row(start.into_iter().chain(latency(page.latency)));
    }
    table.render()
}

pub(super) fn goals(goals: &[Goal]) -> String {
    let mut table = Table::new(&["", "asked", "measured", ""]);
    for goal in goals {
        let verdict = if goal.met { "held" } else { "MISSED" };
        table.row([goal.what.to_owned(), goal.asked.clone(), goal.measured.clone(), verdict.to_owned()]);
    }
    table.render()
}

fn latency(summary: Summary) -> [String; 5] {
    let Summary { p50, p95, p99, p99_9, max } = summary;
    [p50, p95, p99, p99_9, max].map(|millis| number(millis, 2))
}
