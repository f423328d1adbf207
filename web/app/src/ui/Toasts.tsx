import { lazy, Suspense, useEffect, useState } from "react";

import { onFirstToast } from "./toast";

const ToastList = lazy(() => import("./ToastList"));

/** Where toasts appear, on every page. */
export function Toasts() {
  const [wanted, setWanted] = useState(false);
  useEffect(() => onFirstToast(() => setWanted(true)), []);
  return wanted ? (
    <Suspense>
      <ToastList />
    </Suspense>
  ) : null;
}
