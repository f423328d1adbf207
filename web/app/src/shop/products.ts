import type { Product, Store } from "@ordercast/client";
import { useStore } from "@ordercast/react";
import { useMemo } from "react";

import { request } from "../api/http";

export type { Product } from "@ordercast/client";

interface ProductPage {
  products: Product[];
  next?: string | null;
}

export interface ProductsSnapshot {
  /** Undefined until they are there; what was there stays while they are read again. */
  products: readonly Product[] | undefined;
  hasMore: boolean;
  isLoadingMore: boolean;
  error: unknown;
}

const PAGE = 200;
// Stock moves with everybody's orders; what was read this long ago is read again when somebody looks.
const FRESH = 10_000;

/** The catalogue, or what of it carries some words in its name: a page of 200 at a time, read again when it is looked at. */
class ProductList implements Store<ProductsSnapshot> {
  readonly #q: string;
  readonly #listeners = new Set<() => void>();
  #snapshot: ProductsSnapshot = { products: undefined, hasMore: false, isLoadingMore: false, error: undefined };
  #next: string | undefined;
  #readAt = 0;
  #reading: Promise<void> | undefined;

  constructor(q: string) {
    this.#q = q;
  }

  getSnapshot = (): ProductsSnapshot => this.#snapshot;

  subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      document.addEventListener("visibilitychange", this.#look);
      window.addEventListener("online", this.load);
      this.#look();
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      document.removeEventListener("visibilitychange", this.#look);
      window.removeEventListener("online", this.load);
    };
  };

  /** Reads the first page again. */
  load = (): Promise<void> => (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));

  loadMore = async (): Promise<void> => {
    if (!this.#next || this.#snapshot.isLoadingMore) return;
    this.#set({ isLoadingMore: true });
    try {
      const page = await this.#page(this.#next);
      this.#show([...(this.#snapshot.products ?? []), ...page.products], page.next);
    } catch (error) {
      this.#set({ error, isLoadingMore: false });
    }
  };

  #look = (): void => {
    if (!document.hidden && Date.now() - this.#readAt > FRESH) void this.load();
  };

  async #read(): Promise<void> {
    try {
      const page = await this.#page(undefined);
      this.#readAt = Date.now();
      this.#show(page.products, page.next);
    } catch (error) {
      this.#set({ error });
    }
  }

  #page(from: string | undefined): Promise<ProductPage> {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.#q) query.set("q", this.#q);
    if (from) query.set("page", from);
    return request<ProductPage>("GET", `/api/v1/products?${query}`);
  }

  #show(products: readonly Product[], next: string | null | undefined): void {
    this.#next = next ?? undefined;
    this.#set({ products: products.filter((product) => !product.archived), hasMore: this.#next !== undefined, isLoadingMore: false, error: undefined });
  }

  #set(part: Partial<ProductsSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    for (const listener of this.#listeners) listener();
  }
}

const whole = new ProductList("");

export interface Products extends ProductsSnapshot {
  reload: () => Promise<void>;
  loadMore: () => Promise<void>;
}

/** The catalogue; or what of it carries `q` in its name, as the server finds it. */
export function useProducts(q = ""): Products {
  const list = useMemo(() => (q ? new ProductList(q) : whole), [q]);
  return { ...useStore(list), reload: list.load, loadMore: list.loadMore };
}
