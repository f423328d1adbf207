import { PageHeading } from "../layout/PageHeading";
import { LinkButton } from "../ui";
import styles from "./message.module.css";

export function NotFound() {
  return (
    <div className={styles.message}>
      <p className={styles.code}>404</p>
      <PageHeading>Nothing is kept here</PageHeading>
      <p>The address may be mistyped, or what was here has moved on.</p>
      <LinkButton href="/" look="primary">
        To the shop
      </LinkButton>
    </div>
  );
}
