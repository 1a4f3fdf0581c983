import { Random } from '../random.ts';
import { elementwiseCandidates } from './elementwise.ts';
import { indexingCandidates } from './indexing.ts';
import { type FuzzProgram, inputsOf, withoutDeadCode } from './program.ts';
import { isolated } from './run.ts';
import { structuralCandidates } from './structural.ts';
import { windowCandidates } from './windows.ts';
import { MOST_ELEMENTS, Workbench } from './workbench.ts';

const otherCandidates = [...structuralCandidates, ...indexingCandidates, ...windowCandidates];

const sizes = [1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33];

function randomShape(random: Random): number[] {
  // Now and then nothing at all, and now and then enough for a kernel to split its work.
  if (random.chance(0.03)) return random.shuffle([0, 3]);
  if (random.chance(0.05)) return random.pick([[1031], [37, 40], [3, 17, 19]]);
  const shape = random.array(random.integer(0, 4), (r) => r.pick(sizes));
  while (shape.reduce((a, b) => a * b, 1) > MOST_ELEMENTS / 5) shape.pop();
  return shape;
}

/** A random program of about `length` steps; the same seed gives the same one. */
export function generateProgram(seed: number): FuzzProgram {
  const random = new Random(seed);
  const wantsGradient = random.chance(0.5);
  const length = random.integer(2, 16);
  return isolated('js', 'float32', () => {
    const bench = new Workbench(random, wantsGradient);
    bench.leaf(randomShape(random), 'float');
    if (random.chance(0.7))
      bench.leaf(randomShape(random), random.pick(['float', 'float', 'int32', 'int8', 'uint8', 'bool']));
    const first = bench.definitions.length;
    for (let tries = 0; tries < 6 * length && bench.definitions.length < first + length; tries++) {
      const candidates = random.chance(0.45) ? otherCandidates : elementwiseCandidates;
      const proposal = random.pick(candidates)(bench);
      if (proposal) bench.add(proposal);
    }
    return finish(bench);
  });
}

/** Chooses outputs: what nobody uses, and some of the rest, whose values must then exist beside their uses. */
function finish({ definitions, values, random, wantsGradient }: Workbench): FuzzProgram {
  const used = new Set(definitions.flatMap(inputsOf));
  const steps = definitions.flatMap(({ kind }, i) => (kind === 'step' ? [i] : []));
  const ends = steps.filter((i) => !used.has(i));
  const extra = steps.filter((i) => used.has(i) && random.chance(0.15));
  const outputs = random.shuffle([...ends.slice(-4), ...extra]);
  if (outputs.length === 0) outputs.push(definitions.length - 1);
  const differentiable = outputs.filter((i) => values[i]?.dtype === 'float');
  const backward = wantsGradient ? differentiable.slice(0, random.integer(1, 2)) : [];
  return withoutDeadCode({ definitions, outputs, backward });
}
