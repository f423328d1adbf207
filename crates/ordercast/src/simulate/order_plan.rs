//! The plan of one order: its cart, whether its customer cancels it, and the steps of the staff. Generated from a seed, so
//! that a run can be repeated.

use std::time::Duration;

use orders::order::GeoPoint;

use super::participants::Participants;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct OrderPlan {
    /// Index of the customer.
    pub(super) customer: usize,
    /// Index of the product, and quantity.
    pub(super) cart: Vec<(usize, u32)>,
    /// When the customer cancels, if at all.
    pub(super) cancels_after: Option<Duration>,
    /// The steps of the staff, each with the pause before it.
    pub(super) steps: Vec<(Duration, StaffStep)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum StaffStep {
    Process,
    /// With a tracking number.
    Ship(String),
    Partner(&'static str),
    Locate(GeoPoint),
    Paid,
    Deliver,
    /// With a reason.
    Cancel(&'static str),
}

const DRIVERS: &[&str] = &["Tomás Silva", "Ines Keller", "Ravi Menon", "Lena Brandt"];
const CANCEL_REASONS: &[&str] =
    &["the supplier let us down", "damaged while packing", "the address does not exist"];
/// The server stores locations that are at least 2 s apart.
const LOCATION_INTERVAL: Duration = Duration::from_millis(2_100);

impl OrderPlan {
    /// Generates the next plan.
    pub(super) fn draw(random: &mut fastrand::Rng, participants: &Participants, pace: Duration) -> Self {
        let customer = random.usize(..participants.customers.len());
        let lines = random.usize(1..=4.min(participants.products.len()));
        let mut products: Vec<usize> = (0..participants.products.len()).collect();
        random.shuffle(&mut products);
        let items = products.into_iter().take(lines).map(|product| (product, random.u32(1..=3))).collect();
        let cancels_after = (random.f64() < 0.1).then(|| pause(random, pace / 3));
        Self { customer, cart: items, cancels_after, steps: steps(random, pace) }
    }
}

fn steps(random: &mut fastrand::Rng, pace: Duration) -> Vec<(Duration, StaffStep)> {
    let mut steps = vec![(pause(random, pace), StaffStep::Process)];
    if random.f64() < 0.04 {
        steps.push((
            pause(random, pace),
            StaffStep::Cancel(CANCEL_REASONS[random.usize(..CANCEL_REASONS.len())]),
        ));
        return steps;
    }
    let tracking = format!("SIM{:09}", random.u32(..1_000_000_000));
    steps.push((pause(random, pace), StaffStep::Ship(tracking)));
    if random.f64() < 0.3 {
        steps.push((Duration::ZERO, StaffStep::Partner(DRIVERS[random.usize(..DRIVERS.len())])));
        // A random point in Berlin, and two points towards the center.
        let (north, east) = (random.f64() / 10.0, random.f64() / 6.0);
        for part in [1.0, 0.6, 0.2] {
            if let Ok(place) = GeoPoint::new(52.52 + (north - 0.05) * part, 13.405 + (east - 0.083) * part) {
                steps.push((LOCATION_INTERVAL, StaffStep::Locate(place)));
            }
        }
    }
    if random.bool() {
        steps.push((pause(random, pace), StaffStep::Paid));
    }
    steps.push((pause(random, pace), StaffStep::Deliver));
    steps
}

/// An exponentially distributed pause with the given average, at most six times as long.
pub(super) fn pause(random: &mut fastrand::Rng, average: Duration) -> Duration {
    average.mul_f64((-(1.0 - random.f64()).ln()).min(6.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_the_steps() {
        let draw = |seed| steps(&mut fastrand::Rng::with_seed(seed), Duration::from_secs(1));
        assert_eq!(draw(7), draw(7));
        assert!((0..20).any(|seed| draw(seed) != draw(7)));
    }

    #[test]
    fn pauses_have_the_wanted_average() {
        let mut random = fastrand::Rng::with_seed(1);
        let total: Duration = (0..10_000).map(|_| pause(&mut random, Duration::from_millis(100))).sum();
        assert!((90.0..110.0).contains(&(total.as_secs_f64() / 10.0)), "{total:?}");
    }

    #[test]
    fn every_order_comes_to_an_end() {
        for seed in 0..200 {
            let steps = steps(&mut fastrand::Rng::with_seed(seed), Duration::from_secs(1));
            assert!(matches!(steps.last(), Some((_, StaffStep::Deliver | StaffStep::Cancel(_)))));
        }
    }
}
