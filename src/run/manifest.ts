import { createHash } from "node:crypto";
import { z } from "zod";

/** Name of the file that marks a run folder as complete. */
export const MANIFEST_FILE = "manifest.json";

/** Name of the run's plain record inside its folder. */
export const RECORD_FILE = "record.json";

/** Version of the folder's layout; a reader refuses any other. */
export const RUN_FORMAT = 1;

/** Size in bytes and SHA-256 (lower-case hexadecimal) of one file of a run. */
export interface FileSeal {
  readonly bytes: number;
  readonly sha256: string;
}

/** What a complete run holds, file by file; written last, so its presence says that the rest is there. */
export interface Manifest {
  readonly kind: "kindred-run";
  readonly format: typeof RUN_FORMAT;
  readonly files: Readonly<Record<string, FileSeal>>;
}

/** What `manifest.json` must look like once its `kind` and `format` are known to be ours. */
export const manifestSchema = z.object({
  kind: z.literal("kindred-run"),
  format: z.literal(RUN_FORMAT),
  files: z.record(
    z.string(),
    z.object({ bytes: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** The seal of one file's content. */
export function seal(content: Uint8Array): FileSeal {
  return { bytes: content.byteLength, sha256: createHash("sha256").update(content).digest("hex") };
}
