import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useLocale } from '../app/preferences.tsx';
import type { Editor, LineFailure } from './editor.ts';
import './editor.css';

/** How near an editor has to come to the screen before it is loaded and mounted. */
const NEAR = '300px 0px';

/**
 * Code that is edited. The editor is loaded when it comes near the screen or is focused; until then the static code stands in
 * its place, with the same measures, so that nothing jumps.
 */
export function CodeEditor({
  code,
  original,
  onChange,
  onRun,
  readOnly = false,
  failure = null,
  label,
  help,
  file,
  static: staticCode,
}: {
  code: string;
  /** The code that `static` shows. */
  original: string;
  onChange(code: string): void;
  onRun(): void;
  readOnly?: boolean;
  /** The line at which it failed, and what was said. */
  failure?: LineFailure | null;
  label: string;
  /** How to run it, and how to leave it by keyboard: for screen readers. */
  help: string;
  /** A name that no other editor of the page has: to the language service it is a file. */
  file: string;
  static: ReactNode;
}) {
  const locale = useLocale();
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const before = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [wanted, setWanted] = useState<false | 'seen' | 'focused'>(false);
  const [mounted, setMounted] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef({ code, onChange, onRun, readOnly, failure });
  latest.current = { code, onChange, onRun, readOnly, failure };

  useEffect(() => {
    const element = before.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && setWanted((now) => now || 'seen'),
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const isWanted = wanted !== false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor is mounted once; what changes is told to it below.
  useEffect(() => {
    if (!isWanted) return;
    let current = true;
    import('./editor.ts').then(
      ({ mountEditor }) => {
        if (!current || !place.current) return;
        const hadFocus = before.current?.contains(document.activeElement) ?? false;
        editor.current = mountEditor({
          parent: place.current,
          code: latest.current.code,
          readOnly: latest.current.readOnly,
          failure: latest.current.failure,
          label,
          describedBy: id,
          file,
          locale,
          onChange: (next) => latest.current.onChange(next),
          onRun: () => latest.current.onRun(),
        });
        setMounted(true);
        if (hadFocus) editor.current.focus();
      },
      // Offline before the first visit: the code can still be read and run as it is.
      (error: unknown) => current && setProblem(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
      editor.current?.destroy();
      editor.current = null;
    };
  }, [isWanted]);

  useLayoutEffect(() => editor.current?.setCode(code), [code]);
  useLayoutEffect(() => editor.current?.setReadOnly(readOnly), [readOnly]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same failure is made anew whenever the cell is drawn.
  useLayoutEffect(() => editor.current?.setFailure(failure), [failure?.line, failure?.message]);

  return (
    <div className="editor">
      <p id={id} className="sr">
        {help}
      </p>
      {!mounted && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the focus of what is inside is listened to.
        <div
          ref={before}
          onFocus={() => setWanted('focused')}
          onPointerDown={() => setWanted('focused')}
          title={problem ?? undefined}
        >
          {code === original ? (
            staticCode
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
            <pre className="code" tabIndex={0}>
              <code>
                {code.split('\n').map((line, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place.
                  <span key={i} className="l">
                    {line || ' '}
                  </span>
                ))}
              </code>
            </pre>
          )}
        </div>
      )}
      <div ref={place} />
    </div>
  );
}
