import { type Remote, releaseProxy, wrap } from 'comlink';
import type { Locale } from '../../i18n/locale.ts';
import type { TypeWorker } from './worker.ts';

/** How long the service stays when no editor needs it, in milliseconds: starting it takes seconds, keeping it memory. */
const LINGERS = 60_000;

interface Running {
  readonly locale: Locale;
  readonly remote: Promise<Remote<TypeWorker>>;
  end(): void;
  users: number;
  leaving: ReturnType<typeof setTimeout> | null;
}

let running: Running | null = null;

function start(locale: Locale): Running {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'types' });
  const remote = wrap<TypeWorker>(worker);
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message || 'types/worker.ts')), {
      once: true,
    });
  });
  return {
    locale,
    remote: Promise.race([remote.start(locale).then(() => remote), failed]),
    end() {
      remote[releaseProxy]();
      worker.terminate();
    },
    users: 0,
    leaving: null,
  };
}

/** The page's language service, started at the first call and shared by its editors. To be let go with `release`. */
export function acquireTypeWorker(locale: Locale): { remote: Promise<Remote<TypeWorker>>; release(): void } {
  if (running && running.locale !== locale) {
    // Another language: its messages are made of other words.
    if (running.leaving) clearTimeout(running.leaving);
    running.end();
    running = null;
  }
  running ??= start(locale);
  const mine = running;
  mine.users++;
  if (mine.leaving) clearTimeout(mine.leaving);
  mine.leaving = null;
  let released = false;
  return {
    remote: mine.remote,
    release() {
      if (released) return;
      released = true;
      mine.users--;
      if (mine.users > 0) return;
      mine.leaving = setTimeout(() => {
        mine.end();
        if (running === mine) running = null;
      }, LINGERS);
    },
  };
}
