// What `openRepository` asks of its surroundings, answered by Node. `../../hub/browser.ts` exports the same names.
export { openWriter } from './folderWriter.ts';

import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HubError } from '../../hub/hubError.ts';
import { checkModelName, checkRevision, isAddress, parseAddress } from '../../hub/modelName.ts';
import type { HubOptions, Repository } from '../../hub/repository.ts';
import { webFolder } from '../../hub/webFolder.ts';
import { folderRepository } from './folder.ts';
import { hubRepository } from './hubRepository.ts';
import { progressBar } from './progressBar.ts';
import { hubSettings, hubToken } from './settings.ts';

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

/** Whether somebody means a path, whether it is there or not. */
const looksLikePath = (source: string): boolean =>
  /^\.{0,2}[/\\]|^\.{1,2}$|^~/.test(source) || source.includes('\\') || isAbsolute(source);

export async function openPlace(source: string, options: HubOptions): Promise<Repository> {
  if (isAddress(source)) return await openAddress(source, options);
  const path = source.startsWith('~/') ? join(homedir(), source.slice(2)) : source;
  if (await isFolder(path)) return folderRepository(path);
  if (looksLikePath(source)) {
    throw new HubError('hub.noRepository', `hub: there is no folder ${JSON.stringify(source)}.`, {
      repository: source,
    });
  }
  return await openModel(source, options);
}

const withBar = ({ progress = progressBar(), ...options }: HubOptions): HubOptions => ({
  ...options,
  ...(progress && { progress }),
});

async function openAddress(source: string, options: HubOptions): Promise<Repository> {
  const { endpoint } = hubSettings(options);
  const address = parseAddress(source, endpoint);
  if (address.kind === 'folder') return webFolder(address.url, withBar(options));
  // A token of the environment is for the endpoint of the environment.
  const elsewhere = address.endpoint !== endpoint && typeof options.token !== 'string';
  return await openModel(address.name, {
    ...options,
    revision: options.revision ?? address.revision ?? 'main',
    endpoint: address.endpoint,
    ...(elsewhere && { token: false }),
  });
}

async function openModel(name: string, options: HubOptions): Promise<Repository> {
  checkModelName(name);
  const { endpoint, cacheDir, offline } = hubSettings(options);
  const revision = options.revision ?? 'main';
  checkRevision(revision);
  const token = offline ? undefined : await hubToken(options);
  const { signal, progress } = withBar(options);
  return hubRepository(
    { endpoint, name, revision, token },
    { cacheDir, offline, signal, ...(progress && { progress }) },
  );
}
