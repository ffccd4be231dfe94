/** A number as JSON can say it: null for one that is not finite. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Numbers by name as JSON can say them. */
export const nullable = (values: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, finiteOrNull(value)]));
