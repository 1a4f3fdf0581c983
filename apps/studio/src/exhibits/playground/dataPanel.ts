import type { Locale } from '../../i18n/locale.ts';
import { formatFixed, formatInteger, formatPercent } from '../../i18n/numbers.ts';
import { markers } from '../support/colors.ts';
import { button, choice, slider, toggle } from '../support/controls.ts';
import { h, s, uniqueId } from '../support/dom.ts';
import { readCsv } from './csv.ts';
import { pointsOf } from './datasets.ts';
import { colorOf } from './look.ts';
import type { Say } from './messages.ts';
import { classesOf, type DataName, dataNames, type PlaygroundState, taskOf } from './state.ts';

/** What a touch on the board places: a class or a value; or `null`, which takes away. */
export type Brush = number | null;

const values = [-1, -0.5, 0, 0.5, 1] as const;

/** The data: which, how many, how noisy; the brush for own points; and rows that somebody brings. */
export function createDataPanel(
  initial: PlaygroundState,
  locale: Locale,
  t: Say,
  edits: { change(changes: Partial<PlaygroundState>): void },
  wide: boolean,
) {
  let state = initial;
  let brush: Brush = 1;

  const thumbnails = new Map<DataName, SVGSVGElement>();
  const drawThumbnail = (name: DataName) => {
    const svg = thumbnails.get(name);
    if (!svg || (name === 'own' && svg.childElementCount > 0 && state.data !== 'own')) return;
    const points = pointsOf({ ...state, data: name, count: 70, noise: Math.min(state.noise, 0.15) });
    const classes = classesOf(points, name === 'own' ? state.task : taskOf({ data: name, task: 'classes' }));
    svg.replaceChildren(
      ...points.slice(0, 90).map(([x, y, label]) =>
        s('path', {
          d: markers[classes === 1 ? 0 : label % markers.length],
          transform: `translate(${x * 24} ${-y * 24}) scale(.34)`,
          style: { fill: colorOf(label, classes) },
        }),
      ),
    );
  };
  const name = uniqueId('data');
  const radios = dataNames.map((data) => {
    const input = h('input', { type: 'radio', name, value: data });
    input.checked = data === initial.data;
    input.addEventListener('change', () => {
      if (data !== 'own') edits.change({ data });
      // Own points begin with those that are there.
      else edits.change({ data, task: taskOf(state), own: [...pointsOf(state)] });
    });
    const svg = s('svg', { viewBox: '-27 -27 54 54', 'aria-hidden': 'true' });
    thumbnails.set(data, svg);
    return { data, input, element: h('label', { class: 'pg-data' }, input, svg, h('span', {}, t(data))) };
  });

  const noise = slider({
    label: t('noise'),
    min: 0,
    max: 0.5,
    step: 0.02,
    value: initial.noise,
    format: (value) => formatFixed(locale, value, 2),
    onInput: (value) => edits.change({ noise: value }),
  });
  const count = slider({
    label: t('count'),
    min: 20,
    max: 400,
    step: 20,
    value: initial.count,
    format: (value) => formatInteger(locale, value),
    onInput: (value) => edits.change({ count: value }),
  });
  const held = slider({
    label: t('held'),
    min: 0.1,
    max: 0.9,
    step: 0.1,
    value: initial.held,
    format: (value) => formatPercent(locale, value),
    onInput: (value) => edits.change({ held: value }),
  });
  const shown = toggle({
    label: t('showHeld'),
    value: initial.showHeld,
    onToggle: (value) => edits.change({ showHeld: value }),
  });

  const brushes = h('div', { class: 'pg-brushes' });
  const drawBrushes = () => {
    const task = taskOf(state);
    const choices = [
      ...(task === 'classes'
        ? [0, 1, 2, 3].map((label) => ({
            value: String(label),
            label: t('classNumber', { number: label + 1 }),
          }))
        : values.map((value) => ({ value: String(value), label: formatFixed(locale, value, 1) }))),
      { value: 'erase', label: t('erase') },
    ];
    if (brush !== null && !choices.some(({ value }) => value === String(brush))) brush = 1;
    const picker = choice({
      label: t('brush'),
      choices,
      value: brush === null ? 'erase' : String(brush),
      onChoose: (value) => {
        brush = value === 'erase' ? null : Number(value);
      },
    });
    brushes.replaceChildren(h('p', { class: 'hint' }, t('brush')), picker.element);
  };

  // Rows that somebody brings.
  const text = h('textarea', {
    class: 'inp pg-csv',
    rows: 5,
    spellcheck: 'false',
    placeholder: 'x,y,clase\n0.2,0.7,a\n0.9,0.1,b',
  });
  const verdict = h('p', { class: 'small', role: 'status' });
  const take = (rows: string) => {
    const read = readCsv(rows);
    verdict.className = read.ok ? 'small' : 'small errtext';
    if (!read.ok) {
      verdict.textContent = t(read.reason);
      return;
    }
    verdict.textContent = [
      t('csvDone', { count: read.points.length, skipped: read.skipped, cut: read.cut }),
      ...(read.classes.length > 0
        ? [t('csvNames', { names: read.classes.map((one, i) => `${i + 1} = ${one}`).join(', ') })]
        : []),
    ].join(' ');
    edits.change({ data: 'own', task: read.task, own: [...read.points] });
  };
  const takeFile = async (file: File | undefined) => {
    // Of a file that is too long, as much as shows that it is.
    if (file) take(await file.slice(0, 400_000).text());
  };
  const file = h('input', {
    type: 'file',
    accept: '.csv,.tsv,.txt,text/csv,text/plain',
    class: 'sr',
    tabindex: -1,
  });
  file.addEventListener('change', () => void takeFile(file.files?.[0]));
  const csv = h(
    'details',
    { class: 'pg-bring' },
    h('summary', {}, t('csvOpen')),
    h('label', { class: 'field' }, h('span', { class: 'hint' }, t('csvLabel')), text),
    h(
      'div',
      { class: 'row' },
      button(t('csvUse'), () => take(text.value)),
      button(t('csvFile'), () => file.click(), { kind: 'plain' }),
      file,
    ),
    verdict,
  );
  csv.addEventListener('dragover', (event) => event.preventDefault());
  csv.addEventListener('drop', (event) => {
    event.preventDefault();
    const dropped = event.dataTransfer?.files[0];
    if (dropped) void takeFile(dropped);
    else take(event.dataTransfer?.getData('text/plain') ?? '');
  });

  const element = h(
    'div',
    { class: 'pg-panel pg-datapanel' },
    h(
      'fieldset',
      { class: 'pg-datas' },
      h('legend', {}, t('dataLegend')),
      radios.map((radio) => radio.element),
    ),
    h(
      'details',
      { class: 'pg-more', open: wide },
      h('summary', {}, t('dataMore')),
      h('div', { class: 'pg-dials' }, noise.element, count.element, held.element, shown.element),
      csv,
    ),
  );
  const draw = (next: PlaygroundState) => {
    const before = state;
    state = next;
    for (const { data, input } of radios) input.checked = data === next.data;
    noise.set(next.noise);
    count.set(next.count);
    held.set(next.held);
    shown.set(next.showHeld);
    if (taskOf(before) !== taskOf(next)) drawBrushes();
    if (before.noise !== next.noise || before.seed !== next.seed)
      for (const data of dataNames) drawThumbnail(data);
    else if (before.own !== next.own) drawThumbnail('own');
  };
  drawBrushes();
  for (const data of dataNames) drawThumbnail(data);
  return {
    element,
    brushes,
    draw,
    brush: (): Brush => brush,
    /** A brush by its number, from the keyboard. */
    choose(number: number) {
      const input = brushes.querySelectorAll('input')[number];
      input?.click();
    },
  };
}
