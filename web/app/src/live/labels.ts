import type { ConnectionState, TransportName } from "@ordercast/client";

export const CONNECTION_LABELS: Record<ConnectionState, string> = {
  live: "Live",
  connecting: "Connecting",
  reconnecting: "Reconnecting",
  offline: "Offline",
  idle: "Paused",
};

export const TRANSPORT_LABELS: Record<TransportName, string> = {
  socket: "Socket.IO",
  sse: "Server-sent events",
  polling: "Polling",
};
