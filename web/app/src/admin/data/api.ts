// Every request of the console. All of them throw `OrdercastProblem`.

import { unwrap, type Ordercast } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";

import type { NewProduct, Product, ProductChange } from "./types";

/** The largest page the API returns. */
const PAGE = 200;

export function consoleApi({ api }: Pick<Ordercast, "api">) {
  return {
    async listOrders(query: { limit: number }, signal: AbortSignal) {
      return unwrap(api.GET("/api/v1/orders", { params: { query }, signal }));
    },
    async listProducts(page: string | undefined, signal: AbortSignal) {
      return unwrap(
        api.GET("/api/v1/products", {
          params: { query: { archived: true, limit: PAGE, ...(page && { page }) } },
          signal,
        }),
      );
    },
    async getProduct(product: string, signal: AbortSignal): Promise<Product> {
      return unwrap(api.GET("/api/v1/products/{product}", { params: { path: { product } }, signal }));
    },
    async createProduct(body: NewProduct): Promise<Product> {
      return unwrap(api.POST("/api/v1/products", { body }));
    },
    async changeProduct(product: string, body: ProductChange, expectedVersion: number): Promise<Product> {
      return unwrap(
        api.PUT("/api/v1/products/{product}", {
          params: { path: { product }, header: ifMatch(expectedVersion) },
          body,
        }),
      );
    },
    /** For a customer of the store, by id or e-mail address. */
    async createResetLink(user: string) {
      return unwrap(api.POST("/api/v1/users/{user}/reset-link", { params: { path: { user } } }));
    },
    async countStock(
      product: string,
      body: { onHand: number } | { change: number },
      expectedVersion?: number,
    ): Promise<Product> {
      return unwrap(
        api.PUT("/api/v1/products/{product}/stock", {
          params: { path: { product }, header: ifMatch(expectedVersion) },
          body,
        }),
      );
    },
  };
}

export type ConsoleApi = ReturnType<typeof consoleApi>;

const apis = new WeakMap<Ordercast, ConsoleApi>();

/** The requests of one client; always the same object for the same client. */
export function useApi(): ConsoleApi {
  const client = useOrdercast();
  let api = apis.get(client);
  if (!api) apis.set(client, (api = consoleApi(client)));
  return api;
}

function ifMatch(version: number | undefined): { "If-Match"?: string } {
  return version === undefined ? {} : { "If-Match": `"${version}"` };
}
