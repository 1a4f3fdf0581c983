import { readFileSync, statSync } from 'node:fs';
import { type DataSource, decodeText, type LoadedData, registry } from '../data/index.ts';

function readText(path: string): LoadedData {
  return { kind: 'text', name: path, text: decodeText(new Uint8Array(readFileSync(path)), path) };
}

/**
 * A source that also takes the user's own data, by path. A data set's name comes first: `./iris` is a file, `iris` is not.
 */
export const withUserData = (source: DataSource): DataSource => ({
  async open(name, options) {
    const known = registry.some((entry) => entry.name === name);
    const found = known ? undefined : statSync(name, { throwIfNoEntry: false });
    return found?.isFile() ? readText(name) : source.open(name, options);
  },
});
