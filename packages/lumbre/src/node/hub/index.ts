// What `openRepository` asks of its surroundings, answered by Node. `../../hub/browser.ts` exports the same names.
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HubError } from '../../hub/hubError.ts';
import { checkModelName } from '../../hub/modelName.ts';
import type { HubOptions, Repository } from '../../hub/repository.ts';
import { folderRepository } from './folder.ts';

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

/** Whether somebody means a path, whether it is there or not. */
const looksLikePath = (source: string): boolean =>
  /^\.{0,2}[/\\]|^\.{1,2}$|^~/.test(source) || source.includes('\\') || isAbsolute(source);

export async function openPlace(source: string, _options: HubOptions): Promise<Repository> {
  const path = source.startsWith('~/') ? join(homedir(), source.slice(2)) : source;
  if (await isFolder(path)) return folderRepository(path);
  if (looksLikePath(source)) {
    throw new HubError('hub.noRepository', `hub: there is no folder ${JSON.stringify(source)}.`, {
      repository: source,
    });
  }
  checkModelName(source);
  throw new HubError('hub.noRepository', `hub: ${source} cannot be downloaded yet.`);
}
