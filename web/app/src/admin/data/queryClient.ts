import { QueryClient } from "@tanstack/react-query";

/** Live events keep the console's data current, so queries refetch only when a page opens or events may have been missed. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchOnReconnect: false,
        refetchOnWindowFocus: false,
        // The client retries on its own.
        retry: false,
      },
    },
  });
}
