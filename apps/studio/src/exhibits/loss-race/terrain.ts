import { onThemeChange } from '../support/colors.ts';
import { h, s } from '../support/dom.ts';
import { paintPixels, readPalette } from '../support/pixels.ts';
import { type Plane, plane } from '../support/plane.ts';
import { contourOf, levelsOf, type Relief, TALL, WIDE } from './surfaces.ts';

/** The map: heights as colours, lines of equal height above them, and room for what moves. */
export function terrain(label: string, draw: () => void) {
  const canvas = h('canvas', { class: 'lr-heights', 'aria-hidden': 'true' });
  const lines = s('path', { class: 'lr-contours' });
  const marks = s('g');
  let relief: Relief | null = null;
  const on: Plane = plane({
    label,
    x: [-WIDE, WIDE],
    y: [-TALL, TALL],
    className: 'lr-map',
    draw() {
      drawLines();
      draw();
    },
  });
  on.element.prepend(canvas);
  on.svg.append(lines, marks);

  function drawLines(): void {
    if (!relief || on.width === 0) return;
    const pieces: string[] = [];
    for (const level of levelsOf(relief))
      for (const [[x1, y1], [x2, y2]] of contourOf(relief, level))
        pieces.push(
          `M${on.x(x1).toFixed(1)} ${on.y(y1).toFixed(1)}L${on.x(x2).toFixed(1)} ${on.y(y2).toFixed(1)}`,
        );
    lines.setAttribute('d', pieces.join(''));
  }
  function paint(): void {
    if (!relief) return;
    const { lowest, highest, values, columns } = relief;
    const palette = readPalette(on.element);
    // Only the lighter half of the ramp: balls and lines have to be seen upon it.
    paintPixels(canvas, values, columns, (value) =>
      palette.sequential(0.62 * Math.sqrt(Math.max(0, value - lowest) / (highest - lowest || 1))),
    );
  }
  const unwatch = onThemeChange(paint);
  return {
    plane: on,
    marks,
    show(next: Relief) {
      relief = next;
      paint();
      drawLines();
    },
    destroy() {
      unwatch();
      on.destroy();
    },
  };
}
