import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { HubError } from '../../hub/hubError.ts';
import type { HubOptions } from '../../hub/repository.ts';

/** Where the hub is and where its files are kept, from the options and from the environment, as `huggingface_hub` has it. */
export interface HubSettings {
  readonly endpoint: string;
  /** The folder with `models--…`. */
  readonly cacheDir: string;
  readonly offline: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const HUB = 'https://huggingface.co';

const isTrue = (value: string | undefined): boolean =>
  value !== undefined && ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase());

/** An empty variable counts for nothing, so that a shell can take one away. */
const first = (...values: (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== '');

const expanded = (path: string): string =>
  resolve(path === '~' || /^~[/\\]/.test(path) ? join(homedir(), path.slice(1)) : path);

/** The folder of everything that Hugging Face's tools keep. */
export const hubHome = (environment: Environment = process.env): string =>
  expanded(
    first(environment.HF_HOME) ??
      join(first(environment.XDG_CACHE_HOME) ?? join(homedir(), '.cache'), 'huggingface'),
  );

/** The cache of models, shared with Python's: `HF_HUB_CACHE`, or `hub` in `HF_HOME`. */
export const hubCacheFolder = (environment: Environment = process.env): string =>
  expanded(
    first(environment.HF_HUB_CACHE, environment.HUGGINGFACE_HUB_CACHE) ?? join(hubHome(environment), 'hub'),
  );

/** @throws HubError `hub.badName` for an endpoint that is no address */
export function hubSettings(options: HubOptions, environment: Environment = process.env): HubSettings {
  const endpoint = (first(options.endpoint, environment.HF_ENDPOINT) ?? HUB).replace(/\/+$/, '');
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    throw new HubError(
      'hub.badName',
      `hub: the endpoint ${JSON.stringify(endpoint.slice(0, 200))} is no address; expected one such as ${HUB} (HF_ENDPOINT).`,
      { name: endpoint.slice(0, 200) },
    );
  }
  return {
    endpoint,
    cacheDir: options.cacheDir === undefined ? hubCacheFolder(environment) : expanded(options.cacheDir),
    offline:
      options.localFilesOnly ?? isTrue(first(environment.HF_HUB_OFFLINE, environment.TRANSFORMERS_OFFLINE)),
  };
}

/** A token is one word; anything else is a file of another kind, and would make a damaged header. */
function checked(token: string, from: string): string {
  const word = token.trim();
  if (/^[\x21-\x7e]{1,1000}$/.test(word)) return word;
  throw new HubError(
    'hub.unauthorized',
    `hub: what ${from} holds is no token; expected one word, such as hf_….`,
  );
}

/** The token to send to the endpoint, if any: the option's, `HF_TOKEN`, or the one that `hf auth login` wrote. */
export async function hubToken(
  { token }: HubOptions,
  environment: Environment = process.env,
): Promise<string | undefined> {
  if (token === false) return undefined;
  if (token !== undefined) return checked(token, '{ token }');
  if (isTrue(environment.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const given = first(environment.HF_TOKEN, environment.HUGGING_FACE_HUB_TOKEN);
  if (given !== undefined) return checked(given, 'HF_TOKEN');
  const path = expanded(first(environment.HF_TOKEN_PATH) ?? join(hubHome(environment), 'token'));
  const kept = await readFile(path, 'utf8').catch(() => '');
  return kept.trim() === '' ? undefined : checked(kept, path);
}

/** Where locks of a cache lie, as `huggingface_hub` has it. */
export const locksFolder = (cacheDir: string): string => join(cacheDir, '.locks');

/** Whether symbolic links are switched off, for systems or disks that have none. */
export const linksDisabled = (environment: Environment = process.env): boolean =>
  isTrue(environment.HF_HUB_DISABLE_SYMLINKS);

export const barsDisabled = (environment: Environment = process.env): boolean =>
  isTrue(environment.HF_HUB_DISABLE_PROGRESS_BARS);
