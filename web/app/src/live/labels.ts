import type { ConnectionState, TransportName } from "@ordercast/client";

export type Liveness = "live" | "waiting" | "lost";

/** The color and the label of each connection state. */
export function livenessOf(state: ConnectionState): { liveness: Liveness; label: string } {
  switch (state) {
    case "live":
      return { liveness: "live", label: "Live" };
    case "connecting":
      return { liveness: "waiting", label: "Connecting" };
    case "reconnecting":
      return { liveness: "waiting", label: "Reconnecting" };
    case "offline":
      return { liveness: "lost", label: "Offline" };
    case "idle":
      return { liveness: "lost", label: "Paused" };
  }
}

export const TRANSPORT_LABELS: Record<TransportName, string> = {
  socket: "Socket.IO",
  sse: "Server-sent events",
  polling: "Polling every 5 seconds",
};
