import { createInterface } from 'node:readline';

// The JavaScript peers' side of the protocol; bench/src/protocol.ts says what the lines mean.

const send = (message) => process.stdout.write(`@bench ${JSON.stringify(message)}\n`);

async function measureSteps(session, { turns, together }) {
  const times = [];
  for (let turn = 0; turn < turns; turn++) {
    await session.prepare(together);
    const start = performance.now();
    await session.run();
    times.push((performance.now() - start) / together);
    await session.inspect();
  }
  return { times };
}

/**
 * Opens the case that the command line names, and answers until the input ends. A session has three methods: `prepare`
 * makes fresh inputs for a number of steps, `run` makes them, `inspect` reads all results whole. Only `run` is timed.
 */
export async function serve(open) {
  process.on('SIGINT', () => {});
  try {
    const assignment = JSON.parse(process.argv[2]);
    const { name, session } = await open(assignment);
    send({ name });
    for await (const line of createInterface({ input: process.stdin })) {
      const question = JSON.parse(line);
      if (question.ask === 'steps') send(await measureSteps(session, question));
      else send({ rssMB: process.resourceUsage().maxRSS / 1024 });
    }
  } catch (error) {
    send({ error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
    process.exit(1);
  }
  process.exit(0);
}
