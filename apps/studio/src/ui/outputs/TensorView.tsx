import { useMemo } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import type { OutputOf } from '../../cell/output.ts';
import { formatInteger } from '../../i18n/numbers.ts';
import { FacesButton } from '../FacesPopover.tsx';
import { readableNumber, togetherWriter } from '../readableNumber.ts';
import { ColorMap } from './ColorMap.tsx';
import { outputMessages } from './messages.ts';
import { NumberGrid } from './NumberGrid.tsx';
import type { FindFaces } from './Outputs.tsx';
import {
  differences,
  layTensorOut,
  placeOf,
  type Scale,
  type Slice,
  scaleOf,
  writeShape,
} from './tensorLayout.ts';

/** A tensor: a number, grids of numbers, or pictures of colours; always with its shape. */
export function TensorView({
  output,
  findFaces,
  beside,
}: {
  output: OutputOf<'tensor'>;
  findFaces?: FindFaces | undefined;
  /** Another tensor that it is compared with: colours mean the same in both, and what differs is outlined. */
  beside?: OutputOf<'tensor'> | undefined;
}) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const { shape, values } = output;
  const layout = useMemo(() => layTensorOut(shape, values.length), [shape, values]);
  const together = useMemo(() => (beside ? [...values, ...beside.values] : values), [values, beside]);
  const scale = useMemo(() => scaleOf(together), [together]);
  const write = useMemo(() => togetherWriter(locale, together), [locale, together]);
  const differing = useMemo(() => (beside ? differences(output, beside) : undefined), [output, beside]);
  const total = shape.reduce((product, length) => product * length, 1);
  return (
    <figure className="o-tensor">
      <figcaption className="o-caption">
        {output.title && <strong>{output.title}</strong>}
        <span className="muted">
          {shape.length === 0 ? t('scalar') : t('shape', { shape: writeShape(shape) })} · {output.dtype}
        </span>
      </figcaption>
      {layout.kind === 'empty' && <p className="muted">{t('empty', { shape: writeShape(shape) })}</p>}
      {layout.kind === 'scalar' && <Scalar output={output} findFaces={findFaces} />}
      {(layout.kind === 'grids' || layout.kind === 'maps') && (
        <div className={`o-slices${layout.slices.length > 1 ? ' several' : ''}`}>
          {layout.slices.map((slice) => (
            <SliceView
              key={slice.from}
              output={output}
              slice={slice}
              scale={scale}
              write={write}
              asMap={layout.kind === 'maps'}
              differing={differing}
              findFaces={findFaces}
            />
          ))}
          {layout.hidden > 0 && <p className="muted small">{t('moreSlices', { count: layout.hidden })}</p>}
        </div>
      )}
      {output.cut && (
        <p className="muted small">
          {t('cut', { shown: formatInteger(locale, values.length), total: formatInteger(locale, total) })}
        </p>
      )}
    </figure>
  );
}

function Scalar({ output, findFaces }: { output: OutputOf<'tensor'>; findFaces?: FindFaces | undefined }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const value = output.values[0] ?? NaN;
  const text = readableNumber(locale, value, 6);
  const name = output.title ?? t('tensor');
  if (!findFaces) return <p className="o-scalar num">{text}</p>;
  return (
    <p className="o-scalar num">
      <FacesButton
        find={() => findFaces(output.id, 0, value)}
        label={t('openFaces', { name, place: '', value: text })}
      >
        {text}
      </FacesButton>
    </p>
  );
}

function SliceView({
  output,
  slice,
  scale,
  write,
  asMap,
  differing,
  findFaces,
}: {
  output: OutputOf<'tensor'>;
  slice: Slice;
  scale: Scale;
  write(value: number): string;
  asMap: boolean;
  differing: ReadonlySet<number> | undefined;
  findFaces?: FindFaces | undefined;
}) {
  const t = outputMessages(useLocale());
  const { shape, values } = output;
  const placeInWhole = [...slice.place.map(String), ...(shape.length > 1 ? ['·'] : []), '·'].join(', ');
  const title = slice.place.length > 0 ? `[${placeInWhole}]` : null;
  const own = values.slice(slice.from, slice.from + slice.rows * slice.columns);
  return (
    <div>
      {title && (
        <p className="o-slice small muted">
          <span className="sr">{t('slice', { place: title })}</span>
          <code aria-hidden>{title}</code>
        </p>
      )}
      {asMap ? (
        <ColorMap
          name={output.title ?? t('tensor')}
          values={own}
          rows={slice.rows}
          columns={slice.columns}
          scale={scale}
          write={write}
          {...(findFaces && {
            find: (index: number) => findFaces(output.id, slice.from + index, own[index] ?? NaN),
          })}
        />
      ) : (
        <NumberGrid
          name={output.title ?? t('tensor')}
          values={own}
          rows={slice.rows}
          columns={slice.columns}
          rowLength={slice.columns}
          scale={scale}
          write={write}
          placeOf={(index) => writeShape(placeOf(slice.from + index, shape))}
          marked={(index) => differing?.has(slice.from + index) ?? false}
          {...(findFaces && {
            find: (index: number) => findFaces(output.id, slice.from + index, own[index] ?? NaN),
          })}
        />
      )}
    </div>
  );
}
