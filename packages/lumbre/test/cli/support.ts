import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runCommandLine } from '../../src/cli/cli.ts';

export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
  /** The lines of `output` that `--json` wrote. */
  readonly events: readonly Record<string, unknown>[];
}

export interface LumbreOptions {
  /** Sees what is written to the output, and may press Ctrl-C. */
  readonly watch?: (text: string, interrupt: () => void) => void;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the command line in this process, its output kept. */
export async function lumbre(
  words: readonly string[],
  { watch, environment = {} }: LumbreOptions = {},
): Promise<Outcome> {
  const controller = new AbortController();
  let output = '';
  let errors = '';
  const code = await runCommandLine(
    words,
    {
      output: {
        write(text) {
          output += text;
          watch?.(text, () => controller.abort());
        },
      },
      errors: { write: (text) => (errors += text) },
      environment,
      signal: controller.signal,
    },
    '1.2.3',
  );
  const events = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, output, errors, events };
}

/** A folder of its own for each test, gone afterwards. */
export function useFolder(): (name: string) => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lumbre-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
