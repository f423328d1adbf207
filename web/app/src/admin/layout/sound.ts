// A short two-note chime for a new order (row A15), made by the browser itself: no file, no request. Browsers let a page
// make noise only after somebody touched it; until then the chime is skipped rather than queued.

export interface Chime {
  play: () => void;
  close: () => void;
}

/** At most one chime in this time, however many orders come. */
const REST_MS = 1_500;
/** What was missed is told in one go; so long after the last of it, another was missed another time. */
const MISSED_TOGETHER_MS = 5_000;

const NOTES = [
  { hertz: 659.25, at: 0, lasts: 0.5 },
  { hertz: 987.77, at: 0.11, lasts: 0.8 },
] as const;

export function createChime(now: () => number = () => performance.now()): Chime {
  let context: AudioContext | undefined;
  let last = -Infinity;

  // Allowed from the first touch or key on; then it stays allowed.
  const unlock = () => {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => undefined);
  };
  const touches = ["pointerdown", "keydown"] as const;
  for (const touch of touches) addEventListener(touch, unlock, { capture: true, passive: true });

  return {
    play() {
      if (context?.state !== "running" || now() - last < REST_MS) return;
      last = now();
      ring(context);
    },
    close() {
      for (const touch of touches) removeEventListener(touch, unlock, { capture: true });
      void context?.close().catch(() => undefined);
      context = undefined;
    },
  };
}

/** Tells for each new order whether to ring: those that were missed while the connection was away ring once for all. */
export function createRinging(now: () => number = () => performance.now()): (order: { missed: boolean }) => boolean {
  let lastMissed = -Infinity;
  return ({ missed }) => {
    if (!missed) return true;
    const rings = now() - lastMissed >= MISSED_TOGETHER_MS;
    lastMissed = now();
    return rings;
  };
}

function ring(context: AudioContext): void {
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
