import { Toast } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from "lucide-react";

import { cx } from "./cx";
import { toastManager, type Severity } from "./toast";
import styles from "./Toasts.module.css";

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert };

function isSeverity(type: string | undefined): type is Severity {
  return type !== undefined && type in ICONS;
}

/** Where toasts appear: announced politely, errors at once; F6 reaches them, a swipe dismisses. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toastManager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport} aria-label="Messages">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => {
    const severity = isSeverity(toast.type) ? toast.type : "info";
    const Icon = ICONS[severity];
    return (
      <Toast.Root key={toast.id} toast={toast} className={cx(styles.toast, styles[severity])} data-severity={severity} swipeDirection={["right", "down"]}>
        <Toast.Content className={styles.content}>
          <Icon className={styles.icon} aria-hidden="true" />
          <div className={styles.words}>
            <Toast.Title className={styles.title} />
            <Toast.Description className={styles.description} />
          </div>
          {toast.actionProps && <Toast.Action className={styles.action} />}
          <Toast.Close className={styles.close} aria-label="Dismiss">
            <X aria-hidden="true" />
          </Toast.Close>
        </Toast.Content>
      </Toast.Root>
    );
  });
}
