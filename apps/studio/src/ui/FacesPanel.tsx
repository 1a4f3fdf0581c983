import { CircleX, ShieldCheck, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useLocale } from '../app/preferences.tsx';
import type { FaceCheck, Faces } from '../faces/faces.ts';
import { formatSignificant } from '../i18n/numbers.ts';
import { facesMessages } from './faces/messages.ts';
import { readableNumber } from './readableNumber.ts';
import { Tabs } from './Tabs.tsx';
import { Tex } from './Tex.tsx';
import './faces/faces.css';

const faceNames = ['formula', 'code', 'gradient', 'check'] as const;
type FaceName = (typeof faceNames)[number];

/** The four faces of a number: large, what it is, and formula, line of code, gradient and check behind tabs. */
export function FacesPanel({
  faces,
  onClose,
  say,
  children,
}: {
  faces: Faces;
  onClose?(): void;
  /** What the number says, in words; its name in the code when there are none. */
  say?: ReactNode;
  /** A picture below. */
  children?: ReactNode;
}) {
  const locale = useLocale();
  const t = facesMessages(locale);
  const [face, setFace] = useState<FaceName>('formula');
  return (
    <div className="faces">
      {onClose && (
        <button
          type="button"
          className="btn plain icon sm faces-close"
          aria-label={t('close')}
          title={t('close')}
          onClick={onClose}
        >
          <X className="i" aria-hidden />
        </button>
      )}
      <div aria-live="polite" aria-atomic>
        <p className="big num">{readableNumber(locale, faces.value, 4)}</p>
        <p className="say">{say ?? <code>{faces.name}</code>}</p>
      </div>
      <Tabs<FaceName>
        label={t('faces')}
        tabs={faceNames.map((id) => ({ id, label: t(id) }))}
        chosen={face}
        onChoose={setFace}
        panelClass="facep"
      >
        {face === 'formula' && <FormulaFace faces={faces} />}
        {face === 'code' && <CodeFace faces={faces} />}
        {face === 'gradient' && <GradientFace faces={faces} />}
        {face === 'check' && <CheckFace checks={faces.checks} />}
      </Tabs>
      {children}
    </div>
  );
}

function FormulaFace({ faces }: { faces: Faces }) {
  const t = facesMessages(useLocale());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="scroll" tabIndex={0} aria-label={t('formula')}>
      <p>
        <Tex tex={faces.formula.tex} />
      </p>
      {faces.formula.numbers !== '' && (
        <p className="muted face-numbers">
          <Tex tex={faces.formula.numbers} />
        </p>
      )}
    </section>
  );
}

function CodeFace({ faces }: { faces: Faces }) {
  const t = facesMessages(useLocale());
  const { code } = faces;
  if (!code) return <p className="muted">{t('noCode')}</p>;
  const lines = code.source.split('\n');
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <pre className="mini" tabIndex={0}>
        <code>
          {lines.map((line, i) => {
            const text = line + (i + 1 < lines.length ? '\n' : '');
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place.
            return i + 1 === code.line ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>;
          })}
        </code>
      </pre>
      {code.line !== null && (
        <p className="small muted">{t('line', { line: code.firstLine + code.line - 1 })}</p>
      )}
    </>
  );
}

function GradientFace({ faces }: { faces: Faces }) {
  const locale = useLocale();
  const t = facesMessages(locale);
  const { gradient } = faces;
  if (!gradient) return <p className="muted">{t('noGradient')}</p>;
  const says = gradient.value > 0 ? 'gradientUp' : gradient.value < 0 ? 'gradientDown' : 'gradientZero';
  return (
    <>
      <p>
        <Tex tex={gradient.tex} /> = <strong className="num">{readableNumber(locale, gradient.value)}</strong>
      </p>
      <p className="small muted">{t(says, { of: gradient.of })}</p>
    </>
  );
}

function CheckFace({ checks }: { checks: readonly FaceCheck[] }) {
  const locale = useLocale();
  const t = facesMessages(locale);
  if (checks.length === 0) return <p className="muted">{t('noChecks')}</p>;
  return (
    <ul className="face-checks">
      {checks.map((check) => (
        <li key={check.by} className={check.passed ? undefined : 'bad'}>
          {check.passed ? <ShieldCheck className="i" aria-hidden /> : <CircleX className="i" aria-hidden />}
          <div>
            <strong>{t(check.passed ? 'passed' : 'failed')}</strong>
            <p>{t(check.by, { expected: readableNumber(locale, check.expected, 6) })}</p>
            <p className="small muted">
              {t('found', {
                found: readableNumber(locale, check.found, 6),
                tolerance: formatSignificant(locale, check.tolerance, 1),
              })}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
