import type { ReactNode } from "react";

import { useConfig } from "../api/config";
import { ThemeSwitch } from "../ui";
import styles from "./CustomerLayout.module.css";
import { Header } from "./Header";

/** The frame of the shop's pages: header, page, footer. */
export function CustomerLayout({ children }: { children: ReactNode }) {
  const { storeName, timeZone } = useConfig();
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1} className={styles.main}>
        {children}
      </main>
      <footer className={styles.footer}>
        <p>
          {storeName}
          <span className={styles.zone}>All times: {timeZone.replaceAll("_", " ")}</span>
        </p>
        <ThemeSwitch />
      </footer>
    </>
  );
}
