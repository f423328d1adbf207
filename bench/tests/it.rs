//! The whole program, with its own floor server in place of Ordercast: its report, and that it removes its data however
//! it ends.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking, and so may its helpers")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ordercast-bench");
/// The maximum time for a process to end.
const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// The benchmark and its server on one core, so that the tests run on any machine.
fn orders(data: &Path, orders: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["orders", "--server", PROGRAM, "--orders", orders, "--data"])
        .arg(data)
        .args(["--client-core", "0", "--products", "5", "--customers", "7", "--delivered", "2"])
        .args(["--floor-requests", "500", "--page-requests", "20", "--window", "1000"]);
    command
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn entries(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn a_run_reports_everything_and_leaves_nothing() {
    let (data, reports) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = reports.path().join("report.json");
    let output = orders(data.path(), "2500").arg("--json").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    for part in ["bare HTTP", "fdatasync", "Over time", "Lists, 20 requests each", "Goals", "no failures"] {
        assert!(text(&output).contains(part), "{part:?} is missing in\n{}", text(&output));
    }
    let report: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(report["orders"]["created"], 2500);
    assert_eq!(report["orders"]["statuses"]["201"], 2500);
    assert_eq!(report["httpFloor"]["created"], 500);
    assert_eq!(report["orders"]["windows"].as_array().unwrap().len(), 3);
    assert_eq!(report["pages"].as_array().unwrap().len(), 5);
    assert_eq!(entries(data.path()), 0);
}

#[test]
fn the_floor_can_be_measured_alone() {
    let output = Command::new(PROGRAM)
        .args(["http-floor", "--requests", "500", "--client-core", "0"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("Bare HTTP floor: 500 requests"), "{}", text(&output));
}

#[test]
fn a_server_that_ends_at_once_is_reported_with_its_last_log_lines() {
    let data = tempfile::tempdir().unwrap();
    let output =
        orders(data.path(), "10").args(["--floor", "off", "--", "--no-such-option"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("--no-such-option"), "{}", text(&output));
    assert_eq!(entries(data.path()), 0);
}

#[test]
fn a_missing_server_is_reported() {
    let data = tempfile::tempdir().unwrap();
    let output = Command::new(PROGRAM)
        .args(["orders", "--floor", "off", "--client-core", "0", "--server", "/no/such/server", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("there is no server at /no/such/server"), "{}", text(&output));
    assert_eq!(entries(data.path()), 0);
}

/// Starts a run that does not end by itself before its timeout, and waits until it is under load. Returns the benchmark
/// and its server's process id.
fn endless(data: &Path) -> (Child, Pid) {
    let mut command = orders(data, "1000000000000");
    let mut bench = command
        .args(["--floor", "off", "--timeout", "60"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(bench.stderr.take().unwrap());
    let (mut server, mut seen) = (None, String::new());
    for line in reader.by_ref().lines().map_while(Result::ok) {
        seen += &line;
        if let Some((_, rest)) = line.split_once("as process ") {
            server = rest.split(' ').next().and_then(|pid| Pid::from_raw(pid.parse().ok()?));
        }
        if line.contains(" answers, ") {
            break;
        }
    }
    // Keep reading, so that the benchmark can still write.
    std::thread::spawn(move || reader.read_to_end(&mut Vec::new()));
    (bench, server.unwrap_or_else(|| panic!("no server in {seen}")))
}

#[test]
fn ctrl_c_ends_the_server_and_removes_its_data() {
    let data = tempfile::tempdir().unwrap();
    let (mut bench, server) = endless(data.path());
    let server = pidfd_open(server, PidfdFlags::empty()).unwrap();
    let pid = Pid::from_child(&bench);
    let handle = pidfd_open(pid, PidfdFlags::empty()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    for process in [&handle, &server] {
        assert_eq!(poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&PATIENCE)).unwrap(), 1);
    }
    assert_eq!(bench.wait().unwrap().code(), Some(1));
    assert_eq!(entries(data.path()), 0);
}

#[test]
fn the_server_dies_with_a_killed_benchmark() {
    let data = tempfile::tempdir().unwrap();
    let (mut bench, server) = endless(data.path());
    let server = pidfd_open(server, PidfdFlags::empty()).unwrap();
    bench.kill().unwrap();
    bench.wait().unwrap();
    assert_eq!(poll(&mut [PollFd::new(&server, PollFlags::IN)], Some(&PATIENCE)).unwrap(), 1);
}
