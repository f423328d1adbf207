import { unwrap, type Ordercast, type Product, type Store } from "@ordercast/client";
import { useOrdercast, useStore } from "@ordercast/react";

import { persistence } from "../persistence";

export type { Product } from "@ordercast/client";

export interface ProductsSnapshot {
  /** Undefined until loaded. The old list stays while it is fetched again. */
  products: readonly Product[] | undefined;
  hasMore: boolean;
  isLoadingMore: boolean;
  error: unknown;
  /** When these products were read, in milliseconds since 1970; null while none were. */
  readAt: number | null;
  /** The products could not be read again: stock and prices may have changed. */
  isStale: boolean;
}

/** The first page of the catalog, stored on this device for when the server cannot be reached. */
interface KnownCatalog {
  products: readonly Product[];
  readAt: number;
}

const KNOWN = "catalog";

function readKnownCatalog(): KnownCatalog | undefined {
  const stored = persistence.read<unknown>(KNOWN);
  if (!stored || typeof stored !== "object") return undefined;
  const { products, readAt } = stored as Partial<KnownCatalog>;
  return Array.isArray(products) && typeof readAt === "number" ? { products, readAt } : undefined;
}

const PAGE_SIZE = 200;
// Stock changes with every order; an older list is fetched again when the page is shown.
const STALE_AFTER_MS = 10_000;
/** Time between two attempts of a failed read. */
const RETRY_MS = 10_000;

type Client = Pick<Ordercast, "api" | "connection">;

/** The catalog, or the products that match a search, in pages of 200. Fetched again when the page is shown. */
class ProductList implements Store<ProductsSnapshot> {
  readonly #client: Client;
  readonly #q: string;
  readonly #listeners = new Set<() => void>();
  #snapshot: ProductsSnapshot = {
    products: undefined,
    hasMore: false,
    isLoadingMore: false,
    error: undefined,
    readAt: null,
    isStale: false,
  };
  #next: string | undefined;
  #reading: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #stopConnection: (() => void) | undefined;

  constructor(client: Client, q: string) {
    this.#client = client;
    this.#q = q;
  }

  getSnapshot = (): ProductsSnapshot => this.#snapshot;

  subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      document.addEventListener("visibilitychange", this.#look);
      window.addEventListener("online", this.load);
      this.#stopConnection = this.#onReconnect(this.#mend);
      this.#look();
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      document.removeEventListener("visibilitychange", this.#look);
      window.removeEventListener("online", this.load);
      this.#stopConnection?.();
      clearTimeout(this.#retry);
    };
  };

  /** Fetches the first page again. */
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
    const { readAt, isStale } = this.#snapshot;
    if (!document.hidden && (isStale || Date.now() - (readAt ?? 0) > STALE_AFTER_MS)) void this.load();
  };

  async #read(): Promise<void> {
    try {
      const page = await this.#page(undefined);
      const readAt = Date.now();
      this.#show(page.products, page.next, { readAt, isStale: false });
      if (!this.#q) this.#save(readAt);
    } catch (error) {
      this.#set({ error, ...this.#lastKnown() });
      clearTimeout(this.#retry);
      if (this.#listeners.size > 0) this.#retry = setTimeout(this.#mend, RETRY_MS);
    }
  }

  #save(readAt: number): void {
    const { products = [] } = this.#snapshot;
    persistence.write(KNOWN, { products, readAt } satisfies KnownCatalog);
  }

  /** What to show when the server cannot be reached: what was read before, on this page or an earlier one. */
  #lastKnown(): Partial<ProductsSnapshot> {
    if (this.#snapshot.products) return { isStale: true };
    const known = this.#q ? undefined : readKnownCatalog();
    return known ? { ...known, isStale: true } : {};
  }

  /** Fetches again what could not be fetched. */
  #mend = (): void => {
    if (this.#snapshot.error !== undefined) void this.load();
  };

  #onReconnect(listener: () => void): () => void {
    const { connection } = this.#client;
    let { isConnected } = connection.getSnapshot();
    return connection.subscribe(() => {
      const was = isConnected;
      ({ isConnected } = connection.getSnapshot());
      if (isConnected && !was) listener();
    });
  }

  #page(from: string | undefined) {
    const query = { limit: PAGE_SIZE, ...(this.#q && { q: this.#q }), ...(from && { page: from }) };
    return unwrap(this.#client.api.GET("/api/v1/products", { params: { query } }));
  }

  #show(products: readonly Product[], next: string | null | undefined, more: Partial<ProductsSnapshot> = {}): void {
    this.#next = next ?? undefined;
    this.#set({
      products: products.filter((product) => !product.archived),
      hasMore: this.#next !== undefined,
      isLoadingMore: false,
      error: undefined,
      ...more,
    });
  }

  #set(part: Partial<ProductsSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    for (const listener of this.#listeners) listener();
  }
}

const lists = new WeakMap<Client, Map<string, ProductList>>();

function listOf(client: Client, q: string): ProductList {
  let known = lists.get(client);
  if (!known) lists.set(client, (known = new Map()));
  let list = known.get(q);
  if (!list) known.set(q, (list = new ProductList(client, q)));
  return list;
}

export interface Products extends ProductsSnapshot {
  reload: () => Promise<void>;
  loadMore: () => Promise<void>;
}

/** The catalog, or the products that match `q` on the server. */
export function useProducts(q = ""): Products {
  const list = listOf(useOrdercast(), q);
  return { ...useStore(list), reload: list.load, loadMore: list.loadMore };
}
