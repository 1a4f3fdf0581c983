import { MetaReadError, TensorSizeError, withMetaDevice } from '../index.ts';
import type { Recipe, RecipeConfig } from './recipe.ts';
import type { Workshop } from './workshop.ts';

/** What a training would take. */
export interface MemoryEstimate {
  /** Bytes on its device: data, weights, the optimizer's state, and what a step needs on the way. */
  readonly bytes: number;
  /** Whether that is all: a recipe that reads values before its first step is seen up to there. */
  readonly complete: boolean;
  /** The elements of a tensor that would have more than any can, if there is one; what comes after it is not counted. */
  readonly tooLarge: number | null;
}

/**
 * How much memory a training needs, found without using it: the recipe prepares it on a device without values, and makes a
 * step there. Reading the data takes as long as it does.
 *
 * @param enough where it is more than that, it need not be known how much: the step is not planned
 * @throws what the recipe throws for settings or data that are wrong
 */
export function estimateMemory<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  config: Config,
  workshop: Workshop,
  enough = Number.POSITIVE_INFINITY,
): Promise<MemoryEstimate> {
  return withMetaDevice(async (device) => {
    let complete = false;
    let tooLarge: number | null = null;
    try {
      const { task } = await recipe.prepare(config, { ...workshop, device: device.name });
      try {
        if (device.memory().peakBytes <= enough) {
          await task.step({ step: 0, steps: config.train.steps, fraction: 0 });
        }
      } catch (error) {
        if (!(error instanceof MetaReadError)) throw error;
        // The step has been made, and its figures cannot be read.
        complete = true;
      } finally {
        task.dispose();
      }
    } catch (error) {
      if (error instanceof TensorSizeError) tooLarge = error.elements;
      else if (!(error instanceof MetaReadError)) throw error;
    }
    return { bytes: device.memory().peakBytes, complete, tooLarge };
  });
}
