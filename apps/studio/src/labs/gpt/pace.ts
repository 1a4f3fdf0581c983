import { currentMachine } from '../../app/machine.ts';
import { operationsOf } from './cost.ts';
import { secondsOf } from './estimate.ts';
import type { RunFacts } from './session.ts';

// A measurement of two seconds says less about a training than a training does: how far the last one was from what was foreseen
// is remembered, and the next is foreseen with it.

const KEY = 'lumbre-gpt-pace';
/** What is further off says that something else kept the machine busy. */
const [LEAST, MOST] = [0.2, 5];

/** Seconds that a training took for each second that was foreseen; 1 until there was one. */
export function knownPace(): number {
  try {
    const value = Number(localStorage.getItem(KEY));
    return value >= LEAST && value <= MOST ? value : 1;
  } catch {
    return 1;
  }
}

/** Remembers how fast a run goes. @param rate tokens a second; 0 says nothing */
export function notePace({ config, vocabulary }: RunFacts, rate: number): void {
  const machine = currentMachine();
  if (!machine || rate <= 0) return;
  const { model, train } = config;
  const sizes = { ...model, batchSize: train.batchSize };
  const operations = operationsOf(sizes, vocabulary.length);
  const { nLayer } = model;
  const foreseen = secondsOf({ operations, nLayer, steps: 1 }, machine);
  const ratio = (model.blockSize * train.batchSize) / rate / foreseen;
  const kept = Math.min(MOST, Math.max(LEAST, ratio));
  try {
    localStorage.setItem(KEY, kept.toPrecision(3));
  } catch {
    // Nothing is kept in a window that keeps nothing.
  }
}
