import { afterEach, describe, expect, it } from 'vitest';
import { pointsOf } from '../../src/exhibits/playground/datasets.ts';
import { initialState } from '../../src/exhibits/playground/state.ts';
import * as compute from '../../src/labs/points/compute.ts';
import { savedRun } from '../../src/labs/points/runs.ts';

describe('trainings that are kept', () => {
  afterEach(() => compute.end());

  it('are read back as they were written, and others are not', async () => {
    await compute.begin(initialState, pointsOf(initialState));
    await compute.step(12);
    const run = {
      id: 'one',
      name: 'Lunas',
      saved: 1,
      step: 12,
      state: initialState,
      checkpoint: (await compute.checkpoint()).checkpoint,
    };
    // As the browser's database keeps it.
    expect(savedRun.parse(structuredClone(run))).toEqual(run);
    const hostile: unknown[] = [
      { ...run, state: { ...initialState, layers: [9] } },
      { ...run, checkpoint: { ...run.checkpoint, model: 'no' } },
      {
        ...run,
        checkpoint: {
          ...run.checkpoint,
          model: [{ name: 'a', shape: [1], values: new Float32Array(50_000) }],
        },
      },
      { ...run, name: 'x'.repeat(500) },
    ];
    for (const value of hostile) expect(savedRun.safeParse(value).success).toBe(false);
  });

  it('cannot be gone on with by a network of another shape', async () => {
    await compute.begin(initialState, pointsOf(initialState));
    const { checkpoint } = await compute.checkpoint();
    const other = { ...initialState, layers: [3] };
    await expect(compute.begin(other, pointsOf(other), checkpoint)).rejects.toThrow(/does not fit/);
  });
});
