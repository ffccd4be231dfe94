/**
 * Keeps the checkpoints of one fit: a folder, a page's database, or memory.
 *
 * A store hands back only what was saved as a whole; what it cannot vouch for it treats as absent.
 */
export interface CheckpointStore {
  /** Keeps these bytes; an older checkpoint may be dropped only once they are safe. */
  save(bytes: Uint8Array): Promise<void>;
  /** The newest bytes that are whole; undefined if there are none. */
  load(): Promise<Uint8Array | undefined>;
}

/** How a fit is to be kept, so that it can go on after an interruption. */
export interface Checkpointing {
  readonly store: CheckpointStore;
  /** The least time between two checkpoints, in milliseconds; 0 for one at every slice; default 10 000. */
  readonly everyMs?: number;
}

/** Time between checkpoints, in milliseconds: little work is lost, and writing takes no noticeable share of the time. */
export const CHECKPOINT_MS = 10_000;
