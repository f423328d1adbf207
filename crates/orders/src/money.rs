//! Money in whole minor units (cents, paise, yen) with a currency. There is no floating point.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Decimal digits of the currencies that do not have [`USUAL_DIGITS`] (ISO 4217 "exponent"), sorted by code.
const UNUSUAL_DIGITS: [(Currency, u32); 26] = {
    const fn of(code: [u8; 3], digits: u32) -> (Currency, u32) {
        (Currency(code), digits)
    }
    [
        of(*b"BHD", 3),
        of(*b"BIF", 0),
        of(*b"CLF", 4),
        of(*b"CLP", 0),
        of(*b"DJF", 0),
        of(*b"GNF", 0),
        of(*b"IQD", 3),
        of(*b"ISK", 0),
        of(*b"JOD", 3),
        of(*b"JPY", 0),
        of(*b"KMF", 0),
        of(*b"KRW", 0),
        of(*b"KWD", 3),
        of(*b"LYD", 3),
        of(*b"OMR", 3),
        of(*b"PYG", 0),
        of(*b"RWF", 0),
        of(*b"TND", 3),
        of(*b"UGX", 0),
        of(*b"UYI", 0),
        of(*b"UYW", 4),
        of(*b"VND", 0),
        of(*b"VUV", 0),
        of(*b"XAF", 0),
        of(*b"XOF", 0),
        of(*b"XPF", 0),
    ]
};
/// Decimal digits of every other currency.
const USUAL_DIGITS: u32 = 2;

impl Currency {
    /// The currencies that do not have two decimal digits, with their digits, sorted by code.
    pub fn with_unusual_digits() -> impl Iterator<Item = (Self, u32)> {
        UNUSUAL_DIGITS.into_iter()
    }

    /// The code, such as `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimal digits of the minor unit (ISO 4217 "exponent"): 2 for cents, 0 for yen.
    pub fn exponent(self) -> u32 {
        UNUSUAL_DIGITS
            .iter()
            .find(|(currency, _)| *currency == self)
            .map_or(USUAL_DIGITS, |(_, digits)| *digits)
    }
}

/// The text is not a currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a currency is a three-letter ISO 4217 code such as EUR")]
pub struct InvalidCurrency;

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(InvalidCurrency),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;

    fn try_from(text: String) -> Result<Self, InvalidCurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units: `{"amount": 1999, "currency": "EUR"}` is 19.99 euro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units, such as cents.
    pub amount: i64,
    /// ISO 4217 code.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "EUR"))]
    pub currency: Currency,
}

impl Money {
    /// The maximum of a price or a total: a billion major units of a two-digit currency.
    pub const MOST: i64 = 100_000_000_000;

    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Multiplies by a quantity; `None` above [`Money::MOST`].
    #[must_use]
    pub fn times(self, quantity: u32) -> Option<Self> {
        let amount = self.amount.checked_mul(i64::from(quantity))?;
        Self::possible(amount).then_some(Self { amount, ..self })
    }

    /// Adds; `None` for another currency or above [`Money::MOST`].
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let amount = self.amount.checked_add(other.amount)?;
        (self.currency == other.currency && Self::possible(amount)).then_some(Self { amount, ..self })
    }

    /// The sign, the major units, and the minor units with their decimal point, if the currency has any.
    fn parts(self) -> (&'static str, u64, String) {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let amount = self.amount.unsigned_abs();
        let minor = if exponent == 0 {
            String::new()
        } else {
            format!(".{:0width$}", amount % unit, width = exponent as usize)
        };
        (if self.amount < 0 { "-" } else { "" }, amount / unit, minor)
    }

    /// The amount in major units for programs and spreadsheets: `1234.50`, with all digits of the currency.
    pub fn decimal(self) -> String {
        let (sign, major, minor) = self.parts();
        format!("{sign}{major}{minor}")
    }

    fn possible(amount: i64) -> bool {
        (-Self::MOST..=Self::MOST).contains(&amount)
    }
}

/// As an English text writes it: `€1,234.50`, or `CHF 12.00` for a currency without a common symbol.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, major, minor) = self.parts();
        let symbol = match self.currency.code() {
            "EUR" => "€".to_owned(),
            "USD" => "$".to_owned(),
            "GBP" => "£".to_owned(),
            "INR" => "₹".to_owned(),
            "JPY" => "¥".to_owned(),
            "KRW" => "₩".to_owned(),
            code => format!("{code}\u{a0}"),
        };
        let digits = major.to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        f.pad(&format!("{sign}{symbol}{grouped}{minor}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64, currency: &str) -> Money {
        Money { amount, currency: currency.parse().unwrap() }
    }

    #[test]
    fn reads_like_money() {
        assert_eq!(money(1999, "EUR").to_string(), "€19.99");
        assert_eq!(money(5, "EUR").to_string(), "€0.05");
        assert_eq!(money(-1999, "JPY").to_string(), "-¥1,999");
        assert_eq!(money(1_234, "KWD").to_string(), "KWD\u{a0}1.234");
        assert_eq!(money(12_345, "CLF").to_string(), "CLF\u{a0}1.2345");
        assert_eq!(money(i64::MIN, "EUR").to_string(), "-€92,233,720,368,547,758.08");
        assert_eq!(money(123_450, "EUR").to_string(), "€1,234.50");
        assert_eq!(money(-5, "USD").to_string(), "-$0.05");
        assert_eq!(money(1_234_567, "JPY").to_string(), "¥1,234,567");
        assert_eq!(money(1200, "CHF").to_string(), "CHF\u{a0}12.00");
        assert_eq!(format!("{:>8}", money(500, "EUR")), "   €5.00");
    }

    #[test]
    fn a_decimal_has_the_digits_of_its_currency() {
        for (amount, currency, expected) in [
            (123_450, "EUR", "1234.50"),
            (-5, "EUR", "-0.05"),
            (123_450, "HUF", "1234.50"),
            (123_450, "JPY", "123450"),
            (123_450, "KWD", "123.450"),
            (0, "CLF", "0.0000"),
        ] {
            assert_eq!(money(amount, currency).decimal(), expected, "{amount} {currency}");
        }
    }

    #[test]
    fn unusual_digits_are_sorted_and_unusual() {
        let all: Vec<_> = Currency::with_unusual_digits()
            .map(|(currency, digits)| (currency.to_string(), digits))
            .collect();
        assert!(all.is_sorted() && all.iter().all(|(_, digits)| *digits != USUAL_DIGITS), "{all:?}");
    }

    #[test]
    fn never_overflows_or_mixes_currencies() {
        assert_eq!(money(i64::MAX, "EUR").times(2), None);
        assert_eq!(money(i64::MIN, "EUR").times(1), None);
        assert_eq!(money(i64::MIN, "EUR").plus(money(0, "EUR")), None);
        assert_eq!(money(Money::MOST, "EUR").plus(money(1, "EUR")), None);
        assert_eq!(money(1, "EUR").plus(money(1, "USD")), None);
        assert!("eur".parse::<Currency>().is_err());
    }
}
