import type { Device } from '../device.ts';
import { NativeDevice } from './device.ts';
import { compilerProblem } from './toolchain/compiler.ts';

// What the library asks of machine code, answered in Node. `absent.ts` exports the same names and types.

/** Why there is no native device here, in one sentence; `null` where there is one. */
export const nativeProblem = (): string | null => compilerProblem();

/** @throws Error where there is no compiler */
export function makeNativeDevice(): Device {
  const problem = nativeProblem();
  if (problem) throw new Error(`native: ${problem}`);
  return new NativeDevice();
}
