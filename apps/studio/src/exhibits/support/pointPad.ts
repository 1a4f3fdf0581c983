import './pointPad.css';
import { s } from './dom.ts';
import type { Plane, Point } from './plane.ts';

/** Where one puts points on a plane: by pointer, or by moving a cross with the arrow keys and pressing Enter or the space bar. */
export interface PointPad {
  readonly element: SVGGElement;
  /** As large as the plane is now, and there only while points are placed. */
  draw(placing: boolean): void;
}

const moves: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * Makes a pad that covers a plane, which need not be there yet.
 *
 * @param options.start where the cross begins, in the plane's own numbers
 * @param options.step how far a key moves it
 */
export function pointPad(options: {
  on(): Plane;
  label: string;
  start: Point;
  step: number;
  onPlace(place: Point): void;
}): PointPad {
  let cursor = options.start;
  const pad = s('rect', { class: 'ex-pad', tabindex: 0, role: 'application', 'aria-label': options.label });
  const cross = s('path', { d: 'M-9 0H-3M3 0H9M0-9V-3M0 3V9', class: 'ex-pad-cross' });
  const element = s('g', {}, pad, cross);
  const drawCross = () => {
    const on = options.on();
    cross.setAttribute('transform', `translate(${on.x(cursor[0])} ${on.y(cursor[1])})`);
  };
  pad.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    options.onPlace(options.on().at(event));
    event.preventDefault();
  });
  pad.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (move) cursor = [cursor[0] + move[0] * options.step, cursor[1] + move[1] * options.step];
    else if (event.key === 'Enter' || event.key === ' ') options.onPlace(cursor);
    else return;
    event.preventDefault();
    drawCross();
  });
  return {
    element,
    draw(placing) {
      const { width, height } = options.on();
      pad.setAttribute('width', String(width));
      pad.setAttribute('height', String(height));
      element.style.display = placing ? '' : 'none';
      drawCross();
    },
  };
}
