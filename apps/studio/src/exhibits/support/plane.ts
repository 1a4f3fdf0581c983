import './plane.css';
import { h, s } from './dom.ts';

export type Point = readonly [x: number, y: number];
type Range = readonly [low: number, high: number];

/** A part of the plane on the page, as large as there is room: one unit of its drawing is one pixel, so letters stay legible. */
export interface Plane {
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  /** Where a number stands on the page. */
  x(value: number): number;
  y(value: number): number;
  /** Where a pointer is, in the plane's own numbers. */
  at(event: { readonly clientX: number; readonly clientY: number }): Point;
  /** Another part of the plane. */
  show(x: Range, y: Range): void;
  destroy(): void;
}

/**
 * Makes a plane. `draw` is called whenever its size has changed, and at the beginning as soon as there is one. Without `height`
 * both axes have the same unit.
 */
export function plane(options: {
  label: string;
  x: Range;
  y: Range;
  height?(width: number): number;
  className?: string;
  draw(): void;
}): Plane {
  let { x: rangeX, y: rangeY } = options;
  let [width, height] = [0, 0];
  // A group, not a picture: what is inside can be reached by the keyboard.
  const svg = s('svg', { class: 'ex-plane-svg', role: 'group', 'aria-label': options.label });
  const element = h('div', { class: `ex-plane ${options.className ?? ''}`.trim() }, svg);
  const measure = () => {
    const next = element.clientWidth;
    if (next === 0) return;
    const tall =
      options.height?.(next) ?? (next * (rangeY[1] - rangeY[0])) / Math.max(1e-9, rangeX[1] - rangeX[0]);
    if (next === width && Math.abs(tall - height) < 0.5) return;
    [width, height] = [next, tall];
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.style.height = `${height}px`;
    options.draw();
  };
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  return {
    element,
    svg,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    x: (value) => ((value - rangeX[0]) / (rangeX[1] - rangeX[0])) * width,
    y: (value) => ((rangeY[1] - value) / (rangeY[1] - rangeY[0])) * height,
    at(event) {
      const box = svg.getBoundingClientRect();
      const [right, down] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      return [rangeX[0] + right * (rangeX[1] - rangeX[0]), rangeY[1] - down * (rangeY[1] - rangeY[0])];
    },
    show(x, y) {
      [rangeX, rangeY] = [x, y];
      measure();
    },
    destroy: () => observer.disconnect(),
  };
}

/** A path through points of the plane. */
export function pathOf(on: Plane, points: readonly Point[], closed = false): string {
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${on.x(x).toFixed(1)} ${on.y(y).toFixed(1)}`);
  return path.join('') + (closed ? 'Z' : '');
}

/** The straight lines of a grid, and the two axes, as `path`s. */
export function gridOf(on: Plane, x: Range, y: Range, step = 1): SVGPathElement[] {
  const lines: string[] = [];
  for (let k = Math.ceil(x[0] / step) * step; k <= x[1]; k += step)
    lines.push(
      pathOf(on, [
        [k, y[0]],
        [k, y[1]],
      ]),
    );
  for (let k = Math.ceil(y[0] / step) * step; k <= y[1]; k += step)
    lines.push(
      pathOf(on, [
        [x[0], k],
        [x[1], k],
      ]),
    );
  const axes =
    pathOf(on, [
      [x[0], 0],
      [x[1], 0],
    ]) +
    pathOf(on, [
      [0, y[0]],
      [0, y[1]],
    ]);
  return [
    s('path', { d: lines.join(''), class: 'ex-plane-grid' }),
    s('path', { d: axes, class: 'ex-plane-axes' }),
  ];
}

/** A vector as an arrow whose head ends where the vector does. */
export function arrow(
  on: Plane,
  from: Point,
  to: Point,
  { color, className = '' }: { color: string; className?: string },
): SVGGElement {
  const [x1, y1, x2, y2] = [on.x(from[0]), on.y(from[1]), on.x(to[0]), on.y(to[1])];
  const length = Math.hypot(x2 - x1, y2 - y1);
  const head = Math.min(13, length);
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  return s(
    'g',
    { class: `ex-arrow ${className}`.trim(), style: { color } },
    s('path', {
      d: `M${x1} ${y1}L${x2 - ((x2 - x1) / (length || 1)) * head * 0.8} ${y2 - ((y2 - y1) / (length || 1)) * head * 0.8}`,
    }),
    s('path', {
      d: `M0 0L${-head} ${head * 0.42}L${-head} ${-head * 0.42}Z`,
      class: 'ex-arrow-head',
      transform: `translate(${x2} ${y2}) rotate(${angle})`,
    }),
  );
}

/** A point that is dragged, or moved with the arrow keys (with Shift, in larger steps). */
export interface Handle {
  readonly element: SVGGElement;
  /** Puts it where its point is now. */
  place(): void;
}

export function handle(
  on: Plane,
  options: {
    label: string;
    color: string;
    /** The step of the arrow keys. */
    step: number;
    /** Where it may be. */
    x: Range;
    y: Range;
    /** Where it is. */
    get(): Point;
    move(to: Point): void;
    /** As a screen reader says it. */
    say(point: Point): string;
    /** Whether it only moves sideways. */
    sideways?: boolean;
    radius?: number;
  },
): Handle {
  const radius = options.radius ?? 9;
  const element = s(
    'g',
    {
      class: 'ex-handle',
      role: 'slider',
      tabindex: 0,
      'aria-label': options.label,
      'aria-valuemin': options.x[0],
      'aria-valuemax': options.x[1],
      style: { color: options.color },
    },
    s('circle', { r: 22, class: 'ex-handle-reach' }),
    s('circle', { r: radius + 5, class: 'ex-handle-glow' }),
    s('circle', { r: radius, class: 'ex-handle-dot' }),
  );
  const clamp = (value: number, [low, high]: Range) => Math.max(low, Math.min(high, value));
  const decimals = Math.max(0, Math.ceil(-Math.log10(options.step)));
  const snap = (value: number) =>
    Number((Math.round(value / options.step) * options.step).toFixed(decimals + 1));
  const move = ([x, y]: Point) => options.move([snap(clamp(x, options.x)), snap(clamp(y, options.y))]);

  const place = () => {
    const [x, y] = options.get();
    // What is far outside is still to be reached at the edge.
    const inside = (value: number, size: number) => Math.max(0, Math.min(size, value));
    element.setAttribute(
      'transform',
      `translate(${inside(on.x(x), on.width)} ${inside(on.y(y), on.height)})`,
    );
    element.setAttribute('aria-valuenow', String(x));
    element.setAttribute('aria-valuetext', options.say([x, y]));
  };
  let grip: Point | null = null;
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const [x, y] = on.at(event);
    const [ownX, ownY] = options.get();
    grip = [ownX - x, ownY - y];
    element.setPointerCapture(event.pointerId);
    element.classList.add('held');
    event.preventDefault();
    element.focus({ preventScroll: true });
  });
  element.addEventListener('pointermove', (event) => {
    if (!grip) return;
    const [x, y] = on.at(event);
    move([x + grip[0], y + grip[1]]);
  });
  const letGo = () => {
    grip = null;
    element.classList.remove('held');
  };
  element.addEventListener('pointerup', letGo);
  element.addEventListener('pointercancel', letGo);
  const steps: Record<string, Point> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  element.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const [x, y] = options.get();
    const far = options.step * (event.shiftKey ? 5 : 1);
    // Where there is only one way to go, up is more.
    if (options.sideways) move([x + (step[0] + step[1]) * far, y]);
    else move([x + step[0] * far, y + step[1] * far]);
  });
  return { element, place };
}
