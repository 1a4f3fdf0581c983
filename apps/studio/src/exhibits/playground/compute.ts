import type { Faces } from '../../faces/faces.ts';
import type { Checkpoint, Snapshot } from './snapshot.ts';
import type { DataPoint, PlaygroundState } from './state.ts';
import { Trainer } from './trainer.ts';

// The training of the playground, in a worker: one at a time. The page asks, and is told a dozen times a second.

let trainer: Trainer | null = null;
/** Counted up by whoever begins or stops something: what runs and is not the latest ends. */
let turn = 0;
let speed: PlaygroundState['speed'] = 'normal';

/** Lets messages in. A timer, not a frame of animation: training goes on in tabs that nobody sees. */
const breathe = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** At most so long at a time without listening, in milliseconds. */
const SLICE = 50;

/** Makes a network and forgets the one before. */
export async function begin(
  state: PlaygroundState,
  points: readonly DataPoint[],
  checkpoint?: Checkpoint,
): Promise<Snapshot> {
  turn++;
  trainer?.dispose();
  trainer = null;
  trainer = new Trainer(state, points, checkpoint);
  speed = state.speed;
  return trainer.snapshot();
}

const current = (): Trainer => {
  if (!trainer) throw new Error('The playground has not begun.');
  return trainer;
};

/**
 * Trains until `pause`, or for so many steps; `onSnapshot` hears what is to be seen. Resolves when it stops.
 *
 * @param pace milliseconds between two snapshots at least
 */
export async function train(
  onSnapshot: (snapshot: Snapshot) => void | Promise<void>,
  { steps = Number.POSITIVE_INFINITY, pace = 80 }: { steps?: number; pace?: number } = {},
): Promise<void> {
  const own = ++turn;
  const running = current();
  const end = running.stepCount + steps;
  try {
    while (own === turn && running.stepCount < end) {
      const start = performance.now();
      await stepsOfSnapshot(running, end, pace, () => own === turn);
      if (own !== turn) return;
      const snapshot = await running.snapshot();
      if (own !== turn) return;
      await onSnapshot(snapshot);
      await breathe(Math.max(0, (speed === 'slow' ? 250 : pace) - (performance.now() - start)));
    }
  } catch (error) {
    // What was begun anew meanwhile took the network away from under this one.
    if (own === turn) throw error;
  }
}

/** One step, a few, or as many as fit between two snapshots. */
async function stepsOfSnapshot(
  running: Trainer,
  end: number,
  pace: number,
  goesOn: () => boolean,
): Promise<void> {
  const start = performance.now();
  const most = speed === 'slow' ? 1 : speed === 'normal' ? 4 : Number.POSITIVE_INFINITY;
  let made = 0;
  do {
    const slice = performance.now();
    while (made < most && running.stepCount < end && performance.now() - slice < SLICE / 2) {
      running.step();
      made++;
    }
    await breathe();
  } while (made < most && goesOn() && running.stepCount < end && performance.now() - start < pace - 20);
}

/** Stops, and says where. */
export async function pause(): Promise<Snapshot | null> {
  turn++;
  return trainer ? trainer.snapshot() : null;
}

/** So many steps at once, and what is to be seen then. */
export async function step(count: number): Promise<Snapshot> {
  const own = ++turn;
  const running = current();
  const end = running.stepCount + count;
  while (own === turn && running.stepCount < end) {
    const start = performance.now();
    while (running.stepCount < end && performance.now() - start < SLICE) {
      running.step();
      // So that the curve has a course.
      if (count > 20 && running.stepCount % 5 === 0) await running.note();
    }
    await breathe();
  }
  return running.snapshot();
}

/** Settings that may change without beginning anew. */
export function setRates(state: PlaygroundState): void {
  speed = state.speed;
  trainer?.setRates(state);
}

/** Other points, for the same network; `null` where they need another one: they have other classes. */
export async function setPoints(
  state: PlaygroundState,
  points: readonly DataPoint[],
): Promise<Snapshot | null> {
  const running = current();
  if (!running.accepts(points, state)) return null;
  running.setPoints(points, state);
  return running.snapshot();
}

/** Draws the weights of a neuron anew. */
export async function revive(layer: number, neuron: number): Promise<Snapshot> {
  current().revive(layer, neuron);
  return current().snapshot();
}

/** All that is needed to go on later, and the state whose network it is. */
export async function checkpoint(): Promise<{ checkpoint: Checkpoint; state: PlaygroundState }> {
  const running = current();
  return { checkpoint: await running.checkpoint(), state: running.state };
}

/** The faces of a neuron's sum at one point. */
export const faces = (layer: number, neuron: number): Promise<Faces> => current().faces(layer, neuron);

export function end(): void {
  turn++;
  trainer?.dispose();
  trainer = null;
}
