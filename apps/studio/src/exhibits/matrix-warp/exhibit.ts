import './style.css';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import { defineExhibit } from '../exhibit.ts';
import { choice, toggle } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import { type Matrix, presets } from './geometry.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { mountWarp } from './warp.ts';

const messages = catalog({ es, en });
export type WarpTranslate = ReturnType<typeof messages>;

const number = z.number().min(-9).max(9);
const matrix = z.tuple([number, number, number, number]);

const state = z.strictObject({
  /** Row by row. */
  matrix,
  /** What acts afterwards; null where nothing does. */
  after: matrix.nullable(),
  figure: z.enum(['letter', 'face']),
  /** The direction of the probe vector, in degrees; null where nobody is looking for directions that do not turn. */
  probe: z.number().min(-360).max(360).nullable(),
  /** Which of those directions have been found. */
  found: z.array(z.number().int().min(0).max(1)).max(2),
});
export type WarpState = z.infer<typeof state>;

export const exhibit = defineExhibit<WarpState>({
  title: { es: 'Una matriz que deforma el plano', en: 'A matrix that warps the plane' },
  state,
  initial: { matrix: [1.5, 0.5, 0, 1], after: null, figure: 'letter', probe: null, found: [] },
  mount(element, first, context) {
    const t = messages(context.locale);
    let now = first;
    const n = (value: number) => formatFixed(context.locale, value, 2);
    const change = (part: Partial<WarpState>) => {
      // Another matrix has other directions.
      now = { ...now, ...part, ...(part.matrix && !part.found ? { found: [] } : {}) };
      sync();
      view.show(now);
      // Faces are of the numbers that were shown.
      context.showFaces(null);
      context.changed(now);
    };

    const figure = choice({
      label: t('figure'),
      choices: (['letter', 'face'] as const).map((value) => ({ value, label: t(value) })),
      value: now.figure,
      onChoose: (value) => change({ figure: value }),
    });
    const then = toggle({
      label: t('then'),
      value: now.after !== null,
      onToggle: (on) => change({ after: on ? ([...presets.quarter] as Matrix as WarpState['after']) : null }),
    });
    const seek = toggle({
      label: t('seek'),
      value: now.probe !== null,
      onToggle: (on) => change({ probe: on ? 70 : null, found: [] }),
    });
    const view = mountWarp(t, context, { state: now, change, n });
    element.append(
      h('div', { class: 'ex-tools' }, h('div', { class: 'row' }, figure.element, seek.element, then.element)),
      view.element,
    );
    const sync = () => {
      figure.set(now.figure);
      then.set(now.after !== null);
      seek.set(now.probe !== null);
    };

    return {
      update(next) {
        now = next;
        sync();
        view.show(now);
      },
      destroy: view.destroy,
      words: () => view.words(now),
      table: () => view.table(now),
    };
  },
});
