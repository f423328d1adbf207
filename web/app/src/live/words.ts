import type { ConnectionState } from "@ordercast/client";

export type Liveness = "live" | "waiting" | "lost";

/** Green, in between, red (row A10); and the word for it. */
export function livenessOf(state: ConnectionState): { liveness: Liveness; word: string } {
  switch (state) {
    case "live":
      return { liveness: "live", word: "Live" };
    case "connecting":
      return { liveness: "waiting", word: "Connecting" };
    case "reconnecting":
      return { liveness: "waiting", word: "Reconnecting" };
    case "offline":
      return { liveness: "lost", word: "Offline" };
    case "idle":
      return { liveness: "lost", word: "Paused" };
  }
}
