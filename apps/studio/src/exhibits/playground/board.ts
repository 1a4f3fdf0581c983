import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import { markers } from '../support/colors.ts';
import { h, s } from '../support/dom.ts';
import { colorOf } from './look.ts';
import type { Say } from './messages.ts';
import type { DataPoint } from './state.ts';

export interface BoardPoint {
  readonly point: DataPoint;
  /** Set aside for validation: drawn hollow. */
  readonly held: boolean;
}

/** What somebody does to the points. */
export interface BoardEdits {
  place(x: number, y: number): void;
  /** A point that is dragged, by its number; `done` when it is let go. */
  move(index: number, x: number, y: number, done: boolean): void;
  remove(index: number): void;
  /** A brush by its number from the keyboard. */
  brush(number: number): void;
  /** Whether a touch takes points away. */
  erases(): boolean;
  /** What a point placed now would be called. */
  named(): string;
}

const inside = (value: number) => Math.max(-1, Math.min(1, value));
const short = (value: number) => Math.round(value * 1000) / 1000;

/** The square with the points: a canvas for what the network thinks, the points above it, touched and walked by keys. */
export function createBoard(locale: Locale, t: Say, edits: BoardEdits) {
  const canvas = h('canvas', { class: 'pg-surface', 'aria-hidden': 'true' });
  const marks = s('g');
  const cross = s('path', { d: 'M-9 0H-3M3 0H9M0-9V-3M0 3V9', class: 'pg-cross' });
  const svg = s(
    'svg',
    { viewBox: '-105 -105 210 210', class: 'pg-points', 'aria-hidden': 'true' },
    marks,
    cross,
  );
  const said = h('p', { class: 'sr', 'aria-live': 'polite' });
  const element = h(
    'div',
    {
      class: 'pg-board',
      tabindex: 0,
      role: 'application',
      'aria-label': t('boardLabel', { help: t('boardHelp') }),
    },
    canvas,
    svg,
    said,
  );
  let points: readonly BoardPoint[] = [];
  let classes = 2;
  let [cursorX, cursorY] = [0, 0];
  let dragged: number | null = null;

  const n = (value: number) => formatFixed(locale, value, 2);
  const moveCross = () => cross.setAttribute('transform', `translate(${cursorX * 100} ${-cursorY * 100})`);
  moveCross();

  const drawPoint = ({ point: [x, y, label], held }: BoardPoint) => {
    const color = colorOf(label, classes);
    return s('path', {
      d: markers[classes === 1 ? 0 : label % markers.length],
      transform: `translate(${short(x * 100)} ${short(-y * 100)}) scale(.62)`,
      style: held ? { stroke: color, fill: 'var(--surface)' } : { fill: color },
      class: held ? 'pg-held' : 'pg-train',
    });
  };

  /** Where a pointer is, in the points' own measure. */
  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const box = svg.getBoundingClientRect();
    const scale = 2.1 / box.width;
    return [
      short(inside((event.clientX - box.left) * scale - 1.05)),
      short(inside(1.05 - (event.clientY - box.top) * scale)),
    ];
  };
  const nearest = (x: number, y: number, within: number): number | null => {
    let [best, distance] = [-1, within];
    points.forEach(({ point }, i) => {
      const d = Math.hypot(point[0] - x, point[1] - y);
      if (d < distance) [best, distance] = [i, d];
    });
    return best < 0 ? null : best;
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const [x, y] = placeOf(event);
    const near = nearest(x, y, event.pointerType === 'touch' ? 0.1 : 0.06);
    if (edits.erases()) {
      if (near !== null) edits.remove(near);
    } else if (near !== null) {
      dragged = near;
      element.setPointerCapture(event.pointerId);
    } else edits.place(x, y);
    [cursorX, cursorY] = [x, y];
    moveCross();
    event.preventDefault();
    element.focus({ preventScroll: true });
  });
  element.addEventListener('pointermove', (event) => {
    if (dragged === null) return;
    edits.move(dragged, ...placeOf(event), false);
  });
  const letGo = (event: PointerEvent) => {
    if (dragged === null) return;
    edits.move(dragged, ...placeOf(event), true);
    dragged = null;
  };
  element.addEventListener('pointerup', letGo);
  element.addEventListener('pointercancel', letGo);

  const steps: Record<string, readonly [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  element.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (step) {
      const far = event.shiftKey ? 0.25 : 0.05;
      cursorX = short(inside(cursorX + step[0] * far));
      cursorY = short(inside(cursorY + step[1] * far));
      moveCross();
      said.textContent = t('cursorAt', { x: n(cursorX), y: n(cursorY) });
    } else if (event.key === 'Enter' || event.key === ' ') {
      edits.place(cursorX, cursorY);
      said.textContent = t('placed', { x: n(cursorX), y: n(cursorY), name: edits.named() });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      const near = nearest(cursorX, cursorY, 0.15);
      if (near === null) return;
      edits.remove(near);
      said.textContent = t('removed');
    } else if (/^[1-5]$/.test(event.key)) edits.brush(Number(event.key) - 1);
    else return;
    event.preventDefault();
  });

  return {
    element,
    canvas,
    draw(next: readonly BoardPoint[], count: number, showHeld: boolean) {
      points = next;
      classes = count;
      marks.replaceChildren(...points.filter(({ held }) => showHeld || !held).map(drawPoint));
    },
  };
}
