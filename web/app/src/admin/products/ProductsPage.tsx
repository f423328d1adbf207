import { PackagePlus, Search, ShoppingBasket } from "lucide-react";
import { useState } from "react";

import { messageOf } from "../../api/http";
import { OfflineBanner } from "../../offline/OfflineBanner";
import { Banner, Button, Card, EmptyState, Input, Loading, Skeleton } from "../../ui";
import { PageBar } from "../layout/PageBar";
import { countProducts, filterProducts, type ProductFilter } from "./product";
import { ProductDialog } from "./ProductDialog";
import { ProductTable } from "./ProductTable";
import styles from "./ProductsPage.module.css";
import { StockDialog } from "./StockDialog";
import { useProducts } from "./useProducts";

const FILTERS: { show: ProductFilter["show"]; label: string }[] = [
  { show: "selling", label: "For sale" },
  { show: "low", label: "Low stock" },
  { show: "archived", label: "Archived" },
];

type Open = { dialog: "new" } | { dialog: "edit" | "stock"; id: string };

/** `/admin/products`: products and stock, live. */
export default function ProductsPage() {
  const { all, knownAt, error, put, load } = useProducts();
  const [filter, setFilter] = useState<ProductFilter>({ text: "", show: "selling" });
  const [open, setOpen] = useState<Open>();
  const shown = all && filterProducts(all.values(), filter);
  const close = () => setOpen(undefined);
  const opened = open && "id" in open ? all?.get(open.id) : undefined;
  const counts = countProducts(all?.values() ?? [], filter.text);

  return (
    <div className={styles.page}>
      <PageBar title="Products" />
      <div className={styles.line}>
        <div className={styles.filters} role="group" aria-label="Show">
          {FILTERS.map(({ show, label }) => (
            <button
              key={show}
              type="button"
              aria-pressed={filter.show === show}
              onClick={() => setFilter({ ...filter, show })}
            >
              {label} {all && <span>{counts[show]}</span>}
            </button>
          ))}
        </div>
        <div className={styles.search}>
          <Search aria-hidden="true" />
          <Input
            type="search"
            aria-label="Search products"
            placeholder="Name, SKU, category"
            value={filter.text}
            onChange={({ target }) => setFilter({ ...filter, text: target.value })}
          />
        </div>
        <Button variant="primary" onClick={() => setOpen({ dialog: "new" })}>
          <PackagePlus aria-hidden="true" />
          Add product
        </Button>
      </div>
      <OfflineBanner isStale={error !== null && all !== undefined} at={knownAt} onRetry={load} />
      {error !== null && !all && (
        <Banner
          severity="error"
          title="The products could not be loaded"
          action={
            <Button size="sm" onClick={load}>
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Banner>
      )}
      <Card flush>
        {!shown && error === null && (
          <Loading label="Loading products">
            <div className={styles.skeleton}>
              {Array.from({ length: 8 }, (_, at) => (
                <Skeleton key={at} height="2.5rem" />
              ))}
            </div>
          </Loading>
        )}
        {shown?.length === 0 && (
          <NoProducts filter={filter} hasArchived={counts.archived > 0} onAdd={() => setOpen({ dialog: "new" })} />
        )}
        {shown && shown.length > 0 && (
          <ProductTable
            products={shown}
            onEdit={(id) => setOpen({ dialog: "edit", id })}
            onStock={(id) => setOpen({ dialog: "stock", id })}
          />
        )}
      </Card>
      {open?.dialog === "new" && <ProductDialog product={undefined} onClose={close} onSaved={put} />}
      {open?.dialog === "edit" && opened && <ProductDialog product={opened} onClose={close} onSaved={put} />}
      {open?.dialog === "stock" && opened && <StockDialog product={opened} onClose={close} onSaved={put} />}
    </div>
  );
}

function NoProducts({
  filter,
  hasArchived,
  onAdd,
}: {
  filter: ProductFilter;
  hasArchived: boolean;
  onAdd: () => void;
}) {
  if (filter.text !== "")
    return (
      <EmptyState icon={Search} title="No products match">
        Try a different search, or look in Archived.
      </EmptyState>
    );
  if (filter.show === "low")
    return (
      <EmptyState icon={ShoppingBasket} title="Nothing is low in stock">
        Products that run low appear here.
      </EmptyState>
    );
  if (filter.show === "archived")
    return (
      <EmptyState icon={ShoppingBasket} title="No archived products">
        Archived products appear here and are no longer sold.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={ShoppingBasket}
      title={hasArchived ? "Nothing for sale" : "No products yet"}
      action={<Button onClick={onAdd}>Add product</Button>}
    >
      Products you add appear in the shop immediately.
    </EmptyState>
  );
}
