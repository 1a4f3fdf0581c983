import type { ExhibitContext, TableView } from '../exhibit.ts';
import { button } from '../support/controls.ts';
import { h, s } from '../support/dom.ts';
import { arrow, gridOf, handle, type Plane, type Point, pathOf, plane } from '../support/plane.ts';
import type { WarpState, WarpTranslate } from './exhibit.ts';
import {
  alongWhich,
  apply,
  between,
  determinant,
  eigen,
  identity,
  inverse,
  lineAngle,
  type Matrix,
  multiply,
  presetNames,
  presets,
  transpose,
} from './geometry.ts';
import { matrixInput } from './matrixInput.ts';
import { figureOf, squareOf, warpedPlane } from './picture.ts';

/** How much of the plane is seen; on a phone less, and taller. */
const extents = { wide: [4.2, 3], narrow: [3.1, 3.2] } as const;
const SMALL: readonly [number, number] = [4.6, 3.3];
const MOVES = 900;
const limit = (value: number) => Math.max(-9, Math.min(9, Number(value.toFixed(3))));
const ease = (share: number) => share * share * (3 - 2 * share);

/** The picture, the matrices beside it and what is found of them. */
export function mountWarp(
  t: WarpTranslate,
  context: ExhibitContext<WarpState>,
  {
    state,
    change,
    n,
  }: { state: WarpState; change(part: Partial<WarpState>): void; n(value: number): string },
) {
  const extent = extents[matchMedia('(max-width: 760px)').matches ? 'narrow' : 'wide'];
  let now = state;
  /** What is drawn: on the way somewhere while it moves. */
  let drawn: Matrix = now.matrix;
  let frame = 0;
  const still = s('g');
  const alive = s('g');
  const big = plane({
    label: t('plane'),
    x: [-extent[0], extent[0]],
    y: [-extent[1], extent[1]],
    draw: () => draw(),
  });
  const say = ([x, y]: Point) => t('at', { x: n(x), y: n(y) });
  const common = { step: 0.1, x: [-extent[0], extent[0]], y: [-extent[1], extent[1]], say } as const;
  const columns = ([0, 1] as const).map((column) =>
    handle(big, {
      ...common,
      label: t(column === 0 ? 'first' : 'second'),
      color: `var(--cat-${column + 1})`,
      get: () => [drawn[column], drawn[column + 2] as number],
      move([x, y]) {
        stop();
        const [a, b, c, d] = now.matrix;
        change({ matrix: column === 0 ? [x, b, y, d] : [a, x, c, y] });
      },
    }),
  );
  const direction = (degrees: number): Point => [
    Math.cos((degrees * Math.PI) / 180),
    Math.sin((degrees * Math.PI) / 180),
  ];
  const probe = handle(big, {
    ...common,
    step: 0.02,
    label: t('probe'),
    color: 'var(--ink)',
    radius: 7,
    get: () => direction(now.probe ?? 0),
    move([x, y]) {
      if (Math.hypot(x, y) < 0.05) return;
      const degrees = Math.round((Math.atan2(y, x) * 180) / Math.PI);
      seek(degrees);
    },
  });
  // Around a circle, the arrow keys turn.
  probe.element.addEventListener(
    'keydown',
    (event) => {
      const way = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1 }[event.key];
      if (way === undefined || now.probe === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      seek(((now.probe + way * (event.shiftKey ? 10 : 2) + 540) % 360) - 180);
    },
    { capture: true },
  );
  function seek(degrees: number): void {
    const which = alongWhich(now.matrix, direction(degrees));
    const found = which < 0 || now.found.includes(which) ? now.found : [...now.found, which];
    change({ probe: degrees, found });
  }
  big.svg.append(still, alive, ...columns.map(({ element }) => element), probe.element);

  const cellLabel = (name: string) => (row: number, column: number) => t('cell', { name, row, column });
  const input = matrixInput({
    name: t('matrix'),
    label: cellLabel(t('matrix')),
    onInput: (matrix) => {
      stop();
      change({ matrix: [...matrix] as WarpState['matrix'] });
    },
  });
  const inputB = matrixInput({
    name: t('matrixB'),
    label: cellLabel(t('matrixB')),
    onInput: (matrix) => change({ after: [...matrix] as WarpState['after'] }),
  });
  const go = (matrix: Matrix) => {
    const from = now.matrix;
    change({ matrix: matrix.map(limit) as WarpState['matrix'] });
    move(from, now.matrix);
  };
  const undo = button(t('inverse'), () => {
    const back = inverse(now.matrix);
    if (back) go(back);
  });
  const area = h('button', {
    type: 'button',
    class: 'live mw-area',
    onclick: async () => {
      const module = await context.compute<typeof import('./compute.ts')>();
      context.showFaces(await module.determinantFaces(now.matrix));
    },
  });
  const areaSays = h('p', { class: 'hint', role: 'status' });
  const eigenSays = h('p', { class: 'mw-eigen', role: 'status' });
  const code = h('pre', { class: 'code mw-code', tabindex: 0, 'aria-label': t('code') });
  const smalls = ([0, 1] as const).map((which) => {
    const small: Plane = plane({
      label: t(which === 0 ? 'firstAThenB' : 'firstBThenA'),
      x: [-SMALL[0], SMALL[0]],
      y: [-SMALL[1], SMALL[1]],
      draw: () => drawSmall(which),
    });
    const result = h('span', { class: 'mw-product' });
    return {
      small,
      result,
      element: h(
        'figure',
        {},
        h('figcaption', {}, t(which === 0 ? 'firstAThenB' : 'firstBThenA'), result),
        small.element,
      ),
    };
  });
  const orderSays = h('p', { role: 'status' });
  const order = h(
    'section',
    { class: 'mw-order', 'aria-label': t('order') },
    h('div', { class: 'mw-orderhead' }, h('h4', {}, t('order')), inputB.element, orderSays),
    h(
      'div',
      { class: 'mw-pair' },
      smalls.map(({ element }) => element),
    ),
  );
  const eigenPart = h('div', { class: 'mw-part' }, h('p', { class: 'hint' }, t('seekHelp')), eigenSays);
  const element = h(
    'div',
    { class: 'mw' },
    h(
      'div',
      { class: 'mw-top' },
      h('div', { class: 'mw-picture' }, big.element, h('p', { class: 'hint' }, t('keys'))),
      h(
        'div',
        { class: 'mw-side' },
        h('div', { class: 'mw-part' }, input.element, h('p', { class: 'hint' }, t('columns'))),
        h('div', { class: 'mw-part' }, h('h4', {}, t('determinant')), area, areaSays),
        eigenPart,
        code,
        h(
          'div',
          { class: 'row' },
          button(t('replay'), () => move(identity, now.matrix), { kind: 'go' }),
          button(t('transpose'), () => go(transpose(now.matrix))),
          undo,
        ),
      ),
    ),
    h(
      'div',
      { class: 'mw-presets', role: 'group', 'aria-label': t('presets') },
      presetNames.map((name) => button(t(name), () => go(presets[name]), { kind: 'plain' })),
    ),
    order,
  );

  function stop(): void {
    cancelAnimationFrame(frame);
    drawn = now.matrix;
  }
  /** Moves the plane from one matrix to another, unless nothing should move. */
  function move(from: Matrix, to: Matrix): void {
    stop();
    if (context.reducedMotion) {
      draw();
      return;
    }
    const began = performance.now();
    const tick = (time: number) => {
      const share = Math.min(1, Math.max(0, (time - began) / MOVES));
      drawn = share < 1 ? between(from, to, ease(share)) : to;
      draw();
      if (share < 1) frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
  }

  function draw(): void {
    if (big.width === 0) return;
    still.replaceChildren(...warpedPlane(big, drawn, now.figure, extent));
    const [corner, first, second] = [apply(drawn, [0.5, 0.5]), apply(drawn, [1, 0]), apply(drawn, [0, 1])];
    const marks: SVGElement[] = [
      s(
        'text',
        { x: big.x(corner[0]), y: big.y(corner[1]) + 5, 'text-anchor': 'middle', class: 'halo mw-arealabel' },
        t('area', { value: n(determinant(drawn)) }),
      ),
      arrow(big, [0, 0], first, { color: 'var(--cat-1)' }),
      arrow(big, [0, 0], second, { color: 'var(--cat-2)' }),
    ];
    if (now.probe !== null) marks.unshift(...probeMarks(direction(now.probe)));
    alive.replaceChildren(...marks);
    for (const column of columns) column.place();
    probe.element.style.display = now.probe === null ? 'none' : '';
    probe.place();
  }

  /** The circle of directions, the probe and its image, and the lines that were found, alight. */
  function probeMarks(vector: Point): SVGElement[] {
    const image = apply(drawn, vector);
    const directions = eigen(now.matrix);
    const lines = directions === 'all' ? [] : directions;
    return [
      s('circle', {
        cx: big.x(0),
        cy: big.y(0),
        r: big.x(1) - big.x(0),
        class: 'mw-circle',
      }),
      ...lines.flatMap(({ direction: [x, y], value }, i) =>
        now.found.includes(i)
          ? [
              s('path', {
                d: pathOf(big, [
                  [-9 * x, -9 * y],
                  [9 * x, 9 * y],
                ]),
                class: 'mw-eigenglow',
              }),
              s('path', {
                d: pathOf(big, [
                  [-9 * x, -9 * y],
                  [9 * x, 9 * y],
                ]),
                class: 'mw-eigenline',
              }),
              s(
                'text',
                {
                  x: big.x(2.4 * x) + 10,
                  y: big.y(2.4 * y) - 8,
                  class: 'halo mw-lambda',
                },
                t('foundLine', { value: n(value) }),
              ),
            ]
          : [],
      ),
      arrow(big, [0, 0], image, { color: 'var(--ink)' }),
      arrow(big, [0, 0], vector, { color: 'var(--ink)', className: 'thin dashed' }),
    ];
  }

  function drawSmall(which: 0 | 1): void {
    const part = smalls[which];
    if (!part || !now.after || part.small.width === 0) return;
    const { small, result } = part;
    const [a, b] = [now.matrix, now.after] as const;
    const product = which === 0 ? multiply(b, a) : multiply(a, b);
    const half = which === 0 ? a : b;
    small.svg.replaceChildren(
      ...gridOf(small, [-SMALL[0], SMALL[0]], [-SMALL[1], SMALL[1]]),
      figureOf(small, identity, now.figure, 'ghost'),
      figureOf(small, half, now.figure, 'halfway'),
      squareOf(small, product),
      figureOf(small, product, now.figure),
    );
    result.textContent = written(product);
  }
  const written = ([a, b, c, d]: Matrix) => `[${n(a)}  ${n(b)} ⁄ ${n(c)}  ${n(d)}]`;

  function show(next: WarpState): void {
    now = next;
    stop();
    input.set(now.matrix);
    const size = determinant(now.matrix);
    area.textContent = n(size);
    areaSays.textContent = t(Math.abs(size) < 0.005 ? 'flat' : size < 0 ? 'flipped' : 'upright');
    undo.disabled = Math.abs(size) < 0.005 || (inverse(now.matrix)?.some((v) => Math.abs(v) > 9) ?? true);
    eigenPart.hidden = now.probe === null;
    if (now.probe !== null) {
      const directions = eigen(now.matrix);
      const vector = direction(now.probe);
      const which = alongWhich(now.matrix, vector);
      const parts: string[] = [];
      if (directions === 'all') parts.push(t('allKept'));
      else if (directions.length === 0) parts.push(t('none'));
      else if (which >= 0) parts.push(t('found', { value: n(directions[which]?.value ?? 0) }));
      if (directions !== 'all' && which < 0) {
        const degrees = lineAngle(vector, apply(now.matrix, vector));
        if (Number.isFinite(degrees)) parts.push(t('angle', { degrees: n(degrees).slice(0, -1) }));
      }
      if (directions !== 'all' && directions.length > 0)
        parts.push(t('still', { count: directions.length - now.found.length }));
      eigenSays.replaceChildren(...parts.map((text) => h('span', {}, text)));
      eigenSays.classList.toggle('alight', which >= 0);
    }
    showCode();
    order.hidden = now.after === null;
    draw();
    if (now.after) {
      inputB.set(now.after);
      const [ba, ab] = [multiply(now.after, now.matrix), multiply(now.matrix, now.after)];
      orderSays.textContent = t(
        ba.every((v, i) => Math.abs(v - (ab[i] as number)) < 0.005) ? 'same' : 'differ',
      );
      drawSmall(0);
      drawSmall(1);
    }
  }

  /** The code that says the same, its numbers in the colours of their columns. */
  function showCode(): void {
    const [a, b, c, d] = now.matrix.map((value) => String(Number(value.toFixed(2)))) as [
      string,
      string,
      string,
      string,
    ];
    const one = (text: string) => h('b', { class: 'column-1' }, text);
    const two = (text: string) => h('b', { class: 'column-2' }, text);
    const lines: (string | Node)[][] = [
      ['const A = tensor([[', one(a), ', ', two(b), '], [', one(c), ', ', two(d), ']]);'],
      ['A.matmul(tensor([1, 0]));  ', h('i', {}, `// [${a}, ${c}]`)],
      ['A.matmul(tensor([0, 1]));  ', h('i', {}, `// [${b}, ${d}]`)],
      ['linalg.det(A);             ', h('i', {}, `// ${Number(determinant(now.matrix).toFixed(4))}`)],
    ];
    code.replaceChildren(...lines.map((parts) => h('span', { class: 'l' }, ...parts)));
  }

  show(now);
  return {
    element,
    show,
    destroy() {
      cancelAnimationFrame(frame);
      big.destroy();
      for (const { small } of smalls) small.destroy();
    },
    words({ matrix, after, probe: degrees, found }: WarpState): string[] {
      const [a, b, c, d] = matrix;
      const size = determinant(matrix);
      const sentences = [
        t('wordsColumns', { a: n(a), b: n(b), c: n(c), d: n(d) }),
        t('wordsArea', { value: n(size), size: n(Math.abs(size)) }),
        t(Math.abs(size) < 0.005 ? 'flat' : size < 0 ? 'flipped' : 'upright'),
      ];
      if (degrees !== null) {
        const vector = direction(degrees);
        const image = apply(matrix, vector);
        const angle = lineAngle(vector, image);
        if (Number.isFinite(angle))
          sentences.push(
            t('wordsProbe', {
              x: n(vector[0]),
              y: n(vector[1]),
              u: n(image[0]),
              v: n(image[1]),
              degrees: n(angle),
            }),
          );
        const directions = eigen(matrix);
        if (directions !== 'all')
          for (const i of found) sentences.push(t('wordsEigen', { value: n(directions[i]?.value ?? 0) }));
      }
      if (after)
        sentences.push(
          t('wordsThen', { ba: written(multiply(after, matrix)), ab: written(multiply(matrix, after)) }),
        );
      return sentences;
    },
    table({ matrix, after }: WarpState): TableView {
      const corners: Point[] = [
        [1, 0],
        [0, 1],
        [1, 1],
        [-1, 1],
        [2, 1],
      ];
      const at = (point: Point) => `(${say(point)})`;
      return {
        caption: t('table'),
        columns: [t('point'), t('image'), ...(after ? [t('imageBA'), t('imageAB')] : [])],
        rows: corners.map((corner) => [
          `(${say(corner)})`,
          at(apply(matrix, corner)),
          ...(after
            ? [at(apply(multiply(after, matrix), corner)), at(apply(multiply(matrix, after), corner))]
            : []),
        ]),
      };
    },
  };
}
