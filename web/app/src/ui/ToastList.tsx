import { Toast } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef, type RefObject } from "react";

import { cx } from "./cx";
import { setToastSink, type Severity, type ToastRequest } from "./toast";
import styles from "./ToastList.module.css";
import { useToastPlacement } from "./useToastPlacement";

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert };
const TIMEOUT_MS = 5000;
const LONG_TIMEOUT_MS = 9000;
const MAX_VISIBLE = 2;

const manager = Toast.createToastManager();

function add({ severity, title, description, action, id }: ToastRequest) {
  const toastId: string = manager.add({
    ...(id && { id }),
    title,
    ...(description && { description }),
    type: severity,
    timeout: severity === "error" || action ? LONG_TIMEOUT_MS : TIMEOUT_MS,
    priority: severity === "error" ? "high" : "low",
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(toastId);
          action.onPress();
        },
      },
    }),
  });
}

function isSeverity(type: string | undefined): type is Severity {
  return type !== undefined && type in ICONS;
}

/** Announced politely, errors at once. F6 moves the focus to the toasts; a swipe dismisses one. */
export default function ToastList() {
  useEffect(() => setToastSink({ add, close: (id) => manager.close(id) }), []);
  const viewport = useRef<HTMLDivElement>(null);
  return (
    <Toast.Provider toastManager={manager} limit={MAX_VISIBLE}>
      <Toast.Portal>
        <Toast.Viewport ref={viewport} className={styles.viewport} aria-label="Messages">
          <VisibleToasts viewport={viewport} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function VisibleToasts({ viewport }: { viewport: RefObject<HTMLElement | null> }) {
  const { toasts } = Toast.useToastManager();
  useToastPlacement(viewport, toasts);
  return toasts.map((toast) => {
    const severity = isSeverity(toast.type) ? toast.type : "info";
    const Icon = ICONS[severity];
    return (
      <Toast.Root
        key={toast.id}
        toast={toast}
        className={cx(styles.toast, styles[severity])}
        data-severity={severity}
        swipeDirection={["right", "down"]}
      >
        <Toast.Content className={styles.content}>
          <Icon className={styles.icon} aria-hidden="true" />
          <div className={styles.text}>
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
