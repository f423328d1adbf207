import { useOrdercast, useOrderEvents } from "@ordercast/react";
import { useEffect } from "react";

import { noteNews } from "../ui/clickGuard";

/** Tells the guard of clicks when the page changes by itself. */
export function LiveNews() {
  const { connection, onProduct } = useOrdercast();
  useOrderEvents(noteNews);
  useEffect(() => onProduct(noteNews), [onProduct]);
  useEffect(() => {
    let { state, liveSince } = connection.getSnapshot();
    return connection.subscribe(() => {
      const now = connection.getSnapshot();
      // Losing the connection and having it again show and hide banners. The first time nothing is shown yet.
      if (now.state !== state && (liveSince !== null || state === "live")) noteNews();
      ({ state } = now);
      liveSince = now.liveSince ?? liveSince;
    });
  }, [connection]);
  return null;
}
