import { CloudOff } from "lucide-react";
import { useSyncExternalStore } from "react";

import { isWaitingForChunk, onChunkWaiting } from "../chunks/loadChunk";
import { EmptyState, Loading, Skeleton } from "../ui";
import styles from "./PageLoading.module.css";

/** Placeholder while a page's code loads. Appears after a delay, so that fast pages do not flicker. */
export function PageLoading() {
  const isWaiting = useSyncExternalStore(onChunkWaiting, isWaitingForChunk);
  if (isWaiting) {
    return (
      <div role="status">
        <EmptyState icon={CloudOff} title="This page could not be loaded">
          Something is wrong with the connection or the server. The page opens by itself when it can be loaded.
        </EmptyState>
      </div>
    );
  }
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
