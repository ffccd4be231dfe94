/** True for an error of the operating system with one of these codes. */
export function isSystemError(
  error: unknown,
  ...codes: readonly string[]
): error is Error & { code: string } {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
