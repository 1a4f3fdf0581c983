import { type Remote, releaseProxy, wrap } from 'comlink';

/** A module of the engine in a worker of its own. */
export interface EngineWorker<Module extends object> {
  readonly module: Remote<Module>;
  /** Ends it, whatever it is doing. */
  terminate(): void;
}

/** What the worker of `worker.ts` gives to the page. */
export interface WorkerRoot {
  /** Loads a `compute.ts` and gives its exports. */
  open(path: string): Promise<object>;
}

/**
 * Starts a worker with the exports of a `compute.ts`: of an exhibit, `exhibits/k-means`, or of a laboratory, `labs/gpt`.
 * Each has its own copy of the engine and its own memory, which is gone when it is terminated.
 */
export async function startEngine<Module extends object>(path: string): Promise<EngineWorker<Module>> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: path });
  const root = wrap<WorkerRoot>(worker);
  let opened: Remote<object> | null = null;
  let over = false;
  // What still waits for an answer is let go with the worker, or the port would hold it, and the page that asked, for good.
  const terminate = () => {
    over = true;
    opened?.[releaseProxy]();
    root[releaseProxy]();
    worker.terminate();
  };
  try {
    const failed = new Promise<never>((_, reject) => {
      worker.addEventListener(
        'error',
        (event) => reject(new Error(event.message || `${path} could not be loaded.`)),
        {
          once: true,
        },
      );
    });
    opened = (await Promise.race([root.open(path), failed])) as unknown as Remote<object>;
    return { module: untilItEnds<Module>(opened, () => over), terminate };
  } catch (error) {
    terminate();
    throw error;
  }
}

/**
 * The exports of a worker: a call after its end is never answered, as one that was waited for when it ended is not. So whoever
 * is in the middle of something when a page is left needs not ask at each step whether there is somebody to ask.
 */
function untilItEnds<Module extends object>(remote: Remote<object>, isOver: () => boolean): Remote<Module> {
  return new Proxy(remote, {
    get: (exports, name) =>
      // It is no promise, however it is awaited.
      name === 'then'
        ? undefined
        : (...values: unknown[]) =>
            isOver()
              ? new Promise(() => {})
              : (exports as unknown as Record<PropertyKey, (...values: unknown[]) => unknown>)[name]?.(
                  ...values,
                ),
  }) as unknown as Remote<Module>;
}
