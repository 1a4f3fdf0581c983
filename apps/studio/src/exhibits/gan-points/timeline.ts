import type { Locale } from '../../i18n/locale.ts';
import { formatInteger } from '../../i18n/numbers.ts';
import { h } from '../support/dom.ts';
import type { GanView } from './compute.ts';
import type { GanTranslate } from './exhibit.ts';
import { stamp } from './stage.ts';

/** Steps of which a picture is kept: each about twice as far as the one before. */
const MARKS = [0, 50, 100, 200, 400, 800, 1600, 3200, 6000] as const;

export interface Kept {
  readonly step: number;
  readonly made: Float32Array;
}

/** What was made of the same noise, at steps gone by; a step that is chosen is shown in the large picture. */
export function timeline(
  t: GanTranslate,
  locale: Locale,
  chose: () => void,
): {
  element: HTMLElement;
  readonly marks: readonly number[];
  take(view: GanView): void;
  clear(): void;
  chosen(): Kept | null;
  /** Shows what is made now again. */
  follow(): void;
} {
  let kept: Kept[] = [];
  let chosen: Kept | null = null;
  let latest: HTMLButtonElement | null = null;
  const list = h('ol', { class: 'gan-strip' });
  const pick = (next: Kept | null) => {
    chosen = next;
    for (const button of list.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(button.dataset.step === (next ? String(next.step) : 'now')));
    chose();
  };
  const item = (name: string, step: string, picture: SVGSVGElement, press: () => void) => {
    const button = h(
      'button',
      { type: 'button', 'data-step': step, 'aria-pressed': String(step === 'now'), onclick: press },
      picture,
      h('span', {}, name),
    );
    return { button, element: h('li', { class: step === 'now' ? 'latest' : '' }, button) };
  };
  return {
    element: h('div', { class: 'gan-timeline' }, h('h4', {}, t('timeline')), list),
    marks: MARKS,
    take(view) {
      if (MARKS.some((mark) => mark === view.step) && !kept.some(({ step }) => step === view.step)) {
        const each = { step: view.step, made: view.made };
        kept.push(each);
        const { element } = item(
          t('timelineStep', { step: formatInteger(locale, view.step) }),
          String(view.step),
          stamp(view.real, view.made),
          () => pick(each),
        );
        list.insertBefore(element, latest?.parentElement ?? null);
      }
      const picture = stamp(view.real, view.made);
      if (latest) latest.replaceChild(picture, latest.firstChild as Node);
      else {
        const made = item(t('timelineNow'), 'now', picture, () => pick(null));
        latest = made.button;
        list.append(made.element);
      }
    },
    clear() {
      kept = [];
      chosen = null;
      latest = null;
      list.replaceChildren();
    },
    chosen: () => chosen,
    follow() {
      if (chosen) pick(null);
    },
  };
}
