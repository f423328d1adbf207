//! Orders as lines of a CSV file (RFC 4180).

use eventlog::Snapshot;
use orders::view::{ItemView, OrderView};
use orders::{Audience, Money};

/// The byte order mark: spreadsheets read a file as UTF-8 only if the file begins with it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

const HEADINGS: [&str; 32] = [
    "number",
    "id",
    "reference",
    "created_at",
    "updated_at",
    "status",
    "payment_method",
    "payment_status",
    "payment_reference",
    "currency",
    "total",
    "revenue",
    "items",
    "customer_id",
    "customer_name",
    "customer_email",
    "recipient",
    "phone",
    "address_line1",
    "address_line2",
    "postal_code",
    "city",
    "region",
    "country",
    "tracking_number",
    "estimated_delivery",
    "partner",
    "partner_phone",
    "cancelled_at",
    "cancelled_by",
    "cancellation_reason",
    "store_id",
];

/// A part of a CSV file.
pub(super) struct CsvFile(csv::Writer<Vec<u8>>);

impl Default for CsvFile {
    fn default() -> Self {
        Self::after(Vec::new())
    }
}

impl CsvFile {
    /// The beginning of a file.
    pub(super) fn with_headings() -> Self {
        let mut file = Self::after(BYTE_ORDER_MARK.to_owned());
        file.line(HEADINGS);
        file
    }

    fn after(bytes: Vec<u8>) -> Self {
        Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(bytes))
    }

    pub(super) fn add(&mut self, snapshot: &Snapshot, audience: Audience) {
        self.line(fields(&snapshot.view(audience), snapshot.order.counts_as_revenue()));
    }

    fn line<T: AsRef<[u8]>>(&mut self, fields: [T; HEADINGS.len()]) {
        self.0.write_record(fields).expect("each line has as many fields, and a buffer takes them");
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().expect("a buffer can be flushed")
    }
}

fn fields(order: &OrderView, counts_as_revenue: bool) -> [String; HEADINGS.len()] {
    let (payment, customer) = (order.payment.as_ref(), order.customer.as_ref());
    let (address, cancellation) = (order.shipping_address.as_ref(), order.cancellation.as_ref());
    let partner = order.delivery.as_ref().and_then(|delivery| delivery.partner.as_ref());
    let revenue =
        order.total.map(|total| if counts_as_revenue { total } else { Money::zero(total.currency) });
    let items: Vec<_> = order.items.iter().map(item).collect();
    [
        order.number.to_string(),
        order.id.to_string(),
        text(order.reference.as_ref()),
        time(order.created_at),
        time(order.updated_at),
        order.status.name().to_owned(),
        payment.map(|payment| payment.method.name().to_owned()).unwrap_or_default(),
        payment.map(|payment| payment.status.to_owned()).unwrap_or_default(),
        text(payment.and_then(|payment| payment.reference.as_ref())),
        order.total.map(|total| total.currency.to_string()).unwrap_or_default(),
        order.total.map(Money::decimal).unwrap_or_default(),
        revenue.map(Money::decimal).unwrap_or_default(),
        text(Some(items.join("; "))),
        text(customer.map(|customer| customer.id.subject())),
        text(customer.and_then(|customer| customer.name.as_ref())),
        text(customer.and_then(|customer| customer.email.as_ref())),
        text(address.map(|address| &address.name)),
        text(address.and_then(|address| address.phone.as_ref())),
        text(address.map(|address| &address.line1)),
        text(address.and_then(|address| address.line2.as_ref())),
        text(address.and_then(|address| address.postal_code.as_ref())),
        text(address.map(|address| &address.city)),
        text(address.and_then(|address| address.region.as_ref())),
        text(address.and_then(|address| address.country.as_ref())),
        text(order.tracking_number.as_ref()),
        order.estimated_delivery.map(time).unwrap_or_default(),
        text(partner.map(|partner| &partner.name)),
        text(partner.and_then(|partner| partner.phone.as_ref())),
        cancellation.map(|cancellation| time(cancellation.at)).unwrap_or_default(),
        cancellation.map(|cancellation| cancellation.by.name().to_owned()).unwrap_or_default(),
        text(cancellation.and_then(|cancellation| cancellation.reason.as_ref())),
        text(Some(&order.store_id)),
    ]
}

fn item(item: &ItemView) -> String {
    let price = item.unit_price.map(|price| format!(" ({})", price.decimal())).unwrap_or_default();
    format!("{} × {}{price}", item.quantity, item.name)
}

fn time(at: jiff::Timestamp) -> String {
    orders::time::text(at)
}

/// A text that a person typed. An apostrophe is added before characters with which a formula begins, so that spreadsheets do
/// not run the text (OWASP, "CSV Injection").
fn text(typed: Option<impl ToString>) -> String {
    let typed = typed.map(|typed| typed.to_string()).unwrap_or_default();
    if typed.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{typed}")
    } else {
        typed
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_a_spreadsheet_would_run_has_an_apostrophe() {
        for (typed, expected) in [
            ("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")"),
            ("+49 170 1234567", "'+49 170 1234567"),
            ("@SUM(1)", "'@SUM(1)"),
            ("-1", "'-1"),
            ("\t=1", "'\t=1"),
            ("Asha = Rao", "Asha = Rao"),
            ("", ""),
        ] {
            assert_eq!(text(Some(typed)), expected);
        }
        assert_eq!(text(None::<String>), "");
    }
}
