import { LiveMonitor } from "../live/LiveMonitor";
import { NotificationBell } from "../notifications/NotificationBell";
import styles from "./Header.module.css";

/** What somebody who is signed in has at hand on every page. */
export function HeaderTools() {
  return (
    <div className={styles.tools}>
      <LiveMonitor />
      <NotificationBell />
    </div>
  );
}
