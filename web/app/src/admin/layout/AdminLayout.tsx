import {
  ChartColumn,
  ExternalLink,
  FlaskConical,
  Package,
  ShoppingBasket,
  Volume2,
  VolumeX,
  type LucideIcon,
} from "lucide-react";
import { useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { Logo } from "../../layout/Logo";
import { LiveMonitor } from "../../live/LiveMonitor";
import { NotificationBell } from "../../notifications/NotificationBell";
import { CountBadge, cx, IconButton } from "../../ui";
import { AccountMenu } from "./AccountMenu";
import styles from "./AdminLayout.module.css";
import { badgeText } from "./newOrders";
import { BarSlot } from "./PageBar";
import { useNewOrders } from "./useNewOrders";
import { useSound } from "./useSound";

/** The console's frame: navigation, live indicator, notifications. */
export function AdminLayout({ children }: { children: ReactNode }) {
  const { storeName } = useConfig();
  const [location] = useLocation();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const newOrderCount = useNewOrders(location === "/admin");
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <nav className={styles.side} aria-label="Console">
        <Link href="/admin" className={styles.brand} aria-label={`${storeName}, orders`}>
          <Logo />
          <span>{storeName}</span>
        </Link>
        <ul className={styles.items}>
          <NavLink href="/admin" alsoActiveFor="/admin/orders/" label="Orders" icon={Package} count={newOrderCount} />
          <NavLink href="/admin/dashboard" label="Dashboard" icon={ChartColumn} />
          <NavLink href="/admin/products" label="Products" icon={ShoppingBasket} />
        </ul>
        <ul className={styles.more}>
          <NavLink href="/real-time-test" label="Real-time test" icon={FlaskConical} />
          <NavLink href="/" label="View shop" icon={ExternalLink} />
        </ul>
      </nav>
      <div className={styles.column}>
        <header className={styles.bar}>
          <div ref={setSlot} className={styles.slot} />
          <div className={styles.tools}>
            <LiveMonitor label="Live Updates" />
            <Sound />
            <NotificationBell />
            <AccountMenu />
          </div>
        </header>
        <main id="main" tabIndex={-1} className={styles.main}>
          <BarSlot value={slot}>{children}</BarSlot>
        </main>
      </div>
    </div>
  );
}

function NavLink({
  href,
  alsoActiveFor,
  label,
  icon: Icon,
  count = 0,
}: {
  href: string;
  alsoActiveFor?: string;
  label: string;
  icon: LucideIcon;
  count?: number;
}) {
  const [location] = useLocation();
  const isCurrent = location === href;
  const isActive = isCurrent || (alsoActiveFor !== undefined && location.startsWith(alsoActiveFor));
  return (
    <li>
      <Link
        href={href}
        className={cx(styles.link, isActive && styles.current)}
        aria-current={isCurrent ? "page" : isActive ? "true" : undefined}
        aria-label={count > 0 ? `${label}, ${badgeText(count)} new` : undefined}
      >
        <Icon aria-hidden="true" />
        <span>{label}</span>
        <CountBadge count={count} className={styles.count} />
      </Link>
    </li>
  );
}

function Sound() {
  const { muted, setMuted } = useSound();
  const Icon = muted ? VolumeX : Volume2;
  return (
    <IconButton label="Sound for new orders" aria-pressed={!muted} onClick={() => setMuted(!muted)}>
      <Icon aria-hidden="true" />
    </IconButton>
  );
}
