import { LiveMonitor } from "../live/LiveMonitor";
import { NotificationBell } from "../notifications/NotificationBell";
import styles from "./Header.module.css";

/** The header's tools for a signed-in user. */
export function HeaderTools() {
  return (
    <div className={styles.tools}>
      <LiveMonitor />
      <NotificationBell />
    </div>
  );
}
