//! The goals of live connections.

use super::Measurements;
use crate::report::goals::Goal;
use crate::units::ratio;

pub(crate) fn goals(measurements: &Measurements) -> Vec<Goal> {
    let goal = |what, asked: String, measured: String, met| Goal { what, asked, measured, met };
    let (fan_out, floor) = (measurements.fan_out.one(), measurements.fan_out.floor());
    let one = ratio(fan_out.per_second, floor.per_second);
    let many = ratio(measurements.fan_out.many_per_second, 0.85 * floor.per_second);
    let last = ratio(fan_out.last_ms, floor.last_ms);
    let steady = &measurements.steady;
    vec![
        goal(
            "memory of an idle connection",
            "at most 4096 bytes".into(),
            format!("{:.0} bytes", measurements.bytes_each),
            measurements.bytes_each <= 4096.0,
        ),
        goal(
            "the same at the most connections",
            "at most 4096 bytes".into(),
            format!("{:.0} bytes at {}", measurements.bytes_each_at_most, measurements.most),
            measurements.bytes_each_at_most <= 4096.0,
        ),
        goal(
            "idle connections, pings included",
            "under 3 % of a core".into(),
            format!("{:.2} %", measurements.idle_core * 100.0),
            measurements.idle_core < 0.03,
        ),
        goal(
            "one update at a time",
            "at least 0.85 of the bare loop".into(),
            format!("{one:.2} of {:.0}/s", floor.per_second),
            one >= 0.85,
        ),
        goal(
            "sixteen updates in flight",
            "at least 4 times 0.85 of the bare loop".into(),
            format!("{many:.2} times: {:.0}/s", measurements.fan_out.many_per_second),
            many >= 4.0,
        ),
        goal(
            "the last socket has an update",
            "within 1.3 times the bare loop's time".into(),
            format!("{last:.2} times: {:.1} ms", fan_out.last_ms),
            last <= 1.3,
        ),
        goal(
            "status change to socket, p50",
            "under 1 ms".into(),
            format!(
                "{:.2} ms from the answer, {:.2} ms from the request",
                steady.from_answer.p50, steady.from_request.p50
            ),
            steady.from_answer.p50 < 1.0,
        ),
        goal(
            "status change to socket, p99",
            "under 5 ms".into(),
            format!(
                "{:.2} ms from the answer, {:.2} ms from the request",
                steady.from_answer.p99, steady.from_request.p99
            ),
            steady.from_answer.p99 < 5.0,
        ),
        goal(
            "status changes a second meanwhile",
            format!("at least {}", steady.asked * 0.99),
            format!("{:.0}", steady.per_second),
            steady.per_second >= steady.asked * 0.99,
        ),
        goal(
            "all back after being cut off",
            "within 1.5 s".into(),
            format!("{:.2} s", measurements.back_seconds),
            measurements.back_seconds <= 1.5,
        ),
    ]
}
