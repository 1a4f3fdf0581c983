import { nativeProblem } from '#native';
import * as build from '../../graph/builder.ts';
import { bufferNode, type Storage } from '../../graph/node.ts';
import { Engine } from '../../runtime/native/engine.ts';
import { walkable } from '../../runtime/native/program.ts';
import { normalize } from '../../schedule/normalize.ts';
import { plan } from '../../schedule/plan.ts';
import { explainError, explainProblem, type Say } from './reasons.ts';

export interface EngineState {
  readonly works: boolean;
  /** What it took to start, to compile a kernel (unless the cache had it) and to run it; `null` where it does not work. */
  readonly seconds: number | null;
  readonly problem: Say | null;
}

const ELEMENTS = 64;
const BYTES = ELEMENTS * Float32Array.BYTES_PER_ELEMENT;

/**
 * y = x · 2 + 1, from the graph to machine code. It goes past the device, which would go on in WebAssembly and leave a
 * warning where this throws.
 */
function runOneKernel(): void {
  const engine = new Engine();
  // Only the addon will know where the values are.
  const storage: Storage = { device: 'native', dtype: 'float32', size: ELEMENTS, freed: false, free() {} };
  const x = bufferNode(storage, [ELEMENTS]);
  const y = build.add(build.mul(x, build.full(x, 2)), build.full(x, 1));
  const schedule = plan(normalize([y]));
  const { addon, kernels } = engine;
  const { program, bases } = walkable(
    { threads: 1, addon: () => addon },
    schedule,
    1,
    kernels.finish(kernels.start([schedule])),
    0,
  );
  const memory = addon.allocate(2 * BYTES + schedule.arenaBytes);
  const address = addon.addressOf(memory);
  const input = new Float32Array(memory, 0, ELEMENTS).map((_, i) => i);
  new Float32Array(memory).set(input);
  bases.set([address + 2 * BYTES, address, address + BYTES]);
  const code = addon.run(program, bases, 1);
  const output = new Float32Array(memory, BYTES, ELEMENTS);
  const wrong = output.findIndex((value, i) => value !== 2 * i + 1);
  if (code !== 0 || wrong >= 0) {
    throw new Error(
      `native: a kernel that computes 2x + 1 gave ${output[wrong]} for ${wrong} (code ${code}); ` +
        'LUMBRE_CC can name another compiler.',
    );
  }
  addon.release(memory);
}

/** Whether machine code really is compiled, loaded and run here. */
export function examineEngine(): EngineState {
  const missing = nativeProblem();
  if (missing) return { works: false, seconds: null, problem: explainProblem(missing) };
  const begin = performance.now();
  try {
    runOneKernel();
    return { works: true, seconds: (performance.now() - begin) / 1000, problem: null };
  } catch (error) {
    return { works: false, seconds: null, problem: explainError(error) };
  }
}
