import { LayoutDashboard, LogIn, Package, ShoppingBag, Store, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useRoute } from "wouter";

import { useConfig } from "../api/config";
import { isStaff, useSession } from "../session/session";
import { cx } from "../ui";
import styles from "./Header.module.css";
import { Logo } from "./Logo";

export function Header() {
  const { storeName } = useConfig();
  const { account, who } = useSession();
  const staff = isStaff(account);
  return (
    <header className={styles.header}>
      <div className={styles.inner}>
        <Link href="/" className={styles.brand} aria-label={`${storeName}, to the shop`}>
          <Logo />
          <span className={styles.store}>{storeName}</span>
        </Link>
        <nav className={styles.nav} aria-label="Main">
          <NavLink href="/" label="Shop" icon={<Store aria-hidden="true" />} />
          {account && !staff && <NavLink href="/orders" also="/orders/:id" label="Orders" icon={<Package aria-hidden="true" />} />}
          {staff && <NavLink href="/admin" label="Console" icon={<LayoutDashboard aria-hidden="true" />} />}
          {!staff && <NavLink href="/cart" also="/checkout" label="Cart" icon={<ShoppingBag aria-hidden="true" />} />}
          {account && <NavLink href="/profile" label="Profile" icon={<UserRound aria-hidden="true" />} />}
          {who.state === "nobody" && <NavLink href="/sign-in" also="/sign-up" label="Sign in" icon={<LogIn aria-hidden="true" />} />}
        </nav>
      </div>
    </header>
  );
}

function NavLink({ href, also, label, icon }: { href: string; also?: string; label: string; icon: ReactNode }) {
  const [here] = useRoute(href);
  const [beside] = useRoute(also ?? href);
  return (
    <Link href={href} className={cx(styles.link, (here || beside) && styles.active)} aria-current={here ? "page" : undefined}>
      {icon}
      <span>{label}</span>
    </Link>
  );
}
