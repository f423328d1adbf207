import { lazy, Suspense, useEffect, useState } from "react";

import { onFirstToast } from "./toast";

const ToastList = lazy(() => import("./ToastList"));

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
