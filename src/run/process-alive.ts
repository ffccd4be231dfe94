import { isSystemError } from "./system-error.js";

/** Whether a process of this number runs, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (isSystemError(error, "ESRCH")) return false;
    if (isSystemError(error, "EPERM")) return true;
    throw error;
  }
}
