import { PageHeading } from "../layout/PageHeading";
import { LinkButton } from "../ui";
import styles from "./message.module.css";

export function NotFound() {
  return (
    <div className={styles.message}>
      <p className={styles.code}>404</p>
      <PageHeading>Page not found</PageHeading>
      <p>The address may be mistyped, or the page may have moved.</p>
      <LinkButton href="/" variant="primary">
        Back to shop
      </LinkButton>
    </div>
  );
}
