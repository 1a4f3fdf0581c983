import { contentLength, type HttpOptions, refuseTemporary, withTries } from '../../hub/http.ts';
import { meaningOf } from '../../hub/hubAnswer.ts';
import { askedOf, fileUrl, type HubModel, isCommit } from '../../hub/hubApi.ts';
import { HubError } from '../../hub/hubError.ts';
import { fetchFollowing } from './follow.ts';

/** What a hub says of a file before it sends it. */
export interface FileMetadata {
  readonly commit: string;
  /** The sha256 of what large storage holds, the git hash of all else; the name of the blob in the cache. */
  readonly etag: string;
  /** Bytes, where the hub says so. */
  readonly size: number | undefined;
}

/** A file that a model does not have, in a commit where that is known. */
export interface Absent {
  readonly absent: true;
  readonly commit: string | undefined;
}

/** An ETag becomes the name of a file. */
const etagPattern = /^[\w.-]{1,128}$/;

const sizeIn = (headers: Headers): number | undefined => {
  const linked = headers.get('x-linked-size');
  if (linked !== null && /^\d{1,15}$/.test(linked)) return Number(linked);
  return contentLength(headers);
};

/** Asks what a file is. @throws HubError when there is no such model, or it is not for you, or there is no network */
export async function fetchMetadata(
  model: HubModel,
  path: string,
  options: HttpOptions,
): Promise<FileMetadata | Absent> {
  const url = fileUrl(model, path);
  return await withTries(url, options, async ({ signal }) => {
    const response = await fetchFollowing(url, {
      method: 'HEAD',
      headers: { 'accept-encoding': 'identity' },
      token: model.token,
      signal,
      staysHome: true,
    });
    await refuseTemporary(response);
    const { status, headers } = response;
    const said = headers.get('x-repo-commit') ?? '';
    const commit = isCommit(said) ? said : undefined;
    if (status >= 400) {
      const error = meaningOf(response, askedOf(model, path));
      if (error) throw error;
      return { absent: true, commit };
    }
    const tag = headers.get('x-linked-etag') ?? headers.get('etag') ?? '';
    const etag = tag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
    if (commit === undefined || !etagPattern.test(etag) || /^\.+$/.test(etag)) {
      throw new HubError(
        'hub.status',
        `hub: ${model.endpoint} does not answer as a hub does: it says of ${path} neither the commit (X-Repo-Commit) nor an ` +
          'ETag. Is the endpoint right (HF_ENDPOINT)? A folder of a web server is given by its address.',
        { endpoint: model.endpoint, path },
      );
    }
    return { commit, etag, size: sizeIn(headers) };
  });
}
