import { useCallback, useEffect, useRef, useState } from "react";

export interface Reading<T> {
  /** What was read last; stays while something newer is read. */
  data: T | undefined;
  error: unknown;
  /** Reads again. A reading under way is not overtaken by an older answer. */
  again: () => void;
}

/** Reads something for as long as `key` is the same, and again when it is another. */
export function useRead<T>(key: string, read: (signal: AbortSignal) => Promise<T>): Reading<T> {
  const [state, setState] = useState<{ data: T | undefined; error: unknown }>({ data: undefined, error: null });
  const newest = useRef(read);
  const under = useRef<AbortController>(undefined);
  useEffect(() => {
    newest.current = read;
  });
  const again = useCallback(() => {
    under.current?.abort();
    const gone = new AbortController();
    under.current = gone;
    newest.current(gone.signal).then(
      (data) => !gone.signal.aborted && setState({ data, error: null }),
      (error: unknown) => !gone.signal.aborted && setState((before) => ({ data: before.data, error })),
    );
  }, []);
  useEffect(() => {
    again();
    return () => under.current?.abort();
  }, [key, again]);
  return { ...state, again };
}
