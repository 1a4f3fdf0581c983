import { expect, test } from 'vitest';
import { Participant } from '../src/participant.ts';

/** A process that answers as it is told, in Node. */
const script = (code: string) => ({
  command: process.execPath,
  arguments: ['-e', `const say = (message) => console.log('@bench ' + JSON.stringify(message)); ${code}`],
});

const polite = `
  say({ name: 'polite' });
  console.log('something else');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { turns } = JSON.parse(line);
    if (turns === 13) say({ error: 'no thirteen' });
    else if (turns === 0) { console.error('what was that'); process.exit(3); }
    else say({ times: Array(turns).fill(1) });
  });
`;

const steps = (turns: number) => ({ ask: 'steps', turns, together: 1 }) as const;

test('a process introduces itself, answers, and ends', async () => {
  const participant = await Participant.start(script(polite));
  expect(participant.name).toBe('polite');
  expect(await participant.ask(steps(2))).toEqual({ times: [1, 1] });
  expect(await participant.ask(steps(3))).toEqual({ times: [1, 1, 1] });
  await participant.close();
  await expect(participant.ask(steps(1))).rejects.toThrow(/has been closed/);
});

test('what fails says why', async () => {
  const first = await Participant.start(script(polite));
  await expect(first.ask(steps(13))).rejects.toThrow('no thirteen');
  await first.close();
  const second = await Participant.start(script(polite));
  await expect(second.ask(steps(0))).rejects.toThrow(/exit code 3\nwhat was that/);
  await second.close();
});

test('what cannot be started says so', async () => {
  await expect(Participant.start({ command: '/no/such/program', arguments: [] })).rejects.toThrow(/ENOENT/);
  await expect(Participant.start(script('process.exit(4)'))).rejects.toThrow(/exit code 4/);
});
