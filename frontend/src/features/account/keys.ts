// Keys that were set for more than one command.

/** Key to the ids of its commands, for keys with several; commands of one screen would clash. */
export function sharedKeys(
  own: Readonly<Record<string, readonly string[]>>,
): [key: string, ids: string[]][] {
  const users = new Map<string, string[]>();
  for (const [id, keys] of Object.entries(own)) {
    for (const key of keys) users.set(key, [...(users.get(key) ?? []), id]);
  }
  return [...users].filter(([, ids]) => ids.length > 1);
}
