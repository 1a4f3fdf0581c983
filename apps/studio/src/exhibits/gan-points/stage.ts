import { markers } from '../support/colors.ts';
import { h, s } from '../support/dom.ts';
import { type Palette, paintPixels } from '../support/pixels.ts';
import type { GanView } from './compute.ts';
import { type Point, REACH } from './distributions.ts';
import type { GanState, GanTranslate } from './exhibit.ts';
import { ALONG, LINES, PLACES } from './grid.ts';

/** Units a side of the drawing. */
const SIDE = 400;
const place = (value: number): number => (SIDE / 2) * (1 + value / REACH);
const fixed = (value: number): string => value.toFixed(1);

/** A path with a marker at each point, of x and y in turns. */
export function scatter(points: ArrayLike<number>, marker: string, scale: number, most = Infinity): string {
  let path = '';
  // The markers are drawn around the origin: each is moved by a relative step, which their own coordinates do not know of.
  for (let i = 0; i < Math.min(points.length / 2, most); i++) {
    const [x, y] = [place(points[2 * i] as number), place(-(points[2 * i + 1] as number))];
    path +=
      marker === 'square'
        ? `M${fixed(x - scale)} ${fixed(y - scale)}h${2 * scale}v${2 * scale}h${-2 * scale}Z`
        : `M${fixed(x - scale)} ${fixed(y)}a${scale} ${scale} 0 1 0 ${2 * scale} 0a${scale} ${scale} 0 1 0 ${-2 * scale} 0Z`;
  }
  return path;
}

/** Short lines from made points towards where they are pulled, with heads; the longest of them about as long as a thumb. */
export function arrowPath(points: ArrayLike<number>, pull: ArrayLike<number>, every: number): string {
  const lengths: number[] = [];
  for (let i = 0; i < pull.length / 2; i++)
    lengths.push(Math.hypot(pull[2 * i] as number, pull[2 * i + 1] as number));
  const usual = [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length * 0.8)] ?? 0;
  if (!(usual > 0)) return '';
  let path = '';
  for (let i = 0; i < points.length / 2; i += every) {
    const length = lengths[i] ?? 0;
    const size = 26 * Math.min(1.4, length / usual);
    if (size < 3) continue;
    const [x, y] = [place(points[2 * i] as number), place(-(points[2 * i + 1] as number))];
    const [u, v] = [(pull[2 * i] as number) / length, -(pull[2 * i + 1] as number) / length];
    const [tx, ty] = [x + u * size, y + v * size];
    path +=
      `M${fixed(x)} ${fixed(y)}L${fixed(tx)} ${fixed(ty)}` +
      `M${fixed(tx - 5 * u + 3 * v)} ${fixed(ty - 5 * v - 3 * u)}L${fixed(tx)} ${fixed(ty)}L${fixed(tx - 5 * u - 3 * v)} ${fixed(ty - 5 * v + 3 * u)}`;
  }
  return path;
}

/** The lines of the noise's grid, bent. */
export function gridPath(grid: ArrayLike<number>): string {
  let path = '';
  for (let line = 0; line < 2 * LINES; line++)
    for (let at = 0; at < ALONG; at++) {
      const i = 2 * (line * ALONG + at);
      path += `${at === 0 ? 'M' : 'L'}${fixed(place(grid[i] as number))} ${fixed(place(-(grid[i + 1] as number)))}`;
    }
  return path;
}

export interface Mystery {
  readonly x: number;
  readonly y: number;
}

/** The plane: what the discriminator thinks of every place, real points, made points, how they are pulled, the bent grid. */
export function stage(
  t: GanTranslate,
  paint: (point: Point) => void,
): {
  element: HTMLElement;
  /** Before anything has been computed: the real points. */
  prepare(real: ArrayLike<number>): void;
  show(
    view: GanView,
    made: ArrayLike<number>,
    state: GanState,
    palette: Palette,
    mystery: Mystery | null,
  ): void;
} {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const [grid, real, made, arrows] = ['gan-grid', 'gan-real', 'gan-made', 'gan-arrows'].map((name) =>
    s('path', { class: name }),
  ) as [SVGPathElement, SVGPathElement, SVGPathElement, SVGPathElement];
  const pen = s('path', { d: markers[4], class: 'gan-pen' });
  const unknown = s(
    'g',
    { class: 'gan-unknown' },
    s('circle', { r: 13 }),
    s('text', { y: 6, 'text-anchor': 'middle' }, '?'),
  );
  const svg = s(
    'svg',
    { viewBox: `0 0 ${SIDE} ${SIDE}`, 'aria-hidden': 'true' },
    grid,
    real,
    made,
    arrows,
    pen,
    unknown,
  );
  const element = h('div', { class: 'gan-stage' }, canvas, svg);
  let drawing = false;
  let cursor: Point = [0, 0];

  const movePen = (x: number, y: number) => {
    const inside = (value: number) => Math.max(-1.4, Math.min(1.4, value));
    cursor = [inside(x), inside(y)];
    pen.setAttribute('transform', `translate(${place(cursor[0])} ${place(-cursor[1])})`);
  };
  movePen(0, 0);
  const at = (event: PointerEvent): Point => {
    const area = element.getBoundingClientRect();
    return [
      REACH * ((2 * (event.clientX - area.left)) / area.width - 1),
      -REACH * ((2 * (event.clientY - area.top)) / area.height - 1),
    ];
  };
  const put = (event: PointerEvent) => {
    movePen(...at(event));
    paint(cursor);
  };
  element.addEventListener('pointerdown', (event) => {
    if (!drawing) return;
    element.setPointerCapture(event.pointerId);
    put(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (drawing && event.buttons > 0) put(event);
  });
  element.addEventListener('keydown', (event) => {
    if (!drawing) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (step) movePen(cursor[0] + 0.1 * (step[0] ?? 0), cursor[1] + 0.1 * (step[1] ?? 0));
    else if (event.key === ' ' || event.key === 'Enter') paint(cursor);
    else return;
    event.preventDefault();
  });

  pen.style.display = 'none';
  unknown.style.display = 'none';
  return {
    element,
    prepare(points) {
      canvas.hidden = true;
      real.setAttribute('d', scatter(points, 'square', 2.6));
    },
    show(view, points, state, palette, mystery) {
      drawing = state.kind === 'drawn' && !mystery;
      element.classList.toggle('drawing', drawing);
      element.tabIndex = drawing ? 0 : -1;
      element.setAttribute('role', drawing ? 'application' : 'img');
      element.setAttribute('aria-label', t(drawing ? 'stageDrawing' : 'stage'));
      canvas.hidden = !state.surface || mystery !== null;
      if (!canvas.hidden)
        paintPixels(canvas, view.opinion, PLACES, (opinion) => palette.diverging(0.9 * (1 - 2 * opinion)));
      real.setAttribute('d', scatter(view.real, 'square', 2.6));
      made.setAttribute('d', mystery ? '' : scatter(points, 'circle', 3.2));
      const now = points === view.made && !mystery;
      arrows.setAttribute('d', now && state.arrows ? arrowPath(view.made, view.pull, 5) : '');
      grid.setAttribute('d', now && state.grid ? gridPath(view.grid) : '');
      pen.style.display = drawing ? '' : 'none';
      unknown.style.display = mystery ? '' : 'none';
      if (mystery) unknown.setAttribute('transform', `translate(${place(mystery.x)} ${place(-mystery.y)})`);
    },
  };
}

/** The same plane as small as a stamp: the made points of one step over the real ones. */
export function stamp(real: ArrayLike<number>, made: ArrayLike<number>): SVGSVGElement {
  return s(
    'svg',
    { viewBox: `0 0 ${SIDE} ${SIDE}`, 'aria-hidden': 'true' },
    s('path', { class: 'gan-real', d: scatter(real, 'square', 4, 120) }),
    s('path', { class: 'gan-made', d: scatter(made, 'circle', 7) }),
  );
}
