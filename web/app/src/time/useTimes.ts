import { useConfig } from "../api/config";
import { timesIn, type Times } from "./times";

/** Times in the store's zone. */
export function useTimes(): Times {
  return timesIn(useConfig().timeZone);
}
