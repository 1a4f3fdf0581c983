import type { Device } from '../device.ts';

// What the library asks of machine code, answered where there is none. `index.ts` exports the same names and types.

/** Why there is no native device here, in one sentence. */
export const nativeProblem = (): string | null =>
  "The device 'native' compiles with the system's C compiler, which browsers do not have; use 'wasm' here.";

/** @throws Error always */
export function makeNativeDevice(): Device {
  throw new Error(nativeProblem() ?? '');
}
