import type { ReactNode } from "react";

import { PageHeading } from "../layout/PageHeading";
import { Card } from "../ui";
import styles from "./Entrance.module.css";

/** The frame of the pages on which one signs in. */
export function Entrance({
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
    <div className={styles.entrance}>
      <div className={styles.head}>
        <PageHeading>{title}</PageHeading>
        {lead && <p>{lead}</p>}
      </div>
      <Card>{children}</Card>
      {below && <p className={styles.below}>{below}</p>}
    </div>
  );
}
