import { PageHeading } from "../layout/PageHeading";
import { LinkButton } from "../ui";
import styles from "./message.module.css";

export function Forbidden({ audience }: { audience: "staff" | "customer" }) {
  const forStaff = audience === "staff";
  return (
    <div className={styles.message}>
      <p className={styles.code}>403</p>
      <PageHeading>{forStaff ? "This page is for the store’s staff" : "This page is for customers"}</PageHeading>
      <p>
        {forStaff
          ? "You are signed in as a customer. Sign in with a staff account to open this page."
          : "Staff and drivers cannot place orders. Sign in as a customer to order."}
      </p>
      <LinkButton href="/" variant="primary">
        Back to shop
      </LinkButton>
    </div>
  );
}
