import { formatFixed, formatSignificant } from '../../i18n/numbers.ts';
import type { ExhibitContext, MountedExhibit } from '../exhibit.ts';
import { button, slider } from '../support/controls.ts';
import { h, uniqueId } from '../support/dom.ts';
import { ExpressionError } from '../support/expression.ts';
import type { Recorded } from './compute.ts';
import type { BackpropState, BackpropTranslate } from './exhibit.ts';
import {
  askedOf,
  consumersOf,
  formulaNames,
  formulas,
  type GraphNode,
  graphOf,
  isNear,
  MOST_NODES,
  readFormula,
  variables,
} from './graph.ts';
import { type CardFace, graphView } from './graphView.ts';
import { readNumber } from './readNumber.ts';

/** Without the zeros at the end: `0,5`, `10`. */
const trimmed = (text: string) => (/[.,]\d*$/.test(text) ? text.replace(/[.,]?0+$/, '') : text);

/** The board: a graph whose gradients the learner says one after another, from the end; the engine recorded them all. */
export function mountBoard(
  t: BackpropTranslate,
  element: HTMLElement,
  first: BackpropState,
  context: ExhibitContext<BackpropState>,
): MountedExhibit<BackpropState> {
  const { locale } = context;
  const n = (value: number) =>
    Math.abs(value) >= 1e4 ? formatSignificant(locale, value, 3) : trimmed(formatFixed(locale, value, 3));
  let now = first;
  let nodes: GraphNode[] = graphOf(readFormula(formulas.neuron));
  let found: Recorded | null = null;
  let hinted = false;
  let said: { text: string; right: boolean | null } | null = null;
  let over = false;
  const engine = context.compute<typeof import('./compute.ts')>();

  const view = graphView(t('graph'));
  const buttons = new Map(
    ([...formulaNames, 'own'] as const).map((name) => [
      name,
      h(
        'button',
        {
          type: 'button',
          class: 'btn plain sm bp-choice',
          onclick: () => change({ formula: name, answers: [] }),
        },
        t(name),
      ),
    ]),
  );
  const problemId = uniqueId('formula-problem');
  const written = h('input', {
    class: 'inp bp-own',
    maxlength: 120,
    spellcheck: 'false',
    autocapitalize: 'off',
    'aria-label': t('write'),
    'aria-describedby': problemId,
    oninput: () => change({ own: written.value, answers: [] }),
  });
  const problem = h('p', { class: 'hint', id: problemId, role: 'status' });
  const ownPart = h(
    'div',
    { class: 'bp-ownpart' },
    h('div', { class: 'bp-write' }, t('write'), written),
    problem,
  );
  const formulaLine = h('p', { class: 'bp-formula' });
  const sliders = variables.map((name, i) =>
    slider({
      label: name,
      min: -3,
      max: 3,
      step: 0.1,
      value: now.values[i] as number,
      format: (value) => formatFixed(locale, value, 1),
      onInput: (value) => {
        const values = now.values.map((old, k) => (k === i ? value : old)) as BackpropState['values'];
        // Whoever has said all of them may watch how they change; before that, other numbers are another round.
        change({ values, ...(isDone() ? {} : { answers: [] }) });
      },
    }),
  );
  const inputs = h(
    'div',
    { class: 'bp-inputs', role: 'group', 'aria-label': t('inputs') },
    sliders.map(({ element: each }) => each),
  );
  const question = h('p', { class: 'bp-question' });
  const guess = h('input', {
    class: 'inp bp-guess',
    inputmode: 'text',
    autocomplete: 'off',
    onkeydown: (event: KeyboardEvent) => {
      if (event.key === 'Enter') answer();
    },
  });
  const hint = h('div', { class: 'bp-hint' });
  const verdict = h('p', { class: 'bp-verdict', role: 'status' });
  const score = h('output', { class: 'bp-score' });
  const hintButton = button(t('hint'), () => {
    hinted = true;
    show();
  });
  const asking = h(
    'div',
    { class: 'bp-asking' },
    question,
    h(
      'div',
      { class: 'row' },
      guess,
      button(t('check'), answer, { kind: 'go' }),
      hintButton,
      button(t('giveUp'), () => void settle(null), { kind: 'plain' }),
    ),
    hint,
  );
  const panel = h(
    'div',
    { class: 'bp-panel' },
    h('div', { class: 'bp-scoreline' }, h('span', { class: 'hint' }, t('scoreLabel')), score),
    verdict,
    asking,
    button(t('again'), () => change({ answers: [] }), { kind: 'plain' }),
  );
  element.append(
    h(
      'div',
      { class: 'ex-tools' },
      h('div', { class: 'bp-choices', role: 'group', 'aria-label': t('formula') }, [...buttons.values()]),
      ownPart,
    ),
    h(
      'div',
      { class: 'bp' },
      formulaLine,
      view.element,
      h('div', { class: 'bp-below' }, panel, inputs),
      h('p', { class: 'hint' }, t('keys')),
    ),
  );

  const textOf = (state: BackpropState) => (state.formula === 'own' ? state.own : formulas[state.formula]);
  const asked = () => askedOf(nodes);
  const isDone = () => now.answers.length >= asked().length;
  const current = () => asked()[now.answers.length];
  /** Without the brackets around all of it. */
  const named = (id: number) => {
    const { text = '' } = nodes[id] ?? {};
    return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  };

  function change(part: Partial<BackpropState>): void {
    const before = JSON.stringify([textOf(now), now.values]);
    now = { ...now, ...part };
    if (part.answers?.length === 0) {
      hinted = false;
      said = null;
      guess.value = '';
      context.showFaces(null);
    }
    read();
    show();
    context.changed(now);
    if (JSON.stringify([textOf(now), now.values]) !== before) record();
  }

  /** Reads the formula; one that cannot be read leaves the graph of the last that could. */
  function read(): void {
    problem.className = 'hint';
    problem.textContent = t('writeHelp');
    written.setAttribute('aria-invalid', 'false');
    try {
      const next = graphOf(readFormula(textOf(now)));
      const wrong =
        next.length > MOST_NODES
          ? 'tooLong'
          : next.some(({ kind }) => kind === 'variable')
            ? null
            : 'noVariable';
      if (wrong) complain(t(wrong));
      else nodes = next;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      complain(t(error.problem, { found: error.found }));
    }
  }
  function complain(text: string): void {
    problem.className = 'errtext';
    problem.textContent = text;
    written.setAttribute('aria-invalid', 'true');
  }
  const isReadable = () => written.getAttribute('aria-invalid') === 'false';

  let wanted = 0;
  let recording: Promise<void> = Promise.resolve();
  const record = () => {
    recording = recordNow();
  };
  async function recordNow(): Promise<void> {
    if (!isReadable()) return;
    const turn = ++wanted;
    if (nodes.length !== found?.values.length) found = null;
    const result = await (await engine).record(textOf(now), now.values);
    if (over || turn !== wanted) return;
    found = result;
    show();
    context.changed(now);
  }

  /** How a gradient comes about: what comes from behind times the local derivative, along every path. */
  const paths = (id: number) =>
    consumersOf(nodes, id).map(([consumer, place]) => ({
      consumer,
      above: found?.gradients[consumer] ?? Number.NaN,
      local: found?.locals[consumer]?.[place] ?? Number.NaN,
    }));
  const whyOf = (id: number) =>
    paths(id)
      .map(({ above, local }) => `${signed(above)} × ${signed(local)}`)
      .join(' + ');
  const signed = (value: number) => (value < 0 ? `(${n(value)})` : n(value));

  function answer(): void {
    const value = readNumber(guess.value);
    if (value === null) {
      said = { text: t('notNumber'), right: null };
      show();
      guess.focus();
      return;
    }
    void settle(value);
  }
  let settling = false;
  async function settle(value: number | null): Promise<void> {
    if (settling) return;
    // Whoever is quicker than the engine is not passed over.
    settling = true;
    await recording;
    settling = false;
    const id = current();
    if (over || id === undefined || !found) return;
    const gradient = found.gradients[id] as number;
    const right = value !== null && isNear(value, gradient);
    const told = { text: named(id), value: n(gradient), why: whyOf(id) };
    said = {
      right: value === null ? null : right,
      text:
        value === null
          ? t('shown', told)
          : right
            ? t('right', told)
            : t('wrong', { ...told, guess: n(value) }),
    };
    hinted = false;
    guess.value = '';
    now = { ...now, answers: [...now.answers, { guess: value, right }] };
    show();
    context.changed(now);
    if (!isDone()) guess.focus();
  }

  function faceOf(id: number): CardFace {
    const node = nodes[id] as GraphNode;
    const order = asked().indexOf(id);
    const last = id === nodes.length - 1;
    const known = last || (order >= 0 && order < now.answers.length);
    const text = named(id);
    const value = found ? n(found.values[id] as number) : '…';
    const gradient = known && found ? n(found.gradients[id] as number) : null;
    const state = last
      ? 'known'
      : node.kind === 'constant'
        ? 'quiet'
        : known
          ? now.answers[order]?.right
            ? 'right'
            : 'wrong'
          : id === current()
            ? 'asked'
            : 'quiet';
    return {
      value,
      gradient,
      state,
      label:
        gradient !== null
          ? t('nodeGradient', { text, value, gradient })
          : t(state === 'asked' ? 'nodeAsked' : 'node', { text, value }),
      press() {
        if (state === 'asked') guess.focus();
        else if (gradient !== null) void openFaces(id);
      },
    };
  }
  async function openFaces(id: number): Promise<void> {
    const faces = await (await engine).faces(textOf(now), now.values, id, named(id).replaceAll(' ', ''));
    if (!over) context.showFaces(faces);
  }

  function show(): void {
    for (const [name, each] of buttons) each.setAttribute('aria-pressed', String(name === now.formula));
    ownPart.hidden = now.formula !== 'own';
    if (written !== document.activeElement) written.value = now.own;
    sliders.forEach((each, i) => {
      each.set(now.values[i] as number);
      each.element.hidden = !nodes.some(({ label, kind }) => kind === 'variable' && label === variables[i]);
    });
    formulaLine.textContent = `L = ${named(nodes.length - 1)}${found ? ` = ${n(found.values.at(-1) as number)}` : ''}`;
    view.show(
      nodes,
      nodes.map((_, id) => faceOf(id)),
    );
    const id = current();
    const right = now.answers.filter((each) => each.right).length;
    const count = asked().length;
    score.textContent = t('score', { right, count });
    asking.hidden = id === undefined;
    verdict.className = `bp-verdict ${said?.right === true ? 'right' : said?.right === false ? 'wrong' : ''}`;
    verdict.textContent = [said?.text, isDone() ? t('done', { right, count }) : said ? '' : t('first')]
      .filter(Boolean)
      .join(' ');
    if (id === undefined) return;
    question.textContent = t('question', { text: named(id) });
    guess.setAttribute('aria-label', t('guess', { text: named(id) }));
    guess.placeholder = `∂L/∂${named(id)}`;
    hintButton.hidden = hinted;
    hint.hidden = !hinted;
    if (hinted && found) {
      const all = paths(id);
      hint.replaceChildren(
        h('p', {}, all.length > 1 ? t('hintSum', { count: all.length }) : t('hintRule')),
        ...all.map(({ consumer, above, local }) =>
          h(
            'p',
            { class: 'bp-path' },
            t('hintPath', {
              consumer: nodes[consumer]?.label ?? '',
              above: signed(above),
              local: signed(local),
            }),
          ),
        ),
      );
    }
  }

  read();
  show();
  record();
  return {
    update(next) {
      now = next;
      said = null;
      hinted = false;
      read();
      show();
      record();
    },
    destroy() {
      over = true;
      view.destroy();
    },
    words() {
      const known = asked().slice(0, now.answers.length);
      const id = current();
      const result = found?.values.at(-1);
      return [
        ...(result === undefined
          ? []
          : [t('wordsFormula', { text: named(nodes.length - 1), value: n(result) })]),
        ...variables.flatMap((name, i) =>
          nodes.some(({ label, kind }) => kind === 'variable' && label === name)
            ? [t('wordsInput', { name, value: n(now.values[i] as number) })]
            : [],
        ),
        ...(found
          ? known.map((each) =>
              t('wordsKnown', { text: named(each), value: n(found?.gradients[each] as number) }),
            )
          : []),
        ...(id === undefined ? [] : [t('wordsNext', { text: named(id) })]),
      ];
    },
    table() {
      const order = asked();
      return {
        caption: t('table'),
        columns: [t('nodeName'), t('value'), t('gradient'), t('differenceName'), t('yours')],
        rows: nodes.map((node, id) => {
          const place = order.indexOf(id);
          const last = id === nodes.length - 1;
          const known = found !== null && (last || (place >= 0 && place < now.answers.length));
          const guessed = now.answers[place]?.guess;
          return [
            named(id),
            found ? n(found.values[id] as number) : '…',
            node.kind === 'constant' ? '—' : known ? n(found?.gradients[id] as number) : t('hidden'),
            node.kind === 'constant'
              ? '—'
              : known
                ? n(last ? 1 : (found?.differences[id] as number))
                : t('hidden'),
            guessed === undefined || guessed === null ? '' : n(guessed),
          ];
        }),
      };
    },
  };
}
