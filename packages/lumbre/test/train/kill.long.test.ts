import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeCheckpoint } from '../../src/train/index.ts';
import { readEvents } from './eventFile.ts';

/** A training is killed at random moments, twenty times, and goes on each time as if nothing had happened. */

const KILLS = 20;
const STEPS = 1000;
const EVAL_INTERVAL = 10;
/** A life lasts at most so many steps, half of it on average: all of them are over before the training is. */
const LONGEST_LIFE = 60;

const folder = mkdtempSync(join(tmpdir(), 'lumbre-kill-'));
// As deep as in the package, whose version is read from two folders above.
const program = join(folder, 'dist', 'cli', 'main.mjs');
const running = new Set<ChildProcess>();

/** The command line in one file, so that it starts quickly and runs as it is for a user: in a process of its own. */
beforeAll(async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve(root, 'src/cli/main.ts'),
      outDir: join(folder, 'dist', 'cli'),
      target: 'node20',
      minify: false,
      rollupOptions: { output: { entryFileNames: 'main.mjs' } },
    },
    resolve: { conditions: ['lumbre-source', 'node'] },
    ssr: { noExternal: true, external: ['sharp'], resolve: { conditions: ['lumbre-source', 'node'] } },
  });
  writeFileSync(join(folder, 'package.json'), readFileSync(join(root, 'package.json')));
  writeFileSync(
    join(folder, 'verses.txt'),
    'En un lugar de la Mancha, de cuyo nombre no quiero acordarme\n'.repeat(40),
  );
}, 120_000);

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const begin = (run: string) => [
  ...['train', 'gpt', '--data', join(folder, 'verses.txt'), '--out', join(folder, run), '--json'],
  ...['--steps', String(STEPS), '--batch-size', '2', '--device', 'wasm'],
  ...[
    ...['model.nLayer=1', 'model.nHead=2', 'model.nEmbd=8', 'model.blockSize=16', 'model.dropout=0.1'],
    ...[`train.evalInterval=${EVAL_INTERVAL}`, 'train.evalBatches=1'],
  ].flatMap((setting) => ['--set', setting]),
];
const resume = (run: string) => ['train', '--resume', join(folder, run), '--json'];

interface Life {
  readonly first: number;
  readonly last: number;
  /** The last checkpoint that was told of. */
  readonly saved: number;
  /** How it ended, unless it was killed. */
  readonly code: number | null;
}

/** Runs the program until it ends or, if asked to, so many steps and milliseconds. */
function live(
  words: readonly string[],
  kill?: { readonly steps: number; readonly ms: number },
): Promise<Life> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...words], {
      env: { ...process.env, LUMBRE_THREADS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let [first, last, saved, errors, counted] = [0, 0, 0, '', 0];
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      let event: { type: string; step: number };
      try {
        event = JSON.parse(line) as typeof event;
      } catch {
        return; // Cut short by the kill.
      }
      if (event.type === 'checkpoint') saved = event.step;
      if (event.type !== 'step') return;
      first ||= event.step;
      last = event.step;
      // The first checkpoint has to be there: without one, a run begins anew.
      if (kill && saved + last >= EVAL_INTERVAL && ++counted === kill.steps) {
        setTimeout(() => child.kill('SIGKILL'), kill.ms);
      }
    });
    child.on('error', fail);
    child.on('close', (code) => {
      running.delete(child);
      if (code !== null && code !== 0) fail(new Error(`ended with ${code}: ${errors}`));
      else done({ first, last, saved, code });
    });
  });
}

/** Numbers from 0 to 1 that look random: the same ones each time. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** What TensorBoard would show: later files take back what they say they make once more. */
function curveOf(run: string, tag: string): Map<number, number> {
  const curve = new Map<number, number>();
  const names = readdirSync(join(folder, run)).filter((name) => name.includes('tfevents'));
  for (const name of names.sort()) {
    for (const event of readEvents(readFileSync(join(folder, run, name)), true)) {
      if (event.restart) for (const step of [...curve.keys()]) if (step >= event.step) curve.delete(step);
      if (event.tag === tag) curve.set(event.step, event.scalar as number);
    }
  }
  return curve;
}

test(`killed ${KILLS} times, it loses no more than since its last checkpoint, and makes the same curve`, async () => {
  expect((await live(begin('whole'))).code).toBe(0);
  const random = randomNumbers(7);
  const moment = () => ({
    steps: 1 + Math.floor(random.next().value * LONGEST_LIFE),
    // From here to there in a step, an evaluation, or a checkpoint.
    ms: random.next().value * 12,
  });
  let checkpoint = 0;
  for (let i = 0; i < KILLS; i++) {
    const life = await live(i === 0 ? begin('killed') : resume('killed'), moment());
    expect(life.code).toBe(null);
    if (i > 0) expect(life.first).toBe(checkpoint + 1);
    const bytes = readFileSync(join(folder, 'killed', 'checkpoint.safetensors'));
    checkpoint = decodeCheckpoint(bytes).loop.step;
    expect(checkpoint % EVAL_INTERVAL).toBe(0);
    expect(checkpoint).toBeGreaterThanOrEqual(life.saved);
    // Nothing is lost but the steps since then: the next checkpoint was not due, or being written.
    expect(life.last - checkpoint).toBeLessThanOrEqual(EVAL_INTERVAL);
  }
  // Or it would not have been killed so often.
  expect(checkpoint).toBeLessThan(STEPS);
  const end = await live(resume('killed'));
  expect([end.code, end.first, end.last]).toEqual([0, checkpoint + 1, STEPS]);

  const read = (run: string, name: string) => readFileSync(join(folder, run, name), 'utf8');
  expect(read('killed', 'metrics.jsonl')).toBe(read('whole', 'metrics.jsonl'));
  expect(read('killed', 'samples.txt')).toBe(read('whole', 'samples.txt'));
  const weights = (run: string) => readFileSync(join(folder, run, 'model.safetensors'));
  expect(weights('killed').equals(weights('whole'))).toBe(true);
  const curve = curveOf('killed', 'train/loss');
  expect([...curve.keys()]).toHaveLength(STEPS);
  expect([...curve].sort(([a], [b]) => a - b)).toEqual([...curveOf('whole', 'train/loss')]);
  expect(existsSync(join(folder, 'killed', 'report.html'))).toBe(true);
}, 600_000);
