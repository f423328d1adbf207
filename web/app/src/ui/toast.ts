export type Severity = "info" | "success" | "warning" | "error";

export interface ToastOptions {
  /** A second line. */
  description?: string;
  /** One thing to do about it; the toast goes when it is pressed. */
  action?: { label: string; onPress: () => void };
  /** The same id again replaces the toast instead of adding one. */
  id?: string;
}

export interface ToastRequest extends ToastOptions {
  severity: Severity;
  title: string;
}

type Sink = (request: ToastRequest) => void;

// What shows them is loaded with the first one: most visits that are thirty seconds long have none.
const waiting: ToastRequest[] = [];
let sink: Sink | undefined;
let onFirst: (() => void) | undefined;

function show(severity: Severity, title: string, options: ToastOptions = {}) {
  const request = { ...options, severity, title };
  if (sink) return sink(request);
  waiting.push(request);
  onFirst?.();
}

/** Shows toasts, those first that came before. Returns how to stop. */
export function showToastsBy(next: Sink): () => void {
  sink = next;
  for (const request of waiting.splice(0)) next(request);
  return () => {
    sink = undefined;
  };
}

/** Calls back once a toast waits to be shown. */
export function onFirstToast(callback: () => void): () => void {
  onFirst = callback;
  if (waiting.length > 0) callback();
  return () => {
    onFirst = undefined;
  };
}

/** A message that goes by itself; from anywhere, outside of React too. */
export const toast = {
  info: (title: string, options?: ToastOptions) => show("info", title, options),
  success: (title: string, options?: ToastOptions) => show("success", title, options),
  warning: (title: string, options?: ToastOptions) => show("warning", title, options),
  error: (title: string, options?: ToastOptions) => show("error", title, options),
  show,
};
