import { describe, expect, test } from 'vitest';
import { einsum, inner, randn, type Tensor, tensordot, vdot, zeros } from '../../src/index.ts';
import { normalize } from '../../src/schedule/normalize.ts';

/** The shapes of the matrix products that a computation has. */
const products = (result: Tensor): string[] =>
  normalize([result.node]).nodes.flatMap(({ op, sources }) =>
    op === 'dot' ? [sources.map(({ shape }) => shape.join('x')).join(' · ')] : [],
  );

describe('products are made in an order that costs little', () => {
  test('a chain from its narrow end', () => {
    const [a, b, c] = [zeros([1, 64]).exp(), zeros([64, 64]).exp(), zeros([64, 64]).exp()];
    expect(products(einsum('ab,bc,cd->ad', a, b, c))).toEqual(['1x1x64 · 1x64x64', '1x1x64 · 1x64x64']);
    expect(products(einsum('bc,cd,ab->ad', b, c, a))).toEqual(['1x1x64 · 1x64x64', '1x1x64 · 1x64x64']);
  });

  test('what nobody else has is summed first', () => {
    const result = einsum('ij,jk->i', randn([4, 8]).realize(), randn([8, 64]).realize());
    expect(products(result)).toEqual(['1x4x8 · 1x8x1']);
  });
});

test('bool counts as int32', () => {
  const mask = zeros([2, 3]).eq(0);
  const y = einsum('ij,ij->', mask, mask);
  expect([y.dtype, y.itemSync()]).toEqual(['int32', 6]);
});

describe('what does not fit', () => {
  const x = () => zeros([2, 3]);
  test.each<[message: RegExp, () => Tensor]>([
    [/einsum: 'i1' in 'i1->i' is not a list of dimensions/, () => einsum('i1->i', x())],
    [/einsum: '\.\.i\.\.\.' in/, () => einsum('..i...', x())],
    [/has more than one '->'/, () => einsum('ij->i->j', x())],
    [/einsum: 'ij,jk' is for 2 operands, got 1/, () => einsum('ij,jk', x())],
    [/einsum: 'ijk' names 3 dimensions, but operand 0 has shape \[2, 3\]\./, () => einsum('ijk', x())],
    [/'i' names 1 dimensions, but operand 0 has shape \[2, 3\]; '\.\.\.' stands/, () => einsum('i', x())],
    [/output 'ik' of 'ij->ik' names 'k' but no operand does/, () => einsum('ij->ik', x())],
    [/output 'ii' of 'ij->ii' names 'i' twice/, () => einsum('ij->ii', x())],
    [
      /'j' in 'ij,jk' is 3 in one place and 2 in operand 1 of shape \[2, 3\]/,
      () => einsum('ij,jk', x(), x()),
    ],
    [/'i' in 'ii' is 2 in one place and 3 in operand 0/, () => einsum('ii', x())],
    [/tensordot: dims is 3/, () => tensordot(x(), x(), 3)],
    [
      /tensordot: dimensions \[1\] of \[2, 3\] and \[0\] of \[2, 3\] do not pair/,
      () => tensordot(x(), x(), 1),
    ],
    [
      /tensordot: dimensions \[0, 0\]/,
      () =>
        tensordot(x(), x(), [
          [0, 0],
          [0, 0],
        ]),
    ],
    [/inner: \[2, 3\] and \[2\] do not fit/, () => inner(x(), zeros([2]))],
    [/vdot: \[2, 3\] has 6 elements and \[5\] 5/, () => vdot(x(), zeros([5]))],
  ])('%s', (message, call) => {
    expect(call).toThrow(message);
  });
});
