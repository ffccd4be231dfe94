/** True for an error of the operating system with one of these codes. */
export function isSystemError(
  error: unknown,
  ...codes: readonly string[]
): error is Error & { code: string } {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** Codes of errors that a disk, a folder or its permissions cause, not a defect of ours. */
export const DISK_ERRORS: readonly string[] = [
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "ENOTDIR",
  "EEXIST",
  "ENAMETOOLONG",
  "EIO",
  "ENOENT",
];
