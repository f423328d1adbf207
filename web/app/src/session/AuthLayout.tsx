import type { ReactNode } from "react";

import { PageHeading } from "../layout/PageHeading";
import { Card } from "../ui";
import styles from "./AuthLayout.module.css";

/** The layout of the sign-in, sign-up and password pages. */
export function AuthLayout({
  title,
  lead,
  children,
  below,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  below?: ReactNode;
}) {
  return (
    <div className={styles.layout}>
      <div className={styles.head}>
        <PageHeading>{title}</PageHeading>
        {lead && <p>{lead}</p>}
      </div>
      <Card>{children}</Card>
      {below && <p className={styles.below}>{below}</p>}
    </div>
  );
}
