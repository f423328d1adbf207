// Exports the orders of a list as a CSV file.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { localProblem, OrdercastProblem } from "../problem.js";
import type { ExportOptions, OrderFilter } from "./contract.js";
import { queryOf } from "./filter.js";

export async function exportCsv(
  api: Api,
  filter: OrderFilter,
  { sort = "newest", signal }: ExportOptions = {},
): Promise<Blob> {
  try {
    return await unwrap(
      api.GET("/api/v1/orders.csv", {
        params: { query: queryOf(filter, sort) },
        parseAs: "blob",
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  } catch (error) {
    if (error instanceof OrdercastProblem) throw error;
    if (signal?.aborted === true) throw localProblem("aborted", "The request was aborted.", error);
    throw localProblem("network", "The connection ended before the file was complete. Try again.", error);
  }
}
