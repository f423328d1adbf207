import { Loading, Skeleton } from "../ui";
import styles from "./PageLoading.module.css";

/** While a page's code is on its way. Shows after a moment only, so that fast pages do not flicker. */
export function PageLoading() {
  return (
    <Loading>
      <div className={styles.shape}>
        <Skeleton width="40%" height="2rem" />
        <Skeleton height="8rem" />
        <Skeleton height="12rem" />
      </div>
    </Loading>
  );
}
