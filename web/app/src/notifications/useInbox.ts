import type { InboxFilter } from "@ordercast/client";
import { useNotifications, type Notifications } from "@ordercast/react";
import { useMemo } from "react";

import type { LastKnown } from "../offline/lastKnown";
import { useLastKnown } from "../offline/useLastKnown";
import { withLastKnown, type StoredInbox } from "./withLastKnown";

/** How many notifications are stored on this device. */
const MAX_KNOWN = 50;

export interface Inbox extends Notifications {
  /** What is shown instead of the server's notifications while they cannot be loaded. */
  lastKnown: LastKnown<StoredInbox> | undefined;
}

/** The notifications. When they cannot be loaded: those that were last known on this device. */
export function useInbox(filter: InboxFilter = {}): Inbox {
  const inbox = useNotifications(filter);
  const { notifications, unreadCount, isLoading, error } = inbox;
  const hasFailed = error !== null;
  const isCurrent = !isLoading && !hasFailed;
  const newest = useMemo<StoredInbox>(
    () => ({ notifications: notifications.slice(0, MAX_KNOWN), unreadCount }),
    [notifications, unreadCount],
  );
  const known = useLastKnown<StoredInbox>("notifications", {
    current: isCurrent && !filter.category && !filter.unread ? newest : undefined,
    hasFailed,
  });
  const lastKnown = isCurrent || notifications.length > 0 ? undefined : known;
  return { ...withLastKnown(inbox, filter, lastKnown?.value), lastKnown };
}
