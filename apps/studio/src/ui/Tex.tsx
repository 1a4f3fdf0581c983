import { useEffect, useRef, useState } from 'react';
import { useLocale } from '../app/preferences.tsx';
import type { Locale } from '../i18n/locale.ts';

/** TeX as it is read in a language: in Spanish the decimal point is a comma, which in TeX would be a separator. */
export const localTex = (locale: Locale, tex: string): string =>
  locale === 'es' ? tex.replace(/(\d)\.(\d)/g, '$1{,}$2') : tex;

/** A formula. KaTeX is loaded with the first one. */
export function Tex({ tex, display = false }: { tex: string; display?: boolean }) {
  const locale = useLocale();
  const place = useRef<HTMLSpanElement>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
      ([{ default: katex }]) => {
        // Somebody's code may have made the formula: nothing in it is trusted, and what is wrong in it stands in red.
        if (current && place.current)
          katex.render(localTex(locale, tex), place.current, {
            displayMode: display,
            throwOnError: false,
            strict: 'ignore',
            trust: false,
            maxExpand: 200,
            maxSize: 20,
          });
      },
      (error: unknown) => current && setFailure(String(error)),
    );
    return () => {
      current = false;
    };
  }, [tex, display, locale]);
  if (failure !== null) return <code title={failure}>{tex}</code>;
  return <span ref={place} />;
}
