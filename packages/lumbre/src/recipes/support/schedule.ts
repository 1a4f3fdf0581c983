import { cosineSchedule } from '../../optim/index.ts';
import type { Progress } from '../../train/index.ts';

export interface ScheduleSettings {
  readonly steps: number;
  readonly lr: number;
  readonly minLr: number;
  readonly warmupSteps: number;
}

/**
 * The learning rate by the progress of a training: up in a straight line, then down half a cosine. A short training takes
 * the warm-up along: it is a tenth of all steps at most.
 */
export function warmupThenCosine({ steps, lr, minLr, warmupSteps }: ScheduleSettings) {
  const schedule = cosineSchedule({
    lr,
    minLr: Math.min(minLr, lr),
    warmupSteps: Math.min(warmupSteps, Math.floor(steps / 10)),
    decaySteps: steps,
  });
  return ({ step, fraction }: Progress): number => schedule(Math.max(step, fraction * steps));
}
