export type Severity = "info" | "success" | "warning" | "error";

export interface ToastOptions {
  /** A second line. */
  description?: string;
  /** One action. Pressing it closes the toast. */
  action?: { label: string; onPress: () => void };
  /** A toast with the same id is replaced. */
  id?: string;
}

export interface ToastRequest extends ToastOptions {
  severity: Severity;
  title: string;
}

export interface ToastSink {
  add: (request: ToastRequest) => void;
  close: (id: string) => void;
}

// Toasts requested before the toast list has loaded.
const queued: ToastRequest[] = [];
let sink: ToastSink | undefined;
let onFirstToastCallback: (() => void) | undefined;

function show(severity: Severity, title: string, options: ToastOptions = {}) {
  const request = { ...options, severity, title };
  if (sink) return sink.add(request);
  queued.push(request);
  onFirstToastCallback?.();
}

/** Sets the function that shows toasts and passes the queued ones to it. Returns a function that removes it. */
export function setToastSink(next: ToastSink): () => void {
  sink = next;
  for (const request of queued.splice(0)) next.add(request);
  return () => {
    sink = undefined;
  };
}

/** Removes a toast, such as that of a failure which is mended. */
function close(id: string) {
  const index = queued.findIndex((request) => request.id === id);
  if (index >= 0) queued.splice(index, 1);
  sink?.close(id);
}

/** Calls back once a toast is queued. */
export function onFirstToast(callback: () => void): () => void {
  onFirstToastCallback = callback;
  if (queued.length > 0) callback();
  return () => {
    onFirstToastCallback = undefined;
  };
}

/** Shows a toast. Works outside of React too. */
export const toast = {
  info: (title: string, options?: ToastOptions) => show("info", title, options),
  success: (title: string, options?: ToastOptions) => show("success", title, options),
  warning: (title: string, options?: ToastOptions) => show("warning", title, options),
  error: (title: string, options?: ToastOptions) => show("error", title, options),
  show,
  close,
};
