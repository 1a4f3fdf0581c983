import { statistics } from 'lumbre';
import type { StepsAnswer, StepsQuestion } from './protocol.ts';
import type { Session } from './workload.ts';

/** Makes steps in turns, each on fresh inputs, with the clock around what counts, and looks at all results. */
export async function measureSteps(
  session: Session,
  device: string,
  { turns, together }: StepsQuestion,
): Promise<StepsAnswer & { readonly overhead: number }> {
  const times: number[] = [];
  let total = 0;
  let kernels = 0;
  for (let turn = 0; turn < turns; turn++) {
    await session.prepare(together);
    const before = statistics(device).kernelMs;
    const start = performance.now();
    await session.run();
    const elapsed = performance.now() - start;
    kernels += statistics(device).kernelMs - before;
    total += elapsed;
    times.push(elapsed / together);
    await session.inspect();
  }
  return { times, overhead: 1 - kernels / total };
}
