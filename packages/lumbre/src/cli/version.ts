import { readFileSync } from 'node:fs';

/** The version of this package. */
export function packageVersion(): string {
  const json = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(json) as { readonly version: string }).version;
}
