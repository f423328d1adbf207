import { ArrowRight } from "lucide-react";

import { useConfig, type DemoAccount } from "../api/config";
import { Avatar, Badge } from "../ui";
import styles from "./AuthLayout.module.css";

/** One-click sign-in for a demo shop. */
export function DemoAccounts({ busy, onChoose }: { busy: boolean; onChoose: (account: DemoAccount) => void }) {
  const { demoAccounts } = useConfig();
  if (demoAccounts.length === 0) return null;
  return (
    <>
      <p className={styles.divider}>
        or use a <Badge tone="warning">Demo</Badge> account
      </p>
      <ul className={styles.accounts}>
        {demoAccounts.map((account) => (
          <li key={account.email}>
            <button
              type="button"
              className={styles.account}
              aria-disabled={busy || undefined}
              onClick={() => !busy && onChoose(account)}
            >
              <Avatar name={account.name} />
              <span className={styles.identity}>
                <span className={styles.name}>Continue as {account.name}</span>
                <span className={styles.role}>
                  {account.role === "customer" ? "Customer" : account.role === "driver" ? "Driver" : "Staff (console)"}
                </span>
              </span>
              <ArrowRight aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
