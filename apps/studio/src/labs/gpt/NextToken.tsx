import { Dices, RotateCcw } from 'lucide-react';
import { memo, useId, useMemo, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatFixed, formatPercent } from '../../i18n/numbers.ts';
import type { LabController, OpenRun } from './controller.ts';
import { type Controls, distribution, drawFrom } from './distribution.ts';
import { Slider } from './Field.tsx';
import { gptMessages } from './messages.ts';
import type { Problem } from './problem.ts';
import type { RunFacts } from './session.ts';
import { visible } from './words.ts';

const SHOWN = 8;
/** The slider's last place stands for all. */
const MOST_K = 41;

/** What the model hesitates among, how the controls change that, and a token drawn from it. */
export const NextToken = memo(function NextToken({
  facts,
  next,
  context,
  beginning,
  contextProblem,
  controller,
}: {
  facts: RunFacts;
  next: OpenRun['next'];
  context: string;
  /** What the learner goes back to. */
  beginning: string;
  contextProblem: Problem | null;
  controller: LabController;
}) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const contextId = useId();
  const [temperature, setTemperature] = useState(0.8);
  const [k, setK] = useState(MOST_K);
  const [topP, setTopP] = useState(0.95);
  const [drawn, setDrawn] = useState('');
  const controls = useMemo<Controls>(
    () => ({ temperature, topK: k >= MOST_K ? Number.POSITIVE_INFINITY : k, topP }),
    [temperature, k, topP],
  );
  const candidates = useMemo(() => (next ? distribution(next.logits, controls) : []), [next, controls]);
  const shown = candidates.slice(0, SHOWN);
  const others = candidates.slice(SHOWN).filter(({ after }) => after > 0);
  const nameOf = (token: number) => visible(facts.vocabulary[token] ?? '');
  const isCurrent = next?.text === context && !contextProblem;
  const draw = () => {
    const token = drawFrom(candidates, Math.random());
    setDrawn(t('drawn', { token: nameOf(token) }));
    void controller.setContext(context + (facts.vocabulary[token] ?? ''));
  };
  return (
    <section className="lab-side" aria-labelledby="gpt-next">
      <h2 id="gpt-next">{t('nextTitle')}</h2>
      <label htmlFor={contextId} className="sr">
        {t('contextLabel')}
      </label>
      <textarea
        id={contextId}
        className="ctx ctx-field"
        rows={2}
        maxLength={2000}
        value={context}
        placeholder={t('contextPlaceholder')}
        aria-invalid={contextProblem ? true : undefined}
        aria-describedby={contextProblem ? `${contextId}-wrong` : undefined}
        onChange={({ target }) => void controller.setContext(target.value)}
      />
      {contextProblem && (
        <p className="errtext" id={`${contextId}-wrong`} role="alert">
          {t(`problem.${contextProblem.code}`, { detail: contextProblem.detail })}
        </p>
      )}
      <div className="sampler">
        <ul className="bars" aria-label={t('bars')} aria-busy={!isCurrent}>
          {shown.map(({ token, before, after }) => (
            <li key={token} className={after > 0 ? 'b' : 'b cut'}>
              <span title={nameOf(token)}>{nameOf(token)}</span>
              <i aria-hidden="true">
                <u style={{ width: `${before * 100}%` }} />
                <s style={{ width: `${after * 100}%` }} />
              </i>
              <b className="num">
                {after > 0 ? (
                  formatFixed(locale, after, 2)
                ) : (
                  <>
                    <span aria-hidden="true">—</span>
                    <span className="sr">{t('cut')}</span>
                  </>
                )}
              </b>
            </li>
          ))}
        </ul>
        {others.length > 0 && (
          <p className="hint">
            {t('others', {
              count: others.length,
              share: formatPercent(
                locale,
                others.reduce((sum, { after }) => sum + after, 0),
              ),
            })}
          </p>
        )}
        <p className="hint">{t('line')}</p>
        <Slider
          label={t('temperature')}
          value={temperature}
          shown={formatFixed(locale, temperature, 2)}
          range={[0.1, 2]}
          step={0.05}
          onChange={setTemperature}
        />
        <Slider
          label={t('topK')}
          value={k}
          shown={k >= MOST_K ? t('topKAll') : String(k)}
          range={[1, MOST_K]}
          step={1}
          onChange={setK}
        />
        <Slider
          label={t('topP')}
          value={topP}
          shown={formatFixed(locale, topP, 2)}
          range={[0.05, 1]}
          step={0.05}
          onChange={setTopP}
        />
        <div className="row">
          <button
            type="button"
            className="btn"
            onClick={draw}
            disabled={!isCurrent || candidates.length === 0}
          >
            <Dices className="i" aria-hidden /> {t('draw')}
          </button>
          <button
            type="button"
            className="btn plain"
            onClick={() => {
              setDrawn('');
              void controller.setContext(beginning);
            }}
            disabled={context === beginning}
          >
            <RotateCcw className="i" aria-hidden /> {t('startOver')}
          </button>
          <span className="drawn" aria-live="polite">
            {drawn}
          </span>
        </div>
      </div>
    </section>
  );
});
