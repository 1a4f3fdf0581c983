/** A process that measures Lumbre: one case on one device. */
import { memory, statistics } from 'lumbre';
import { measureSteps } from './measure.ts';
import { type Assignment, type OursFinishAnswer, serve } from './protocol.ts';
import { findCase } from './workloads/index.ts';

const MB = 2 ** 20;

const { workload, case: name, device } = JSON.parse(process.argv[2] as string) as Assignment;
const session = findCase(workload, name).open(device);

/** What is asked last: memory first, since the check needs some too. */
async function finish(): Promise<OursFinishAnswer> {
  const figures = {
    peakMB: memory(device).peakBytes / MB,
    // In KiB, on every system.
    rssMB: process.resourceUsage().maxRSS / 1024,
    threads: statistics(device).threads,
  };
  return { ...figures, check: await session.check() };
}

await serve({ name: 'Lumbre' }, async (question) => {
  switch (question.ask) {
    case 'steps':
      return measureSteps(session, device, question);
    case 'finish':
      return finish();
    case 'machine':
      throw new Error('The machine is measured by a process of its own.');
  }
});
