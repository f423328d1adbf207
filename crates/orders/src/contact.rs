//! Personal data of an order. It is kept beside the order and never inside an event, so that it can be erased
//! while the history stays.

use serde::{Deserialize, Serialize};

use crate::text::Line;

/// Where a parcel goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// Who receives it.
    #[cfg_attr(feature = "openapi", schema(example = "Asha Rao"))]
    pub name: Line<120>,
    /// A number the driver can call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line<40>>,
    /// Street and house number.
    #[cfg_attr(feature = "openapi", schema(example = "12 Harbour Road"))]
    pub line1: Line<200>,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<Line<200>>,
    /// City or town.
    pub city: Line<120>,
    /// State, province or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Line<120>>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Line<20>>,
    /// ISO 3166 two-letter code, or the country's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Line<60>>,
}

/// Who brings it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Partner {
    /// The driver's or the carrier's name.
    pub name: Line<120>,
    /// A number the customer can call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Line<40>>,
}

/// The personal data of one order. Each part is empty once it was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Where the parcel goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Address>,
    /// Who brings it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Partner>,
}
