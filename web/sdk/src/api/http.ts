import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";
import type { Send } from "./send.js";

/** The openapi-fetch client, typed for every path of the OpenAPI document. It throws {@link OrdercastProblem} for error responses. */
export type Api = Client<paths>;

export function createApi(baseUrl: string, credentials: RequestCredentials, send: Send): Api {
  return createClient<paths>({
    baseUrl,
    credentials,
    cache: "no-store",
    fetch: send,
    headers: { Accept: "application/json" },
  });
}

/** The response body, for callers that do not need the response: `await unwrap(client.api.GET("/api/v1/products"))`. */
export async function unwrap<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer;
  // Error responses throw before this line, so missing data is an empty response (204).
  return data as NonNullable<Data>;
}
