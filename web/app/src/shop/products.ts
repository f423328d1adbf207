import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

import { request } from "../api/http";
import type { MoneyValue } from "../ui";

export interface Product {
  id: string;
  name: string;
  price: MoneyValue;
  available: number;
  archived: boolean;
  version: number;
  category?: string | null;
  description?: string | null;
  image?: string | null;
  sku?: string | null;
}

interface ProductPage {
  products: Product[];
  next?: string | null;
}

const PAGE = 200;

async function loadPage(q: string, page: string | undefined, signal: AbortSignal): Promise<ProductPage> {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (q) query.set("q", q);
  if (page) query.set("page", page);
  return request<ProductPage>("GET", `/api/v1/products?${query}`, { signal });
}

/** The catalogue, or what of it carries `q` in its name, a page of 200 at a time. */
export function useProducts(q = "") {
  const query = useInfiniteQuery({
    queryKey: ["products", q],
    queryFn: ({ pageParam, signal }) => loadPage(q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    // Stock moves with every order of everybody.
    refetchOnWindowFocus: "always",
  });
  return { ...query, products: query.data?.pages.flatMap((page) => page.products).filter((product) => !product.archived) };
}
