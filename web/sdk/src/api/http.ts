// The typed HTTP client.

import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";
import type { Send } from "./send.js";

/** The typed client of openapi-fetch, for every path of the OpenAPI document. Refusals are thrown. */
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

/** The data of an answer, for when the response itself is of no interest: `await unwrap(client.api.GET("/api/v1/products"))`. */
export async function unwrap<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer;
  // A refusal was thrown before this; what is left without data is an answer that has none (204).
  return data as NonNullable<Data>;
}
