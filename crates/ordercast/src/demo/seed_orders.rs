//! The orders of the demo shop. Each has a customer, a cart and events, each some minutes after the one before.

use orders::Status;
use orders::order::ShipmentState;

use super::products::catalog::{
    ASSAM, BISCOTTI, CHAMOMILE, CHOCOLATE, DECAF, DRIPPER, EARL_GREY, GRINDER, GUJI, HARBOUR, HUILA, JASMINE,
    KETTLE, MUG, SENCHA, TEAPOT,
};

pub(super) struct SeedOrder {
    pub(super) minutes_ago: u32,
    /// Index into [`CUSTOMERS`](super::people::CUSTOMERS).
    pub(super) customer: usize,
    /// Index of the product, and quantity.
    pub(super) cart: &'static [(usize, u32)],
    pub(super) online: bool,
    /// Each with the minutes since the one before.
    pub(super) events: &'static [(u32, SeedEvent)],
}

pub(super) enum SeedEvent {
    PaidOnline,
    PaymentFailed,
    Refunded,
    /// With the minutes until the expected delivery.
    Processing(u32),
    /// With the tracking number.
    Shipped(&'static str),
    /// Name and phone of the driver.
    Driver(&'static str, &'static str),
    /// Latitude and longitude of the delivery.
    At(f64, f64),
    Parcel(u16, ShipmentState),
    Cash,
    Delivered,
    /// With the current status, which stays.
    Note(Status, &'static str),
    /// With a reason.
    Corrected(Status, &'static str),
    CustomerCancels(&'static str),
    StoreCancels(&'static str),
}

use SeedEvent::{
    At, Cash, Corrected, CustomerCancels, Delivered, Driver, Note, PaidOnline, Parcel, PaymentFailed,
    Processing, Refunded, Shipped, StoreCancels,
};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

const fn cash(
    minutes_ago: u32,
    customer: usize,
    cart: &'static [(usize, u32)],
    events: &'static [(u32, SeedEvent)],
) -> SeedOrder {
    SeedOrder { minutes_ago, customer, cart, online: false, events }
}

const fn online(
    minutes_ago: u32,
    customer: usize,
    cart: &'static [(usize, u32)],
    events: &'static [(u32, SeedEvent)],
) -> SeedOrder {
    SeedOrder { minutes_ago, customer, cart, online: true, events }
}

/// From the newest to the oldest.
pub(super) const SEED_ORDERS: &[SeedOrder] = &[
    // New orders.
    cash(2, 0, &[(HARBOUR, 2), (BISCOTTI, 1)], &[]),
    online(4, 4, &[(TEAPOT, 1), (EARL_GREY, 1)], &[]),
    cash(7, 2, &[(GUJI, 1)], &[]),
    online(11, 5, &[(DRIPPER, 1), (HUILA, 2)], &[(1, PaidOnline)]),
    cash(
        19,
        3,
        &[(MUG, 2), (CHOCOLATE, 3)],
        &[(8, Note(Status::Pending, "Called: please leave it with the neighbour at number 14."))],
    ),
    online(26, 6, &[(SENCHA, 1), (JASMINE, 1)], &[(1, PaymentFailed), (3, PaidOnline)]),
    cash(33, 1, &[(DECAF, 1), (CHAMOMILE, 2)], &[]),
    // In processing.
    cash(48, 0, &[(HUILA, 1), (GUJI, 1), (HARBOUR, 1)], &[(15, Processing(2 * HOUR))]),
    online(
        64,
        2,
        &[(GRINDER, 1)],
        &[
            (1, PaidOnline),
            (22, Processing(3 * HOUR)),
            (6, Note(Status::Processing, "Gift wrap, no invoice in the box.")),
        ],
    ),
    cash(95, 6, &[(ASSAM, 2), (BISCOTTI, 2)], &[(30, Processing(4 * HOUR))]),
    online(
        3 * HOUR,
        3,
        &[(KETTLE, 1), (DRIPPER, 1), (GUJI, 1)],
        &[
            (1, PaidOnline),
            (20, Processing(DAY)),
            (60, Shipped("LS 2041 7785 DE")),
            (10, Corrected(Status::Processing, "The kettle in the parcel was dented; it is replaced today.")),
        ],
    ),
    // Shipped.
    cash(
        2 * HOUR + 30,
        5,
        &[(HARBOUR, 1), (CHOCOLATE, 2)],
        &[
            (10, Processing(2 * HOUR + 40)),
            (45, Shipped("LS 2041 7791 DE")),
            (2, Driver("Tomás Silva", "+49 30 5550142")),
            (25, At(52.5219, 13.4132)),
            (20, At(52.5163, 13.4287)),
            (12, At(52.5118, 13.4399)),
        ],
    ),
    cash(
        4 * HOUR,
        1,
        &[(MUG, 4)],
        &[
            (20, Processing(5 * HOUR)),
            (70, Shipped("LS 2041 7702 DE")),
            (5, Driver("Ines Keller", "+49 30 5550177")),
            (60, Parcel(1, ShipmentState::OutForDelivery)),
            (30, At(52.4937, 13.3839)),
            (14, At(52.4871, 13.3802)),
        ],
    ),
    online(
        DAY,
        4,
        &[(SENCHA, 2)],
        &[(2, PaidOnline), (90, Processing(2 * DAY)), (200, Shipped("00340434161094042557"))],
    ),
    online(
        DAY + 5 * HOUR,
        0,
        &[(TEAPOT, 1), (ASSAM, 1), (MUG, 2)],
        &[
            (1, PaidOnline),
            (120, Processing(2 * DAY)),
            (180, Parcel(1, ShipmentState::Packed)),
            (5, Parcel(2, ShipmentState::Packed)),
            (30, Parcel(1, ShipmentState::Shipped)),
            (2, Note(Status::Shipped, "Two parcels: the teapot travels alone.")),
        ],
    ),
    cash(
        DAY + 8 * HOUR,
        2,
        &[(EARL_GREY, 1), (BISCOTTI, 1)],
        &[
            (40, Processing(DAY)),
            (300, Shipped("LS 2040 9918 DE")),
            (4, Driver("Ravi Menon", "+49 30 5550165")),
            (600, Parcel(1, ShipmentState::Attempted)),
            (4, Note(Status::Shipped, "Nobody home; second attempt this evening after 18:00.")),
        ],
    ),
    // Paid in cash, not delivered yet.
    cash(
        6 * HOUR,
        6,
        &[(HUILA, 2)],
        &[
            (25, Processing(6 * HOUR)),
            (90, Shipped("LS 2041 7688 DE")),
            (3, Driver("Tomás Silva", "+49 30 5550142")),
            (150, At(52.5301, 13.3847)),
            (4, Cash),
        ],
    ),
    cash(
        8 * HOUR,
        3,
        &[(DECAF, 2), (CHOCOLATE, 1)],
        &[
            (60, Processing(8 * HOUR)),
            (120, Shipped("LS 2041 7640 DE")),
            (5, Driver("Ines Keller", "+49 30 5550177")),
            (140, Cash),
        ],
    ),
    // Delivered.
    cash(
        DAY + 2 * HOUR,
        5,
        &[(CHAMOMILE, 1), (ASSAM, 1)],
        &[(30, Processing(8 * HOUR)), (80, Shipped("LS 2040 9871 DE")), (140, Cash), (2, Delivered)],
    ),
    online(
        2 * DAY,
        1,
        &[(HARBOUR, 4)],
        &[(1, PaidOnline), (100, Processing(DAY)), (240, Shipped("00340434161094038842")), (DAY, Delivered)],
    ),
    cash(
        2 * DAY + 6 * HOUR,
        0,
        &[(JASMINE, 1), (MUG, 1)],
        &[(45, Processing(DAY)), (200, Shipped("LS 2040 8120 DE")), (180, Cash), (1, Delivered)],
    ),
    online(
        3 * DAY,
        4,
        &[(DRIPPER, 1), (KETTLE, 1), (GRINDER, 1), (GUJI, 2)],
        &[
            (2, PaidOnline),
            (60, Processing(DAY)),
            (300, Shipped("00340434161094031126")),
            (DAY + 200, Delivered),
        ],
    ),
    cash(
        4 * DAY,
        2,
        &[(HUILA, 1), (CHOCOLATE, 5)],
        &[(30, Processing(DAY)), (240, Shipped("LS 2039 5502 DE")), (200, Cash), (1, Delivered)],
    ),
    online(
        5 * DAY,
        6,
        &[(EARL_GREY, 3)],
        &[
            (1, PaidOnline),
            (200, Processing(2 * DAY)),
            (400, Shipped("00340434161094020013")),
            (2 * DAY, Delivered),
        ],
    ),
    online(
        7 * DAY,
        3,
        &[(TEAPOT, 1)],
        &[
            (1, PaidOnline),
            (90, Processing(2 * DAY)),
            (400, Shipped("00340434161094011127")),
            (2 * DAY, Delivered),
            (DAY, Parcel(1, ShipmentState::Returned)),
            (120, Refunded),
            (
                3,
                Note(
                    Status::Delivered,
                    "Arrived with a cracked lid; money back, and a voucher for the trouble.",
                ),
            ),
        ],
    ),
    cash(
        9 * DAY,
        1,
        &[(ASSAM, 1), (SENCHA, 1), (BISCOTTI, 2)],
        &[(60, Processing(DAY)), (300, Shipped("LS 2037 1180 DE")), (240, Cash), (2, Delivered)],
    ),
    // Cancelled.
    cash(52, 4, &[(CHOCOLATE, 12)], &[(6, CustomerCancels("Ordered twelve instead of two, sorry!"))]),
    online(
        5 * HOUR,
        5,
        &[(GRINDER, 1), (HUILA, 1)],
        &[(1, PaidOnline), (40, CustomerCancels("Found mine in the other kitchen.")), (30, Refunded)],
    ),
    cash(
        DAY + HOUR,
        6,
        &[(JASMINE, 3)],
        &[
            (50, Processing(DAY)),
            (35, StoreCancels("The last three tins got wet in the cellar. We are sorry!")),
        ],
    ),
    cash(
        3 * DAY + 4 * HOUR,
        2,
        &[(KETTLE, 2)],
        &[(90, StoreCancels("We could not reach you to confirm the address."))],
    ),
    cash(
        6 * DAY,
        0,
        &[(DECAF, 1)],
        &[
            (40, Processing(DAY)),
            (200, Shipped("LS 2038 4415 DE")),
            (DAY, StoreCancels("The carrier lost the parcel; a new order is on its way.")),
        ],
    ),
];
