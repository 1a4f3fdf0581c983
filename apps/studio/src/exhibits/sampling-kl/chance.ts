import { formatFixed, formatInteger, formatPercent } from '../../i18n/numbers.ts';
import type { ExhibitContext, MountedExhibit } from '../exhibit.ts';
import { button, choice } from '../support/controls.ts';
import { h, uniqueId } from '../support/dom.ts';
import type { Measure, NextLetter } from './compute.ts';
import { type ChanceState, type ChanceTranslate, MOST_DRAWS } from './exhibit.ts';
import { flamesView } from './flames.ts';
import {
  crossEntropy,
  divergence,
  drawn,
  entropy,
  farOff,
  termsOf,
  uniform,
  withProbability,
} from './measures.ts';

/** So many letters of the model are shown; the rest are one possibility. */
const SHOWN = 7;
/** Typing rests for so long before the model is asked. */
const REST = 250;

interface Chance {
  readonly names: readonly string[];
  readonly p: readonly number[];
}

/** P is what happens: by the model, or by a die. Q is what the learner believes. */
export function mountChance(
  t: ChanceTranslate,
  element: HTMLElement,
  first: ChanceState,
  context: ExhibitContext<ChanceState>,
): MountedExhibit<ChanceState> {
  const { locale } = context;
  const n = (value: number, decimals = 3) => formatFixed(locale, value, decimals);
  const percent = (share: number) => formatPercent(locale, share, share > 0 && share < 0.0995 ? 1 : 0);
  let now = first;
  let letters: readonly NextLetter[] | null = null;
  let trouble: string | null = null;
  let over = false;

  const view = flamesView({
    label: t('flames'),
    nameQ: (name) => t('setQ', { name }),
    say: percent,
    move: (place, share) => change({ q: withProbability(qOf(), place, share) }),
  });
  const source = choice({
    label: t('source'),
    choices: (['model', 'die', 'loaded', 'coin'] as const).map((value) => ({ value, label: t(value) })),
    value: now.source,
    onChoose: (value) => change({ source: value, q: null, draws: 0 }),
  });
  const textId = uniqueId('story');
  const text = h('input', {
    id: textId,
    class: 'inp sk-text',
    maxlength: 200,
    autocomplete: 'off',
    oninput: () => change({ text: text.value, q: null, draws: 0 }),
  });
  const status = h('p', { class: 'hint', role: 'status' });
  const story = h('div', { class: 'sk-story' }, h('label', { for: textId }, t('text')), text, status);
  const bets = h(
    'div',
    { class: 'row' },
    button(t('even'), () => change({ q: null })),
    button(t('copy'), () => change({ q: [...chance().p] })),
    button(t('learn'), () => {
      const { counts } = sample();
      if (now.draws > 0) change({ q: counts.map((count) => count / now.draws) });
    }),
  );
  const measures = (['entropy', 'cross', 'pq', 'qp'] as const).map((which) => {
    const value = h('button', { type: 'button', class: 'live sk-value', onclick: () => void open(which) });
    const bar = h('span', { class: `sk-measurebar ${which}` });
    const base = h('span', { class: 'sk-measurebar base' });
    return {
      which,
      value,
      bar,
      base,
      element: h(
        'div',
        { class: 'sk-measure' },
        h('span', { class: 'sk-measurename' }, t(which)),
        value,
        h('span', { class: 'sk-track', 'aria-hidden': 'true' }, base, bar),
        h('span', { class: 'hint' }, t(`${which}Help`)),
      ),
    };
  });
  const remark = h('p', { class: 'sk-remark', role: 'status' });
  const tally = h('p', { class: 'sk-tally', role: 'status' });
  const goOn = button(t('goOn'), () => {
    const { last } = sample();
    const letter = last === null ? undefined : letters?.[last]?.letter;
    if (letter === undefined || letter === '\n') return;
    change({
      text: `${textOf()}${letter}`.slice(-200),
      q: null,
      draws: 0,
      seed: 1 + ((now.seed * 7) % 99991),
    });
  });
  const legend = h(
    'ul',
    { class: 'sk-legend' },
    h('li', { class: 'sk-p' }, t('pName')),
    h('li', { class: 'sk-q' }, t('qName')),
    h('li', { class: 'sk-f' }, t('fName')),
  );
  element.append(
    h('div', { class: 'ex-tools' }, source.element, story),
    h(
      'div',
      { class: 'sk' },
      h(
        'div',
        { class: 'sk-picture' },
        legend,
        view.element,
        bets,
        h('p', { class: 'hint' }, t('keys')),
        h(
          'div',
          { class: 'sk-draws' },
          h(
            'div',
            { class: 'row' },
            [1, 10, 100, 1000].map((count) =>
              button(
                t('more', { count: formatInteger(locale, count) }),
                () => change({ draws: Math.min(MOST_DRAWS, now.draws + count) }),
                { kind: count === 1 ? 'go' : '' },
              ),
            ),
            button(t('clear'), () => change({ draws: 0 }), { kind: 'plain' }),
            button(t('newLuck'), () => change({ seed: 1 + ((now.seed * 7) % 99991) }), { kind: 'plain' }),
          ),
          tally,
          goOn,
        ),
      ),
      h('div', { class: 'sk-side' }, ...measures.map(({ element: each }) => each), remark),
    ),
  );

  const textOf = () => now.text ?? t('defaultText');
  const nameOf = (letter: string) => (letter === ' ' ? t('space') : letter === '\n' ? t('end') : letter);

  function chance(): Chance {
    if (now.source === 'coin') return { names: [t('heads'), t('tails')], p: uniform(2) };
    if (now.source !== 'model') {
      const names = ['1', '2', '3', '4', '5', '6'];
      return { names, p: now.source === 'die' ? uniform(6) : [0.1, 0.1, 0.1, 0.1, 0.1, 0.5] };
    }
    if (!letters) return { names: [], p: [] };
    const shown = letters.slice(0, SHOWN);
    const rest = letters.slice(SHOWN).reduce((sum, { probability }) => sum + probability, 0);
    const p = [...shown.map(({ probability }) => probability), rest];
    // They come in single precision: that they sum to 1 exactly is seen to here.
    const total = p.reduce((a, b) => a + b);
    return {
      names: [...shown.map(({ letter }) => nameOf(letter)), t('others')],
      p: p.map((value) => value / total),
    };
  }
  function qOf(): number[] {
    const { p } = chance();
    return now.q?.length === p.length ? [...now.q] : uniform(p.length);
  }
  const sample = () => drawn(chance().p, now.draws, now.seed);

  let timer = 0;
  let asked = '';
  function change(part: Partial<ChanceState>): void {
    now = { ...now, ...part };
    context.showFaces(null);
    show();
    context.changed(now);
    if (now.source === 'model') askSoon();
  }
  function askSoon(): void {
    if (asked === textOf() && letters) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), letters ? REST : 0) as unknown as number;
  }
  const engine = () => context.compute<typeof import('./compute.ts')>();
  let opened: Promise<void> | null = null;
  async function ask(): Promise<void> {
    const wanted = textOf();
    asked = wanted;
    try {
      const module = await engine();
      opened ??= module.open(locale);
      await opened;
      const found = await module.next(wanted);
      if (over || wanted !== textOf()) return;
      letters = found;
      trouble = null;
    } catch (error) {
      opened = null;
      trouble = error instanceof Error ? error.message : String(error);
    }
    if (over) return;
    show();
    context.changed(now);
  }

  async function open(which: Measure): Promise<void> {
    const { p } = chance();
    const found = await (await engine()).faces(
      which,
      which === 'pq' || which === 'qp' ? 'KL' : 'H',
      p,
      qOf(),
    );
    if (!over) context.showFaces(found);
  }

  function show(): void {
    source.set(now.source);
    story.hidden = now.source !== 'model';
    if (text !== document.activeElement) text.value = textOf();
    status.textContent = trouble ? t('failed', { message: trouble }) : letters ? t('textHelp') : t('loading');
    status.className = trouble ? 'errtext' : 'hint';
    const { names, p } = chance();
    element.classList.toggle('sk-waits', p.length === 0);
    if (p.length === 0) return;
    const q = qOf();
    const { counts, last } = sample();
    view.show(
      names.map((name, i) => ({
        name,
        p: p[i] as number,
        q: q[i] as number,
        frequency: now.draws > 0 ? (counts[i] as number) / now.draws : null,
      })),
      Math.max(...p) > 0.36 ? 1 : 0.5,
    );
    const found = {
      entropy: entropy(p),
      cross: crossEntropy(p, q),
      pq: divergence(p, q),
      qp: divergence(q, p),
    };
    const widest = Math.max(1.2, ...Object.values(found).filter(Number.isFinite));
    for (const { which, value, bar, base } of measures) {
      const amount = found[which];
      value.textContent = t('nats', { value: n(amount) });
      const share = (x: number) => `${Math.min(100, (100 * (Number.isFinite(x) ? x : widest)) / widest)}%`;
      // The cross-entropy is the entropy, and on top of it the divergence.
      base.style.width = which === 'cross' ? share(found.entropy) : '0';
      bar.style.left = which === 'cross' ? share(found.entropy) : '0';
      bar.style.width = which === 'cross' ? share(found.pq) : share(amount);
    }
    remark.textContent = !Number.isFinite(found.pq)
      ? t('infinite')
      : found.pq < 0.0005
        ? t('perfect')
        : t('perplexity', { count: n(Math.exp(found.entropy), 1) });
    remark.classList.toggle('alight', found.pq < 0.0005);
    tally.textContent = [
      t('drawn', { count: now.draws }),
      last === null ? '' : t('last', { name: names[last] ?? '' }),
      now.draws > 0 ? t('far', { percent: percent(farOff(p, counts)) }) : '',
    ]
      .filter(Boolean)
      .join(' · ');
    goOn.hidden = now.source !== 'model' || last === null || last >= SHOWN;
  }

  show();
  if (now.source === 'model') askSoon();
  return {
    update(next) {
      now = next;
      show();
      if (now.source === 'model') askSoon();
    },
    destroy() {
      over = true;
      clearTimeout(timer);
      view.destroy();
    },
    words() {
      const { names, p } = chance();
      if (p.length === 0) return [trouble ? t('failed', { message: trouble }) : t('loading')];
      const q = qOf();
      const best = p.indexOf(Math.max(...p));
      return [
        now.source === 'model'
          ? t('wordsText', { text: textOf(), name: names[best] ?? '', percent: percent(p[best] as number) })
          : t('wordsSource', { name: t(now.source), count: p.length }),
        t('wordsMeasures', { entropy: n(entropy(p)), cross: n(crossEntropy(p, q)), pq: n(divergence(p, q)) }),
        t('wordsReverse', { qp: n(divergence(q, p)) }),
        ...(now.draws > 0
          ? [
              t('wordsSample', {
                count: formatInteger(locale, now.draws),
                percent: percent(farOff(p, sample().counts)),
              }),
            ]
          : []),
      ];
    },
    table() {
      const { names, p } = chance();
      const q = qOf();
      const terms = termsOf(p, q);
      const { counts } = sample();
      return {
        caption: t('table'),
        columns: [t('name'), 'P', 'Q', t('surprise'), t('term'), t('times')],
        rows: names.map((name, i) => [
          name,
          n(p[i] as number),
          n(q[i] as number),
          n(-Math.log(p[i] as number)),
          n(terms[i] as number),
          counts[i] as number,
        ]),
      };
    },
  };
}
