import { openTargetPlace } from '#hub';
import type { ModelTarget } from './modelTarget.ts';

/**
 * Where a model is written: in Node a folder, which is made if it is not there; anywhere a `ModelTarget`, which passes
 * through.
 * @throws HubError `hub.noRepository` for a folder in a browser, which has none: give it `memoryTarget()`.
 */
export const openTarget = async (target: string | ModelTarget): Promise<ModelTarget> =>
  typeof target === 'string' ? await openTargetPlace(target) : target;
