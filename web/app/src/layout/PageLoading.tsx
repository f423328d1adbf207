import { Loading, Skeleton } from "../ui";
import styles from "./PageLoading.module.css";

/** Placeholder while a page's code loads. Appears after a delay, so that fast pages do not flicker. */
export function PageLoading() {
  return (
    <Loading>
      <div className={styles.skeleton}>
        <Skeleton width="40%" height="2rem" />
        <Skeleton height="8rem" />
        <Skeleton height="12rem" />
      </div>
    </Loading>
  );
}
