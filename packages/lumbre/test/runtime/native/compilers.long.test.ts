// A part of the suites in machine code of other makes: by clang, by gcc for narrower vectors, and with sanitizers, where each
// value lies in memory of its own, so that what reads or writes beyond it is caught.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findCompiler } from '../../../src/runtime/native/toolchain/compiler.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const files = ['render/c.node', 'codegen', 'nn', 'tensor/convolution', 'tensor/sorting', 'tensor/cumulative'];

const answers = (command: string, ...args: string[]): string | null => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
};

/** Runs the suites in a process of their own, with a cache of its own; they must pass. Returns what was printed. */
function runSuites(environment: Readonly<Record<string, string>>): string {
  const cache = mkdtempSync(join(tmpdir(), 'lumbre-compilers-'));
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const suites = files.map((file) => `packages/lumbre/test/${file}`);
    const run = spawnSync(
      process.execPath,
      [vitest, 'run', '--mode', 'native', '--pool', 'forks', '--reporter', 'dot', ...suites],
      {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
        env: { ...process.env, LUMBRE_TEST_REPORT: '', LUMBRE_CACHE: cache, ...environment },
      },
    );
    const printed = run.stdout + run.stderr;
    expect(run.status, printed).toBe(0);
    expect(run.stdout).toMatch(/Tests .*[1-9]\d* passed/);
    return printed;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

const compiler = findCompiler();
const isGcc = !('problem' in compiler) && compiler.kind === 'gcc' && process.platform === 'linux';

/** The sanitizers' libraries, which have to be in Node before anything else. */
const sanitizers = !isGcc
  ? []
  : ['libasan.so', 'libubsan.so'].map((name) => answers(compiler.command, `-print-file-name=${name}`) ?? '');
// A compiler that has no such file answers with its name.
const hasSanitizers = sanitizers.length > 0 && sanitizers.every((path) => path.includes('/'));
if (!hasSanitizers)
  console.warn('Sanitizers are passed over: they want gcc on Linux, with libasan and libubsan.');

const hasClang = answers('clang', '--version') !== null;
if (!hasClang) console.warn('Machine code by clang is passed over: there is no clang.');

const isWide = !('problem' in compiler) && compiler.features.lanes === 16;
if (!isWide) console.warn('Narrower vectors are passed over: this machine has none of 512 bits.');

describe('the suites in machine code', () => {
  test.skipIf(!hasSanitizers)('are clean under AddressSanitizer and UndefinedBehaviorSanitizer', () => {
    const printed = runSuites({
      LUMBRE_CFLAGS: '-fsanitize=address,undefined -fno-sanitize-recover=all -g1',
      LD_PRELOAD: sanitizers.join(':'),
      // V8 handles faults of WebAssembly itself, and frees nothing at exit.
      ASAN_OPTIONS: 'detect_leaks=0:allow_user_segv_handler=1:handle_segv=0',
    });
    expect(printed).not.toMatch(/runtime error|AddressSanitizer/);
  });

  test.skipIf(!hasClang)('pass as clang compiles them', () => {
    runSuites({ LUMBRE_CC: 'clang' });
  });

  test.skipIf(!isGcc || !isWide)('pass in vectors of 256 bits', () => {
    runSuites({ LUMBRE_CFLAGS: '-mno-avx512f' });
  });
});
