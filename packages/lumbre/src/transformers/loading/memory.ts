import { machineMemory } from '#platform';
import type { Module } from '../../nn/index.ts';

/** What one memory of WebAssembly holds. */
const WASM_BYTES = 2 ** 32;

const inWords = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/**
 * Asks whether a model fits before any memory is taken.
 * @param model on a meta device
 * @throws RangeError when its weights alone are more than the device or the machine has
 */
export function checkMemory(name: string, model: Module, device: string, bytesPerWeight: number): void {
  const parameters = model.parameterCount();
  const bytes = parameters * bytesPerWeight;
  const machine = machineMemory() ?? Number.POSITIVE_INFINITY;
  const most = device === 'wasm' ? Math.min(machine, WASM_BYTES) : machine;
  if (bytes <= most) return;
  throw new RangeError(
    `${name}: ${parameters} weights take ${inWords(bytes)}, and there are ${inWords(most)} ` +
      `${most === machine ? 'in this machine' : `on the device ${device}`}; choose a smaller model, or a dtype that takes less.`,
  );
}
