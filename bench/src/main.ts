import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { deviceNames } from 'lumbre';
import type { Measurement } from './measure.ts';
import { sizes, trainGPT } from './workloads/w4.ts';

const usage = `Usage: npm run bench -- W4 [--device wasm] [--case char]

Prints one line of JSON for each case. LUMBRE_THREADS chooses the number of threads.
  W4  training steps of a GPT: ${Object.keys(sizes).join(', ')}`;

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'wasm' },
      case: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [workload] = positionals;
  const { device, case: only } = values;
  const wrong =
    workload !== 'W4' ||
    !deviceNames().includes(device) ||
    (only !== undefined && !Object.hasOwn(sizes, only));
  if (values.help || wrong) {
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const threads = device === 'wasm' ? Number(process.env.LUMBRE_THREADS || availableParallelism()) : 1;
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
  for (const [name, size] of Object.entries(sizes)) {
    if (only !== undefined && name !== only) continue;
    const { median, best, worst, first, peakMB } = trainGPT(size, device);
    const line: Measurement = {
      workload: 'W4',
      case: name,
      device,
      threads,
      unit: 'ms',
      median: round(median),
      best: round(best),
      worst: round(worst),
      firstStepMs: round(first),
      peakMB: round(peakMB),
      machine,
    };
    console.log(JSON.stringify(line));
  }
}

const round = (value: number) => Math.round(value * 100) / 100;

main();
