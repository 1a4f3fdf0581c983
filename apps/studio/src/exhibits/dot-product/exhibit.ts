import './style.css';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import { choice } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import { arrowsView } from './arrows.ts';
import { likenessView } from './likeness.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { tableNames, type Vector } from './vectors.ts';

const messages = catalog({ es, en });
export type DotTranslate = ReturnType<typeof messages>;

const vector = z.tuple([z.number().min(-9).max(9), z.number().min(-9).max(9)]);
const place = z.number().int().min(0).max(5);
const state = z.strictObject({
  mode: z.enum(['plane', ...tableNames]),
  a: vector,
  b: vector,
  /** Which two things of the table are looked at. */
  pair: z.tuple([place, place]),
});
export type DotState = z.infer<typeof state>;

export const exhibit = defineExhibit<DotState>({
  title: { es: 'Cuánto van dos flechas hacia el mismo lado', en: 'How far two arrows go the same way' },
  state,
  initial: { mode: 'plane', a: [3, 1], b: [1, 1.5], pair: [0, 1] },
  mount(element, first, context) {
    const t = messages(context.locale);
    let now = first;
    const change = (part: Partial<DotState>) => {
      now = { ...now, ...part };
      show();
      // Faces are of the numbers that were shown.
      context.showFaces(null);
      context.changed(now);
    };
    const mode = choice({
      label: t('mode'),
      choices: (['plane', ...tableNames] as const).map((value) => ({ value, label: t(value) })),
      value: now.mode,
      onChoose: (value) => change({ mode: value, pair: [0, 1] }),
    });
    const open = async (which: 'dot' | 'cosine', a: Vector, b: Vector) => {
      const module = await context.compute<typeof import('./compute.ts')>();
      context.showFaces(await module.faces(which, a, b));
    };
    const arrows = arrowsView(t, context.locale, now, change, (which) => void open(which, now.a, now.b));
    const likeness = likenessView(t, context.locale, change, (a, b) => void open('cosine', a, b));
    element.append(h('div', { class: 'ex-tools' }, mode.element), arrows.element, likeness.element);
    const current = () => (now.mode === 'plane' ? arrows : likeness);
    function show(): void {
      mode.set(now.mode);
      arrows.element.hidden = now.mode !== 'plane';
      likeness.element.hidden = now.mode === 'plane';
      current().show(now);
    }
    show();
    return {
      update(next) {
        now = next;
        show();
      },
      destroy: arrows.destroy,
      words: () => current().words(now),
      table: () => current().table(now),
    };
  },
});
