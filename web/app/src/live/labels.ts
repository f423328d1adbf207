import type { ConnectionSnapshot, ConnectionState, TransportName } from "@ordercast/client";

export const CONNECTION_LABELS: Record<ConnectionState | "catchingUp", string> = {
  live: "Live",
  catchingUp: "Catching up…",
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

/** What the connection does, for people. */
export function connectionLabel({ state, isCatchingUp }: Pick<ConnectionSnapshot, "state" | "isCatchingUp">): string {
  return CONNECTION_LABELS[isCatchingUp ? "catchingUp" : state];
}
