import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** What an ETag of the hub lets be checked: the sha256 of large files, git's hash of the others. */
export type HashKind = 'sha256' | 'git';

export function hashKindOf(etag: string): HashKind | undefined {
  if (/^[0-9a-f]{64}$/.test(etag)) return 'sha256';
  return /^[0-9a-f]{40}$/.test(etag) ? 'git' : undefined;
}

const PIECE = 2 ** 20;

/** The hash of a file as an ETag has it. Git's stands over the size as well, so that it is known at the end only. */
export async function hashFile(path: string, kind: HashKind, size: number): Promise<string> {
  const hash: Hash = kind === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  const file = await open(path, 'r');
  try {
    const piece = new Uint8Array(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
