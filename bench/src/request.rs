//! Renders requests that create an order, from parts that are rendered once.

use std::net::SocketAddr;

use fastrand::Rng;

/// The part after the items, the same for every order.
const AFTER_ITEMS: &str = concat!(
    r#"],"shippingAddress":{"name":"Asha Rao","phone":"+91 80 5550 0100","line1":"12 Harbour Road","#,
    r#""city":"Bengaluru","postalCode":"560001","country":"IN"},"paymentMethod":"cash_on_delivery"}"#
);
const MOST_OF_ONE: u32 = 3;

/// An endless stream of orders with a random customer and two different random products. The same seed gives the same
/// orders.
#[derive(Debug)]
pub(crate) struct OrderRequests {
    /// For each customer: the request line and the constant headers.
    heads: Vec<Vec<u8>>,
    products: Vec<String>,
    rng: Rng,
    idempotency_keys: bool,
    body: Vec<u8>,
}

impl OrderRequests {
    /// At least one token and two products.
    pub(crate) fn new(
        host: SocketAddr,
        tokens: &[String],
        products: Vec<String>,
        seed: u64,
        idempotency_keys: bool,
    ) -> Self {
        let heads = tokens
            .iter()
            .map(|token| {
                format!(
                    "POST /api/v1/orders HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
                     Content-Type: application/json\r\nAccept: application/json\r\n"
                )
                .into_bytes()
            })
            .collect();
        Self { heads, products, rng: Rng::with_seed(seed), idempotency_keys, body: Vec::with_capacity(1024) }
    }

    /// Renders the next order into a buffer, and replaces its content.
    pub(crate) fn render(&mut self, request: &mut Vec<u8>) {
        let first = self.rng.usize(..self.products.len());
        // Any product but the first.
        let second = (first + self.rng.usize(1..self.products.len())) % self.products.len();
        self.body.clear();
        self.body.extend_from_slice(br#"{"items":["#);
        self.item(first);
        self.body.push(b',');
        self.item(second);
        self.body.extend_from_slice(AFTER_ITEMS.as_bytes());

        request.clear();
        request.extend_from_slice(&self.heads[self.rng.usize(..self.heads.len())]);
        if self.idempotency_keys {
            let key = uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid();
            let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
            request.extend_from_slice(b"Idempotency-Key: ");
            request.extend_from_slice(key.hyphenated().encode_lower(&mut text).as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"Content-Length: ");
        request.extend_from_slice(self.body.len().to_string().as_bytes());
        request.extend_from_slice(b"\r\n\r\n");
        request.extend_from_slice(&self.body);
    }

    fn item(&mut self, product: usize) {
        let quantity = self.rng.u32(1..=MOST_OF_ONE);
        self.body.extend_from_slice(br#"{"productId":""#);
        self.body.extend_from_slice(self.products[product].as_bytes());
        self.body.extend_from_slice(br#"","quantity":"#);
        self.body.extend_from_slice(quantity.to_string().as_bytes());
        self.body.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn requests(keys: bool) -> OrderRequests {
        let products = ["a", "b", "c"].map(str::to_owned).to_vec();
        OrderRequests::new(([127, 0, 0, 1], 80).into(), &["t".to_owned()], products, 1, keys)
    }

    fn next(requests: &mut OrderRequests) -> (String, Value) {
        let mut bytes = b"left over".to_vec();
        requests.render(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
        (head.to_owned(), serde_json::from_str(body).unwrap())
    }

    #[test]
    fn an_order_is_of_two_different_products() {
        let mut requests = requests(true);
        for _ in 0..100 {
            let (head, order) = next(&mut requests);
            assert!(head.starts_with("POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"), "{head}");
            let items = order["items"].as_array().unwrap();
            assert_eq!(items.len(), 2);
            assert_ne!(items[0]["productId"], items[1]["productId"]);
            assert!(items.iter().all(|item| (1..=3).contains(&item["quantity"].as_u64().unwrap())));
        }
    }

    #[test]
    fn keys_are_unique_and_can_be_left_out() {
        let mut with = requests(true);
        let key = |head: &str| head.split("Idempotency-Key: ").nth(1).map(|rest| rest[..36].to_owned());
        let keys: HashSet<_> = (0..1000).map(|_| key(&next(&mut with).0).unwrap()).collect();
        assert_eq!(keys.len(), 1000);
        assert_eq!(key(&next(&mut requests(false)).0), None);
    }

    #[test]
    fn the_same_seed_sends_the_same_orders() {
        let (mut one, mut other) = (requests(true), requests(true));
        assert!((0..50).all(|_| next(&mut one) == next(&mut other)));
    }
}
