/**
 * The parts that the present tasks have in what they hold together : `[K]`, of sum 1; equal ones where they hold nothing.
 *
 * @param held what each of all tasks holds `[T]`, at least 0.
 * @param tasks the places of the present ones.
 */
export function heldShares(held: Float64Array, tasks: Int32Array): Float64Array {
  const own = Float64Array.from(tasks, (task) => held[task]!);
  const whole = own.reduce((sum, share) => sum + share, 0);
  return own.map((share) => (whole > 0 ? share / whole : 1 / tasks.length));
}

/** Gives each present task its part of what they hold together; the others keep theirs. */
export function holdShares(held: Float64Array, tasks: Int32Array, shares: Float64Array): void {
  const whole = tasks.reduce((sum, task) => sum + held[task]!, 0);
  tasks.forEach((task, k) => (held[task] = whole * shares[k]!));
}
