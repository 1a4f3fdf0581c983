import type { Element } from 'hast';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { useEffect, useState } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import type { CodeLanguage } from '../../../../build/lessons/highlight.ts';

/** Code to be read, coloured as in the lessons. The colours come a moment after the text. */
export function ColoredCode({
  code,
  language,
  label,
}: {
  code: string;
  language: CodeLanguage;
  label: string;
}) {
  const [lines, setLines] = useState<readonly Element[] | null>(null);
  useEffect(() => {
    let current = true;
    void import('../../../../build/lessons/highlight.ts').then(({ highlightLines }) => {
      if (current) setLines(highlightLines(code, language));
    });
    return () => {
      current = false;
    };
  }, [code, language]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    // biome-ignore lint/a11y/useSemanticElements: preformatted text that has a name.
    <pre className="code" tabIndex={0} role="region" aria-label={label}>
      <code>
        {lines
          ? toJsxRuntime({ type: 'root', children: [...lines] }, { Fragment, jsx, jsxs })
          : code.split('\n').map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place.
              <span key={i} className="l">
                {line || ' '}
              </span>
            ))}
      </code>
    </pre>
  );
}
