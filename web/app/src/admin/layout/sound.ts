// A two-note chime for a new order, synthesized in the browser. Browsers allow sound only after a user gesture; until
// then the chime is skipped, not queued.

export interface Chime {
  play: () => void;
  close: () => void;
}

/** Minimum time between two chimes. */
const MIN_INTERVAL_MS = 1_500;
/** Missed orders that arrive within this time of each other play one chime. */
const MISSED_GROUP_MS = 5_000;

const NOTES = [
  { hertz: 659.25, at: 0, lasts: 0.5 },
  { hertz: 987.77, at: 0.11, lasts: 0.8 },
] as const;

export function createChime(now: () => number = () => performance.now()): Chime {
  let context: AudioContext | undefined;
  let last = -Infinity;

  // The first pointer or key press unlocks audio for the rest of the visit.
  const unlock = () => {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => undefined);
  };
  const touches = ["pointerdown", "keydown"] as const;
  for (const touch of touches) addEventListener(touch, unlock, { capture: true, passive: true });

  return {
    play() {
      if (context?.state !== "running" || now() - last < MIN_INTERVAL_MS) return;
      last = now();
      playNotes(context);
    },
    close() {
      for (const touch of touches) removeEventListener(touch, unlock, { capture: true });
      void context?.close().catch(() => undefined);
      context = undefined;
    },
  };
}

/** Decides for each new order whether to play. All orders missed while the connection was down play once. */
export function createChimeFilter(
  now: () => number = () => performance.now(),
): (order: { missed: boolean }) => boolean {
  let lastMissed = -Infinity;
  return ({ missed }) => {
    if (!missed) return true;
    const shouldChime = now() - lastMissed >= MISSED_GROUP_MS;
    lastMissed = now();
    return shouldChime;
  };
}

function playNotes(context: AudioContext): void {
  for (const { hertz, at, lasts } of NOTES) {
    const start = context.currentTime + 0.01 + at;
    const oscillator = new OscillatorNode(context, { type: "sine", frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.16, start + 0.012);
    volume.gain.exponentialRampToValueAtTime(0.0008, start + lasts);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + lasts + 0.02);
  }
}
