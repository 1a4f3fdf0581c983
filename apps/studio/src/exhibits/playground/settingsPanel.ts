import type { Locale } from '../../i18n/locale.ts';
import { formatFixed, formatPercent } from '../../i18n/numbers.ts';
import { button, choice, slider, toggle } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import type { Say } from './messages.ts';
import { activationNames, batchSizes, learningRates, optimizerNames, type PlaygroundState } from './state.ts';

const decays = [0, 0.0001, 0.001, 0.01, 0.03, 0.1] as const;

/** The place of the nearest of some values. */
const nearest = (values: readonly number[], value: number): number =>
  values.reduce(
    (best, other, i) => (Math.abs(other - value) < Math.abs((values[best] as number) - value) ? i : best),
    0,
  );

/** A number as it is read: no zeros behind that say nothing. */
const plain = (locale: Locale, value: number): string =>
  formatFixed(locale, value, Math.max(0, -Math.floor(Math.log10(value || 1))));

/** How it is trained. */
export function createSettingsPanel(
  initial: PlaygroundState,
  locale: Locale,
  t: Say,
  edits: { change(changes: Partial<PlaygroundState>): void },
) {
  const activation = choice({
    label: t('activation'),
    choices: activationNames.map((value) => ({ value, label: t(value) })),
    value: initial.activation,
    onChoose: (value) => edits.change({ activation: value }),
  });
  const optimizer = choice({
    label: t('optimizer'),
    choices: optimizerNames.map((value) => ({ value, label: t(value) })),
    value: initial.optimizer,
    onChoose: (value) => edits.change({ optimizer: value }),
  });
  const ladder = (
    label: string,
    values: readonly number[],
    value: number,
    format: (value: number) => string,
    onChoose: (value: number) => void,
  ) => {
    const control = slider({
      label,
      min: 0,
      max: values.length - 1,
      step: 1,
      value: nearest(values, value),
      format: (place) => format(values[place] as number),
      onInput: (place) => onChoose(values[place] as number),
    });
    return { element: control.element, set: (next: number) => control.set(nearest(values, next)) };
  };
  const rate = ladder(
    t('rate'),
    learningRates,
    initial.rate,
    (value) => plain(locale, value),
    (value) => edits.change({ rate: value }),
  );
  const sizes = [...batchSizes];
  const batchOf = (value: number) => (value === 0 ? 1000 : value);
  const batch = ladder(
    t('batch'),
    sizes.map(batchOf),
    batchOf(initial.batch),
    (value) => (value === 1000 ? t('batchAll') : String(value)),
    (value) => edits.change({ batch: value === 1000 ? 0 : value }),
  );
  const decay = ladder(
    t('decay'),
    decays,
    initial.decay,
    (value) => plain(locale, value),
    (value) => edits.change({ decay: value }),
  );
  const dropout = slider({
    label: t('dropout'),
    min: 0,
    max: 0.8,
    step: 0.1,
    value: initial.dropout,
    format: (value) => formatPercent(locale, value),
    onInput: (value) => edits.change({ dropout: value }),
  });
  const bias = slider({
    label: t('bias'),
    min: -5,
    max: 5,
    step: 0.5,
    value: initial.bias,
    format: (value) => formatFixed(locale, value, 1),
    onInput: (value) => edits.change({ bias: value }),
  });
  const normalize = toggle({
    label: t('normalize'),
    value: initial.normalize,
    onToggle: (value) => edits.change({ normalize: value }),
  });
  const seed = h('output', { class: 'num' }, String(initial.seed));
  const nextSeed = button(t('anotherSeed'), () =>
    edits.change({ seed: (Number(seed.textContent) * 7 + 13) % 1000 }),
  );

  const titled = (label: string, control: Node) =>
    h('div', { class: 'field' }, h('span', { class: 'lab', 'aria-hidden': 'true' }, label), control);
  const element = h(
    'div',
    { class: 'pg-panel pg-settings' },
    titled(t('activation'), activation.element),
    titled(t('optimizer'), optimizer.element),
    rate.element,
    batch.element,
    decay.element,
    dropout.element,
    bias.element,
    h(
      'div',
      { class: 'pg-seed' },
      normalize.element,
      h('span', { class: 'row' }, h('span', {}, `${t('seed')} `, seed), nextSeed),
    ),
  );
  return {
    element,
    draw(state: PlaygroundState) {
      activation.set(state.activation);
      optimizer.set(state.optimizer);
      rate.set(state.rate);
      batch.set(batchOf(state.batch));
      decay.set(state.decay);
      dropout.set(state.dropout);
      bias.set(state.bias);
      normalize.set(state.normalize);
      seed.textContent = String(state.seed);
    },
  };
}
