import { Link } from "wouter";

import { useConfig } from "../api/config";
import { useSession } from "../session/session";
import styles from "./Header.module.css";
import { HeaderTools } from "./HeaderTools";
import { Logo } from "./Logo";
import { Nav } from "./Nav";

export function Header() {
  const { storeName } = useConfig();
  const { account } = useSession();
  return (
    <header className={styles.header}>
      <div className={styles.inner}>
        <Link href="/" className={styles.brand} aria-label={`${storeName}, home`}>
          <Logo />
          <span className={styles.store}>{storeName}</span>
        </Link>
        <Nav />
        {account && <HeaderTools />}
      </div>
    </header>
  );
}
