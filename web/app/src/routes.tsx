import { parse } from "regexparam";
import { lazy, type ComponentType } from "react";
import { matchRoute } from "wouter";

import { once } from "./chunks/lazyChunk";
import type { Audience } from "./session/Guard";

type Load = () => Promise<{ default: ComponentType }>;

export interface PageRoute {
  path: string;
  audience: Audience;
  Page: ComponentType;
  load: Load;
}

function page(path: string, audience: Audience, loadOnce: Load): PageRoute {
  const load = once(loadOnce);
  return { path, audience, Page: lazy(load), load };
}

/** The pages within the shop's layout. The first match wins. */
export const pages: PageRoute[] = [
  page("/", "anybody", () => import("./shop/catalogue/CataloguePage")),
  page("/cart", "anybody", () => import("./shop/cart/CartPage")),
  page("/checkout", "customer", () => import("./shop/checkout/CheckoutPage")),
  page("/sign-in", "anybody", () => import("./session/SignInPage")),
  page("/sign-up", "anybody", () => import("./session/SignUpPage")),
  page("/reset-password", "anybody", () => import("./session/ResetPasswordPage")),
  page("/orders", "signed-in", () => import("./orders/OrdersPage")),
  page("/orders/:id", "signed-in", () => import("./tracking/TrackingPage")),
  page("/notifications", "signed-in", () => import("./notifications/NotificationsPage")),
  page("/profile", "signed-in", () => import("./profile/ProfilePage")),
  page("/real-time-test", "signed-in", () => import("./realtime-test")),
];

/** The console has its own layout and routes everything below `/admin` itself, with full paths. */
export const admin: PageRoute = page("/admin/*?", "staff", () => import("./admin/routes"));

/** Starts loading the code of a path's page. The page itself reports a failure. */
export function preload(path: string) {
  const page = [admin, ...pages].find((page) => matchRoute(parse, page.path, path)[0]);
  page?.load().catch(() => undefined);
}
