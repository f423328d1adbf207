import { LayoutDashboard, LogIn, Package, ShoppingBag, Store, UserRound, type LucideIcon } from "lucide-react";
import { Link, useLocation } from "wouter";

import { isStaff, useSession } from "../session/session";
import { useCartCount } from "../shop/cart/cart";
import { CountBadge, cx } from "../ui";
import styles from "./Nav.module.css";

interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Pages that belong to it. */
  also?: string[];
  count?: number;
}

/** In the header where there is room, along the bottom of a phone, where the thumb is. */
export function Nav() {
  const { who, account } = useSession();
  const [location] = useLocation();
  const count = useCartCount();
  const staff = isStaff(account);

  const places: Place[] = [{ href: "/", label: "Shop", icon: Store }];
  if (account && !staff) places.push({ href: "/orders", label: "Orders", icon: Package, also: ["/orders/"] });
  if (!staff) places.push({ href: "/cart", label: "Cart", icon: ShoppingBag, also: ["/checkout"], count });
  if (staff) places.push({ href: "/admin", label: "Console", icon: LayoutDashboard });
  if (account) places.push({ href: "/profile", label: "Profile", icon: UserRound });
  else if (who.state === "nobody")
    places.push({ href: "/sign-in", label: "Sign in", icon: LogIn, also: ["/sign-up", "/reset-password"] });

  return (
    <nav className={styles.nav} aria-label="Main">
      <ul>
        {places.map(({ href, label, icon: Icon, also, count = 0 }) => {
          const here = location === href;
          const within = here || also?.some((start) => location.startsWith(start));
          return (
            <li key={href}>
              <Link
                href={href}
                className={cx(styles.link, within && styles.active)}
                aria-current={here ? "page" : within ? "true" : undefined}
              >
                <Icon aria-hidden="true" />
                <span>
                  {label}
                  {count > 0 && (
                    <span className="visually-hidden">{` ${count} ${count === 1 ? "item" : "items"}`}</span>
                  )}
                </span>
                <CountBadge count={count} className={styles.count} />
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
