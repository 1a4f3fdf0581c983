import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/**
 * Learners do not dispose of the networks that they make: the memory goes back when they are collected. So it is done before
 * a test is asked what it has left behind.
 */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    // What is still on the stack is not collected, and finalizers have a turn of their own.
    await wait(1);
    gc();
    await wait(1);
  }
}
