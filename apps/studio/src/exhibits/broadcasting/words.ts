import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import type { TableView } from '../exhibit.ts';
import type { Combined } from './compute.ts';
import type { BroadcastState, BroadcastTranslate } from './exhibit.ts';
import { align, fixesOf, flatOf, positionOf, resultShape, sizeOf, sourceOf, written } from './shapes.ts';
import { signs, valuesOf } from './values.ts';

/** A number as the cells show it. */
export const shortNumber = (locale: Locale, value: number): string =>
  formatFixed(locale, value, Number.isInteger(value) ? 0 : 1);

export const placeName = (name: string, position: readonly number[]): string =>
  position.length === 0 ? name : `${name}[${position.join(', ')}]`;

/** Where an element of the result comes from. */
export function originOf({ a, b }: Pick<BroadcastState, 'a' | 'b'>, index: number) {
  const position = positionOf(index, resultShape(a, b) ?? []);
  const [fromA, fromB] = [sourceOf(position, a), sourceOf(position, b)];
  return {
    position,
    place: placeName('c', position),
    a: placeName('a', fromA),
    b: placeName('b', fromB),
    valueA: valuesOf('a', a)[flatOf(fromA, a)] as number,
    valueB: valuesOf('b', b)[flatOf(fromB, b)] as number,
  };
}

const valuesIn = (combined: Combined | null): readonly number[] =>
  combined && 'values' in combined ? combined.values : [];

export function wordsOf(
  t: BroadcastTranslate,
  locale: Locale,
  state: BroadcastState,
  combined: Combined | null,
): string[] {
  const { a, b } = state;
  const axes = align(a, b);
  const axisName = (place: number) => t(`axis${axes.length - place}` as 'axis1');
  const words = [t('wordsShapes', { a: written(a), b: written(b) })];
  const result = resultShape(a, b);
  if (!result) {
    const place = axes.findLastIndex(({ size }) => size === null);
    words.push(
      t('wordsClash', { axis: axisName(place), a: axes[place]?.a as number, b: axes[place]?.b as number }),
    );
    for (const { code, shape } of fixesOf(a, b))
      if (code !== null) words.push(t('wordsFix', { code, shape: written(shape) }));
    return words;
  }
  words.push(t('wordsResult', { shape: written(result), count: sizeOf(result) }));
  axes.forEach((axis, place) => {
    for (const name of ['a', 'b'] as const) {
      const values = { name, axis: axisName(place), size: axis.size as number };
      if (axis[name] === null) words.push(t('wordsAbsent', values));
      else if (axis[name] === 1 && axis.size !== 1) words.push(t('wordsStretch', values));
    }
  });
  words.push(t('wordsMemory', { a: sizeOf(a), b: sizeOf(b) }));
  const values = valuesIn(combined);
  if (state.chosen !== null && values[state.chosen] !== undefined) {
    const from = originOf(state, state.chosen);
    const sum = `${from.a} ${signs[state.operation]} ${from.b} = ${from.valueA} ${signs[state.operation]} ${from.valueB} = ${shortNumber(locale, values[state.chosen] as number)}`;
    words.push(t('wordsChosen', { place: from.place, sum }));
  }
  return words;
}

export function tableOf(
  t: BroadcastTranslate,
  locale: Locale,
  state: BroadcastState,
  combined: Combined | null,
): TableView {
  const { a, b } = state;
  const result = resultShape(a, b);
  if (!result)
    return {
      caption: t('tableClash'),
      columns: ['', 'a', 'b', t('fits')],
      rows: align(a, b).map((axis, place, { length }) => [
        t(`axis${length - place}` as 'axis1'),
        axis.a ?? '1 (—)',
        axis.b ?? '1 (—)',
        axis.size === null ? t('no') : t('yes'),
      ]),
    };
  return {
    caption: t('tableCaption'),
    columns: [t('place'), 'a', 'b', t('value')],
    rows: valuesIn(combined).map((value, i) => {
      const from = originOf(state, i);
      return [
        from.place,
        `${from.a} = ${from.valueA}`,
        `${from.b} = ${from.valueB}`,
        shortNumber(locale, value),
      ];
    }),
  };
}
