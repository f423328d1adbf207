import { Toast } from "@base-ui/react/toast";

export type Severity = "info" | "success" | "warning" | "error";

export interface ToastOptions {
  /** A second line. */
  description?: string;
  /** One thing to do about it; the toast goes when it is pressed. */
  action?: { label: string; onPress: () => void };
  /** The same id again replaces the toast instead of adding one. */
  id?: string;
}

/** Reaches the toasts from everywhere, outside of React too. */
export const toastManager = Toast.createToastManager();

function show(severity: Severity, title: string, { description, action, id }: ToastOptions = {}) {
  const shown: string = toastManager.add({
    ...(id && { id }),
    title,
    ...(description && { description }),
    type: severity,
    timeout: severity === "error" || action ? 9000 : 5000,
    priority: severity === "error" ? "high" : "low",
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          toastManager.close(shown);
          action.onPress();
        },
      },
    }),
  });
}

export const toast = {
  info: (title: string, options?: ToastOptions) => show("info", title, options),
  success: (title: string, options?: ToastOptions) => show("success", title, options),
  warning: (title: string, options?: ToastOptions) => show("warning", title, options),
  error: (title: string, options?: ToastOptions) => show("error", title, options),
  show,
};
