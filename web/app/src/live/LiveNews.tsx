import { useOrdercast, useOrderEvents } from "@ordercast/react";
import { useEffect } from "react";

import { noteNews } from "../ui/clickGuard";

/** Tells the click guard when the page may change without an action of the user. */
export function LiveNews() {
  const { connection, onProduct } = useOrdercast();
  useOrderEvents(noteNews);
  useEffect(() => onProduct(noteNews), [onProduct]);
  useEffect(() => {
    let { state, liveSince } = connection.getSnapshot();
    return connection.subscribe(() => {
      const now = connection.getSnapshot();
      // Banners appear and disappear when the connection is lost and comes back. Before the first connection there is no banner.
      if (now.state !== state && (liveSince !== null || state === "live")) noteNews();
      ({ state } = now);
      liveSince = now.liveSince ?? liveSince;
    });
  }, [connection]);
  return null;
}
