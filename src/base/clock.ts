/** Milliseconds from a monotonic clock: for progress, slices and durations only, never for results. */
export const nowMs = (): number => performance.now();

/** The wall clock as an ISO 8601 string, for the record of a run only. */
export const timestamp = (): string => new Date().toISOString();
