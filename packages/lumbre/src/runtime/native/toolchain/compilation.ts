import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a child does: compiles, and then says how it went in a file that appears whole or not at all. The limit is for a
 * compiler that hangs after the process that waits for it was killed; seconds of computing, not of waiting.
 */
const SCRIPT = 'ulimit -t 600; "$@" >log 2>&1 </dev/null; echo $? >status.part && mv status.part status';

const SOURCE = 'source.c';
const LIBRARY = 'library.so';

/** How a compilation ended: the path of what it made, or what went wrong; and the path of the source. */
export type Outcome = { readonly source: string } & (
  | { readonly library: string }
  | { readonly problem: string; readonly log: string }
);

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const sleep = (milliseconds: number): void => void Atomics.wait(sleeper, 0, 0, milliseconds);

const running = new Set<Compilation>();
let watchesExit = false;

/** Nobody will want what is still being compiled when the process ends. */
function watchExit(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.once('exit', () => {
    for (const compilation of running) compilation.discard();
  });
}

/** What a compilation is asked for. */
export interface CompilationRequest {
  /** A folder that does not exist; the compilation lives in it. */
  readonly folder: string;
  readonly source: string;
  /** The compiler and its arguments, but for the files. */
  readonly command: readonly string[];
  /** Arguments after the files. */
  readonly libraries: readonly string[];
  readonly timeLimitMs: number;
}

/**
 * A C file that is being compiled by another process, from the moment it is made. It lives in a folder of its own, also
 * with the compiler's temporary files, and compiles files of one name, so that equal sources give equal libraries.
 */
export class Compilation {
  readonly #folder: string;
  readonly #timeLimitMs: number;
  readonly #started = performance.now();
  readonly #child: ChildProcess;
  #polls = 0;

  /** @throws Error of the file system when the source cannot be written */
  constructor({ folder, source, command, libraries, timeLimitMs }: CompilationRequest) {
    this.#folder = folder;
    this.#timeLimitMs = timeLimitMs;
    try {
      mkdirSync(folder, { mode: 0o700 });
      writeFileSync(join(folder, SOURCE), source, { mode: 0o600 });
    } catch (error) {
      this.#remove();
      throw error;
    }
    this.#child = spawn(
      '/bin/sh',
      ['-c', SCRIPT, 'sh', ...command, '-o', LIBRARY, SOURCE, ...libraries],
      // A group of its own, to end the compiler together with its shell.
      { cwd: folder, detached: true, stdio: 'ignore', env: { ...process.env, LC_ALL: 'C', TMPDIR: folder } },
    );
    // That no process could be started is seen from the missing number; unheard, the event would end this one.
    this.#child.on('error', () => {});
    this.#child.unref();
    running.add(this);
    watchExit();
  }

  /** Blocks, with the event loop at rest, until the compiler is done, has died, or has taken too long. */
  wait(): Outcome {
    const { pid } = this.#child;
    if (pid === undefined) return this.#failed('no process could be started (/bin/sh)');
    while (true) {
      // In this order: a child writes its status before it dies.
      const dead = this.#isDead(pid);
      if (existsSync(join(this.#folder, 'status'))) return this.#read();
      if (dead) return this.#failed('it ended without a word');
      if (performance.now() - this.#started > this.#timeLimitMs) {
        this.#kill();
        return this.#failed(`it took longer than ${this.#timeLimitMs / 1000} seconds`);
      }
      sleep(1);
    }
  }

  /** Ends it if it still goes on, and removes its files. */
  discard(): void {
    running.delete(this);
    if (this.#child.pid !== undefined && !existsSync(join(this.#folder, 'status'))) this.#kill();
    this.#remove();
  }

  #read(): Outcome {
    const code = readFileSync(join(this.#folder, 'status'), 'utf8').trim();
    if (Number(code) > 128) return this.#failed(`it was ended by signal ${Number(code) - 128}`);
    if (code !== '0') return this.#failed(`exit code ${code}`);
    const library = join(this.#folder, LIBRARY);
    return existsSync(library)
      ? { library, source: join(this.#folder, SOURCE) }
      : this.#failed('it made no file');
  }

  #failed(problem: string): Outcome {
    let log = '';
    try {
      log = readFileSync(join(this.#folder, 'log'), 'utf8');
    } catch {
      // It did not come that far.
    }
    return { problem, log, source: join(this.#folder, SOURCE) };
  }

  /**
   * Whether the child has ended. As long as the event loop is at rest Node does not notice: the system keeps the child
   * as a zombie, for which there is still a process of that number.
   */
  #isDead(pid: number): boolean {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return true;
    if (++this.#polls % 100 !== 0) return false;
    if (process.platform === 'linux') {
      try {
        // The name, in parentheses, may hold anything; the state is the letter after it.
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
      } catch {
        // Gone altogether, unless this system has no such folder.
        return existsSync('/proc/self/stat');
      }
    }
    const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return status !== null && (stdout.trim() === '' || stdout.trim().startsWith('Z'));
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself just now.
    }
  }

  #remove(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 5 });
    } catch {
      // What cannot be removed now is removed as stale later.
    }
  }
}
