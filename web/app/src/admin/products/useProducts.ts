import { useOrdercast } from "@ordercast/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";

import { useLastKnown } from "../../offline/useLastKnown";
import { useApi, type ConsoleApi } from "../data/api";
import { useLiveEvents, useProductEvents, useReconnect, useResync } from "../data/live";
import { createThrottledQueue } from "../data/throttledQueue";
import type { OrderEvent, Product } from "../data/types";
import { changesStock, withProduct, type ProductMap } from "./productMap";

const KEY = ["products"];
/** How many products are stored on this device. */
const MAX_KNOWN = 500;

export interface Products {
  all: ProductMap | undefined;
  /** When the products were current, if they cannot be loaded and are the last known products. */
  knownAt: number | undefined;
  error: unknown;
  /** Stores a product that the server returned. */
  put: (product: Product) => void;
  load: () => void;
}

/**
 * Every product of the store, live. A product event fetches that product. Orders change stock without a product event, so
 * an order event fetches the products of the order.
 */
export function useProducts(): Products {
  const api = useApi();
  const { orders } = useOrdercast();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => readAll(api, signal),
    structuralSharing: false,
  });
  const [queue] = useState(() => createThrottledQueue((run, ms) => void setTimeout(run, ms)));
  useEffect(() => () => queue.clear(), [queue]);

  const put = useCallback(
    (product: Product) => {
      queryClient.setQueryData<ProductMap>(KEY, (products) => products && withProduct(products, product));
    },
    [queryClient],
  );

  function refresh(productId: string): void {
    queue.add(productId, async () => {
      // A list that is still loading may have been read before the change.
      await queryClient
        .getQueryCache()
        .find({ queryKey: KEY })
        ?.promise?.catch(() => undefined);
      put(await api.getProduct(productId, new AbortController().signal));
    });
  }

  function refreshProductsOf({ orderId, items }: OrderEvent): void {
    const known = items ?? orders.get(orderId)?.items;
    if (known) return known.forEach(({ productId }) => refresh(productId));
    queue.add(`order ${orderId}`, async () => {
      const order = await orders.fetch(orderId);
      for (const { productId } of order.items) refresh(productId);
    });
  }

  useProductEvents(({ productId }) => refresh(productId));
  useLiveEvents((event) => {
    if (changesStock(event)) refreshProductsOf(event);
  });
  const load = useCallback(() => void refetch(), [refetch]);
  useResync(load);
  useReconnect(() => queue.retryFailed());

  const newest = useMemo(() => data && [...data.values()].slice(0, MAX_KNOWN), [data]);
  const hasFailed = error !== null;
  const stored = useLastKnown<readonly Product[]>("console.products", {
    current: hasFailed ? undefined : newest,
    hasFailed,
  });
  const known = useMemo(() => stored && new Map(stored.value.map((product) => [product.id, product])), [stored]);
  return { all: data ?? known, knownAt: data ? undefined : stored?.at, error, put, load };
}

async function readAll(api: ConsoleApi, signal: AbortSignal): Promise<ProductMap> {
  const products = new Map<string, Product>();
  let page: string | undefined;
  do {
    const response = await api.listProducts(page, signal);
    for (const product of response.products) products.set(product.id, product);
    page = response.next ?? undefined;
  } while (page !== undefined && !signal.aborted);
  return products;
}
