import type { DataFile } from './entry.ts';
import { DataSetError, damaged } from './errors.ts';
import { type NormalizeOptions, normalizeFile } from './normalize.ts';
import { maximumBytesOf } from './registry.ts';

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a file holds once it is normalized. */
export interface VerifiedContent {
  readonly content: Uint8Array;
  readonly sha256: string;
}

/**
 * Normalizes a file and compares what it holds with what is known of it.
 *
 * @param where what to call the file in messages: its path or address
 * @param options.expected the hash to compare with, where the entry has none: what it was when it was downloaded
 * @throws DataSetError when the hash or the size is another
 */
export async function verifyFile(
  file: DataFile,
  bytes: Uint8Array,
  where: string,
  {
    expected = file.sha256,
    ...options
  }: NormalizeOptions & {
    readonly expected?: string;
  } = {},
): Promise<VerifiedContent> {
  const content = normalizeFile(bytes, file.normalize, where, maximumBytesOf(file), options);
  const found = await sha256(content);
  if (expected !== undefined && found !== expected) {
    throw new DataSetError(
      'data.wrongHash',
      `${where} is not what it should be: its SHA-256 is ${found}, expected ${expected} ` +
        '(of the content, unpacked, in UTF-8 with \\n). It is damaged, or another version: fetch it again.',
      { name: where, found, expected },
    );
  }
  if (file.bytes !== undefined && content.length !== file.bytes) {
    throw damaged(where, `expected ${file.bytes} bytes, got ${content.length}`);
  }
  return { content, sha256: found };
}
