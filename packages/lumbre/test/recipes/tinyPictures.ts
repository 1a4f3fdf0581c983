// What tests of picture recipes share: a small set of pictures, and the whole life of a model that learns from it.
import { expect } from 'vitest';
import type { DataSource } from '../../src/data/index.ts';
import { readSafetensors } from '../../src/hub/index.ts';
import { defaultDevice } from '../../src/index.ts';
import { configure } from '../../src/recipes/configuration.ts';
import type { Creation, Overrides, Recipe, RecipeConfig } from '../../src/recipes/recipe.ts';
import { configFile, type SavedModelParts } from '../../src/recipes/savedModel.ts';
import type { Workshop } from '../../src/recipes/workshop.ts';
import { decodeCheckpoint, type TrainEvent, TrainingLoop, toTensors } from '../../src/train/index.ts';
import { lastCheckpoint, runAll } from '../train/support.ts';

/** Squares of two kinds: stripes that lie, and stripes that stand, in colours that follow from their number. */
export function stripes({ count = 60, size = 8, channels = 3 } = {}): DataSource {
  const images = new Uint8Array(count * size * size * channels);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  for (let at = 0; at < images.length; at++) {
    const channel = at % channels;
    const x = Math.floor(at / channels) % size;
    const y = Math.floor(at / (channels * size)) % size;
    const picture = Math.floor(at / (channels * size * size));
    const along = picture % 2 === 0 ? y : x;
    const tone = 40 * ((Math.floor(picture / 2) + channel) % 5);
    images[at] = (along + (picture % 3)) % 4 < 2 ? 255 : tone;
  }
  const train = { images, shape: [count, size, size, channels] as const, labels };
  return {
    open: async (name) => ({ kind: 'image', name, train, labelNames: ['lying', 'standing'] }),
  };
}

export const workshopFor = (
  data: DataSource,
  model: Workshop['model'] = async (name) => {
    throw new Error(`there is no model ${name}`);
  },
): Workshop => ({ device: defaultDevice(), language: 'en', data, model });

/** A training of a recipe on `data`, ready to run. */
export async function makeLoop<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  overrides: Overrides,
  data: DataSource = stripes(),
) {
  const config = configure(recipe, overrides);
  const prepared = await recipe.prepare(config, workshopFor(data));
  return { ...prepared, loop: new TrainingLoop(prepared.task, config.train) };
}

/** The figures of each step. */
export const stepFigures = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.metrics] : []));

/** The figures of each evaluation. */
export const evaluations = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'validation' ? [event.metrics] : []));

/** Trains to the end; then once more with a pause after `stopAt` steps: all figures and all state must be the same. */
export async function expectSameAfterResume<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  overrides: Overrides,
  stopAt: number,
  data: DataSource = stripes(),
): Promise<void> {
  const whole = await makeLoop(recipe, overrides, data);
  const { events } = await runAll(whole.loop);
  whole.task.dispose();
  const first = await makeLoop(recipe, overrides, data);
  const stopped = await runAll(first.loop, ({ step }) => step === stopAt && first.loop.stop());
  first.task.dispose();
  const second = await makeLoop(recipe, overrides, data);
  second.loop.restore(decodeCheckpoint(lastCheckpoint(stopped.events)));
  const rest = await runAll(second.loop);
  second.task.dispose();
  expect([...stepFigures(stopped.events), ...stepFigures(rest.events)]).toEqual(stepFigures(events));
  expect([...evaluations(stopped.events), ...evaluations(rest.events)]).toEqual(evaluations(events));
  const parts = (list: readonly TrainEvent[]) => decodeCheckpoint(lastCheckpoint(list)).parts;
  expect(parts(rest.events)).toEqual(parts(events));
}

/** Trains a model and keeps it as a run does. */
export async function trainAndSave<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  overrides: Overrides,
  data: DataSource = stripes(),
): Promise<SavedModelParts & { readonly events: readonly TrainEvent[] }> {
  const { loop, task, config, files } = await makeLoop(recipe, overrides, data);
  const { events } = await runAll(loop);
  task.dispose();
  const saved = events.findLast((event) => event.type === 'checkpoint');
  if (saved?.type !== 'checkpoint') throw new Error('nothing was saved');
  const json = configFile(recipe as unknown as Recipe, config);
  return { config: JSON.parse(JSON.stringify(json)) as unknown, weights: saved.weights, files, events };
}

/** Opens what `trainAndSave` kept. */
export async function openSaved<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  { config, weights, files }: SavedModelParts,
): Promise<Creation> {
  const { tensors } = readSafetensors(weights);
  const { config: settings } = config as { readonly config: Overrides };
  return recipe.open(
    {
      config: configure(recipe, settings),
      files,
      load: (module) => module.loadStateDict(toTensors(tensors, defaultDevice())),
    },
    defaultDevice(),
  );
}
