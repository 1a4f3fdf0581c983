import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ZodType } from 'zod';
import { cardProgress, lessonProgress, machine, savedCode, settings } from './model.ts';

/** The stores of the browser's database, and what is in each. What is read back is checked: another version wrote it. */
const schemas = { lessons: lessonProgress, cards: cardProgress, code: savedCode, machine, settings } as const;

export type StoreName = keyof typeof schemas;
export type Stored<Name extends StoreName> = (typeof schemas)[Name] extends ZodType<infer T> ? T : never;

interface Schema extends DBSchema {
  lessons: { key: string; value: unknown };
  cards: { key: string; value: unknown };
  code: { key: string; value: unknown };
  machine: { key: string; value: unknown };
  settings: { key: string; value: unknown };
}

const stores = Object.keys(schemas) as StoreName[];

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('lumbre-studio', 1, {
    upgrade(db) {
      for (const store of stores) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
    },
  });
  return opened;
}

const check = <Name extends StoreName>(store: Name, value: unknown): Stored<Name> | undefined => {
  const parsed = schemas[store].safeParse(value);
  return parsed.success ? (parsed.data as Stored<Name>) : undefined;
};

/** What is stored under a key; undefined where there is nothing, or nothing that can be understood. */
export async function load<Name extends StoreName>(
  store: Name,
  key: string,
): Promise<Stored<Name> | undefined> {
  return check(store, await (await database()).get(store, key));
}

/** All of a store. */
export async function loadAll<Name extends StoreName>(store: Name): Promise<Map<string, Stored<Name>>> {
  const db = await database();
  const [keys, values] = await Promise.all([db.getAllKeys(store), db.getAll(store)]);
  const entries = keys.flatMap((key, i): [string, Stored<Name>][] => {
    const value = check(store, values[i]);
    return value === undefined ? [] : [[key, value]];
  });
  return new Map(entries);
}

export async function save<Name extends StoreName>(
  store: Name,
  key: string,
  value: Stored<Name>,
): Promise<void> {
  await (await database()).put(store, value, key);
}

export async function remove(store: StoreName, key: string): Promise<void> {
  await (await database()).delete(store, key);
}

/** Puts the given entries in the place of all that the stores held, all together or not at all. */
export async function replaceAll(
  contents: { readonly [Name in StoreName]?: Readonly<Record<string, Stored<Name>>> },
) {
  const db = await database();
  const names = Object.keys(contents) as StoreName[];
  const transaction = db.transaction(names, 'readwrite');
  for (const name of names) {
    const store = transaction.objectStore(name);
    void store.clear();
    for (const [key, value] of Object.entries(contents[name] ?? {})) void store.put(value, key);
  }
  await transaction.done;
}
