import './style.css';
import { z } from 'zod';
import type { Locale } from '../../i18n/locale.ts';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import { button, choice } from '../support/controls.ts';
import { h, uniqueId } from '../support/dom.ts';
import { cities } from './data.ts';
import { detailView } from './detail.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { overviewView } from './overview.ts';
import { aggregates, codeOf, stagesOf, verbs } from './pipeline.ts';
import { recipeView } from './recipe.ts';
import { storyOf, tableOf, wordsOf } from './words.ts';

const messages = catalog({ es, en });
export type PathTranslate = ReturnType<typeof messages>;

const altitude = z.number().int().min(0).max(4000);
const state = z.strictObject({
  lowest: altitude,
  complete: z.boolean(),
  limit: altitude,
  by: z.enum(['country', 'zone']),
  aggregate: z.enum(aggregates),
  how: z.enum(['inner', 'left']),
  sortBy: z.enum(['key', 'cities', 'rain']),
  descending: z.boolean(),
  /** The step in view. */
  verb: z.enum(verbs),
  /** The row of the first table that is followed. */
  row: z
    .number()
    .int()
    .min(0)
    .max(cities.rows.length - 1)
    .nullable(),
});
export type PathState = z.infer<typeof state>;

export interface PathTools {
  readonly t: PathTranslate;
  readonly locale: Locale;
  change(part: Partial<PathState>): void;
}

export const exhibit = defineExhibit<PathState>({
  title: { es: 'El camino de una fila', en: 'The path of a row' },
  state,
  initial: {
    lowest: 20,
    complete: true,
    limit: 1000,
    by: 'country',
    aggregate: 'mean',
    how: 'left',
    sortBy: 'rain',
    descending: true,
    verb: 'filter',
    row: 9,
  },
  mount(element, first, context) {
    const t = messages(context.locale);
    let now = first;
    const change = (part: Partial<PathState>) => {
      now = { ...now, ...part };
      show();
      context.changed(now);
    };
    const tools: PathTools = { t, locale: context.locale, change };

    const step = choice({
      label: t('verb'),
      choices: verbs.map((value) => ({ value, label: t(value) })),
      value: now.verb,
      onChoose: (verb) => change({ verb }),
    });
    const move = (by: number) => {
      const verb = verbs[verbs.indexOf(now.verb) + by];
      if (verb) change({ verb });
    };
    const back = button(t('back'), () => move(-1));
    const next = button(t('next'), () => move(1), { kind: 'go' });
    const id = uniqueId('row');
    const picker = h(
      'select',
      { id, class: 'inp' },
      h('option', { value: '' }, t('nobody')),
      cities.rows.map(([city], i) => h('option', { value: i }, String(city))),
    );
    picker.addEventListener('change', () =>
      change({ row: picker.value === '' ? null : Number(picker.value) }),
    );
    const overview = overviewView(tools);
    const recipe = recipeView(tools, now);
    const detail = detailView(tools);
    const says = h('p', { class: 'tp-says' });
    const story = h('p', { class: 'tp-story', role: 'status' });
    const code = h('pre', { class: 'code tp-code', tabindex: 0, 'aria-label': t('code') });
    element.append(
      h('div', { class: 'ex-tools' }, step.element, h('div', { class: 'row' }, back, next)),
      h(
        'div',
        { class: 'tp' },
        h('div', { class: 'tp-pick' }, h('label', { for: id }, t('row')), picker, story),
        overview.element,
        h('div', { class: 'tp-step' }, says, recipe.element),
        detail.element,
        h('p', { class: 'hint' }, t('hint')),
        h('h4', {}, t('code')),
        code,
        h('p', { class: 'hint' }, t('source')),
      ),
    );

    function show(): void {
      const stages = stagesOf(now);
      const place = verbs.indexOf(now.verb);
      step.set(now.verb);
      back.disabled = place === 0;
      next.disabled = place === verbs.length - 1;
      picker.value = now.row === null ? '' : String(now.row);
      says.textContent = t(`${now.verb}Says`);
      overview.show(now, stages);
      recipe.show(now);
      detail.show(now, stages);
      story.textContent = storyOf(t, context.locale, now, stages).join(' ');
      code.replaceChildren(
        ...codeOf(now).map((line, i) => h('span', { class: i === place + 1 ? 'l mark' : 'l' }, line)),
      );
    }
    show();
    return {
      update(next) {
        now = next;
        show();
      },
      destroy() {
        overview.destroy();
        detail.destroy();
      },
      words: () => wordsOf(t, context.locale, now, stagesOf(now)),
      table: () => tableOf(t, context.locale, now, stagesOf(now)),
    };
  },
});
