import { useCallback, useEffect, useRef, useState } from 'react';
import type { CellResult, Output } from '../../../cell/output.ts';
import { useRunner } from './runner.tsx';

export type RunState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly outputs: readonly Output[] }
  | { readonly phase: 'over'; readonly outputs: readonly Output[]; readonly result: CellResult }
  /** The sandbox itself could not be had. */
  | { readonly phase: 'broken'; readonly message: string };

/** How long a cell may take, in seconds. */
export const SECONDS = 20;

/** Outputs are shown at most this often, in milliseconds: a loop that prints must not draw the page a thousand times. */
const SHOW_EVERY = 80;

/** Runs code in the page's sandbox, and keeps what comes of it. */
export function useRun(): {
  state: RunState;
  run(source: string): Promise<void>;
  stop(): void;
  clear(): void;
} {
  const runner = useRunner();
  const [state, setState] = useState<RunState>({ phase: 'idle' });
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const run = useCallback(
    async (source: string) => {
      const mine = ++turn.current;
      let outputs: readonly Output[] = [];
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
      setState({ phase: 'running', outputs });
      const onOutput = (output: Output) => {
        outputs = [...outputs, output];
        timer.current ??= setTimeout(() => {
          timer.current = null;
          if (turn.current === mine)
            setState((now) => (now.phase === 'running' ? { phase: 'running', outputs } : now));
        }, SHOW_EVERY);
      };
      try {
        const result = await runner().run(source, { onOutput, seconds: SECONDS });
        if (turn.current === mine) setState({ phase: 'over', outputs, result });
      } catch (error) {
        if (turn.current === mine)
          setState({ phase: 'broken', message: error instanceof Error ? error.message : String(error) });
      }
    },
    [runner],
  );
  const stop = useCallback(() => runner().stop(), [runner]);
  const clear = useCallback(() => {
    turn.current++;
    setState({ phase: 'idle' });
  }, []);
  // Whoever leaves hears no more of it. The sandbox goes with the page.
  useEffect(() => () => void turn.current++, []);
  return { state, run, stop, clear };
}
