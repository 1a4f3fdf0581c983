import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';

// What only a process of its own tells: whether it ends, and not before its time.
const folder = mkdtempSync(join(tmpdir(), 'lumbre-worker-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = readFileSync(fileURLToPath(new URL('../../src/platform/node.ts', import.meta.url)), 'utf8');
const { outputText } = ts.transpileModule(source, {
  compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
});
writeFileSync(join(folder, 'platform.mjs'), outputText);

async function runScript(name: string, text: string): Promise<string> {
  const script = join(folder, `${name}.mjs`);
  writeFileSync(
    script,
    `import { startMessageWorker } from './platform.mjs';
    let answered;
    const answer = new Promise((resolve) => { answered = resolve; });
    const worker = startMessageWorker('listen((message) => post(message * 2))', answered, console.error);
    ${text}`,
  );
  return (await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })).stdout;
}

test('a process ends although a worker lives', async () => {
  const output = await runScript(
    'abandoned',
    'worker.post(21); worker.keepAlive(true); console.log(await answer); worker.keepAlive(false);',
  );
  expect(output).toBe('42\n');
});

test('a process waits for the end of a worker, whoever lets go of it meanwhile', async () => {
  const text = 'const end = worker.terminate(); worker.keepAlive(false); await end; console.log("ended");';
  expect(await runScript('terminated', text)).toBe('ended\n');
});
