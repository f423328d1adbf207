import { LayoutDashboard, LogIn, Package, ShoppingBag, Store, UserRound, type LucideIcon } from "lucide-react";
import { Link, useLocation } from "wouter";

import { isStaff, useSession } from "../session/session";
import { useCartCount } from "../shop/cart/cart";
import { CountBadge, cx } from "../ui";
import styles from "./Nav.module.css";

interface NavItem {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Path prefixes for which this item is highlighted too. */
  alsoActiveFor?: string[];
  count?: number;
}

/** In the header; on a phone, at the bottom. */
export function Nav() {
  const { viewer, account } = useSession();
  const [location] = useLocation();
  const count = useCartCount();
  const staff = isStaff(account);

  const items: NavItem[] = [{ href: "/", label: "Shop", icon: Store }];
  if (account && !staff) items.push({ href: "/orders", label: "Orders", icon: Package, alsoActiveFor: ["/orders/"] });
  if (!staff) items.push({ href: "/cart", label: "Cart", icon: ShoppingBag, alsoActiveFor: ["/checkout"], count });
  if (staff) items.push({ href: "/admin", label: "Console", icon: LayoutDashboard });
  if (account) items.push({ href: "/profile", label: "Profile", icon: UserRound });
  else if (viewer.state === "anonymous")
    items.push({ href: "/sign-in", label: "Sign in", icon: LogIn, alsoActiveFor: ["/sign-up", "/reset-password"] });

  return (
    <nav className={styles.nav} aria-label="Main">
      <ul>
        {items.map(({ href, label, icon: Icon, alsoActiveFor, count = 0 }) => {
          const isCurrent = location === href;
          const isActive = isCurrent || alsoActiveFor?.some((start) => location.startsWith(start));
          return (
            <li key={href}>
              <Link
                href={href}
                className={cx(styles.link, isActive && styles.active)}
                aria-current={isCurrent ? "page" : isActive ? "true" : undefined}
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
