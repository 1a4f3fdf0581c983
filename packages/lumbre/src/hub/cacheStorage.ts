import { warn } from '#platform';
import type { ChunkStore } from './httpFile.ts';

/** What browsers keep of models, by this name in Cache Storage; `caches.delete` of it frees the space. */
export const CACHE_NAME = 'lumbre-hub';
const SIZE_HEADER = 'x-lumbre-size';

/** The cache, or null where the browser has none for us: pages that are not secure, private windows of some. */
export async function openCache(): Promise<Cache | null> {
  if (typeof caches === 'undefined') return null;
  try {
    return await caches.open(CACHE_NAME);
  } catch {
    return null;
  }
}

/** Pieces of the file at `url`, which never changes: its address has a commit in it. */
export function chunkStore(cache: Cache, url: string): ChunkStore {
  const key = (part: number): string => `${url}?lumbre-part=${part}`;
  return {
    async get(part) {
      const response = await cache.match(key(part));
      return response ? new Uint8Array(await response.arrayBuffer()) : null;
    },
    async put(part, bytes, size) {
      const headers = { [SIZE_HEADER]: String(size), 'content-length': String(bytes.length) };
      try {
        await cache.put(key(part), new Response(bytes, { headers }));
      } catch (error) {
        // The model works without: the piece is in memory, and will be fetched again the next time.
        warn(`hub: the browser keeps no more of ${url} (${error instanceof Error ? error.message : error}).`);
      }
    },
    async size() {
      const response = await cache.match(key(0));
      const size = response?.headers.get(SIZE_HEADER);
      return size && /^\d{1,16}$/.test(size) ? Number(size) : undefined;
    },
  };
}

/** A small answer that is kept, for when there is no network. */
export async function keepText(cache: Cache | null, url: string, text: string): Promise<void> {
  await cache?.put(url, new Response(text)).catch(() => undefined);
}

export async function keptText(cache: Cache | null, url: string): Promise<string | undefined> {
  return await (await cache?.match(url))?.text();
}
