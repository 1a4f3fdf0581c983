import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Output, OutputOf } from '../../src/cell/output.ts';
import { layGraphOut } from '../../src/ui/outputs/graphLayout.ts';
import { joinText } from '../../src/ui/outputs/joinText.ts';
import { plotScales, thin } from '../../src/ui/outputs/plotScales.ts';
import { differences, layTensorOut, placeOf, scaleOf } from '../../src/ui/outputs/tensorLayout.ts';
import { envelope, writeWave } from '../../src/ui/outputs/wave.ts';

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

describe('how a tensor is laid out', () => {
  it('shows small ones as grids, large ones as pictures, and says when there is nothing', () => {
    expect(layTensorOut([], 1)).toEqual({ kind: 'scalar' });
    expect(layTensorOut([0, 3], 0)).toEqual({ kind: 'empty' });
    expect(layTensorOut([3, 4], 12)).toMatchObject({ kind: 'grids', hidden: 0 });
    expect(layTensorOut([28, 28], 784)).toMatchObject({ kind: 'maps', hidden: 0 });
  });

  it('never draws an element that is not there, and shows whole rows of what was cut', () => {
    expect(layTensorOut([100, 100], 4096)).toMatchObject({ slices: [{ rows: 40, columns: 100 }] });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (shape, n) => {
          const known = Math.max(1, Math.min(size(shape), n));
          const layout = layTensorOut(shape, known);
          if (layout.kind !== 'grids' && layout.kind !== 'maps') throw new Error(layout.kind);
          let end = 0;
          for (const { from, rows, columns, place } of layout.slices) {
            expect(from).toBeGreaterThanOrEqual(end);
            end = from + rows * columns;
            expect(end).toBeLessThanOrEqual(known);
            expect(placeOf(from, shape).slice(0, place.length)).toEqual(place);
          }
          const slices = size(shape.slice(0, -2));
          expect(layout.slices.length + layout.hidden).toBe(slices);
        },
      ),
    );
  });

  it('measures colours from zero, and outlines what differs', () => {
    const scale = scaleOf([-2, 1, NaN, Infinity]);
    expect(scale).toMatchObject({ min: -2, max: 1, diverging: true });
    expect([-2, 0, 1].map(scale.share)).toEqual([-1, 0, 0.5]);
    expect(scaleOf([1, 4]).share(1)).toBe(0.25);
    const tensor = (shape: number[], values: number[]): OutputOf<'tensor'> => ({
      kind: 'tensor',
      id: 0,
      title: null,
      shape,
      dtype: 'float32',
      values,
      cut: false,
    });
    expect(differences(tensor([3], [1, 2, NaN]), tensor([3], [1.0000001, 2.1, NaN]))).toEqual(new Set([1]));
    expect(differences(tensor([1], [1]), tensor([1, 1], [2])).size).toBe(0);
  });
});

describe('plots', () => {
  const margins = { left: 40, right: 10, top: 10, bottom: 30 };

  it('keeps every point inside the axes', () => {
    const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(finite, finite), { minLength: 1, maxLength: 40 }),
        fc.constantFrom('line' as const, 'points' as const, 'bars' as const),
        (points, mark) => {
          const [x, y] = [points.map(([a]) => a), points.map(([, b]) => b)];
          const scales = plotScales([{ name: null, mark, x, y }], 600, 300, margins);
          for (const [a, b] of points) {
            expect(scales.x(a)).toBeGreaterThanOrEqual(scales.left - 1e-6);
            expect(scales.x(a)).toBeLessThanOrEqual(scales.right + 1e-6);
            expect(scales.y(b)).toBeGreaterThanOrEqual(scales.top - 1e-6);
            expect(scales.y(b)).toBeLessThanOrEqual(scales.bottom + 1e-6);
          }
        },
      ),
    );
  });

  it('stands bars on zero, and gives names their places in order', () => {
    const scales = plotScales(
      [{ name: null, mark: 'bars', x: ['la', 'gata'], y: [5, 9] }],
      600,
      300,
      margins,
    );
    expect(scales.y(0)).toBe(scales.bottom);
    expect(scales.x('la')).toBeLessThan(scales.x('gata'));
    expect(scales.barWidth).toBeGreaterThan(100);
  });

  it('thins a line without losing its peak or its gap', () => {
    const line = Array.from({ length: 10_000 }, (_, i): [number, number] => [i, Math.sin(i / 500)]);
    line[4321] = [4321, 50];
    line[7000] = [7000, NaN];
    const kept = thin(line, 600);
    expect(kept.length).toBeLessThan(950);
    expect(kept).toContainEqual([4321, 50]);
    expect(kept.some(([, y]) => Number.isNaN(y))).toBe(true);
    expect(kept.every(([x], i) => i === 0 || x > (kept[i - 1]?.[0] ?? -1))).toBe(true);
  });
});

describe('a graph in layers', () => {
  it('puts each operation below all that it is made from, and no two in one place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 40 }),
        (wishes) => {
          const nodes = wishes.map((wish, id) => ({
            id,
            sources: id === 0 ? [] : wish.map((source) => source % id),
          }));
          const { places, layers, columns } = layGraphOut(nodes);
          const taken = new Set<string>();
          for (const { id, sources } of nodes) {
            const own = places.get(id);
            if (!own) throw new Error(`node ${id} has no place`);
            expect(own.layer).toBeLessThan(layers);
            expect(own.column).toBeGreaterThanOrEqual(0);
            expect(own.column).toBeLessThanOrEqual(columns - 1);
            taken.add(`${own.layer} ${own.column}`);
            for (const source of sources) expect(places.get(source)?.layer).toBeLessThan(own.layer);
          }
          expect(taken.size).toBe(nodes.length);
        },
      ),
    );
  });

  it('does not cross two chains that need not be crossed', () => {
    const { places } = layGraphOut([
      { id: 1, sources: [] },
      { id: 2, sources: [] },
      { id: 3, sources: [2] },
      { id: 4, sources: [1] },
      { id: 5, sources: [3, 4] },
    ]);
    const column = (id: number) => places.get(id)?.column ?? NaN;
    expect(Math.sign(column(1) - column(2))).toBe(Math.sign(column(4) - column(3)));
  });

  it('passes over sources that nobody knows, and does not hang on a cycle that a hostile cell may send', () => {
    expect(layGraphOut([{ id: 1, sources: [99] }]).places.get(1)).toMatchObject({ layer: 0, column: 0 });
    expect(
      layGraphOut([
        { id: 1, sources: [2] },
        { id: 2, sources: [1] },
      ]).places.size,
    ).toBe(2);
  });
});

describe('sounds', () => {
  it('writes what other programs read as a WAV file', () => {
    const bytes = writeWave(Float32Array.of(0, 1, -1, 3, NaN), 8000);
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('RIFF');
    expect(view.getUint32(4, true)).toBe(bytes.length - 8);
    expect(view.getUint32(24, true)).toBe(8000);
    expect([0, 1, 2, 3, 4].map((i) => view.getInt16(44 + 2 * i, true))).toEqual([0, 32767, -32767, 32767, 0]);
  });

  it('draws the highest and lowest of each stretch', () => {
    const samples = Float32Array.from({ length: 1000 }, (_, i) => (i === 555 ? 1 : i === 556 ? -1 : 0));
    const stretches = envelope(samples, 100);
    expect(stretches).toHaveLength(100);
    expect(stretches[55]).toEqual({ low: -1, high: 1 });
    expect(envelope(new Float32Array(0), 100)).toEqual([]);
  });
});

describe('text', () => {
  it('joins lines that follow each other on the same stream', () => {
    const line = (text: string, stream: 'log' | 'warn' = 'log'): Output => ({ kind: 'text', stream, text });
    const table: Output = { kind: 'table', title: null, columns: [], rows: [], total: 0 };
    expect(joinText([line('a'), line('b'), line('c', 'warn'), table, line('d')])).toEqual([
      line('a\nb'),
      line('c', 'warn'),
      table,
      line('d'),
    ]);
  });
});
