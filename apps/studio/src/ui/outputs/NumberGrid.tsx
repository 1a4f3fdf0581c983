import { useRef, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { diverging, sequential } from '../../exhibits/support/colors.ts';
import type { Faces } from '../../faces/faces.ts';
import { FacesPopover } from '../FacesPopover.tsx';
import { readableNumber } from '../readableNumber.ts';
import { outputMessages } from './messages.ts';
import type { Scale } from './tensorLayout.ts';

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Fill and text of a number. What is not a number stands out, in the colour of mistakes. */
export function colorsOf(scale: Scale, value: number): { background: string; color: string } {
  if (Number.isNaN(value)) return { background: 'var(--err-soft)', color: 'var(--err-ink)' };
  const { fill, text } = (scale.diverging ? diverging : sequential)(scale.share(value));
  return { background: fill, color: text };
}

/**
 * A matrix of numbers in their colours. Where `find` is given each is a button that opens its faces, and arrows walk from one
 * to the next.
 */
export function NumberGrid({
  name,
  values,
  rows,
  columns,
  rowLength,
  scale,
  write,
  placeOf,
  find,
  marked,
}: {
  name: string;
  values: readonly number[];
  rows: number;
  columns: number;
  /** How many values a row has, of which the first `columns` are shown. */
  rowLength: number;
  scale: Scale;
  write(value: number): string;
  placeOf(index: number): string;
  find?(index: number): Promise<Faces>;
  /** Elements to look at, outlined. */
  marked?(index: number): boolean;
}) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const grid = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLElement | null>(null);
  const [[row, column], setHere] = useState<readonly [number, number]>([0, 0]);
  const [open, setOpen] = useState<number | null>(null);
  const longest = values.reduce((most, value) => Math.max(most, write(value).length), 1);
  const template = `repeat(${columns}, minmax(${Math.max(2.4, longest * 0.58 + 0.7)}rem, var(--cell-width, 4.5rem)))`;

  const walk = (event: React.KeyboardEvent) => {
    const step = steps[event.key];
    const target = step
      ? ([row + step[0], column + step[1]] as const)
      : event.key === 'Home'
        ? ([row, 0] as const)
        : event.key === 'End'
          ? ([row, columns - 1] as const)
          : null;
    if (!target) return;
    event.preventDefault();
    const next = [
      Math.max(0, Math.min(rows - 1, target[0])),
      Math.max(0, Math.min(columns - 1, target[1])),
    ] as const;
    setHere(next);
    grid.current?.querySelectorAll<HTMLElement>('.c')[next[0] * columns + next[1]]?.focus();
  };

  const cells = (r: number) =>
    Array.from({ length: columns }, (_, c) => {
      const index = r * rowLength + c;
      const value = values[index];
      if (value === undefined) return null;
      const className = `c${open === index ? ' on' : ''}${marked?.(index) ? ' x' : ''}`;
      const spoken = { name, place: placeOf(index), value: write(value) };
      const shared = { className, style: colorsOf(scale, value), title: readableNumber(locale, value, 6) };
      if (!find)
        return (
          // biome-ignore lint/a11y/useSemanticElements: rows and cells laid out by the grid of a matrix.
          <span key={index} role="cell" {...shared}>
            {write(value)}
          </span>
        );
      return (
        // biome-ignore lint/a11y/useSemanticElements: a grid of buttons, walked with arrows.
        <button
          key={index}
          type="button"
          role="gridcell"
          aria-label={t('openFaces', spoken)}
          aria-haspopup="dialog"
          tabIndex={r === row && c === column ? 0 : -1}
          onFocus={() => setHere([r, c])}
          onClick={(event) => {
            anchor.current = event.currentTarget;
            setOpen(index);
          }}
          {...shared}
        >
          {write(value)}
        </button>
      );
    });

  return (
    <div className="o-grid-scroll">
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: it is a grid or a table, and both have labels. */}
      <div
        ref={grid}
        className="mx o-grid"
        role={find ? 'grid' : 'table'}
        aria-label={name}
        {...(find && { onKeyDown: walk })}
      >
        {Array.from({ length: rows }, (_, r) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place.
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useSemanticElements: the cells are what is reached.
          <div key={r} className="r" role="row" style={{ gridTemplateColumns: template }}>
            {cells(r)}
          </div>
        ))}
      </div>
      {find && open !== null && (
        <FacesPopover key={open} anchor={anchor} find={() => find(open)} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}
