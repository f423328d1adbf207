import { Search, SearchX, Store } from "lucide-react";
import { Suspense, useDeferredValue, useMemo } from "react";
import { useSearchParams } from "wouter";

import { lazyChunk } from "../../chunks/lazyChunk";
import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { PageHeading } from "../../layout/PageHeading";
import { OfflineBanner } from "../../offline/OfflineBanner";
import { isStaff, useSession } from "../../session/session";
import { Banner, Button, cx, EmptyState, Input, Loading, Skeleton } from "../../ui";
import { useCart } from "../cart/cart";
import { quantityOf } from "../cart/totals";
import { useProducts } from "../products";
import styles from "./CataloguePage.module.css";
import { ProductCard } from "./ProductCard";

const ProductDialog = lazyChunk(() => import("./ProductDialog"));

export default function CataloguePage() {
  const { storeName } = useConfig();
  const { account } = useSession();
  const cart = useCart();
  const [search, setSearch] = useSearchParams();
  const q = search.get("q") ?? "";
  const category = search.get("category");
  const query = useDeferredValue(q.trim().toLowerCase());

  const all = useProducts();
  // A catalog of one page is searched in the browser; a larger one by the server.
  const found = useProducts(all.hasMore && !all.isStale ? query : "");
  const { products, error, reload } = found;
  const categories = useMemo(
    () => [...new Set(all.products?.flatMap((product) => product.category ?? []))],
    [all.products],
  );
  const shown = products?.filter(
    (product) =>
      (!category || product.category === category) &&
      `${product.name} ${product.description ?? ""} ${product.category ?? ""}`.toLowerCase().includes(query),
  );
  const open = search.get("product");
  const opened = all.products?.find((product) => product.id === open);

  const change = (name: string, value: string | null) =>
    setSearch(
      (search) => {
        const next = new URLSearchParams(search);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: name === "q" },
    );
  const hrefOf = (id: string) => {
    const next = new URLSearchParams(search);
    next.set("product", id);
    return `/?${next}`;
  };

  return (
    <>
      <div className={styles.head}>
        <div>
          <PageHeading title="Shop">{storeName}</PageHeading>
          <p className={styles.intro}>Order in a minute and track it live to your door.</p>
        </div>
        <search className={styles.search}>
          <Search aria-hidden="true" />
          <Input
            type="search"
            aria-label="Search products"
            placeholder="Search"
            value={q}
            onChange={(event) => change("q", event.target.value)}
          />
        </search>
      </div>

      {categories.length > 1 && (
        <nav className={styles.categories} aria-label="Categories">
          {[null, ...categories].map((name) => (
            <button
              key={name}
              type="button"
              className={cx(styles.category, name === category && styles.chosen)}
              aria-pressed={name === category}
              onClick={() => change("category", name)}
            >
              {name ?? "All"}
            </button>
          ))}
        </nav>
      )}

      <OfflineBanner isStale={found.isStale} at={found.readAt} onRetry={() => void reload()} />
      {error !== undefined && !found.isStale && (
        <Banner
          severity="error"
          title="The products could not be loaded"
          action={
            <Button size="sm" onClick={() => void reload()}>
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Banner>
      )}
      {!shown && error === undefined && <CatalogueLoading />}
      {shown && (
        <>
          <p className="visually-hidden" role="status">
            {shown.length === 1 ? "1 product" : `${shown.length} products`}
          </p>
          <ul className={styles.grid}>
            {shown.map((product) => (
              <ProductCard
                key={product.id}
                product={product}
                quantity={quantityOf(cart, product.id)}
                href={hrefOf(product.id)}
                canOrder={!isStaff(account)}
              />
            ))}
          </ul>
          {shown.length === 0 && products?.length === 0 && !found.hasMore && !q && (
            <EmptyState icon={Store} title="No products yet">
              The store has not added any products. Check back later.
            </EmptyState>
          )}
          {shown.length === 0 && (q || products?.length !== 0 || found.hasMore) && (
            <EmptyState
              icon={SearchX}
              title="No products found"
              action={<Button onClick={() => setSearch({})}>Show all products</Button>}
            >
              {q ? `No products match “${q}”.` : "There are no products in this category right now."}
            </EmptyState>
          )}
          {found.hasMore && (
            <Button className={styles.more} busy={found.isLoadingMore} onClick={() => void found.loadMore()}>
              Show more
            </Button>
          )}
        </>
      )}
      {opened && (
        <Suspense>
          <ProductDialog
            product={opened}
            quantity={quantityOf(cart, opened.id)}
            canOrder={!isStaff(account)}
            onClose={() => change("product", null)}
          />
        </Suspense>
      )}
    </>
  );
}

function CatalogueLoading() {
  return (
    <Loading label="Loading products">
      <div className={styles.grid}>
        {Array.from({ length: 8 }, (_, index) => (
          <div key={index} className={styles.placeholder}>
            <Skeleton className={styles.placeholderPicture} />
            <Skeleton width="70%" />
            <Skeleton width="40%" />
          </div>
        ))}
      </div>
    </Loading>
  );
}
