import { QueryClient } from "@tanstack/react-query";

/** Time between two attempts of a failed query. */
const RETRY_MS = 10_000;

/** Repeats failed queries now. */
export function refetchFailed(client: QueryClient) {
  void client.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" });
}

/** Live events keep the console's data current, so queries refetch only when a page opens or events may have been missed. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchOnReconnect: false,
        refetchOnWindowFocus: false,
        // An error is shown at once. The query is repeated until it succeeds, and when the connection is back.
        retry: false,
        refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
        refetchIntervalInBackground: true,
      },
    },
  });
}
