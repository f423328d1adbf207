/** Median, 95th percentile and maximum, in milliseconds. */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];
  const [median, p95, most] = [at(0.5), at(0.95), at(1)].map((value) => value.toFixed(1));
  return `median ${median} ms, p95 ${p95} ms, most ${most} ms of ${sorted.length}`;
}
