/** The own member of a record whose keys came from data, so that a task named "constructor" finds no function. */
export function member<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
