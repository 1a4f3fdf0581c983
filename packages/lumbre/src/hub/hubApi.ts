import { type HttpOptions, refuseTemporary, wholeBody, withTries } from './http.ts';
import { type Asked, meaningOf } from './hubAnswer.ts';
import { damagedFile, HubError } from './hubError.ts';
import { type Json, parseJson } from './json.ts';
import { isSafePath } from './repository.ts';

/** What a hub says of a model. */
export interface ModelListing {
  /** The commit that a branch or tag stands for. */
  readonly commit: string;
  readonly paths: readonly string[];
}

/** Where one model of a hub is asked for. */
export interface HubModel {
  readonly endpoint: string;
  readonly name: string;
  readonly revision: string;
  readonly token: string | undefined;
}

/** The list of a large repository with the rest that the hub says of it. */
const MOST_LISTING_BYTES = 2 ** 25;

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Where a file of a model is had from. */
export const fileUrl = ({ endpoint, name, revision }: HubModel, path: string): string =>
  `${endpoint}/${name}/resolve/${encodeURIComponent(revision)}/${encoded(path)}`;

export const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

export const askedOf = ({ endpoint, name, revision, token }: HubModel, path?: string): Asked => ({
  endpoint,
  repository: name,
  revision,
  withToken: token !== undefined,
  ...(path !== undefined && { path }),
});

/** Which files a model has, and in which commit. @throws HubError when the hub does not say */
export async function fetchListing(model: HubModel, options: HttpOptions): Promise<ModelListing> {
  const url = `${model.endpoint}/api/models/${model.name}/revision/${encodeURIComponent(model.revision)}`;
  const bytes = await withTries(url, options, async (attempt) => {
    const response = await fetch(url, { headers: authorization(model.token), signal: attempt.signal });
    await refuseTemporary(response);
    if (!response.ok) {
      await response.body?.cancel();
      throw (
        meaningOf(response, askedOf(model)) ??
        new HubError(
          'hub.noRepository',
          `hub: ${model.endpoint} has no model ${JSON.stringify(model.name)}.`,
          {
            repository: model.name,
            endpoint: model.endpoint,
          },
        )
      );
    }
    return await wholeBody(response, attempt, MOST_LISTING_BYTES, `the list of files of ${model.name}`);
  });
  let json: Json;
  try {
    json = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damagedFile(model.name, 'the list of files', 'it is no JSON', error);
  }
  const commit = json instanceof Map ? json.get('sha') : undefined;
  const siblings = json instanceof Map ? json.get('siblings') : undefined;
  if (typeof commit !== 'string' || !isCommit(commit) || !Array.isArray(siblings)) {
    throw damagedFile(model.name, 'the list of files', 'it has no commit or no files');
  }
  const paths = siblings.flatMap((sibling) => {
    const path = sibling instanceof Map ? sibling.get('rfilename') : undefined;
    return typeof path === 'string' && isSafePath(path) ? [path] : [];
  });
  return { commit, paths: paths.sort() };
}
