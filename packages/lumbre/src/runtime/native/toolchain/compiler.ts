import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { environment } from '#platform';
import { userFlags } from './flags.ts';

/** What the machine that kernels are compiled for can do. */
export interface MachineFeatures {
  /** As Node names it: x64, arm64 or another. */
  readonly arch: string;
  /** Floats in the widest vector that is worth using. */
  readonly lanes: 4 | 8 | 16;
  /** Fused multiply-add. */
  readonly fma: boolean;
  /** Instructions of x64 that convert vectors of halves. */
  readonly f16c: boolean;
  /** AVX-512's products of bytes. */
  readonly vnni: boolean;
}

/** The C compiler of this system. */
export interface Compiler {
  /** An absolute path. */
  readonly command: string;
  /** What comes before all other arguments: `gcc` in `CC='ccache gcc'`. */
  readonly before: readonly string[];
  readonly kind: 'gcc' | 'clang';
  readonly version: string;
  /** What makes it compile for this very machine. */
  readonly machineFlags: readonly string[];
  readonly features: MachineFeatures;
}

/** Why there is no compiler, in one sentence that also says how to get one. */
export interface Problem {
  readonly problem: string;
}

const CANDIDATES = ['cc', 'gcc', 'clang'];
/** A compiler says its macros in milliseconds; one on a sleepy network disk may need seconds. */
const ASKING_LIMIT_MS = 20_000;
/** Headers that kernels and the addon need: a compiler without them is of no use. */
const PROBE = '#include <stdint.h>\n#include <string.h>\n#include <math.h>\n';

const howToInstall = (): string =>
  process.platform === 'darwin'
    ? "install Apple's with 'xcode-select --install'"
    : "install one, with 'apt install gcc libc6-dev' on Debian and Ubuntu, or name one in LUMBRE_CC";

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Where a program lies, by its path or by its name on PATH. */
function locate(name: string): string | null {
  if (name.includes('/')) return isProgram(name) ? resolve(name) : null;
  for (const folder of (environment('PATH') ?? '').split(delimiter)) {
    // An empty or relative entry means the current folder, which may hold anybody's files.
    if (isAbsolute(folder) && isProgram(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** A program, or a program and its first arguments, as in `CC='ccache gcc'`. */
function commandIn(text: string): { readonly command: string; readonly before: readonly string[] } | null {
  const whole = locate(text);
  if (whole) return { command: whole, before: [] };
  const [name = '', ...before] = text.split(/\s+/);
  const command = locate(name);
  return command ? { command, before } : null;
}

function macrosIn(output: string): ReadonlyMap<string, string> {
  const macros = new Map<string, string>();
  for (const [, name, value] of output.matchAll(/^#define (\w+)(?: (.*))?$/gm)) {
    macros.set(name as string, value ?? '');
  }
  return macros;
}

/** The features that a compiler's predefined macros speak of. */
export function featuresIn(macros: ReadonlyMap<string, string>): MachineFeatures {
  const has = (...names: readonly string[]): boolean => names.every((name) => macros.has(name));
  const arch = has('__x86_64__')
    ? 'x64'
    : has('__aarch64__')
      ? 'arm64'
      : has('__i386__')
        ? 'ia32'
        : has('__arm__')
          ? 'arm'
          : process.arch;
  const wide = has('__AVX512F__', '__AVX512DQ__', '__AVX512BW__', '__AVX512VL__');
  return {
    arch,
    lanes: wide ? 16 : has('__AVX2__', '__FMA__') ? 8 : 4,
    fma: has('__FMA__') || has('__ARM_FEATURE_FMA'),
    f16c: has('__F16C__'),
    vnni: has('__AVX512VNNI__'),
  };
}

/** Asks a compiler for its macros, with the flag for this machine that it accepts. */
function ask(command: string, before: readonly string[]): Compiler | Problem {
  // Older clangs for arm64 know the second alone; some know neither, and compile for what every machine has.
  const attempts = [['-march=native'], ...(process.arch === 'arm64' ? [['-mcpu=native']] : []), []];
  let complaint = '';
  for (const machineFlags of attempts) {
    const { status, signal, error, stdout, stderr } = spawnSync(
      command,
      [...before, ...machineFlags, ...userFlags(), '-dM', '-E', '-x', 'c', '-'],
      // In the language of the searches below.
      {
        input: PROBE,
        encoding: 'utf8',
        timeout: ASKING_LIMIT_MS,
        maxBuffer: 1 << 26,
        killSignal: 'SIGKILL',
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    if (error && 'code' in error && error.code === 'ETIMEDOUT') {
      return {
        problem: `The C compiler ${command} did not answer within ${ASKING_LIMIT_MS / 1000} seconds.`,
      };
    }
    // A compiler that does not read its input closes the pipe early, and so does one that crashes: what counts is what
    // it says, or how it ended.
    complaint =
      stderr?.trim().split('\n')[0] ||
      (signal && `ended by ${signal}`) ||
      error?.message ||
      `exit code ${status}`;
    if (/(stdint|string|math)\.h.*(No such file|not found)/.test(stderr ?? '')) {
      return {
        problem: `The C compiler ${command} has no C headers (${complaint}): ${howToInstall()}.`,
      };
    }
    if (status !== 0) continue;
    const macros = macrosIn(stdout);
    const clang = macros.has('__clang__');
    if (!clang && !macros.has('__GNUC__')) {
      return {
        problem: `${command} is not gcc or clang, as far as its macros tell: name one of them in LUMBRE_CC.`,
      };
    }
    const features = featuresIn(macros);
    if (features.arch !== process.arch) {
      return {
        problem:
          `The C compiler ${command} compiles for ${features.arch}, and this Node runs on ${process.arch}: ` +
          `name one for ${process.arch} in LUMBRE_CC.`,
      };
    }
    const version = macros.get('__VERSION__')?.replace(/^"|"$/g, '') ?? '';
    return { command, before, kind: clang ? 'clang' : 'gcc', version, machineFlags, features };
  }
  return {
    problem: `The C compiler ${command} does not work (${complaint}): repair it, or name another in LUMBRE_CC.`,
  };
}

function search(): Compiler | Problem {
  if (process.platform === 'win32') {
    return { problem: 'Kernels are not compiled to machine code on Windows: use Lumbre in WSL for that.' };
  }
  for (const variable of ['LUMBRE_CC', 'CC']) {
    const text = environment(variable)?.trim();
    if (!text) continue;
    const named = commandIn(text);
    if (named) return ask(named.command, named.before);
    return {
      problem: `There is no C compiler '${text}', which ${variable} names: correct the variable or unset it.`,
    };
  }
  for (const name of CANDIDATES) {
    const command = locate(name);
    if (command) return ask(command, []);
  }
  return {
    problem: `No C compiler was found (looked for ${CANDIDATES.join(', ')} on PATH): ${howToInstall()}.`,
  };
}

const answers = new Map<string, Compiler | Problem>();

/**
 * The compiler that `LUMBRE_CC` names, else `CC`, else the first of cc, gcc and clang on PATH, and what it knows of this
 * machine. It is asked once in a process, as long as these variables stay.
 */
export function findCompiler(): Compiler | Problem {
  const question = JSON.stringify(
    ['LUMBRE_CC', 'CC', 'LUMBRE_CFLAGS', 'PATH'].map((name) => environment(name) ?? null),
  );
  const answer = answers.get(question) ?? search();
  answers.set(question, answer);
  return answer;
}

/** Why there is no compiler here, or `null` where there is one. */
export function compilerProblem(): string | null {
  const answer = findCompiler();
  return 'problem' in answer ? answer.problem : null;
}
