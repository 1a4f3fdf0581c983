import { environment } from '#platform';
import { scope, tensor } from '../../index.ts';
import { wasmFeatures } from '../../render/wasm/features.ts';
import type { EngineState } from './nativeEngine.ts';
import { explainError, type Say } from './reasons.ts';

/** The fastest first. */
export const allDevices = ['native', 'wasm', 'js'] as const;

export interface DeviceState {
  readonly name: string;
  readonly works: boolean;
  readonly problem: Say | null;
}

/** What new tensors are computed on, and whether somebody chose it. */
export interface DefaultDevice {
  readonly name: string;
  readonly reason: 'LUMBRE_DEVICE' | 'fastest';
}

/** Why a device cannot compute 2x + 1, or `null` where it can. */
function problemOf(name: string, engine: EngineState): Say | null {
  if (name === 'native' && engine.problem) return engine.problem;
  if (name === 'wasm' && !wasmFeatures().simd) return (messages) => messages.doctorNoSimd;
  try {
    const values = scope(() => tensor([1, 2, 3], { device: name }).mul(2).add(1).dataSync());
    if (values.join() === '3,5,7') return null;
    return (messages) => messages.doctorWrongValues(values.join(' '));
  } catch (error) {
    return explainError(error);
  }
}

export const examineDevices = (engine: EngineState): DeviceState[] =>
  allDevices.map((name) => {
    const problem = problemOf(name, engine);
    return { name, works: problem === null, problem };
  });

/** The library's own rule, asked anew: it answers once in a process, and says no reason. */
export function chosenDefault(hasCompiler: boolean): DefaultDevice {
  const asked = environment('LUMBRE_DEVICE');
  if (asked) return { name: asked, reason: 'LUMBRE_DEVICE' };
  const name = hasCompiler ? 'native' : wasmFeatures().simd ? 'wasm' : 'js';
  return { name, reason: 'fastest' };
}
