import { useCallback, useEffect, useRef, useState } from "react";

import { useApi, type ConsoleApi } from "../data/api";
import { useResync, useLiveEvents, useProductEvents } from "../data/live";
import type { Product } from "../data/types";

export interface Products {
  all: ReadonlyMap<string, Product> | undefined;
  error: unknown;
  /** Takes over what the server answered. Of two, the newer version stays. */
  put: (product: Product) => void;
  load: () => void;
}

/** Orders reserve goods without an event of the product: the counts are read again so often at most. */
const REST_MS = 2_500;

/** Every product of the store, live. */
export function useProducts(): Products {
  const api = useApi();
  const [all, setAll] = useState<ReadonlyMap<string, Product>>();
  const [error, setError] = useState<unknown>(null);
  const gone = useRef(new AbortController());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const put = useCallback((product: Product) => {
    setAll((before) => {
      const known = before?.get(product.id);
      // A count of stock by an order raises no version: of the same version the later answer is the truer.
      return known && known.version > product.version ? before : new Map(before).set(product.id, product);
    });
  }, []);

  const load = useCallback(() => {
    const { signal } = gone.current;
    readAll(api, signal).then(
      (products) => {
        if (signal.aborted) return;
        setAll(new Map(products.map((product) => [product.id, product])));
        setError(null);
      },
      (problem: unknown) => !signal.aborted && setError(problem),
    );
  }, [api]);

  useEffect(() => {
    gone.current = new AbortController();
    load();
    return () => {
      gone.current.abort();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [load]);

  useProductEvents(({ productId }) => {
    void api.getProduct(productId, gone.current.signal).then(put, () => undefined);
  });
  useLiveEvents(({ kind, status, previousStatus }) => {
    if (timer.current !== undefined || (kind !== "order.created" && status === previousStatus)) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      load();
    }, REST_MS);
  });

  useResync(load);

  return { all, error, put, load };
}

async function readAll(api: ConsoleApi, signal: AbortSignal): Promise<Product[]> {
  const products: Product[] = [];
  let page: string | undefined;
  do {
    const read = await api.listProducts(page, signal);
    products.push(...read.products);
    page = read.next ?? undefined;
  } while (page !== undefined && !signal.aborted);
  return products;
}
