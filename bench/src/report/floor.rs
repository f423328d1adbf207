//! Prints the report of `http-floor`.

use crate::report::FloorReport;
use crate::report::orders::{disturbance, loads, machine, windows};

pub(crate) fn print(report: &FloorReport<'_>) {
    println!(
        "\nBare HTTP floor: {} requests, {} connections",
        report.options.requests, report.options.load.connections
    );
    println!("{}", machine(&report.machine));
    println!("\n{}", loads(&[("bare HTTP", &report.floor)]));
    if let Some(warning) = disturbance(&report.floor) {
        println!("{warning}");
    }
    println!("Over time\n{}", windows(&report.floor.windows));
}
