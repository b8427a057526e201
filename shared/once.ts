/** Load once and remember, from one invocation to the next; a failure is not remembered, so a retry can succeed. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

/** The same for things with a key, of which the one that was asked for last is remembered. */
export function onceOf<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  let open: { readonly key: string; readonly get: () => Promise<T> } | undefined;
  return (key) => {
    if (open?.key !== key) open = { key, get: once(() => load(key)) };
    return open.get();
  };
}
