import { expect } from 'vitest';
import type { DataSource, LoadedData } from '../../src/data/index.ts';
import { defaultDevice } from '../../src/index.ts';
import {
  type Creation,
  configFile,
  configure,
  type Overrides,
  openModel,
  type Recipe,
  type RecipeConfig,
  type Workshop,
} from '../../src/recipes/index.ts';
import { decodeCheckpoint, type Metrics, type TrainEvent, TrainingLoop } from '../../src/train/index.ts';
import { lastCheckpoint, runAll } from '../train/support.ts';

/** A workshop with one set of data, whatever it is called. */
export const workshopWith = (data: LoadedData): Workshop => ({
  device: defaultDevice(),
  language: 'es',
  data: { open: async () => data } satisfies DataSource,
  model: async (name) => {
    throw new Error(`There is no model '${name}' here.`);
  },
});

/** The figures of all steps and evaluations. */
const figuresOf = (events: readonly TrainEvent[]): Metrics[] =>
  events.flatMap((event) => (event.type === 'step' || event.type === 'validation' ? [event.metrics] : []));

export interface Tried {
  readonly config: RecipeConfig;
  readonly events: readonly TrainEvent[];
  readonly steps: number;
  /** What was published, opened again. */
  readonly creation: Creation;
}

/**
 * Trains by a recipe, whole and with an interruption, expects both to be the same to the last bit, and opens what was
 * published. Who calls this disposes of the creation.
 */
export async function tryRecipe<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  workshop: Workshop,
  overrides: Overrides,
  stopAt: number,
): Promise<Tried> {
  const config = configure(recipe, overrides);
  const begin = async () => {
    const prepared = await recipe.prepare(config, workshop);
    return { ...prepared, loop: new TrainingLoop(prepared.task, config.train) };
  };
  const whole = await begin();
  const { events } = await runAll(whole.loop);
  const { step } = whole.loop;
  whole.task.dispose();
  if (stopAt > 0) {
    const first = await begin();
    const stopped = await runAll(first.loop, (event) => {
      if (event.type === 'step' && event.step === stopAt) first.loop.stop();
    });
    first.task.dispose();
    const second = await begin();
    second.loop.restore(decodeCheckpoint(lastCheckpoint(stopped.events)));
    const rest = await runAll(second.loop);
    second.task.dispose();
    expect([...figuresOf(stopped.events), ...figuresOf(rest.events)]).toEqual(figuresOf(events));
    expect(decodeCheckpoint(lastCheckpoint(rest.events)).parts).toEqual(
      decodeCheckpoint(lastCheckpoint(events)).parts,
    );
  }
  const saved = events.findLast((event) => event.type === 'checkpoint');
  if (saved?.type !== 'checkpoint') throw new Error('nothing was published');
  // As it is written to disk and read again.
  const file = JSON.parse(JSON.stringify(configFile(recipe as unknown as Recipe, whole.config)));
  const { creation } = await openModel(
    { config: file, weights: saved.weights, files: whole.files },
    workshop.device,
  );
  return { config: whole.config, events, steps: step, creation };
}

/** The last sample of a training. */
export function lastSample(events: readonly TrainEvent[]) {
  const found = events.findLast((event) => event.type === 'sample');
  if (found?.type !== 'sample') throw new Error('there is no sample among the events');
  return found.sample;
}
