import type { AllowedTransition } from "@ordercast/client";
import { useState } from "react";

type Transitions = readonly AllowedTransition[] | null;

/** The last known transitions: none are known while a change is unconfirmed, and the focused button must stay. */
export function useLastTransitions(current: Transitions): Transitions {
  const [known, setKnown] = useState(current);
  if (current !== null && current !== known) setKnown(current);
  return current ?? known;
}
