import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import type { Output } from '../../../cell/output.ts';
import type { Exercise } from '../../../grading/exercise.ts';
import type { CheckReport, GradeReport } from '../../../grading/report.ts';
import { sayComplaint } from '../../../grading/sayComplaint.ts';
import type { Locale } from '../../../i18n/locale.ts';
import { OutputView } from '../../../ui/outputs/Outputs.tsx';
import { inlineCode } from './inlineCode.tsx';
import { cellMessages } from './messages.ts';

/** What is checked, and what was found: passed, failed with the smallest case that still fails, or not looked at yet. */
export function Checks({
  exercise,
  report,
  locale,
}: {
  exercise: Exercise;
  report: GradeReport | null;
  locale: Locale;
}) {
  const t = cellMessages(locale);
  const passed = report?.checks.filter((check) => check.passed).length ?? 0;
  return (
    <ul
      className="checks"
      aria-label={report ? t('result', { passed, count: exercise.checks.length }) : t('checks')}
    >
      {exercise.checks.map((check) => (
        <CheckView
          key={check.id}
          title={check.title[locale]}
          why={check.why[locale]}
          report={report?.checks.find(({ id }) => id === check.id) ?? null}
          waits={report?.failure != null}
          locale={locale}
        />
      ))}
    </ul>
  );
}

function CheckView({
  title,
  why,
  report,
  waits,
  locale,
}: {
  title: string;
  why: string;
  report: CheckReport | null;
  waits: boolean;
  locale: Locale;
}) {
  const t = cellMessages(locale);
  if (!report)
    return (
      <li className="check idle">
        <CircleDashed className="i" aria-hidden />
        <div>
          {inlineCode(title)}{' '}
          <span className="muted small">
            {waits ? t('notReached') : <span className="sr">{t('waiting')}</span>}
          </span>
        </div>
      </li>
    );
  if (report.passed)
    return (
      <li className="check">
        <CircleCheck className="i" aria-hidden />
        <div>
          <strong>{inlineCode(title)}</strong>{' '}
          {report.cases !== null && (
            <span className="muted small">{t('cases', { cases: report.cases })}</span>
          )}
        </div>
      </li>
    );
  return (
    <li className="check bad">
      <CircleX className="i" aria-hidden />
      <div>
        <strong>{inlineCode(title)}</strong>{' '}
        <span className="muted small">
          {t(report.counterexample?.input.length ? 'failsSmallest' : 'fails')}
        </span>
        {report.counterexample && <Counterexample found={report.counterexample} locale={locale} />}
        {report.said && <p className="check-complaint">{sayComplaint(report.said, locale)}</p>}
        <p className="check-why">{inlineCode(why)}</p>
      </div>
    </li>
  );
}

function Counterexample({
  found,
  locale,
}: {
  found: NonNullable<CheckReport['counterexample']>;
  locale: Locale;
}) {
  const t = cellMessages(locale);
  return (
    <div className="versus">
      {found.input.map(({ name, value }) => (
        <Side key={name} title={`${t('given')} ${name}`} value={value} />
      ))}
      {found.yours && <Side title={t('yours')} value={found.yours} beside={found.expected} />}
      {found.expected && <Side title={t('expected')} value={found.expected} beside={found.yours} plain />}
    </div>
  );
}

function Side({
  title,
  value,
  beside = null,
  plain = false,
}: {
  title: string;
  value: Output;
  beside?: Output | null;
  /** Without outlines: it is the one that is right. */
  plain?: boolean;
}) {
  return (
    <div className={plain ? 'side plain' : 'side'}>
      <p className="side-title">{title}</p>
      <OutputView output={value} beside={beside} />
    </div>
  );
}
