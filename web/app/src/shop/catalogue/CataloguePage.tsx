import { Search, SearchX } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useMemo } from "react";
import { useSearchParams } from "wouter";

import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { PageHeading } from "../../layout/PageHeading";
import { isStaff, useSession } from "../../session/session";
import { Banner, Button, cx, EmptyState, Input, Loading, Skeleton } from "../../ui";
import { useCart } from "../cart/cart";
import { quantityOf } from "../cart/maths";
import { useProducts } from "../products";
import styles from "./CataloguePage.module.css";
import { ProductCard } from "./ProductCard";

const ProductDialog = lazy(() => import("./ProductDialog"));

export default function CataloguePage() {
  const { storeName } = useConfig();
  const { account } = useSession();
  const cart = useCart();
  const [search, setSearch] = useSearchParams();
  const q = search.get("q") ?? "";
  const category = search.get("category");
  const words = useDeferredValue(q.trim().toLowerCase());

  const all = useProducts();
  // A catalogue of one page is searched here, at once; a larger one by the server.
  const found = useProducts(all.hasMore ? words : "");
  const { products, error, reload } = found;
  const categories = useMemo(
    () => [...new Set(all.products?.flatMap((product) => product.category ?? []))],
    [all.products],
  );
  const shown = products?.filter(
    (product) =>
      (!category || product.category === category) &&
      `${product.name} ${product.description ?? ""} ${product.category ?? ""}`.toLowerCase().includes(words),
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
          <p className={styles.lead}>Order in a minute, and follow it live to your door.</p>
        </div>
        <search className={styles.search}>
          <Search aria-hidden="true" />
          <Input
            type="search"
            aria-label="Search the shop"
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
              {name ?? "Everything"}
            </button>
          ))}
        </nav>
      )}

      {error !== undefined && (
        <Banner
          severity="error"
          title="The catalogue could not be loaded"
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
          {shown.length === 0 && (
            <EmptyState
              icon={SearchX}
              title="Nothing found"
              action={<Button onClick={() => setSearch({})}>Show everything</Button>}
            >
              {q ? `Nothing here is called “${q}”.` : "There is nothing in this part of the shop right now."}
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
    <Loading label="Loading the catalogue">
      <div className={styles.grid}>
        {Array.from({ length: 8 }, (_, place) => (
          <div key={place} className={styles.coming}>
            <Skeleton className={styles.comingPicture} />
            <Skeleton width="70%" />
            <Skeleton width="40%" />
          </div>
        ))}
      </div>
    </Loading>
  );
}
