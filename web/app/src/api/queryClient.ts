import { QueryClient } from "@tanstack/react-query";

import { Problem } from "./http";

/** For what is not live: the catalogue, the settings. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the server refused stays refused; only a lost connection is worth asking again.
      retry: (failures, error) => !(error instanceof Problem) && failures < 2,
    },
  },
});
