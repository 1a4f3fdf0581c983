import { useCallback, useEffect, useRef, useState } from 'react';
import { load, remove, save } from '../../../progress/database.ts';

/** How things stand with what was typed: it waits to be written, it is written, or it cannot be. */
export type SavedState = 'none' | 'waiting' | 'saved' | 'failed';

export interface LearnersCode {
  /** The learner's code; the original as long as there is none. */
  readonly code: string;
  /** It was read from what an earlier visit left. */
  readonly restored: boolean;
  /** What was saved has been looked for: until then it is not known whose code this is. */
  readonly ready: boolean;
  readonly saved: SavedState;
  set(code: string): void;
  /** Writes what waits, now: before anything is run. */
  keep(): Promise<void>;
}

/** How long somebody has to stop typing before it is written, in milliseconds. */
const PAUSE = 700;

/** The learner's code in a cell or an exercise, kept in the browser. Code that is as it was given is not kept. */
export function useCode(key: string, original: string): LearnersCode {
  const [code, setCode] = useState(original);
  const [restored, setRestored] = useState(false);
  const [ready, setReady] = useState(false);
  const [saved, setSaved] = useState<SavedState>('none');
  const latest = useRef(original);
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);

  const write = useCallback(async () => {
    if (waiting.current) clearTimeout(waiting.current);
    waiting.current = null;
    try {
      if (latest.current === original) await remove('code', key);
      else await save('code', key, { code: latest.current, saved: Date.now() });
      setSaved(latest.current === original ? 'none' : 'saved');
    } catch {
      // A full disk, or a browser that keeps nothing: the code is still there to be run, and it is said.
      setSaved('failed');
    }
  }, [key, original]);

  useEffect(() => {
    let current = true;
    load('code', key).then(
      (found) => {
        if (!current) return;
        // Whoever began to type before it was read goes first.
        if (found && waiting.current === null && latest.current === original && found.code !== original) {
          latest.current = found.code;
          setCode(found.code);
          setRestored(true);
          setSaved('saved');
        }
        setReady(true);
      },
      () => {
        if (current) setReady(true);
      },
    );
    return () => {
      current = false;
    };
  }, [key, original]);

  // The page may be closed, or another opened, before the pause is over.
  useEffect(() => {
    const flush = () => {
      if (waiting.current) void write();
    };
    const hidden = () => document.visibilityState === 'hidden' && flush();
    document.addEventListener('visibilitychange', hidden);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      flush();
    };
  }, [write]);

  const set = useCallback(
    (next: string) => {
      if (next === latest.current) return;
      latest.current = next;
      setCode(next);
      setRestored(false);
      setSaved('waiting');
      if (waiting.current) clearTimeout(waiting.current);
      waiting.current = setTimeout(() => void write(), PAUSE);
    },
    [write],
  );
  const keep = useCallback(async () => {
    if (waiting.current) await write();
  }, [write]);
  return { code, restored, ready, saved, set, keep };
}
