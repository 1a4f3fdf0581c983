import { useEffect, useRef, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { onThemeChange, tokenColor } from '../../exhibits/support/colors.ts';
import type { Faces } from '../../faces/faces.ts';
import { FacesPopover } from '../FacesPopover.tsx';
import { readableNumber } from '../readableNumber.ts';
import { outputMessages } from './messages.ts';
import { NumberGrid } from './NumberGrid.tsx';
import { placeOf, type Scale, writeShape } from './tensorLayout.ts';

const sequentialTokens = [0, 1, 2, 3, 4, 5, 6].map((step) => `--seq-${step}`);
const divergingTokens = ['--neg-3', '--neg-2', '--neg-1', '--zero', '--pos-1', '--pos-2', '--pos-3'];

type Color = readonly [number, number, number];

const parseColor = (color: string): Color => {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
};

/** The colour at a share from 0 to 1 of a row of colours, mixed between the two that are nearest. */
export function mix(colors: readonly Color[], share: number): Color {
  const place = Math.max(0, Math.min(1, share)) * (colors.length - 1);
  const below = colors[Math.floor(place)] ?? [0, 0, 0];
  const above = colors[Math.ceil(place)] ?? below;
  const part = place - Math.floor(place);
  return [0, 1, 2].map(
    (i) => (below[i] ?? 0) + ((above[i] ?? 0) - (below[i] ?? 0)) * part,
  ) as unknown as Color;
}

/** The side of a picture's point, in pixels of the page: large enough to press where there are few. */
const pointSide = (rows: number, columns: number): number =>
  Math.max(1, Math.min(14, Math.floor(560 / Math.max(rows, columns))));

/** Many numbers, as a picture: a point a number. The numbers of its corner stand below, for whoever opens them. */
export function ColorMap({
  name,
  values,
  rows,
  columns,
  scale,
  write,
  find,
}: {
  name: string;
  values: readonly number[];
  rows: number;
  columns: number;
  scale: Scale;
  write(value: number): string;
  find?(index: number): Promise<Faces>;
}) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState<number | null>(null);

  useEffect(() => {
    const paint = () => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context) return;
      const host = element.parentElement ?? element;
      const colors = (scale.diverging ? divergingTokens : sequentialTokens).map((token) =>
        parseColor(tokenColor(host, token)),
      );
      const wrong = parseColor(tokenColor(host, '--err'));
      const picture = context.createImageData(columns, rows);
      values.forEach((value, i) => {
        const share = scale.diverging ? (scale.share(value) + 1) / 2 : scale.share(value);
        picture.data.set([...(Number.isNaN(value) ? wrong : mix(colors, share)), 255], 4 * i);
      });
      context.putImageData(picture, 0, 0);
    };
    paint();
    return onThemeChange(paint);
  }, [values, rows, columns, scale]);

  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const say = (value: number) => readableNumber(locale, value, 3);
  const side = pointSide(rows, columns);
  const shownRows = Math.min(rows, 8);
  const shownColumns = Math.min(columns, 8);

  return (
    <div className="o-map">
      <div className="o-map-picture" style={{ width: columns * side, maxWidth: '100%' }}>
        <canvas
          ref={canvas}
          width={columns}
          height={rows}
          className={find ? 'opens' : undefined}
          style={{ width: '100%', aspectRatio: `${columns} / ${Math.max(rows, columns / 24)}` }}
          role="img"
          aria-label={t('map', {
            title: name,
            shape: writeShape([rows, columns]),
            min: say(scale.min),
            max: say(scale.max),
            mean: say(mean),
          })}
          onClick={(event) => {
            if (!find || !pointed.current) return;
            const box = event.currentTarget.getBoundingClientRect();
            const across = (event.clientX - box.left) / box.width;
            const down = (event.clientY - box.top) / box.height;
            const column = Math.min(columns - 1, Math.floor(across * columns));
            const row = Math.min(rows - 1, Math.floor(down * rows));
            pointed.current.style.left = `${(100 * (column + 0.5)) / columns}%`;
            pointed.current.style.top = `${(100 * (row + 0.5)) / rows}%`;
            setOpen(row * columns + column);
          }}
        />
        <span ref={pointed} className="o-map-point" hidden={open === null} />
      </div>
      <p className="legend">
        <span className="num">{say(scale.min)}</span>
        <i aria-hidden className={scale.diverging ? 'diverging' : undefined} />
        <span className="num">{say(scale.max)}</span>
      </p>
      <details>
        <summary>{t('corner')}</summary>
        <NumberGrid
          name={name}
          values={values}
          rows={shownRows}
          columns={shownColumns}
          rowLength={columns}
          scale={scale}
          write={write}
          placeOf={(index) => writeShape(placeOf(index, [rows, columns]))}
          {...(find && { find })}
        />
      </details>
      {find && open !== null && (
        <FacesPopover key={open} anchor={pointed} find={() => find(open)} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}
