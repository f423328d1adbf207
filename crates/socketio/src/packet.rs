//! Socket.IO v5 packets: `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`, after Engine.IO's `4`.

use crate::frame::Frame;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketType {
    /// A client asks to connect to a namespace, or the server confirms it.
    Connect,
    /// Either side leaves a namespace.
    Disconnect,
    Event,
    /// The acknowledgement of an event that had an id.
    Ack,
    /// The server refused a CONNECT.
    ConnectError,
}

#[derive(Debug, PartialEq, Eq)]
pub struct SocketPacket<'a> {
    pub packet_type: PacketType,
    /// Number of binary messages that follow and belong to this packet.
    pub attachments: usize,
    /// `/` if the packet names none.
    pub namespace: &'a str,
    /// Set on an event that expects an acknowledgement, and on the acknowledgement.
    pub id: Option<u64>,
    /// JSON, or empty.
    pub data: &'a str,
}

impl<'a> SocketPacket<'a> {
    /// Parses a packet; `None` if it is malformed. `data` is not validated.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (first, rest) = text.split_at_checked(1)?;
        let (packet_type, binary) = match first {
            "0" => (PacketType::Connect, false),
            "1" => (PacketType::Disconnect, false),
            "2" => (PacketType::Event, false),
            "3" => (PacketType::Ack, false),
            "4" => (PacketType::ConnectError, false),
            "5" => (PacketType::Event, true),
            "6" => (PacketType::Ack, true),
            _ => return None,
        };
        let (attachments, rest) = if binary {
            let (count, rest) = rest.split_once('-')?;
            (digits(count)?, rest)
        } else {
            (0, rest)
        };
        let (namespace, rest) =
            if rest.starts_with('/') { rest.split_once(',').unwrap_or((rest, "")) } else { ("/", rest) };
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (id, data) = rest.split_at(end);
        let id = if id.is_empty() { None } else { Some(digits(id)?) };
        Some(Self { packet_type, attachments, namespace, id, data })
    }
}

fn digits<N: std::str::FromStr>(text: &str) -> Option<N> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Encodes a packet. `data` is JSON, or empty.
pub fn write(
    packet_type: PacketType,
    namespace: &str,
    id: Option<u64>,
    attachments: usize,
    data: &str,
) -> Frame {
    let binary = attachments > 0;
    let head = match (packet_type, binary) {
        (PacketType::Connect, _) => "40",
        (PacketType::Disconnect, _) => "41",
        (PacketType::Event, false) => "42",
        (PacketType::Ack, false) => "43",
        (PacketType::ConnectError, _) => "44",
        (PacketType::Event, true) => "45",
        (PacketType::Ack, true) => "46",
    };
    let attachments = if binary { format!("{attachments}-") } else { String::new() };
    let (namespace, comma) = if namespace == "/" { ("", "") } else { (namespace, ",") };
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    Frame::text(&[head, &attachments, namespace, comma, &id, data])
}

/// Encodes an event in the namespace `/` with one argument, given as JSON, and an optional offset for connection
/// state recovery.
pub fn event(name: &str, json: &str, offset: Option<&str>) -> Frame {
    let name = serde_json::Value::from(name).to_string();
    match offset {
        None => Frame::text(&["42[", &name, ",", json, "]"]),
        Some(offset) => {
            let offset = serde_json::Value::from(offset).to_string();
            Frame::text(&["42[", &name, ",", json, ",", &offset, "]"])
        }
    }
}

/// A frame of [`event`] for another namespace.
pub(crate) fn in_namespace(event: &Frame, namespace: &str) -> Frame {
    match event.payload().strip_prefix(b"42").map(str::from_utf8) {
        Some(Ok(data)) => Frame::text(&["42", namespace, ",", data]),
        Some(Err(_)) | None => event.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(frame: &Frame) -> &str {
        str::from_utf8(frame.payload()).unwrap()
    }

    #[test]
    fn the_examples_of_the_protocol_page_read_and_write() {
        let examples = [
            ("0", PacketType::Connect, "/", None, 0, ""),
            (r#"0/admin,{"sid":"o"}"#, PacketType::Connect, "/admin", None, 0, r#"{"sid":"o"}"#),
            ("1/admin,", PacketType::Disconnect, "/admin", None, 0, ""),
            (r#"2["foo"]"#, PacketType::Event, "/", None, 0, r#"["foo"]"#),
            (r#"2/admin,["bar"]"#, PacketType::Event, "/admin", None, 0, r#"["bar"]"#),
            (r#"212["foo"]"#, PacketType::Event, "/", Some(12), 0, r#"["foo"]"#),
            (r#"3/admin,13["bar"]"#, PacketType::Ack, "/admin", Some(13), 0, r#"["bar"]"#),
            (
                r#"51-["baz",{"_placeholder":true,"num":0}]"#,
                PacketType::Event,
                "/",
                None,
                1,
                r#"["baz",{"_placeholder":true,"num":0}]"#,
            ),
            (
                r#"61-15["bar",{"_placeholder":true,"num":0}]"#,
                PacketType::Ack,
                "/",
                Some(15),
                1,
                r#"["bar",{"_placeholder":true,"num":0}]"#,
            ),
        ];
        for (text, packet_type, namespace, id, attachments, data) in examples {
            let packet = SocketPacket { packet_type, attachments, namespace, id, data };
            assert_eq!(SocketPacket::parse(text), Some(packet));
            assert_eq!(payload(&write(packet_type, namespace, id, attachments, data)), format!("4{text}"));
        }
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for text in
            ["", "abc", "7", "5[\"x\"]", "5x-[\"x\"]", "é", "299999999999999999999999[\"x\"]", "5+1-[\"x\"]"]
        {
            assert_eq!(SocketPacket::parse(text), None, "{text}");
        }
        // Without a comma, everything after the type is the namespace.
        assert_eq!(SocketPacket::parse("0/custom").unwrap().namespace, "/custom");
    }
}
