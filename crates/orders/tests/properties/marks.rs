//! Distinct values of personal data, to search views for.

pub(crate) const CUSTOMER_ID: &str = "mark-customer-id";
pub(crate) const CUSTOMER_NAME: &str = "mark-customer-name";
pub(crate) const CUSTOMER_MAIL: &str = "mark-customer@example.com";
pub(crate) const STAFF_ID: &str = "mark-staff-id";
pub(crate) const STAFF_NAME: &str = "mark-staff-name";
pub(crate) const DRIVER_ID: &str = "mark-driver-id";
pub(crate) const DRIVER_NAME: &str = "mark-driver-name";
pub(crate) const NOTE: &str = "mark-note";
pub(crate) const REASON: &str = "mark-reason";
pub(crate) const REFERENCE: &str = "mark-reference";
pub(crate) const RECIPIENT: &str = "mark-recipient";
pub(crate) const RECIPIENT_PHONE: &str = "mark-recipient-phone";
pub(crate) const STREET: &str = "mark-street";
pub(crate) const CITY: &str = "mark-city";
pub(crate) const PARTNER_PHONE: &str = "mark-partner-phone";
