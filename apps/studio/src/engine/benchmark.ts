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
const LENGTH = 4 * 1024 * 1024;

/** Measures in about two seconds what this machine can do, with the engine that everything runs on. */
export async function measure(): Promise<{ gflops: number; gigabytes: number; threads: number }> {
  const a = rand([SIDE, SIDE]);
  const b = rand([SIDE, SIDE]);
  await Promise.all([a.array(), b.array()]);
  const gflops = await best(1000, async () => {
    const start = performance.now();
    const results = scope(() => Array.from({ length: 8 }, () => a.matmul(b).max()));
    for (const result of results) await result.array();
    return (8 * 2 * SIDE ** 3) / milliseconds(start) / 1e6;
  });
  const row = rand([LENGTH]);
  await row.sum().array();
  const gigabytes = await best(500, async () => {
    const start = performance.now();
    await row.sum().array();
    return (4 * LENGTH) / milliseconds(start) / 1e6;
  });
  return { gflops, gigabytes, threads: statistics().threads };
}
