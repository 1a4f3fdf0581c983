import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import type { TableView } from '../exhibit.ts';
import { diverging } from '../support/colors.ts';
import { h } from '../support/dom.ts';
import { numberGrid } from '../support/numberGrid.ts';
import type { DotState, DotTranslate } from './exhibit.ts';
import { cosine, dot, type FeatureTable, length, type TableName, tables, type Vector } from './vectors.ts';

/** Things told by features: the cosine of every pair, and how that of the chosen one comes about. */
export function likenessView(
  t: DotTranslate,
  locale: Locale,
  change: (part: Partial<DotState>) => void,
  open: (a: Vector, b: Vector) => void,
) {
  const n = (value: number, decimals = 2) => formatFixed(locale, value, decimals);
  const gridPlace = h('div', { class: 'dp-gridscroll' });
  const detail = h('div', { class: 'dp-detail' });
  const element = h(
    'div',
    { class: 'dp-likeness' },
    h('div', {}, h('h4', {}, t('grid')), gridPlace, h('p', { class: 'hint' }, t('taste'))),
    detail,
  );
  let shown: TableName | null = null;
  let grid: ReturnType<typeof numberGrid> | null = null;

  const tableOf = ({ mode }: DotState): FeatureTable => tables[mode === 'plane' ? 'foods' : mode];
  const nameOf = (table: FeatureTable, i: number) => table.things[i]?.name[locale] ?? '';
  const valuesOf = (table: FeatureTable, i: number) => table.things[i]?.values ?? [];

  function show(now: DotState): void {
    if (now.mode === 'plane') return;
    const table = tableOf(now);
    if (shown !== now.mode || !grid) {
      shown = now.mode;
      const names = table.things.map(({ name }) => name[locale]);
      grid = numberGrid({
        label: t('grid'),
        rows: names.length,
        columns: names.length,
        rowNames: names,
        columnNames: names,
        chosen: now.pair,
        cell(row, column) {
          const value = cosine(valuesOf(table, row), valuesOf(table, column));
          const { fill, text } = diverging(value);
          return {
            text: n(value),
            fill,
            color: text,
            label: t('cellLabel', {
              first: nameOf(table, row),
              second: nameOf(table, column),
              value: n(value),
            }),
          };
        },
        onChoose: (row, column) => change({ pair: [row, column] }),
      });
      gridPlace.replaceChildren(grid.element);
    } else grid.choose(...now.pair);
    showDetail(now);
  }

  function showDetail(now: DotState): void {
    const table = tableOf(now);
    const [i, j] = now.pair;
    const [a, b] = [valuesOf(table, i), valuesOf(table, j)];
    const similar = cosine(a, b);
    const cell = (value: number) => {
      const { fill, text } = diverging(value);
      return h('td', { style: { background: fill, color: text } }, n(value, 2));
    };
    detail.replaceChildren(
      h('p', { class: 'dp-pair' }, t('pair', { first: nameOf(table, i), second: nameOf(table, j) })),
      h(
        'button',
        { type: 'button', class: `live dp-total ${similar < 0 ? 'minus' : ''}`, onclick: () => open(a, b) },
        n(similar),
      ),
      h('p', { class: 'dp-verdict', role: 'status' }, verdict(similar)),
      h(
        'table',
        { class: 'dp-features' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            [t('feature'), nameOf(table, i), nameOf(table, j), t('product')].map((text) =>
              h('th', { scope: 'col' }, text),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          table.features.map((feature, k) => {
            const [x, y] = [a[k] as number, b[k] as number];
            return h('tr', {}, h('th', { scope: 'row' }, feature[locale]), cell(x), cell(y), cell(x * y));
          }),
        ),
      ),
      h(
        'p',
        { class: 'dp-formula' },
        `${n(dot(a, b))} ÷ (${n(length(a))} × ${n(length(b))}) = `,
        h('b', {}, n(similar)),
      ),
    );
  }
  const verdict = (similar: number) => t(similar > 0.4 ? 'like' : similar < -0.4 ? 'unlike' : 'neither');

  /** What is most like a thing, but itself. */
  function nearest(table: FeatureTable, i: number): number {
    const own = valuesOf(table, i);
    const others = table.things.map((_, j) =>
      j === i ? Number.NEGATIVE_INFINITY : cosine(own, valuesOf(table, j)),
    );
    return others.indexOf(Math.max(...others));
  }

  return {
    element,
    show,
    words(now: DotState): string[] {
      const table = tableOf(now);
      const [i, j] = now.pair;
      const similar = cosine(valuesOf(table, i), valuesOf(table, j));
      return [
        `${t('cellLabel', { first: nameOf(table, i), second: nameOf(table, j), value: n(similar) })}. ${verdict(similar)}`,
        ...table.things.map(({ name, values }, k) => {
          const other = nearest(table, k);
          return t('nearest', {
            name: name[locale],
            other: nameOf(table, other),
            value: n(cosine(values, valuesOf(table, other))),
          });
        }),
      ];
    },
    table(now: DotState): TableView {
      const table = tableOf(now);
      return {
        caption: t('grid'),
        columns: ['', ...table.things.map(({ name }) => name[locale])],
        rows: table.things.map(({ name, values }) => [
          name[locale],
          ...table.things.map((other) => n(cosine(values, other.values))),
        ]),
      };
    },
  };
}
