import { formatInteger } from '../../i18n/numbers.ts';
import { choice, slider, toggle } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import type { PathState, PathTools } from './exhibit.ts';
import { aggregates, type Verb } from './pipeline.ts';

/** What can be changed of each step. */
export function recipeView({ t, locale, change }: PathTools, first: PathState) {
  const metres = (value: number) => t('metres', { value: formatInteger(locale, value) });
  const altitude = (label: 'lowest' | 'limit') =>
    slider({
      label: t(label),
      ...{ min: 0, max: 3500, step: label === 'limit' ? 100 : 20, value: first[label] },
      format: metres,
      onInput: (value) => change({ [label]: value }),
    });
  const named = (label: string, control: HTMLElement) =>
    h('div', { class: 'field' }, h('span', { class: 'lab' }, label), control);
  const lowest = altitude('lowest');
  const limit = altitude('limit');
  const complete = toggle({
    label: t('complete'),
    value: first.complete,
    onToggle: (on) => change({ complete: on }),
  });
  const by = choice({
    label: t('by'),
    choices: (['country', 'zone'] as const).map((value) => ({ value, label: t(value) })),
    value: first.by,
    onChoose: (value) => change({ by: value }),
  });
  const aggregate = choice({
    label: t('aggregate'),
    choices: aggregates.map((value) => ({ value, label: t(value) })),
    value: first.aggregate,
    onChoose: (value) => change({ aggregate: value }),
  });
  const how = choice({
    label: t('how'),
    choices: (['left', 'inner'] as const).map((value) => ({ value, label: t(value) })),
    value: first.how,
    onChoose: (value) => change({ how: value }),
  });
  const sortBy = choice({
    label: t('sortBy'),
    choices: (['rain', 'cities', 'key'] as const).map((value) => ({ value, label: t(value) })),
    value: first.sortBy,
    onChoose: (value) => change({ sortBy: value }),
  });
  const descending = toggle({
    label: t('descending'),
    value: first.descending,
    onToggle: (on) => change({ descending: on }),
  });
  const groups: Readonly<Record<Verb, readonly HTMLElement[]>> = {
    filter: [lowest.element, complete.element],
    derive: [limit.element],
    group: [named(t('by'), by.element), named(t('aggregate'), aggregate.element)],
    join: [named(t('how'), how.element)],
    sort: [named(t('sortBy'), sortBy.element), descending.element],
  };
  const places = Object.entries(groups).map(([verb, controls]) => ({
    verb,
    element: h('div', { class: 'tp-controls' }, controls),
  }));
  return {
    element: h(
      'div',
      {},
      places.map(({ element }) => element),
    ),
    show(state: PathState) {
      for (const { verb, element } of places) element.hidden = verb !== state.verb;
      lowest.set(state.lowest);
      limit.set(state.limit);
      complete.set(state.complete);
      by.set(state.by);
      aggregate.set(state.aggregate);
      how.set(state.how);
      sortBy.set(state.sortBy);
      descending.set(state.descending);
    },
  };
}
