import { hostOf } from './http.ts';
import { openHttpFile } from './httpFile.ts';
import { HubError } from './hubError.ts';
import type { RandomAccessFile } from './randomAccess.ts';
import { type HubOptions, type Repository, repositoryOf } from './repository.ts';

/** Nobody's server lists its folders in a way that can be relied on: what is found is found by its name. */
const noList = async (): Promise<readonly string[]> => [];

/**
 * A folder of any web server, by its address with a slash at the end: parts of files are fetched when they are read, and
 * nothing is kept but what the browser itself keeps.
 */
export function webFolder(url: string, { signal, progress }: HubOptions): Repository {
  const address = (path: string): string => url + path.split('/').map(encodeURIComponent).join('/');
  const open = async (path: string): Promise<RandomAccessFile | null> =>
    await openHttpFile(address(path), {
      name: path,
      signal,
      ...(progress && { progress }),
      meaning: ({ status }) =>
        status === 404 || status === 410
          ? null
          : new HubError('hub.status', `hub: ${hostOf(url)} answered ${status} when ${path} was asked for.`, {
              path,
              status,
            }),
    });
  return repositoryOf({
    name: url,
    list: noList,
    open,
    async has(path) {
      const file = await open(path);
      await file?.close();
      return file !== null;
    },
  });
}
