import { CSPProvider } from "@base-ui/react/csp-provider";
import type { Ordercast } from "@ordercast/client";
import { OrdercastProvider } from "@ordercast/react";
import { Suspense } from "react";
import { Route, Router, Switch } from "wouter";

import { useConfig } from "./api/config";
import { basePath } from "./basePath";
import { CustomerLayout } from "./layout/CustomerLayout";
import { ErrorBoundary } from "./layout/ErrorBoundary";
import { PageLoading } from "./layout/PageLoading";
import { aroundNavigation } from "./layout/navigation";
import { LiveNews } from "./live/LiveNews";
import { LiveToasts } from "./live/LiveToasts";
import { NotFound } from "./pages/NotFound";
import { admin, pages } from "./routes";
import { Guard } from "./session/Guard";
import { Toasts } from "./ui/Toasts";

export function App({ client }: { client: Ordercast }) {
  // Amounts on the page are formatted with these digits.
  const digits = JSON.stringify(useConfig().currencyDigits);
  return (
    // The content security policy allows no inline styles; the app's own style sheets replace those of Base UI.
    <CSPProvider disableStyleElements>
      <OrdercastProvider key={digits} client={client}>
        <Router base={basePath} aroundNav={aroundNavigation}>
          <ErrorBoundary>
            <Routes />
          </ErrorBoundary>
          <LiveToasts />
          <LiveNews />
          <Toasts />
        </Router>
      </OrdercastProvider>
    </CSPProvider>
  );
}

function Routes() {
  return (
    <Switch>
      <Route path={admin.path}>
        <Guard audience={admin.audience} frame={CustomerLayout}>
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
