import { Minus, Plus } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { gptMessages } from './messages.ts';

/** A slider with its name and value above it; the part that was travelled is alight. */
export function Slider({
  label,
  value,
  shown,
  range: [min, max],
  step,
  valueText,
  onChange,
}: {
  label: string;
  value: number;
  shown: string;
  range: readonly [number, number];
  step: number;
  valueText?: string;
  onChange(value: number): void;
}) {
  const id = useId();
  const percent = max > min ? (100 * (value - min)) / (max - min) : 100;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} <output htmlFor={id}>{shown}</output>
      </label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={valueText ?? shown}
        style={{ '--p': `${percent}%` } as React.CSSProperties}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
    </div>
  );
}

/** A number that is typed or stepped. What does not fit is kept while it is typed, said, and not taken. */
export function NumberField({
  label,
  value,
  range: [least, most],
  step,
  whole = true,
  problem,
  onChange,
}: {
  label: string;
  value: number;
  range: readonly [number, number];
  /** The next value up and down, where it is not plus and minus one. */
  step?: (value: number, direction: 1 | -1) => number;
  whole?: boolean;
  /** What is wrong with the value beside others. */
  problem?: string | null;
  onChange(value: number): void;
}) {
  const t = gptMessages(useLocale());
  const id = useId();
  const [typed, setTyped] = useState(String(value));
  useEffect(() => setTyped((before) => (Number(before) === value ? before : String(value))), [value]);
  const fits = (candidate: number) =>
    Number.isFinite(candidate) &&
    candidate >= least &&
    candidate <= most &&
    (!whole || Number.isInteger(candidate));
  const wrong = typed.trim() === '' || !fits(Number(typed));
  const move = (direction: 1 | -1) => {
    const next = step ? step(value, direction) : value + direction;
    const kept = Math.min(most, Math.max(least, next));
    setTyped(String(kept));
    onChange(kept);
  };
  const message = wrong ? t('outOfRange', { least, most }) : problem;
  return (
    <div className="field number-field">
      <label htmlFor={id}>{label}</label>
      <span className="stepper">
        <button type="button" aria-label={t('less', { name: label })} onClick={() => move(-1)}>
          <Minus className="i" aria-hidden />
        </button>
        <input
          id={id}
          inputMode={whole ? 'numeric' : 'decimal'}
          value={typed}
          aria-invalid={message ? true : undefined}
          aria-describedby={message ? `${id}-wrong` : undefined}
          onChange={(event) => {
            const text = event.target.value.replace(',', '.');
            setTyped(text);
            if (text.trim() !== '' && fits(Number(text))) onChange(Number(text));
          }}
        />
        <button type="button" aria-label={t('more', { name: label })} onClick={() => move(1)}>
          <Plus className="i" aria-hidden />
        </button>
      </span>
      {message && (
        <span className="errtext" id={`${id}-wrong`}>
          {message}
        </span>
      )}
    </div>
  );
}
