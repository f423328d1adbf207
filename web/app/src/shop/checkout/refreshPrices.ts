import { unwrap, type Api } from "@ordercast/client";

import { updatePrices } from "../cart/cart";
import type { Cart } from "../cart/totals";

/** Reads the products of the cart, one by one: the catalog has pages. One that cannot be read keeps its price. */
export async function refreshPrices(api: Api, cart: Cart): Promise<void> {
  const read = cart.map(({ productId }) =>
    unwrap(api.GET("/api/v1/products/{product}", { params: { path: { product: productId } } })),
  );
  const results = await Promise.allSettled(read);
  updatePrices(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
}
