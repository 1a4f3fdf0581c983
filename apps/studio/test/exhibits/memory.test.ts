import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runSource } from '../../src/cell/core/run.ts';
import { NotRecordable } from '../../src/exhibits/memory/instrument.ts';
import { programNames, programs } from '../../src/exhibits/memory/programs.ts';
import { recordProgram } from '../../src/exhibits/memory/record.ts';
import type { Step } from '../../src/exhibits/memory/trace.ts';

const file = new URL('../../src/exhibits/memory/recorded.json', import.meta.url);

const record = (source: string) =>
  recordProgram(source, async (instrumented, onText) => {
    const { failure } = await runSource(instrumented, {
      emit: (output) => output.kind === 'text' && onText(output.text),
      showLast: false,
    });
    return { failure: failure?.message ?? null };
  });

/** The variables of a step's innermost frame, things in memory as `#id`. */
const innermost = (step: Step | undefined) =>
  Object.fromEntries(
    (step?.frames.at(-1)?.variables ?? []).map(([name, held]) => [
      name,
      'ref' in held ? `#${held.ref}` : held.text,
    ]),
  );

const contents = (step: Step | undefined, id: number) =>
  step?.heap
    .find((thing) => thing.id === id)
    ?.entries.map(([, held]) => ('text' in held ? held.text : `#${held.ref}`));

test('what the exhibit shows of its own programs is what they do', async () => {
  const anew: Record<string, unknown> = {};
  for (const name of programNames) anew[name] = await record(programs[name]);
  // `RECORDED=anew npx vitest …` writes the file, when the programs are others.
  if (process.env.RECORDED === 'anew') writeFileSync(file, JSON.stringify(anew));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(anew);
});

describe('memory: programs are watched as they run', () => {
  test('two names of one list, and a copy', async () => {
    const { steps } = await record(programs.labels);
    expect(steps.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, null]);
    expect(innermost(steps[2])).toEqual({ mine: '#1', yours: '#1' });
    expect(contents(steps[2], 1)).toEqual(["'cueca'", "'zamba'"]);
    expect(contents(steps[3], 1)).toEqual(["'cueca'", "'zamba'", "'joropo'"]);
    expect(innermost(steps.at(-1))).toEqual({ mine: '#1', yours: '#1', copy: '#2', a: '5', b: '6' });
    expect(contents(steps.at(-1), 1)).toHaveLength(3);
    expect(contents(steps.at(-1), 2)).toHaveLength(4);
  });

  test('a call has a frame of its own, and what it returns is seen', async () => {
    const { steps, output } = await record(programs.frames);
    const inside = steps.filter(({ frames }) => frames.length > 1);
    expect(inside[0]?.frames.map(({ name }) => name)).toEqual(['', 'double']);
    expect(innermost(inside[1])).toEqual({ n: '10' });
    expect(inside.find(({ returns }) => returns)?.returns).toEqual({ text: '10' });
    // Outside, x never moved.
    expect(Object.fromEntries(steps.at(-1)?.frames[0]?.variables ?? []).x).toEqual({ text: '5' });
    expect(Math.max(...steps.map(({ frames }) => frames.length))).toBe(3);
    expect(output).toEqual(['5 [10,10]']);
  });

  test('loops: once at the head in every round', async () => {
    const { steps } = await record('let sum = 0;\nfor (let i = 1; i <= 3; i++) {\n  sum += i;\n}');
    expect(steps.map(({ line }) => line)).toEqual([1, 2, 2, 3, 2, 3, 2, 3, null]);
    expect(innermost(steps[4])).toEqual({ sum: '1', i: '2' });
    // What the loop declared is gone after it.
    expect(innermost(steps.at(-1))).toEqual({ sum: '6' });
  });

  test('bodies without braces, nested functions, arrows, patterns, circles', async () => {
    const { steps, error, output } = await record(`const [p, { q }] = [1, { q: 2 }];
const twice = (f: (n: number) => number) => {
  return (n: number) => f(f(n));
};
if (p < q) console.log(twice((n) => n + 3)(q));
else console.log('no');
let i = 0;
while (i < 2) i++;
const ring: { self?: unknown } = {};
ring.self = ring;`);
    expect(error).toBeNull();
    expect(output).toEqual(['8']);
    expect(innermost(steps.at(-1))).toMatchObject({
      p: '1',
      q: '2',
      i: '2',
      ring: expect.stringMatching(/^#/),
    });
  });

  test('what is thrown ends the film where it happened', async () => {
    const { steps, error } = await record(
      'const list: number[] = [];\nconst x = list[0].toFixed(2);\nlet y = 1;',
    );
    expect(error).toContain('undefined');
    expect(steps.map(({ line }) => line)).toEqual([1, 2, null]);
  });

  test('a program without an end is stopped', async () => {
    const { cut, steps } = await record('let n = 0;\nwhile (true) n++;');
    expect(cut).toBe(true);
    expect(steps.length).toBe(300);
  });

  test('what cannot be read or recorded says so', async () => {
    await expect(record('const a = ;')).rejects.toThrow(/Unexpected token/);
    await expect(record("import { tensor } from 'lumbre';")).rejects.toThrow(NotRecordable);
  });
});
