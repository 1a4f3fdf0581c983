import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import type { TableView } from '../exhibit.ts';
import { cities, type Row, type Value } from './data.ts';
import type { PathState, PathTranslate } from './exhibit.ts';
import { lookupOf, pathOf, type Stage, verbs } from './pipeline.ts';

export const valueText = (locale: Locale, value: Exclude<Value, null>): string =>
  typeof value === 'number' ? formatFixed(locale, value, Number.isInteger(value) ? 0 : 1) : value;

/** What happens to the row that is followed, at the step in view. */
export function storyOf(
  t: PathTranslate,
  locale: Locale,
  state: PathState,
  stages: readonly Stage[],
): string[] {
  if (state.row === null) return [t('choose')];
  const place = verbs.indexOf(state.verb);
  const path = pathOf(stages, state.row);
  const [city, , altitude, rain] = cities.rows[state.row] as readonly [string, string, number, Value];
  const n = (value: Value) => (value === null ? t('missing') : valueText(locale, value));
  const before = path[place];
  const after = path[place + 1];
  if (before === undefined || before === null) {
    const lost = path.indexOf(null);
    return [t('gone', { city, verb: t(verbs[lost - 1] as 'filter') })];
  }
  const row = after === null || after === undefined ? null : (stages[place + 1]?.rows[after] as Row);
  const values = { city, altitude: n(altitude), lowest: n(state.lowest), limit: n(state.limit) };
  switch (state.verb) {
    case 'filter':
      if (row) return [t('filterStays', values)];
      return [
        t(state.complete && rain === null && altitude >= state.lowest ? 'filterHole' : 'filterLow', values),
      ];
    case 'derive':
      return [t('deriveDone', { ...values, zone: String(row?.[4]) })];
    case 'group': {
      const members = stages[3]?.from[after as number] ?? [];
      const holes = members.filter((member) => stages[2]?.rows[member]?.[3] === null).length;
      return [
        t('groupDone', {
          city,
          key: String(row?.[0]),
          count: members.length,
          aggregate: t(state.aggregate),
          rain: n(row?.[2] ?? null),
        }),
        ...(holes > 0 ? [t('groupHole', { holes })] : []),
      ];
    }
    case 'join': {
      const key = String(stages[3]?.rows[before]?.[0]);
      if (!row) return [t('joinLost', { key })];
      const partner = stages[4]?.partner[after as number];
      if (partner === null || partner === undefined) return [t('joinKept', { key })];
      return [t('joinFound', { key, found: (lookupOf(state).rows[partner] as Row).map(n).join(' · ') })];
    }
    case 'sort':
      return [
        t('sortDone', {
          key: String(row?.[0]),
          place: (after as number) + 1,
          count: stages[5]?.rows.length ?? 0,
        }),
      ];
  }
}

export function wordsOf(
  t: PathTranslate,
  locale: Locale,
  state: PathState,
  stages: readonly Stage[],
): string[] {
  return [
    ...verbs.map((verb, i) =>
      t('wordsStage', {
        verb: t(verb),
        before: stages[i]?.rows.length ?? 0,
        after: stages[i + 1]?.rows.length ?? 0,
      }),
    ),
    ...(state.row === null
      ? []
      : verbs
          .slice(0, pathOf(stages, state.row).length - 1)
          .flatMap((verb) => storyOf(t, locale, { ...state, verb }, stages))),
  ];
}

export function tableOf(
  t: PathTranslate,
  locale: Locale,
  state: PathState,
  stages: readonly Stage[],
): TableView {
  const stage = stages[verbs.indexOf(state.verb) + 1] as Stage;
  return {
    caption: t('tableCaption', { verb: t(state.verb) }),
    columns: stage.columns,
    rows: stage.rows.map((row) =>
      row.map((value) => (value === null ? t('missing') : valueText(locale, value))),
    ),
  };
}
