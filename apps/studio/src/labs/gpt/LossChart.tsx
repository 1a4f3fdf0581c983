import { scaleLinear } from 'd3-scale';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatFixed, formatInteger } from '../../i18n/numbers.ts';
import { TableOf } from '../../ui/exhibit/TableOf.tsx';
import { useWidth } from '../../ui/useWidth.ts';
import type { OpenRun } from './controller.ts';
import { pointAt, project, thin, verdictOf } from './curve.ts';
import { gptMessages } from './messages.ts';
import type { Point } from './session.ts';

const MARGIN = { left: 40, right: 16, top: 12, bottom: 30 };
const RAW_POINTS = 400;

/** The loss of the run: batch by batch, smoothed, on held-out text, and as it would go on; any step of it can be looked at. */
export function LossChart({
  run,
  smoothed,
  seen,
  onSee,
}: {
  run: OpenRun;
  smoothed: readonly Point[];
  /** The step that is looked at; null for the last one, whichever it is. */
  seen: number | null;
  onSee(step: number | null): void;
}) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const scrubId = useId();
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame, 640);
  const [asTable, setAsTable] = useState(false);
  const { steps } = run.facts.config.train;
  // It is worked out anew now and then, not at every message: a line that trembles says nothing.
  const future = useSteady(() => project(smoothed, steps), run.step, run.state);
  const height = width < 520 ? 230 : 300;

  const first = run.validation[0]?.[1] ?? smoothed[0]?.[1];
  const last = smoothed.at(-1);
  const verdict = verdictOf(smoothed, run.validation);
  const alt =
    first === undefined || !last
      ? t('lossEmpty')
      : `${t('lossFell', {
          first: formatFixed(locale, first, 2),
          last: formatFixed(locale, last[1], 2),
          steps: formatInteger(locale, last[0]),
        })} ${
          verdict === 'noValidation'
            ? t('verdict.noValidation')
            : t(`verdict.${verdict}`, {
                step: formatInteger(locale, run.validation.at(-1)?.[0] ?? 0),
                loss: formatFixed(locale, run.validation.at(-1)?.[1] ?? 0, 2),
              })
        }`;

  const at = seen ?? run.step;
  const point = pointAt(smoothed, at);
  const percent = run.step > 0 ? (100 * at) / run.step : 0;
  return (
    <figure className="chart" ref={frame}>
      <figcaption className="chart-h">
        <h2>{t('lossTitle')}</h2>
        <ul className="keys2">
          <li className="tr">{t('trainLine')}</li>
          <li className="va">{t('validationLine')}</li>
          <li className="fu">{t('futureLine')}</li>
        </ul>
      </figcaption>
      <svg id="loss" role="img" aria-label={alt} viewBox={`0 0 ${width} ${height}`} style={{ height }}>
        <Drawing
          {...{ run, smoothed, future: future ?? [], width, height, steps }}
          seen={seen === null ? null : (point ?? null)}
        />
      </svg>
      <p className="loss-alt small" aria-hidden="true">
        {alt}
      </p>
      <div className="scrub">
        <label htmlFor={scrubId} className="small">
          {t('scrub')}
        </label>
        <input
          type="range"
          id={scrubId}
          min={0}
          max={run.step}
          value={at}
          step={1}
          disabled={run.step === 0}
          style={{ '--p': `${percent}%` } as React.CSSProperties}
          onChange={({ target }) => onSee(target.valueAsNumber >= run.step ? null : target.valueAsNumber)}
        />
        <output className="small" htmlFor={scrubId}>
          {point
            ? t('scrubAt', { step: formatInteger(locale, at), loss: formatFixed(locale, point[1], 2) })
            : '—'}
        </output>
      </div>
      {run.validation.length > 0 && (
        <details className="more" onToggle={(event) => setAsTable(event.currentTarget.open)}>
          <summary>{t('asTable')}</summary>
          {asTable && (
            <TableOf
              table={{
                caption: t('tableCaption'),
                columns: [t('step'), t('trainLine'), t('validationLine')],
                rows: run.validation.map(([step, loss]) => [
                  step,
                  step === 0 ? '—' : (pointAt(smoothed, step)?.[1] ?? '—'),
                  loss,
                ]),
              }}
            />
          )}
        </details>
      )}
    </figure>
  );
}

/** A value that is computed again only after a hundredth of the way, or when something else changed. */
function useSteady<T>(compute: () => T, step: number, state: string): T {
  const [value, setValue] = useState(compute);
  const computed = useRef({ step: -1, state: '' });
  const latest = useRef(compute);
  latest.current = compute;
  useEffect(() => {
    const { current: before } = computed;
    if (before.state === state && step - before.step < Math.max(10, step / 50) && step >= before.step) return;
    computed.current = { step, state };
    setValue(latest.current());
  }, [step, state]);
  return value;
}

function Drawing({
  run,
  smoothed,
  future,
  width,
  height,
  steps,
  seen,
}: {
  run: OpenRun;
  smoothed: readonly Point[];
  future: readonly Point[];
  width: number;
  height: number;
  steps: number;
  seen: Point | null;
}) {
  const locale = useLocale();
  const { validation, train } = run;
  const tip = smoothed.at(-1);
  const [low, high] = useMemo(() => {
    const values = [...smoothed, ...validation, ...future].map(([, value]) => value);
    return values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 5];
  }, [smoothed, validation, future]);
  const x = scaleLinear([0, steps], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([low, high], [height - MARGIN.bottom, MARGIN.top]).nice(5);
  const [bottom, top] = [height - MARGIN.bottom, MARGIN.top];
  const round = (value: number) => value.toFixed(1);
  const path = (points: readonly Point[]) =>
    points
      .map(([step, value], i) => {
        // Single batches that lie beyond the axis run along its edge.
        const height = Math.min(bottom, Math.max(top, y(value)));
        return `${i === 0 ? 'M' : 'L'}${round(x(step))} ${round(height)}`;
      })
      .join('');
  const yTicks = y.ticks(5);
  const decimals = yTicks.length > 1 && (yTicks[1] as number) - (yTicks[0] as number) < 0.1 ? 2 : 1;
  const xTicks = x.ticks(width < 520 ? 3 : 6);
  const started = future[0];
  const ahead = tip && started ? ([tip, ...future.filter(([step]) => step > tip[0])] as Point[]) : [];
  return (
    <>
      {yTicks.map((value) => (
        <g key={value}>
          <path className="gr" d={`M${MARGIN.left} ${round(y(value))}H${width - MARGIN.right}`} />
          <text x={MARGIN.left - 8} y={y(value) + 4} textAnchor="end">
            {formatFixed(locale, value, decimals)}
          </text>
        </g>
      ))}
      {xTicks.map((step) => (
        <text
          key={step}
          x={x(step)}
          y={height - 8}
          textAnchor={step === 0 ? 'start' : x(step) > width - 40 ? 'end' : 'middle'}
        >
          {formatInteger(locale, step)}
        </text>
      ))}
      {tip && tip[0] < steps && <path className="nowl" d={`M${round(x(tip[0]))} ${top}V${bottom}`} />}
      <path className="fu" d={path(ahead)} />
      <path className="raw" d={path(thin(train, RAW_POINTS))} />
      <path className="va" d={path(validation)} />
      {thin(validation, 60).map(([step, value]) => (
        <rect key={step} className="vm" x={x(step) - 3} y={y(value) - 3} width={6} height={6} />
      ))}
      <path className="tr" d={path(thin(smoothed, RAW_POINTS))} />
      {seen && (
        <>
          <path className="cur" d={`M${round(x(seen[0]))} ${top}V${bottom}`} />
          <circle className="curp" cx={x(seen[0])} cy={y(seen[1])} r={5} />
        </>
      )}
      {tip && (
        <>
          <circle className="halo" cx={x(tip[0])} cy={y(tip[1])} r={15} />
          <circle className="tip0" cx={x(tip[0])} cy={y(tip[1])} r={6} />
        </>
      )}
    </>
  );
}
