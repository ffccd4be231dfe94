/**
 * Names for the state of several transforms side by side, none twice: a name that is taken gets a number, as `velocity-2`.
 *
 * @param own names of each transform's state, in order.
 * @returns as many lists of as many names.
 */
export function distinctNames(own: readonly (readonly string[])[]): string[][] {
  const taken = new Set(["parameters"]); // carried beside the state
  return own.map((names) =>
    names.map((name) => {
      let free = name;
      for (let tries = 2; taken.has(free); tries++) free = `${name}-${tries}`;
      taken.add(free);
      return free;
    }),
  );
}
