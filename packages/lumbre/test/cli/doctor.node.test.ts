import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runDoctor } from '../../src/cli/commands/doctor.ts';
import { measure } from '../../src/cli/doctor/measure.ts';
import { makeContext } from '../../src/cli/io.ts';
import { compilerProblem } from '../../src/runtime/native/toolchain/compiler.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();

/** One for the whole file: what the first test compiles, the others find. */
const cache = mkdtempSync(join(tmpdir(), 'lumbre-doctor-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const hasCompiler = compilerProblem() === null;
if (!hasCompiler) console.warn('no C compiler: the doctor is not asked about native');

beforeEach(() => {
  for (const name of ['DEVICE', 'THREADS', 'CC', 'CFLAGS', 'CACHE_MB'])
    vi.stubEnv(`LUMBRE_${name}`, undefined);
  vi.stubEnv('LUMBRE_CACHE', cache);
});

afterEach(() => vi.unstubAllEnvs());

const noCompiler = () => vi.stubEnv('LUMBRE_CC', '/nonexistent');

const doctor = (...words: string[]) => lumbre(['doctor', '--no-bench', ...words]);

/** A text in one line, however it was wrapped. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);

describe('what it finds', () => {
  test.runIf(hasCompiler)('machine code is compiled and run, and JSON says all of it', async () => {
    const { code, output, errors, events } = await doctor('--json');
    expect([code, errors, output.trim().split('\n').length]).toEqual([0, '', 1]);
    expect(events[0]).toEqual({
      type: 'doctor',
      version: '1.2.3',
      default: { name: 'native', reason: 'fastest' },
      devices: ['native', 'wasm', 'js'].map((name) => ({ name, works: true, problem: null })),
      machine: {
        platform: process.platform,
        arch: process.arch,
        processor: expect.any(String),
        cores: positive,
        threads: positive,
        threadsProblem: null,
        memoryBytes: positive,
        freeBytes: positive,
        node: process.versions.node,
        wasm: { simd: true, relaxedSimd: true, threads: true },
      },
      compiler: {
        command: expect.stringMatching(/^\//),
        before: expect.any(Array),
        kind: expect.stringMatching(/^(gcc|clang)$/),
        version: expect.stringMatching(/\d/),
        lanes: positive,
        vectorBits: expect.toSatisfy((bits: number) => [128, 256, 512].includes(bits)),
        fma: expect.any(Boolean),
        float16: expect.any(Boolean),
        int8: expect.any(Boolean),
      },
      engine: { works: true, seconds: positive, problem: null },
      cache: {
        folder: join(cache, 'kernels'),
        bytes: positive,
        batches: positive,
        kernels: positive,
        oldest: expect.any(String),
        newest: expect.any(String),
        maxBytes: 256e6,
        maxBatches: 4000,
        writable: true,
        problem: null,
      },
      environment: expect.objectContaining({ LUMBRE_CACHE: cache }),
      speed: null,
    });
    expect(readdirSync(join(cache, 'kernels')).filter((name) => name.endsWith('.so'))).not.toEqual([]);
  });

  test('without a compiler native is missing, and why; wasm computes', async () => {
    noCompiler();
    const { code, events } = await doctor('--json');
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({
      default: { name: 'wasm', reason: 'fastest' },
      devices: [
        { name: 'native', works: false, problem: expect.stringContaining("'/nonexistent', which LUMBRE_CC") },
        { name: 'wasm', works: true },
        { name: 'js', works: true },
      ],
      compiler: null,
      engine: { works: false, seconds: null },
      environment: { LUMBRE_CC: '/nonexistent' },
    });
    const spanish = await doctor();
    expect([spanish.code, spanish.errors]).toEqual([0, '']);
    expect(unwrapped(spanish.output)).toContain(
      '✗ native no funciona: No existe el compilador de C «/nonexistent» que nombra LUMBRE_CC',
    );
    expect(spanish.output).toContain('Todo listo: wasm funciona.');
    const english = await doctor('--lang', 'en');
    expect(unwrapped(english.output)).toContain("does not work: There is no C compiler '/nonexistent'");
    expect(english.output).toContain('All set: wasm works.');
  });

  test.each([
    ['wasm', 0, ''],
    ['native', 1, 'El dispositivo native, que pide LUMBRE_DEVICE, no funciona aquí. No existe'],
    ['tpu', 1, 'que pide LUMBRE_DEVICE, no funciona aquí. No hay ninguno con ese nombre'],
  ])('LUMBRE_DEVICE=%s without a compiler ends with %d', async (name, expected, said) => {
    noCompiler();
    vi.stubEnv('LUMBRE_DEVICE', name);
    const { code, output, errors, events } = await doctor('--json');
    expect(code).toBe(expected);
    expect(errors).toContain(said);
    expect(events[0]).toMatchObject({ default: { name, reason: 'LUMBRE_DEVICE' } });
    expect(output).not.toContain('Todo listo');
  });

  test('--device asks for one that need not be there, and for no other', async () => {
    noCompiler();
    const missing = await doctor('--device', 'native', '--lang', 'en');
    expect(missing.code).toBe(1);
    expect(missing.errors).toMatch(/^Error: The device native, which --device asks for, does not work here/);
    expect((await doctor('--device', 'js')).code).toBe(0);
    const wrong = await doctor('--device', 'cuda');
    expect([wrong.code, wrong.output]).toEqual([2, '']);
  });

  test('the usual reasons are told in Spanish, too', async () => {
    const folder = path('');
    vi.stubEnv('CC', undefined);
    vi.stubEnv('PATH', folder);
    expect(unwrapped((await doctor()).output)).toMatch(/No hay ningún compilador de C .*LUMBRE_CC/);
    writeFileSync(path('cc'), '#!/bin/sh\necho que no >&2\nexit 3\n', { mode: 0o755 });
    vi.stubEnv('LUMBRE_CC', path('cc'));
    expect(unwrapped((await doctor()).output)).toContain('cc no funciona (que no): arréglalo');
    vi.stubEnv('LUMBRE_THREADS', 'many');
    const { events } = await doctor('--json');
    expect(events[0]).toMatchObject({
      machine: { threads: null, threadsProblem: expect.stringContaining("'many'") },
    });
    expect(unwrapped((await doctor()).output)).toContain('LUMBRE_THREADS vale «many»');
  });

  test.runIf(hasCompiler)('an engine that does not start is told with what the compiler says', async () => {
    vi.stubEnv('LUMBRE_CFLAGS', '-Wl,--nonsense');
    const { code, output, errors } = await doctor();
    expect(code).toBe(1);
    expect(unwrapped(output)).toMatch(/✗ native no funciona: su motor no arranca/);
    expect(output).toMatch(/el motor no arranca: .*[\s\S]*--nonsense/);
    expect(errors).toContain('El dispositivo native, que se usaría aquí, no funciona');
  });

  test('a cache that cannot be written is told, in both languages', async () => {
    noCompiler();
    writeFileSync(path('file'), '');
    vi.stubEnv('LUMBRE_CACHE', path('file/cache'));
    const { code, events } = await doctor('--json');
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({
      cache: { folder: path('file/cache/kernels'), writable: false, batches: 0 },
    });
    expect(unwrapped((await doctor()).output)).toContain(
      'escritura En esa ruta hay un archivo donde debía ir una carpeta: nombra otra en LUMBRE_CACHE.',
    );
    expect(unwrapped((await doctor('--lang', 'en')).output)).toContain(
      'writing On that path there is a file where a folder should be',
    );
  });

  test('the help lists it', async () => {
    const { output } = await lumbre(['--help']);
    expect(output).toMatch(/^ {2}doctor /m);
    expect(output).toMatch(/^ {2}cache /m);
  });
});

describe('how fast it is', () => {
  /** Runs with a small benchmark, on a terminal. */
  async function measured(
    json: boolean,
    sizes = (_: string) => ({ matmul: 8, elements: 64 }),
  ): Promise<string> {
    let output = '';
    const terminal = { isTTY: true, columns: 100, rows: 40, write: (text: string) => (output += text) };
    const context = makeContext(
      {
        output: terminal,
        errors: terminal,
        environment: { NO_COLOR: '1' },
        signal: new AbortController().signal,
      },
      'es',
    );
    await runDoctor({ bench: true, json, version: '1.2.3', milliseconds: 3, sizes }, context);
    return output;
  }

  test('each device that works has its line, and shows that it is being measured', async () => {
    noCompiler();
    const output = await measured(false);
    for (const name of ['wasm', 'js']) {
      expect(output).toMatch(new RegExp(`    ${name} +midiendo…`));
      expect(output).toMatch(
        new RegExp(`    ${name} +[\\d,]+ GFLOP/s \\([\\d,]+\\) +[\\d,]+ GB/s \\([\\d,]+\\) +[\\d,]+ µs`),
      );
    }
    expect(output).not.toMatch(/native +midiendo/);
    expect(output).toContain('wasm, js: matrices de 8×8; 2x + 1 con 64 números; x + 1 con 16.');
  });

  test('in JSON the best is no worse than the median', async () => {
    noCompiler();
    const { speed } = JSON.parse(await measured(true));
    expect(speed.map(({ device }: { device: string }) => device)).toEqual(['wasm', 'js']);
    for (const { matmul, elements, gflops, gigabytes, microseconds } of speed) {
      expect([matmul, elements]).toEqual([8, 64]);
      for (const { best, median, samples } of [gflops, gigabytes]) {
        expect(median).toBeGreaterThan(0);
        expect(best).toBeGreaterThanOrEqual(median);
        expect(samples).toBeGreaterThanOrEqual(3);
      }
      expect(microseconds.best).toBeGreaterThan(0);
      expect(microseconds.median).toBeGreaterThanOrEqual(microseconds.best);
    }
  });

  test('one that cannot be measured does not keep the others from it', async () => {
    noCompiler();
    const output = await measured(false, (device) => ({ matmul: device === 'wasm' ? -1 : 8, elements: 64 }));
    expect(output).toMatch(/No se pudo medir wasm: .*-1/);
    expect(output).toMatch(/ js +[\d,]+ GFLOP/);
    expect(output).toContain('Todo listo: wasm funciona.');
  });

  test('a call is timed by itself, however short', async () => {
    const { signal } = new AbortController();
    const busy = (milliseconds: number) => () => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    const slow = await measure(busy(4), { milliseconds: 8, signal });
    expect(slow?.best).toBeGreaterThanOrEqual(3.9);
    const quick = await measure(busy(0.05), { milliseconds: 8, signal });
    expect(quick?.best).toBeGreaterThanOrEqual(0.04);
    expect(quick?.best).toBeLessThan(1);
  });

  test('Ctrl-C ends it: no verdict, no half of a JSON', async () => {
    noCompiler();
    const { code, output } = await lumbre(['doctor', '--device', 'js'], {
      watch: (text, interrupt) => text.includes('Velocidad') && interrupt(),
    });
    expect(code).toBe(130);
    expect(output).not.toMatch(/GFLOP|Todo listo/);
  });
});
