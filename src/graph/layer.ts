const scopes: string[] = [];

/**
 * Stamps a layer's name on every node made inside `build`; nested names are joined by ".".
 *
 * @param build runs at once; tracing is synchronous, so no other trace can get between.
 */
export function layer<T>(name: string, build: () => T): T {
  const outer = scopes.at(-1);
  return withLayer(outer ? `${outer}.${name}` : name, build);
}

/** Like `layer`, with the whole name given. */
export function withLayer<T>(name: string, build: () => T): T {
  scopes.push(name);
  try {
    return build();
  } finally {
    scopes.pop();
  }
}

/** The name new nodes get; the empty string outside any layer. */
export const currentLayer = (): string => scopes.at(-1) ?? "";
