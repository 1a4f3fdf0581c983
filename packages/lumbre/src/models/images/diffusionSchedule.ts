import type { DiffusionConfig } from './diffusionConfig.ts';

type Schedule = Pick<Required<DiffusionConfig>, 'schedule' | 'timesteps'>;

/** The part of the variance that each step adds: Ho et al.'s line, or such that what is left follows a cosine. */
function betas({ schedule, timesteps }: Schedule): number[] {
  if (schedule === 'linear') {
    // From 1e-4 to 0.02 in 1000 steps; with fewer, each adds more.
    const scale = 1000 / timesteps;
    const [first, last] = [1e-4 * scale, Math.min(0.02 * scale, 0.999)];
    return Array.from(
      { length: timesteps },
      (_, t) => first + ((last - first) * t) / Math.max(timesteps - 1, 1),
    );
  }
  const left = (t: number) => Math.cos(((t / timesteps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  return Array.from({ length: timesteps }, (_, t) => Math.min(1 - left(t + 1) / left(t), 0.999));
}

/** What is left of the picture's variance after each step, in double precision. */
export function cumulativeAlphas(config: Schedule): number[] {
  let product = 1;
  return betas(config).map((beta) => {
    product *= 1 - beta;
    return product;
  });
}

/**
 * The times that are visited, from the noisiest down to 0, evenly spaced.
 * @throws RangeError unless there are from 1 to `timesteps`.
 */
export function samplingTimes({ timesteps }: Schedule, steps: number): number[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > timesteps) {
    throw new RangeError(`Diffusion: steps must be a whole number from 1 to ${timesteps}, not ${steps}.`);
  }
  if (steps === 1) return [timesteps - 1];
  return Array.from({ length: steps }, (_, i) =>
    Math.round(((steps - 1 - i) * (timesteps - 1)) / (steps - 1)),
  );
}

/**
 * What a step from time `t` to time `next` (-1 is the picture itself) multiplies with, as in formula 12 of DDIM: the shares of picture and noise
 * now, that of the picture next, that of the noise that is still there, and that of new noise.
 */
export function samplingStep(alphas: readonly number[], t: number, next: number, eta: number): number[] {
  const now = alphas[t] as number;
  const then = next < 0 ? 1 : (alphas[next] as number);
  const spread = eta * Math.sqrt(((1 - then) / (1 - now)) * (1 - now / then));
  const direction = Math.sqrt(Math.max(1 - then - spread ** 2, 0));
  return [Math.sqrt(now), Math.sqrt(1 - now), Math.sqrt(then), direction, spread];
}
