import * as fc from 'fast-check';
import { clip } from '../cell/core/clip.ts';
import { assertClose, settled } from './compare.ts';
import { Complaint, Counterexample, saidBy } from './complaint.ts';
import type { GradingTools } from './tools.ts';

/** The same code gets the same verdict: what is random always begins here. */
const SEED = 20_240_229;
const RUNS = 100;

const clone = (value: unknown): unknown => {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
};

const sidesOf = (error: unknown) => (error instanceof Complaint ? error.sides : null);

/** Calls a function with copies of some arguments. */
const call = (f: (...args: never[]) => unknown, args: readonly unknown[]): unknown =>
  (f as (...args: unknown[]) => unknown)(...args.map(clone));

/** The tools of one check. `cases` tells how many inputs it has tried. */
export function makeTools(): { tools: GradingTools; cases(): number | null } {
  let cases: number | null = null;

  /** Runs a property on random inputs, and throws the smallest on which it fails. */
  async function search(
    arbitraries: readonly fc.Arbitrary<unknown>[],
    holds: (args: readonly unknown[]) => Promise<void>,
    { names = [], runs = RUNS }: { names?: readonly string[]; runs?: number },
  ): Promise<void> {
    const property = fc.asyncProperty(fc.tuple(...arbitraries), async (args) => {
      await holds(args);
    });
    const report = await fc.check(property, { seed: SEED, numRuns: runs });
    cases = (cases ?? 0) + report.numRuns;
    if (!report.failed) return;
    const [args] = (report.counterexample ?? [[]]) as [unknown[]];
    // Once more on the smallest input, for what it says there.
    let error: unknown = report.errorInstance;
    try {
      await holds(args);
    } catch (again) {
      error = again;
    }
    const input = args.map((value, i) => ({ name: names[i] ?? `${i + 1}`, value: clone(value) }));
    throw new Counterexample(saidBy(error), input, sidesOf(error), report.numRuns);
  }

  const assert: GradingTools['assert'] = (condition, complaint) => {
    if (!condition) throw new Complaint({ id: 'note', text: clip(complaint, 2000) });
  };

  const tools: GradingTools = {
    fc,
    close: (found, expected, options = {}) => assertClose(found, expected, options),
    equal(found, expected, what) {
      assertClose(found, expected, { rtol: 0, atol: 0, ...(what !== undefined && { what }) });
    },
    assert,
    agree: (arbitraries, found, expected, options = {}) =>
      search(
        arbitraries as unknown as readonly fc.Arbitrary<unknown>[],
        async (args) => {
          // Each gets inputs of its own: who changes them changes nobody else's.
          const wanted = await settled(call(expected, args));
          const got = await settled(call(found, args));
          assertClose(got, wanted, options);
        },
        options,
      ),
    property: (arbitraries, predicate, options = {}) =>
      search(
        arbitraries as unknown as readonly fc.Arbitrary<unknown>[],
        async (args) => {
          const verdict = await call(predicate, args);
          if (verdict === false) throw new Complaint({ id: 'doesNotHold' });
        },
        options,
      ),
    async seeds(seeds, run) {
      for (const seed of seeds) {
        cases = (cases ?? 0) + 1;
        try {
          const verdict = await run(seed);
          if (verdict === false) throw new Complaint({ id: 'doesNotHold' });
        } catch (error) {
          const input = [{ name: 'seed', value: seed }];
          throw new Counterexample(saidBy(error), input, sidesOf(error), seeds.length);
        }
      }
    },
    async gradient(f, gradient, at, { tolerance = 1e-3 } = {}) {
      const found = (await settled(gradient([...at]))) as unknown;
      const expected: number[] = [];
      for (const [i, x] of at.entries()) {
        const step = 1e-4 * Math.max(1, Math.abs(x));
        const moved = async (by: number) => {
          const point = [...at];
          point[i] = x + by;
          return Number(await settled(f(point)));
        };
        expected.push(((await moved(step)) - (await moved(-step))) / (2 * step));
      }
      const wanted = Array.isArray(found) ? expected : expected[0];
      assertClose(found, wanted, { rtol: tolerance, atol: tolerance });
    },
  };
  return { tools, cases: () => cases };
}
