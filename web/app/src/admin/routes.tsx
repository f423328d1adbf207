import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { Redirect, Route, Switch } from "wouter";

import { lazyChunk } from "../chunks/lazyChunk";
import { ErrorBoundary } from "../layout/ErrorBoundary";
import { PageLoading } from "../layout/PageLoading";
import { orderRefOf } from "../orders/orderRef";
import { NotFound } from "../pages/NotFound";
import { useReconnect } from "./data/live";
import { createQueryClient, refetchFailed } from "./data/queryClient";
import { AdminLayout } from "./layout/AdminLayout";
import OrdersPage from "./orders/OrdersPage";
import { OrderTableProvider } from "./orders/table";

const OrderPage = lazyChunk(() => import("./order/OrderPage"));
const DashboardPage = lazyChunk(() => import("./dashboard/DashboardPage"));
const ProductsPage = lazyChunk(() => import("./products/ProductsPage"));

/** The console. The order table is part of its chunk; the other pages load on demand. */
export default function AdminRoutes() {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <RefetchFailed client={queryClient} />
      <OrderTableProvider>
        <AdminLayout>
          <ErrorBoundary>
            <Suspense fallback={<PageLoading />}>
              <Switch>
                <Route path="/admin">
                  <OrdersPage />
                </Route>
                {/* Other shops link to the order table by this address. */}
                <Route path="/admin/orders">
                  <Redirect to={`/admin${window.location.search}`} replace />
                </Route>
                <Route path="/admin/orders/:id">{({ id }) => <OrderPage key={id} id={orderRefOf(id)} />}</Route>
                <Route path="/admin/dashboard">
                  <DashboardPage />
                </Route>
                <Route path="/admin/products">
                  <ProductsPage />
                </Route>
                <Route>
                  <NotFound />
                </Route>
              </Switch>
            </Suspense>
          </ErrorBoundary>
        </AdminLayout>
      </OrderTableProvider>
    </QueryClientProvider>
  );
}

/** Repeats failed queries when the connection is back. */
function RefetchFailed({ client }: { client: QueryClient }) {
  useReconnect(() => refetchFailed(client));
  return null;
}
