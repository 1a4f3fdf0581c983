import { mkdir, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Attempt,
  bodyOf,
  contentLength,
  contentRange,
  type HttpOptions,
  refuseTemporary,
  TryAgain,
  withTries,
} from '../../hub/http.ts';
import { meaningOf } from '../../hub/hubAnswer.ts';
import { askedOf, fileUrl, type HubModel } from '../../hub/hubApi.ts';
import { HubError, noFile } from '../../hub/hubError.ts';
import type { HubProgress } from '../../hub/repository.ts';
import { hashFile, hashKindOf } from './contentHash.ts';
import type { FileMetadata } from './fileMetadata.ts';
import { fetchFollowing } from './follow.ts';

/** A file without a size is believed up to here. */
const MOST_UNKNOWN_BYTES = 2 ** 30;

export interface FetchBlobOptions extends HttpOptions {
  readonly progress?: (progress: HubProgress) => void;
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;

/**
 * Downloads a file of a model to `blob`: into `blob.incomplete`, which a later call goes on with, as `huggingface_hub` calls
 * it. The file gets its name when its size and its hash are right.
 * @throws HubError `hub.wrongHash`, `hub.tooLarge`, `hub.offline`, `hub.aborted`, and what the hub says
 */
export async function fetchBlob(
  model: HubModel,
  path: string,
  metadata: FileMetadata,
  blob: string,
  options: FetchBlobOptions,
): Promise<void> {
  const part = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  const url = fileUrl({ ...model, revision: metadata.commit }, path);
  // What was here before may be of another program: if the whole is wrong, everything is fetched once more.
  let mayBegin = (await sizeOf(part)) > 0;
  for (;;) {
    const get = (attempt: Attempt) => tryOnce(url, model, path, metadata, part, options, attempt);
    await withTries(url, options, get);
    const problem = await wrongIn(part, metadata);
    if (problem === undefined) break;
    await rm(part, { force: true });
    if (mayBegin) {
      mayBegin = false;
      continue;
    }
    throw new HubError(
      'hub.wrongHash',
      `hub: ${path} of ${model.name} is not what ${model.endpoint} says it is: ${problem}. What came was deleted; try again, ` +
        'and if it stays so, the server or what lies between changes the file.',
      { repository: model.name, path },
    );
  }
  await rename(part, blob);
}

async function wrongIn(part: string, { etag, size }: FileMetadata): Promise<string | undefined> {
  const have = await sizeOf(part);
  if (size !== undefined && have !== size) return `it has ${have} bytes, expected ${size}`;
  const kind = hashKindOf(etag);
  if (kind === undefined) return undefined;
  const found = await hashFile(part, kind, have);
  return found === etag
    ? undefined
    : `its ${kind === 'git' ? 'git hash' : kind} is ${found}, expected ${etag}`;
}

/** Goes on where the half file ends, or begins anew. @throws TryAgain when the file is not whole then */
async function tryOnce(
  url: string,
  model: HubModel,
  path: string,
  { size }: FileMetadata,
  part: string,
  { progress }: FetchBlobOptions,
  attempt: Attempt,
): Promise<void> {
  let have = await sizeOf(part);
  if (size !== undefined) {
    if (have === size && have > 0) return;
    if (have > size) have = 0;
  }
  const response = await fetchFollowing(url, {
    method: 'GET',
    headers: { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) },
    token: model.token,
    signal: attempt.signal,
  });
  attempt.touch();
  await refuseTemporary(response);
  const { status, headers } = response;
  if (status === 416) {
    await response.body?.cancel();
    await rm(part, { force: true });
    throw new TryAgain(`the server has no bytes of ${path} from ${have} on`);
  }
  if (status !== 200 && status !== 206) {
    await response.body?.cancel();
    throw meaningOf(response, askedOf(model, path)) ?? noFile(model.name, path);
  }
  const range = status === 206 ? contentRange(headers) : null;
  if (status === 206 && (range === null || range.start !== have)) {
    await response.body?.cancel();
    await rm(part, { force: true });
    throw new TryAgain(`the server sent other bytes of ${path} than were asked for`);
  }
  if (status === 200) have = 0;
  const announced = range?.total ?? (status === 200 ? contentLength(headers) : undefined);
  if (size !== undefined && announced !== undefined && announced !== size) {
    await response.body?.cancel();
    throw new HubError(
      'hub.wrongHash',
      `hub: ${path} of ${model.name} has ${announced} bytes where it lies, but ${model.endpoint} says ${size}.`,
      { repository: model.name, path },
    );
  }
  const total = size ?? announced;
  await truncate(part, have).catch(() => undefined);
  const file = await open(part, have > 0 ? 'a' : 'w');
  const started = performance.now();
  const before = have;
  const report = (): void => {
    const seconds = (performance.now() - started) / 1000;
    const rate = seconds > 0 ? (have - before) / seconds : 0;
    progress?.({ name: `${model.name}/${path}`, url, bytes: have, total, rate });
  };
  try {
    report();
    const most = (total ?? MOST_UNKNOWN_BYTES) - have;
    for await (const piece of bodyOf(response, attempt, most, `${path} of ${model.name}`)) {
      await file.writeFile(piece);
      have += piece.length;
      report();
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && have < total) {
    throw new TryAgain(`the connection ended after ${have} of ${total} bytes`);
  }
}
