import {
  cacheRoot,
  checkPrivate,
  kernelFolder,
  prepare,
} from '../../runtime/native/toolchain/cacheFolder.ts';
import { type CacheInfo, cacheBound, cacheInfo } from '../../runtime/native/toolchain/contents.ts';
import { makeFolder } from '../../runtime/native/toolchain/makeFolder.ts';
import { explainFolder, type Say } from './reasons.ts';

export interface CacheState extends CacheInfo {
  readonly maxBytes: number;
  readonly maxBatches: number;
  readonly writable: boolean;
  readonly problem: Say | null;
}

/** Why kernels cannot be kept, or `null` where they can. The folder is made: that is the only way to know. */
function writingProblem(folder: string): Say | null {
  try {
    makeFolder(folder);
    checkPrivate(cacheRoot());
    checkPrivate(folder);
    prepare(folder);
    return null;
  } catch (error) {
    return explainFolder(error);
  }
}

export function examineCache(): CacheState {
  const folder = kernelFolder();
  const problem = writingProblem(folder);
  const { bytes: maxBytes, batches: maxBatches } = cacheBound();
  return { ...cacheInfo(folder), maxBytes, maxBatches, writable: problem === null, problem };
}
