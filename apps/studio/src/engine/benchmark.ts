import { rand, scope, statistics } from 'lumbre';

const milliseconds = (start: number): number => performance.now() - start;

/** The best of the rounds that fit into so many milliseconds. */
async function best(budget: number, round: () => Promise<number>): Promise<number> {
  const start = performance.now();
  let most = await round();
  while (milliseconds(start) < budget) most = Math.max(most, await round());
  return most;
}

const SIDE = 384;
/** More than caches hold, as a rule. */
const LENGTH = 8 * 1024 * 1024;
/** A sum of two reads both, and writes a third; four bytes each. */
const BYTES = 3 * 4 * LENGTH;
/** How long threads may take to start. */
const PATIENCE = 1000;

/** Threads take a moment to start, and a worker that never pauses does not let them: figures before that are those of one. */
async function threadsAreThere(): Promise<void> {
  if (!globalThis.crossOriginIsolated || navigator.hardwareConcurrency < 2) return;
  const start = performance.now();
  while (statistics().threads === 1 && milliseconds(start) < PATIENCE)
    await new Promise((resume) => setTimeout(resume, 20));
}

/** Measures in about two seconds what this machine can do, with the engine that everything runs on. */
export async function measure(): Promise<{ gflops: number; gigabytes: number; threads: number }> {
  const [a, b] = [rand([SIDE, SIDE]), rand([SIDE, SIDE])];
  const [left, right] = [rand([LENGTH]), rand([LENGTH])];
  for (const tensor of [a, b, left, right]) tensor.realize();
  const products = async (): Promise<number> => {
    const start = performance.now();
    const results = scope(() => Array.from({ length: 8 }, () => a.matmul(b).max()));
    for (const result of results) await result.data();
    for (const result of results) result.dispose();
    return (8 * 2 * SIDE ** 3) / milliseconds(start) / 1e6;
  };
  const sums = async (): Promise<number> => {
    const start = performance.now();
    left.add(right).realize().dispose();
    return BYTES / milliseconds(start) / 1e6;
  };
  await products();
  await threadsAreThere();
  const gflops = await best(1000, products);
  const gigabytes = await best(500, sums);
  for (const tensor of [a, b, left, right]) tensor.dispose();
  return { gflops, gigabytes, threads: statistics().threads };
}
