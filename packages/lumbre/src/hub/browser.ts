// What `openRepository` asks of its surroundings, answered by a browser. `../node/hub/index.ts` exports the same names.
import { chunkStore, keepText, keptText, openCache } from './cacheStorage.ts';
import type { FolderWriter } from './folderWriter.ts';
import { openHttpFile } from './httpFile.ts';
import { meaningOf } from './hubAnswer.ts';
import { askedOf, authorization, fetchListing, fileUrl, type HubModel, type ModelListing } from './hubApi.ts';
import { HubError } from './hubError.ts';
import { checkModelName, checkRevision, isAddress, parseAddress } from './modelName.ts';
import { type HubOptions, type Repository, repositoryOf } from './repository.ts';
import { webFolder } from './webFolder.ts';

const HUB = 'https://huggingface.co';

export async function openPlace(source: string, options: HubOptions): Promise<Repository> {
  const endpoint = (options.endpoint ?? HUB).replace(/\/+$/, '');
  if (/^\.{0,2}\//.test(source)) {
    return webFolder(`${new URL(source, location.href).href.replace(/\/+$/, '')}/`, options);
  }
  const address = isAddress(source)
    ? parseAddress(source, endpoint)
    : { kind: 'model' as const, endpoint, name: source };
  if (address.kind === 'folder') return webFolder(address.url, options);
  checkModelName(address.name);
  const revision = options.revision ?? address.revision ?? 'main';
  checkRevision(revision);
  const token = typeof options.token === 'string' ? options.token : undefined;
  return hubModel({ endpoint: address.endpoint, name: address.name, revision, token }, options);
}

/**
 * A model of the hub. Its list of files is asked for once, which also says in which commit they are, so that all come from
 * one and the same; what was fetched of that commit is kept for good, the list for times without a network.
 */
function hubModel(model: HubModel, { signal, progress, localFilesOnly = false }: HubOptions): Repository {
  let listing: Promise<ModelListing> | undefined;
  const list = (): Promise<ModelListing> => {
    listing ??= listingOf(model, { signal, localFilesOnly });
    listing.catch(() => {
      listing = undefined;
    });
    return listing;
  };
  return repositoryOf({
    name: model.name,
    list: async () => (await list()).paths,
    has: async (path) => (await list()).paths.includes(path),
    async open(path) {
      const { commit, paths } = await list();
      if (!paths.includes(path)) return null;
      const url = fileUrl({ ...model, revision: commit }, path);
      const cache = await openCache();
      const store = cache ? chunkStore(cache, url) : undefined;
      return await openHttpFile(url, {
        name: `${model.name}/${path}`,
        headers: authorization(model.token),
        signal,
        offline: localFilesOnly,
        ...(store && { store }),
        ...(progress && { progress }),
        meaning: (response) => meaningOf(response, askedOf(model, path)),
      });
    },
  });
}

async function listingOf(
  model: HubModel,
  { signal, localFilesOnly }: { signal: AbortSignal | undefined; localFilesOnly: boolean },
): Promise<ModelListing> {
  const key = `${model.endpoint}/${model.name}?lumbre-list=${encodeURIComponent(model.revision)}`;
  const cache = await openCache();
  const kept = async (): Promise<ModelListing | undefined> => {
    const text = await keptText(cache, key);
    // It is our own.
    return text === undefined ? undefined : (JSON.parse(text) as ModelListing);
  };
  if (localFilesOnly) {
    const listing = await kept();
    if (listing) return listing;
    throw new HubError('hub.notCached', `hub: ${model.name} is not kept in this browser.`, {
      repository: model.name,
      revision: model.revision,
    });
  }
  try {
    const listing = await fetchListing(model, { signal });
    await keepText(cache, key, JSON.stringify(listing));
    return listing;
  } catch (error) {
    const listing = error instanceof HubError && error.code === 'hub.offline' ? await kept() : undefined;
    if (listing) return listing;
    throw error;
  }
}

/** Browsers have no folders that can be written to by their paths. */
export function openWriter(target: string): FolderWriter {
  throw new HubError(
    'hub.badPath',
    `hub: a browser cannot write to the folder ${JSON.stringify(target.slice(0, 200))}; give memoryFolder(), or another writer.`,
    { path: target.slice(0, 200) },
  );
}
