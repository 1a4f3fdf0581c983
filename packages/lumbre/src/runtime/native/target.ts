import { type Target, wasmTarget } from '../../codegen/target.ts';
import type { MachineFeatures } from './toolchain/compiler.ts';

/** Tiles that leave room in 32 registers, or in 16, for what is loaded; blocks for caches of 48 KiB, 1 MiB and more. */
const blocks = { blockRows: 96, blockColumns: 3072, vectorColumns: 4096, streams: 4, gathers: true };

/** What kernels are made for on a machine. */
export function targetOf({ arch, lanes }: MachineFeatures): Target {
  if (lanes === 16) return { lanes, tileRows: 8, tileVectors: 2, ...blocks };
  if (lanes === 8) return { lanes, tileRows: 4, tileVectors: 3, ...blocks };
  return arch === 'arm64' ? { lanes, tileRows: 8, tileVectors: 2, ...blocks } : wasmTarget;
}
