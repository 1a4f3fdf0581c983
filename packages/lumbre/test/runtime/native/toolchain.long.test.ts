import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  cacheRoot,
  kernelFolder,
  openKernelFolder,
  UnsafeFolderError,
} from '../../../src/runtime/native/toolchain/cacheFolder.ts';
import {
  type Compiler,
  compilerProblem,
  featuresIn,
  findCompiler,
} from '../../../src/runtime/native/toolchain/compiler.ts';
import { cacheBound } from '../../../src/runtime/native/toolchain/contents.ts';
import { kernelFlags } from '../../../src/runtime/native/toolchain/flags.ts';
import { isNoexec } from '../../../src/runtime/native/toolchain/mounts.ts';
import { readSource } from '../../../src/runtime/native/toolchain/source.ts';
import { splitKernels } from '../../../src/runtime/native/toolchain/split.ts';
import {
  CompileError,
  type KernelSource,
  KernelStore,
  type Library,
} from '../../../src/runtime/native/toolchain/store.ts';

let folder = '';
let warnings = '';
const path = (...parts: string[]) => join(folder, ...parts);
const cache = (...parts: string[]) => path('cache', 'kernels', ...parts);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lumbre-toolchain-'));
  warnings = '';
  vi.stubEnv('LUMBRE_CACHE', path('cache'));
  for (const name of ['LUMBRE_CC', 'CC', 'LUMBRE_CFLAGS', 'LUMBRE_CACHE_MB']) vi.stubEnv(name, undefined);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    warnings += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An executable file, which stands for a compiler or is in front of one. */
function script(name: string, text: string): string {
  writeFileSync(path(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path(name);
}

/** A compiler that does not work, but for its words about itself: those of a real one. */
const broken = (text: string): Compiler => ({
  ...compiler(),
  command: script('broken-cc', text),
  before: [],
});

function compiler(): Compiler {
  const found = findCompiler();
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const prelude = '#include <math.h>\n#define TWICE(x) (2 * (x))\n';

const kernel = (store: KernelStore, seed: number, text = ''): KernelSource => {
  const body = `(float *x, int n) { for (int i = 0; i < n; i++) x[i] = TWICE(x[i]) + ${seed}; ${text}}`;
  const key = store.keyOf(body, prelude);
  return { key, source: `void kernel_${key}${body}` };
};

const kernels = (store: KernelStore, count: number, from = 0): KernelSource[] =>
  Array.from({ length: count }, (_, i) => kernel(store, from + i));

/** A store with one kernel in it, and the same kernel's key. */
function compiled(seed = 1): { key: string; library: Library; batch: string } {
  const store = new KernelStore(compiler());
  const source = kernel(store, seed);
  const library = store.build([source], prelude).wait().get(source.key) as Library;
  return { key: source.key, library, batch: basename(library.path, '.so') };
}

const errorOf = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

/** Names that only an unfinished compilation has. */
const leftovers = (): string[] => readdirSync(cache()).filter((name) => /^(work|probe)/.test(name));

describe.runIf(compilerProblem() === null)('with a compiler', () => {
  test('it tells what it is and what this machine can do', () => {
    const { command, version, kind, features, machineFlags } = compiler();
    expect(existsSync(command)).toBe(true);
    expect(['gcc', 'clang']).toContain(kind);
    expect(version).toMatch(/\d+\.\d+/);
    expect(features.arch).toBe(process.arch);
    expect(kernelFlags(compiler())).toEqual(
      expect.arrayContaining([...machineFlags, '-shared', '-ffp-contract=off']),
    );
    expect(findCompiler()).toBe(findCompiler());
  });

  test('CC may have arguments, and LUMBRE_CC comes before it', () => {
    const { command, kind } = compiler();
    const wrapper = script('wrapper', 'exec "$@"');
    vi.stubEnv('CC', `${wrapper} ${command}`);
    expect(findCompiler()).toMatchObject({ command: wrapper, before: [command], kind });
    vi.stubEnv('LUMBRE_CC', command);
    expect(findCompiler()).toMatchObject({ command, before: [] });
  });

  test('a kernel that was compiled is found by another store, and names differ for whatever matters', () => {
    const first = new KernelStore(compiler());
    const source = kernel(first, 1);
    expect(first.find(source.key)).toBeNull();
    const built = first.build([source], prelude).wait();
    const library = built.get(source.key) as Library;
    expect(library.symbol).toBe(`kernel_${source.key}`);
    expect(readFileSync(library.path).includes(library.symbol)).toBe(true);
    expect(leftovers()).toEqual([]);

    const second = new KernelStore(compiler());
    expect(kernel(second, 1)).toEqual(source);
    expect(second.find(source.key)).toEqual(library);
    expect(first.find(source.key)).toEqual(library);
    expect(second.find(kernel(second, 2).key)).toBeNull();

    const keys = [source.key, second.keyOf(source.source), second.keyOf(source.source, 'other')];
    vi.stubEnv('LUMBRE_CFLAGS', '-g0 -DNDEBUG');
    keys.push(kernel(new KernelStore(compiler()), 1).key);
    keys.push(kernel(new KernelStore({ ...compiler(), version: '0.1' }), 1).key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a build goes on in the background and is waited for without the event loop', () => {
    const store = new KernelStore(compiler());
    const source = kernel(store, 3);
    const started = store.build([source], prelude);
    expect(leftovers()).toHaveLength(1);
    // The compiler works although nobody waits yet.
    const deadline = performance.now() + 20_000;
    while (!existsSync(cache(leftovers()[0] as string, 'status')) && performance.now() < deadline);
    expect(readFileSync(cache(leftovers()[0] as string, 'status'), 'utf8')).toBe('0\n');
    expect(started.wait().size).toBe(1);
    expect(started.wait().size).toBe(1);
  });

  test('what another build compiles already is not compiled twice', () => {
    const store = new KernelStore(compiler());
    const [a, b, c] = kernels(store, 3) as [KernelSource, KernelSource, KernelSource];
    const first = store.build([a, b], prelude);
    const second = store.build([b, c, c], prelude);
    expect(leftovers()).toHaveLength(2);
    const built = second.wait();
    expect([...built.keys()]).toEqual([b.key, c.key]);
    expect(first.wait().get(b.key)).toEqual(built.get(b.key));
    expect(store.info()).toMatchObject({ batches: 2, kernels: 3 });
  });

  test('many kernels are spread over files; each is found', () => {
    const store = new KernelStore(compiler());
    const many = kernels(store, 30);
    const files = splitKernels(many, 4);
    expect(files).toHaveLength(4);
    expect(
      files
        .flat()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(many.map(({ key }) => key).sort());
    expect(splitKernels([...many].reverse(), 4)).toEqual(files);
    expect(splitKernels(many.slice(0, 6), 4)).toHaveLength(1);
    expect(splitKernels(many.slice(0, 7), 4)).toHaveLength(2);
    const long = many.slice(0, 2).map(({ key }) => ({ key, source: 'x'.repeat(40_000) }));
    expect(splitKernels(long, 4)).toHaveLength(2);
    expect(splitKernels(long, 1)).toHaveLength(1);

    const built = store.build(many, prelude).wait();
    expect(built.size).toBe(30);
    for (const [key, { path, symbol }] of built) {
      expect(symbol).toBe(`kernel_${key}`);
      expect(readFileSync(path).includes(symbol)).toBe(true);
    }
    const other = new KernelStore(compiler());
    expect(many.map(({ key }) => other.find(key)?.path)).toEqual(many.map(({ key }) => built.get(key)?.path));
  });

  test('an error in a kernel shows its first lines and where the source is, and leaves nothing else', () => {
    const store = new KernelStore(compiler());
    const wrong = kernel(store, 1, Array.from({ length: 40 }, (_, i) => `x = unknown${i};\n`).join(''));
    const build = store.build([...kernels(store, 2, 5), wrong], prelude);
    const error = errorOf(() => build.wait()) as CompileError;
    expect(error).toBeInstanceOf(CompileError);
    expect(error.message).toMatch(/could not compile 3 kernels: exit code 1\..*LUMBRE_CC/);
    expect(error.message).toContain('unknown0');
    expect(error.message.split('\n').length).toBeLessThanOrEqual(22);
    expect(error.message).toContain(error.source as string);
    expect(readFileSync(error.source as string, 'utf8')).toContain('unknown0');
    expect(leftovers()).toEqual([]);
    expect(errorOf(() => build.wait())).toBe(error);
    // Not the end of the store.
    const fine = kernel(store, 5);
    expect(store.build([fine], prelude).wait().size).toBe(1);
  });

  test.each([
    ['exits 1', 'echo "cc1: out of luck" >&2; exit 1', /exit code 1\.[\s\S]*cc1: out of luck/],
    ['crashes', 'kill -SEGV $$', /ended by signal 11/],
    ['makes nothing', 'exit 0', /it made no file/],
    ['writes garbage', 'echo garbage > library.so', /made a file that is no library/],
    ['writes another library', `cat ${process.execPath} > library.so`, /has no function kernel_/],
    ['hangs', 'sleep 60', /longer than 0\.5 seconds/],
    ['kills its shell', 'kill -KILL $PPID; sleep 60', /ended without a word/],
  ])('a compiler that %s is an error, and nothing is kept', (_, text, message) => {
    const store = new KernelStore(broken(text), { timeLimitMs: 500 });
    const source = kernel(store, 1);
    const error = errorOf(() => store.build([source], prelude).wait());
    expect(error).toBeInstanceOf(CompileError);
    expect(error.message).toMatch(message);
    expect(leftovers()).toEqual([]);
    expect(store.info().batches).toBe(0);
    expect(new KernelStore(compiler()).find(source.key)).toBeNull();
  });

  test('a compiler that went away is an error', () => {
    const store = new KernelStore({ ...compiler(), command: path('gone') });
    expect(errorOf(() => store.build(kernels(store, 1), prelude).wait()).message).toMatch(/exit code 127/);
  });

  test.each<[string, (library: string, sidecar: string) => void, RegExp]>([
    ['is cut short', (library) => truncateSync(library, 100), /damaged \(100 bytes, not \d+\)/],
    [
      'has changed',
      (library) => {
        const bytes = readFileSync(library);
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(library, bytes);
      },
      /damaged \(its bytes have changed\)/,
    ],
    [
      'has a broken sidecar',
      (_, sidecar) => writeFileSync(sidecar, '{"sha256":'),
      /description cannot be read/,
    ],
    [
      'has a sidecar of another kind',
      (_, sidecar) => writeFileSync(sidecar, '[]'),
      /description cannot be read/,
    ],
    ['has no sidecar', (_, sidecar) => rmSync(sidecar), /^$/],
    ['is gone', (library) => rmSync(library), /^$/],
  ])('a library that %s is missing, and is compiled again', (_, damage, warning) => {
    const { key, library, batch } = compiled();
    damage(library.path, cache(`${batch}.json`));
    const store = new KernelStore(compiler());
    expect(store.find(key)).toBeNull();
    expect(store.find(key)).toBeNull();
    expect(warnings.trim()).toMatch(warning);
    expect(warnings.split('\n').length).toBeLessThanOrEqual(2);
    expect(
      store
        .build([kernel(store, 1)], prelude)
        .wait()
        .get(key),
    ).toEqual(library);
    expect(new KernelStore(compiler()).find(key)).toEqual(library);
  });

  test('an index entry that names a batch without the kernel is not believed', () => {
    const { key, batch } = compiled(1);
    const store = new KernelStore(compiler());
    const other = kernel(store, 2).key;
    symlinkSync(batch, cache('index', other));
    symlinkSync('../../../etc/passwd', cache('index', other.replace(/./, other.startsWith('0') ? '1' : '0')));
    expect(store.find(other)).toBeNull();
    expect(existsSync(cache('index', other))).toBe(false);
    expect(store.find(other.replace(/./, other.startsWith('0') ? '1' : '0'))).toBeNull();
    expect(store.find(key)).not.toBeNull();
  });

  test('two stores that compile the same at once agree', () => {
    const [one, two] = [new KernelStore(compiler()), new KernelStore(compiler())];
    const sources = kernels(one, 8);
    const [first, second] = [one.build(sources, prelude), two.build([...sources].reverse(), prelude)];
    expect(second.wait()).toEqual(first.wait());
    expect(leftovers()).toEqual([]);
    expect(new KernelStore(compiler()).info()).toMatchObject({ kernels: 8 });
  });

  test('processes that compile the same at once agree, and clearing meanwhile harms none', async () => {
    const program = transpiled(`
      import { existsSync } from 'node:fs';
      import { findCompiler } from './toolchain/compiler.js';
      import { KernelStore } from './toolchain/store.js';
      const store = new KernelStore(findCompiler());
      for (let round = 0; round < 3; round++) {
        const sources = Array.from({ length: 8 }, (_, i) => {
          const body = '(float *x) { x[0] = ' + (i + 8 * round) + '; }';
          const key = store.keyOf(body);
          return { key, source: 'void kernel_' + key + body };
        });
        const built = store.build(sources, '').wait();
        if (built.size !== 8) throw new Error('built ' + built.size);
        if (process.argv[2] === 'clear' && round === 1) store.clear();
        else for (const { key } of sources) store.find(key);
      }
      console.log(store.info().kernels);
    `);
    const run = (word: string) =>
      new Promise<{ code: number | null; text: string }>((resolve) => {
        const child = spawn(process.execPath, [program, word], { stdio: ['ignore', 'pipe', 'pipe'] });
        let text = '';
        child.stdout.on('data', (data: Buffer) => (text += data));
        child.stderr.on('data', (data: Buffer) => (text += data));
        child.on('close', (code) => resolve({ code, text }));
      });
    expect(await Promise.all([run(''), run('')])).toEqual([
      { code: 0, text: '24\n' },
      { code: 0, text: '24\n' },
    ]);
    expect(leftovers()).toEqual([]);
    // Equal sources gave equal libraries: each file there is once.
    const { batches } = new KernelStore(compiler()).info();
    expect(batches).toBeLessThanOrEqual(6);
    rmSync(path('cache'), { recursive: true });
    for (const { code, text } of await Promise.all([run(''), run('clear')]))
      expect(`${code} ${text}`).toMatch(/^0 \d+\n$/);
    expect(leftovers()).toEqual([]);
  });

  test('a process that ends without waiting ends the compiler and leaves nothing', () => {
    const slow = script('slow-cc', 'sleep 100');
    const program = transpiled(`
      import { findCompiler } from './toolchain/compiler.js';
      import { KernelStore } from './toolchain/store.js';
      const store = new KernelStore({ ...findCompiler(), command: ${JSON.stringify(slow)} });
      store.build([{ key: '0'.repeat(32), source: '' }], '');
    `);
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 20_000 });
    expect([status, stderr]).toEqual([0, '']);
    expect(leftovers()).toEqual([]);
  });

  test('past the bound, what was used longest ago goes; what this process uses stays', () => {
    const old = compiled(1);
    const used = compiled(2);
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(old.library.path, hourAgo, hourAgo);
    utimesSync(used.library.path, hourAgo, hourAgo);
    vi.stubEnv('LUMBRE_CACHE_MB', String((2.5 * statSync(old.library.path).size) / 1e6));
    const store = new KernelStore(compiler());
    expect(store.find(used.key)).not.toBeNull();
    // Used, it is new again, by itself.
    expect(statSync(used.library.path).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    utimesSync(used.library.path, hourAgo, hourAgo);
    const fresh = kernel(store, 3);
    store.build([fresh], prelude).wait();
    expect(existsSync(old.library.path)).toBe(false);
    expect(existsSync(cache('index', old.key))).toBe(false);
    expect(existsSync(cache(`${old.batch}.json`))).toBe(false);
    expect(store.find(used.key)).not.toBeNull();
    expect(store.find(fresh.key)).not.toBeNull();
    expect(store.info().batches).toBe(2);
  });

  test('the bound holds over many batches', () => {
    const { library } = compiled(0);
    const size = statSync(library.path).size;
    vi.stubEnv('LUMBRE_CACHE_MB', String((4 * size) / 1e6));
    for (let seed = 1; seed < 10; seed++) {
      const { path } = compiled(seed).library;
      const time = new Date(Date.now() - 3_600_000 + 1000 * seed);
      utimesSync(path, time, time);
    }
    const info = new KernelStore(compiler()).info();
    expect(info.bytes).toBeLessThanOrEqual(4 * size);
    expect(info.batches).toBeGreaterThanOrEqual(2);
    expect(readdirSync(cache('index'))).toHaveLength(info.kernels);
  });

  test('LUMBRE_CACHE_MB must be a number', () => {
    vi.stubEnv('LUMBRE_CACHE_MB', 'many');
    expect(cacheBound()).toEqual({ bytes: 256e6, batches: 4000 });
    expect(warnings).toMatch(/LUMBRE_CACHE_MB.*'many'/);
  });

  test('what a killed process left goes after an hour, and nothing that is not ours', () => {
    const { key, batch } = compiled();
    const names = ['work-1-a', 'work-1-new', `${'a'.repeat(32)}.so`, 'failed-0123.c', 'notes.txt'];
    mkdirSync(cache('work-1-a'));
    writeFileSync(cache('work-1-a', 'source.c'), '');
    for (const name of names.slice(1)) writeFileSync(cache(name), '');
    const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of names) if (name !== 'work-1-new') utimesSync(cache(name), twoHoursAgo, twoHoursAgo);
    utimesSync(cache(`${batch}.json`), twoHoursAgo, twoHoursAgo);
    const store = new KernelStore(compiler());
    expect(readdirSync(cache()).sort()).toEqual(
      ['failed-0123.c', 'index', 'notes.txt', 'work-1-new', `${batch}.json`, `${batch}.so`].sort(),
    );
    expect(store.find(key)).not.toBeNull();
    expect(store.clear()).toMatchObject({ batches: 1, kernels: 1 });
    expect(readdirSync(cache()).sort()).toEqual(['index', 'notes.txt', 'work-1-new']);
    expect(store.find(key)).toBeNull();
    expect(store.info()).toMatchObject({ folder: cache(), bytes: 0, batches: 0, oldest: null, newest: null });
  });

  test('the addon is compiled once, with threads', () => {
    const text =
      '#include <pthread.h>\nvoid *go(void *x) { pthread_t t; return (void *)(long)pthread_create(&t, 0, go, x); }';
    const path = new KernelStore(compiler()).addon(text);
    expect(readFileSync(path).includes('pthread_create')).toBe(true);
    // Nothing is compiled now: that compiler cannot.
    const { command } = compiler();
    const log = script('logging-cc', `echo called >> ${folder}/calls; exec ${command} "$@"`);
    const logging = { ...compiler(), command: log };
    const first = new KernelStore(logging).addon(text);
    expect(new KernelStore(logging).addon(text)).toBe(first);
    expect(readFileSync(`${folder}/calls`, 'utf8')).toBe('called\n');
    expect(new KernelStore(compiler()).info()).toMatchObject({ kernels: 0 });
    const error = errorOf(() => new KernelStore(compiler()).addon('int f( {'));
    expect(error.message).toMatch(/could not compile the addon/);
  });

  test('the kernel cache is deleted while a store is open: it is made again', () => {
    const store = new KernelStore(compiler());
    const { key } = compiled();
    expect(store.find(key)).not.toBeNull();
    rmSync(path('cache'), { recursive: true });
    expect(store.find(key)).toBeNull();
    expect(store.build([kernel(store, 1)], prelude).wait().size).toBe(1);
    expect(statSync(cache()).mode & 0o777).toBe(0o700);
  });

  test('a disk that gets full: it goes on in a temporary folder', () => {
    const { command } = compiler();
    const words = 'ld: final link failed: No space left on device';
    const full = `case "$PWD" in ${folder}/*) echo "${words}" >&2; exit 1;; esac`;
    const store = new KernelStore({
      ...compiler(),
      command: script('full-cc', `${full}\nexec ${command} "$@"`),
    });
    // Over several files, all of which have begun in the full folder.
    const sources = kernels(store, 14);
    const built = store.build(sources, prelude).wait();
    for (const { key } of sources) {
      const library = built.get(key) as Library;
      expect(library.path.startsWith(folder)).toBe(false);
      expect(store.find(key)).toEqual(library);
    }
    expect(store.build([kernel(store, 50)], prelude).wait().size).toBe(1);
    expect(warnings).toMatch(/cannot be used: No space left on device\. .*LUMBRE_CACHE/);
    expect(readdirSync(cache())).toEqual([]);
    rmSync(store.folder, { recursive: true });
  });
});

describe('without a compiler', () => {
  test('none on PATH: it says how to get one', () => {
    vi.stubEnv('PATH', path('empty'));
    expect(compilerProblem()).toMatch(
      /No C compiler was found \(looked for cc, gcc, clang on PATH\): install/,
    );
  });

  test('a variable that names none', () => {
    vi.stubEnv('LUMBRE_CC', path('nothing'));
    expect(compilerProblem()).toMatch(/There is no C compiler '.*nothing', which LUMBRE_CC names/);
  });

  test.each([
    [
      'fails',
      'echo "cannot execute cc1" >&2; exit 1',
      /does not work \(cannot execute cc1\): repair it, or name another/,
    ],
    ['crashes', 'kill -SEGV $$', /does not work \(.*SIGSEGV/],
    ['is no compiler', 'echo hello', /is not gcc or clang/],
    ['has no headers', 'echo "fatal error: stdint.h: No such file or directory" >&2; exit 1', /no C headers/],
    [
      'is for another machine',
      'echo "#define __GNUC__ 12"; echo "#define __arm__ 1"',
      /compiles for arm, and this Node runs on/,
    ],
  ])('one that %s', (_, text, problem) => {
    vi.stubEnv('LUMBRE_CC', script('odd-cc', text));
    expect(compilerProblem()).toMatch(problem);
  });

  test('features by macros', () => {
    const features = (...names: string[]) => featuresIn(new Map(names.map((name) => [name, '1'])));
    const avx2 = ['__x86_64__', '__AVX2__', '__FMA__', '__F16C__'];
    const avx512 = [...avx2, '__AVX512F__', '__AVX512DQ__', '__AVX512BW__', '__AVX512VL__'];
    expect(features('__x86_64__')).toEqual({ arch: 'x64', lanes: 4, fma: false, f16c: false, vnni: false });
    expect(features(...avx2)).toEqual({ arch: 'x64', lanes: 8, fma: true, f16c: true, vnni: false });
    expect(features(...avx2, '__AVX512F__').lanes).toBe(8);
    expect(features(...avx512, '__AVX512VNNI__')).toMatchObject({ lanes: 16, vnni: true });
    expect(features('__aarch64__', '__ARM_FEATURE_FMA')).toMatchObject({
      arch: 'arm64',
      lanes: 4,
      fma: true,
    });
  });
});

describe('the folder', () => {
  test('is where the variables say', () => {
    expect(kernelFolder()).toBe(cache());
    vi.stubEnv('LUMBRE_CACHE', '');
    vi.stubEnv('XDG_CACHE_HOME', path('xdg'));
    expect(cacheRoot()).toBe(path('xdg', 'lumbre'));
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    vi.stubEnv('HOME', path('home'));
    expect(cacheRoot()).toMatch(/home\/(\.cache|Library\/Caches)\/lumbre$/);
  });

  test('is made for its owner alone', () => {
    expect(openKernelFolder()).toBe(cache());
    expect(statSync(path('cache')).mode & 0o777).toBe(0o700);
    expect(statSync(cache()).mode & 0o777).toBe(0o700);
    expect(readdirSync(cache())).toEqual([]);
  });

  test.each(['cache', 'cache/kernels'])('is refused where others can write to %s', (name) => {
    openKernelFolder();
    chmodSync(path(name), 0o770);
    const error = errorOf(() => openKernelFolder());
    expect(error).toBeInstanceOf(UnsafeFolderError);
    expect(error.message).toMatch(/Other users can write to .*LUMBRE_CACHE.*chmod go-w/);
    chmodSync(path(name), 0o755);
    expect(openKernelFolder()).toBe(cache());
  });

  test('is refused where it belongs to another user', () => {
    openKernelFolder();
    const { uid } = statSync(cache());
    vi.spyOn(process, 'getuid').mockReturnValue(uid + 1);
    expect(() => openKernelFolder()).toThrow(/belongs to another user/);
  });

  test.each([
    ['below a file', () => path('file', 'cache')],
    ['in /proc', () => '/proc/lumbre'],
  ])('%s, a temporary one takes its place', (_, place) => {
    writeFileSync(path('file'), '');
    vi.stubEnv('LUMBRE_CACHE', place());
    const opened = openKernelFolder();
    expect(opened.startsWith(tmpdir())).toBe(true);
    expect(statSync(opened).mode & 0o777).toBe(0o700);
    expect(warnings.trim().split('\n')).toHaveLength(1);
    expect(warnings).toMatch(/cannot be used: E(NOTDIR|NOENT|EXIST|ACCES|ROFS)/);
    rmSync(opened, { recursive: true });
  });

  test('without a temporary one either, it says so', () => {
    writeFileSync(path('file'), '');
    vi.stubEnv('LUMBRE_CACHE', path('file', 'cache'));
    vi.stubEnv('TMPDIR', path('file', 'tmp'));
    expect(() => openKernelFolder()).toThrow(/can be kept neither in .* nor in .*LUMBRE_CACHE/);
  });

  test('the temporary folder goes with the process', () => {
    writeFileSync(path('file'), '');
    const ended = spawnSync('/bin/true').pid;
    const abandoned = ['', 'new'].map((name) => path('tmp', `lumbre-kernels-${ended}-${name}`));
    for (const place of abandoned) mkdirSync(place, { recursive: true });
    const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(abandoned[0] as string, twoHoursAgo, twoHoursAgo);
    const program = transpiled(`
      import { openKernelFolder } from './toolchain/cacheFolder.js';
      console.log(openKernelFolder());
    `);
    const { stdout, stderr } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
      env: { ...process.env, LUMBRE_CACHE: path('file', 'cache'), TMPDIR: path('tmp') },
    });
    expect(stdout).toContain(path('tmp', 'lumbre-kernels-'));
    expect(stderr).toMatch(/cannot be used/);
    expect(readdirSync(path('tmp'))).toEqual([basename(abandoned[1] as string)]);
  });

  test('noexec is read from the mounts', () => {
    const mounts = [
      '21 26 0:20 / /proc rw,noexec - proc proc rw',
      '26 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
      '27 26 0:30 / /home rw,nosuid,noexec,nodev shared:2 - ext4 /dev/vdb rw',
      '28 27 0:31 / /home/ana/with\\040space rw - ext4 /dev/vdc rw',
      '29 26 0:32 / /data rw,noexec - ext4 /dev/vdd rw',
      '30 26 0:33 / /data rw - ext4 /dev/vde rw',
    ].join('\n');
    const forbidden = ['/home', '/home/ana/.cache'].map((place) => isNoexec(place, mounts));
    expect(forbidden).toEqual([true, true]);
    const allowed = ['/', '/homes/x', '/home/ana/with space/a', '/data/a', '/root'];
    expect(allowed.map((place) => isNoexec(place, mounts))).toEqual(allowed.map(() => false));
  });
});

test('a source is read with what it includes, each file once', () => {
  mkdirSync(path('c'));
  writeFileSync(path('c/a.c'), '#include <math.h>\n#include "b.h"\n#include "c.h"\nint a;\n');
  writeFileSync(path('c/b.h'), '#include "c.h"\nint b;\n');
  writeFileSync(path('c/c.h'), 'int c;\n');
  expect(readSource(path('c/a.c')).match(/\w+;|<.*>|"/g)).toEqual(['<math.h>', 'c;', 'b;', 'a;']);
  expect(() => readSource(path('c/none.c'))).toThrow(/ENOENT/);
});

/** The toolchain as JavaScript that a Node process of its own can run, with a main program. */
function transpiled(main: string): string {
  const source = fileURLToPath(new URL('../../../src/', import.meta.url));
  const target = path('program');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
  };
  const write = (from: string, to: string): void => {
    const { outputText } = ts.transpileModule(readFileSync(join(source, from), 'utf8'), { compilerOptions });
    writeFileSync(join(target, to), outputText);
  };
  mkdirSync(join(target, 'toolchain'), { recursive: true });
  for (const name of readdirSync(join(source, 'runtime/native/toolchain'))) {
    write(`runtime/native/toolchain/${name}`, `toolchain/${name.replace(/ts$/, 'js')}`);
  }
  write('platform/node.ts', 'node.js');
  writeFileSync(
    join(target, 'package.json'),
    JSON.stringify({ type: 'module', imports: { '#platform': './node.js' } }),
  );
  const file = join(target, `main-${Math.random().toString(36).slice(2)}.js`);
  writeFileSync(file, main);
  return file;
}
