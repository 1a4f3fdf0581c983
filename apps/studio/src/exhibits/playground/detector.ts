import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import { button } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import { diagnose, isSick } from './diagnosis.ts';
import type { Say } from './messages.ts';
import type { Snapshot } from './snapshot.ts';
import type { PlaygroundState } from './state.ts';
import { reasonOf, shortName, sickOf } from './words.ts';

/** Says which neurons are dead and why, and tells of the one that is looked at. */
export function createDetector(
  locale: Locale,
  t: Say,
  edits: {
    choose(layer: number, neuron: number): void;
    revive(layer: number, neuron: number): void;
    faces: ((layer: number, neuron: number) => void) | null;
  },
) {
  const verdict = h('div', { class: 'pg-verdict row' });
  const story = h('div', { class: 'pg-story' });
  const element = h(
    'section',
    { class: 'pg-detector', 'aria-label': t('detector') },
    h('strong', { class: 'pg-detector-title' }, t('detector')),
    verdict,
    story,
  );
  let written = '';
  return {
    element,
    draw(state: PlaygroundState, snapshot: Snapshot | null, chosen: readonly [number, number] | null) {
      if (!snapshot || snapshot.layers.length !== state.layers.length) return;
      const sick = sickOf(snapshot, state);
      const all = state.layers.reduce((sum, width) => sum + width, 0);
      const [layer, index] = chosen ?? [-1, -1];
      const neuron = snapshot.layers[layer]?.[index];
      const condition = diagnose(snapshot.layers, state.activation)[layer]?.[index];
      const reason = neuron && condition ? reasonOf(neuron, condition, locale, t) : '';
      // Buttons stay where they are while nothing changes: somebody may be about to press one.
      const now = JSON.stringify([sick, all, chosen, reason]);
      if (now === written) return;
      written = now;
      const focused =
        element.contains(document.activeElement) && document.activeElement?.getAttribute('data-key');
      verdict.replaceChildren(
        all === 0
          ? h('span', { class: 'tag' }, t('noNeurons'))
          : sick.length === 0
            ? h('span', { class: 'tag ok' }, `✓ ${t('allAlive')}`)
            : h('span', { class: 'tag err' }, `✕ ${t('sickCount', { sick: sick.length, all })}`),
        ...sick.slice(0, 12).map((one) => {
          const see = button(shortName(one), () => edits.choose(one.layer, one.neuron));
          see.classList.add('pg-sick');
          see.dataset.key = `s${shortName(one)}`;
          see.setAttribute(
            'aria-label',
            `${t('seeNeuron')} ${shortName(one)}: ${t('neuronName', { neuron: one.neuron + 1, layer: one.layer + 1 })}, ${t(one.condition)}`,
          );
          return see;
        }),
      );
      if (!neuron || !condition) {
        story.replaceChildren(...(all > 0 ? [h('p', { class: 'hint' }, t('chooseNeuron'))] : []));
      } else {
        const ill = isSick(condition);
        const wake = button(t('revive'), () => edits.revive(layer, index));
        wake.dataset.key = 'wake';
        const account = button(t('account'), () => edits.faces?.(layer, index), { kind: 'plain' });
        account.dataset.key = 'account';
        story.replaceChildren(
          h(
            'p',
            {},
            h('strong', {}, `${t('neuronName', { neuron: index + 1, layer: layer + 1 })} `),
            h('span', { class: `tag ${ill ? 'err' : condition === 'alive' ? 'ok' : ''}` }, t(condition)),
          ),
          h('p', {}, reason),
          h(
            'p',
            { class: 'small muted num' },
            `${t('weightsOf', { weights: neuron.weights.map((weight) => formatFixed(locale, weight, 2)).join(' · ') })} · ${t('biasOf', { bias: formatFixed(locale, neuron.bias, 2) })}`,
          ),
          ...(ill ? [h('p', { class: 'small' }, t('remedy'))] : []),
          h('div', { class: 'row' }, edits.faces && account, ill && wake),
        );
      }
      if (focused) element.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    },
  };
}
