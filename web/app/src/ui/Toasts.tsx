import { Suspense, useEffect, useState } from "react";

import { lazyChunk } from "../chunks/lazyChunk";
import { onFirstToast } from "./toast";

const ToastList = lazyChunk(() => import("./ToastList"));

/** Renders toasts. The implementation is loaded with the first toast. */
export function Toasts() {
  const [loaded, setLoaded] = useState(false);
  useEffect(() => onFirstToast(() => setLoaded(true)), []);
  return loaded ? (
    <Suspense>
      <ToastList />
    </Suspense>
  ) : null;
}
