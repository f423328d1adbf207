import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Route, Switch } from "wouter";

import { queryClient } from "./api/queryClient";
import { CustomerLayout } from "./layout/CustomerLayout";
import { ErrorBoundary } from "./layout/ErrorBoundary";
import { PageLoading } from "./layout/PageLoading";
import { useScrollToTop } from "./layout/useScrollToTop";
import { NotFound } from "./pages/NotFound";
import { admin, pages } from "./routes";
import { Guard } from "./session/Guard";
import { SessionProvider } from "./session/session";
import { Toasts } from "./ui/Toasts";

export function App() {
  return (
    // The policy that is served allows no inline styles; the kit's own sheets have what these would say.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <ErrorBoundary>
            <Routes />
          </ErrorBoundary>
          <Toasts />
        </SessionProvider>
      </QueryClientProvider>
    </CSPProvider>
  );
}

function Routes() {
  useScrollToTop();
  return (
    <Switch>
      <Route path={admin.path}>
        <Guard audience={admin.audience}>
          <Suspense fallback={<PageLoading />}>
            <admin.Page />
          </Suspense>
        </Guard>
      </Route>
      <Route>
        <CustomerLayout>
          <Switch>
            {pages.map(({ path, audience, Page }) => (
              <Route key={path} path={path}>
                <ErrorBoundary>
                  <Guard audience={audience}>
                    <Suspense fallback={<PageLoading />}>
                      <Page />
                    </Suspense>
                  </Guard>
                </ErrorBoundary>
              </Route>
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </CustomerLayout>
      </Route>
    </Switch>
  );
}
