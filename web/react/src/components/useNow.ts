import { useEffect, useState } from "react";

/** The time, in milliseconds since 1970, taken again every `everyMs` and whenever the page is shown. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const take = () => setNow(Date.now());
    const timer = setInterval(take, everyMs);
    document.addEventListener("visibilitychange", take);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", take);
    };
  }, [everyMs]);
  return now;
}
