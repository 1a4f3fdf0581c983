import { describe, expect, test } from 'vitest';
import * as build from '../../src/graph/builder.ts';
import { type Node, underlyingNode } from '../../src/graph/node.ts';
import { randn, type Tensor } from '../../src/index.ts';
import { contentsOf } from '../../src/schedule/contents.ts';
import type { Group } from '../../src/schedule/group.ts';
import { normalize } from '../../src/schedule/normalize.ts';
import { groupKey, type Plan, plan } from '../../src/schedule/plan.ts';

const planOf = (...nodes: Node[]): Plan => plan(normalize(nodes.map(underlyingNode)));
const data = (...shape: number[]): Tensor => randn(shape).realize();
const opsOf = (group: Group) => group.roots.map(({ op }) => op).join('+');

describe('after', () => {
  const [rows, columns] = [64, 32];

  /** exp of a product's operand, before and after the product. */
  function twice() {
    const [x, w] = [data(rows, columns).node, data(columns, rows).node];
    const first = build.contiguous(build.exp(x));
    const product = build.dot(first, w);
    const again = build.contiguous(build.exp(build.after(x, product)));
    return { product, again, w };
  }

  test('is computed when what it waits for is there, and reads none of it', () => {
    const { product, again } = twice();
    const { groups, isLoaded } = planOf(again, product);
    expect(groups.map(opsOf)).toEqual(['contiguous', 'dot', 'contiguous']);
    const { loaded, nodes } = contentsOf(groups[2] as Group, isLoaded);
    expect([...loaded].map(({ op }) => op)).toEqual(['buffer']);
    expect(nodes.map(({ op }) => op)).not.toContain('after');
  });

  test('shares its kernel with the first time', () => {
    const { product, again, w } = twice();
    // Both are read by a product, so that both are stored.
    const result = planOf(product, build.dot(again, w));
    const keys = result.groups
      .filter((group) => opsOf(group) === 'contiguous')
      .map((group) => groupKey(group, result));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test('a product reads through it without a copy', () => {
    const { product } = twice();
    const { groups } = planOf(build.dot(build.after(product, build.exp(product)), build.transpose(product)));
    expect(groups.map(opsOf)).toEqual(['contiguous', 'dot', 'dot']);
  });

  test('does not join the kernel that it waits for', () => {
    const [a, b, x] = [data(rows, columns).node, data(columns, rows).node, data(rows, rows).node];
    const product = build.dot(a, b);
    const { groups } = planOf(product, build.exp(build.after(x, product)));
    expect(groups.map(opsOf)).toEqual(['dot', 'exp']);
  });
});

test('what nobody waits for comes as soon as it can, but for what may take the place of an input', () => {
  const [x, w, state] = [data(32, 32).node, data(32, 32).node, data(32, 32).node];
  const first = build.dot(x, w);
  const turned = build.transpose(first);
  const second = build.dot(build.contiguous(build.exp(turned)), w);
  const update = build.sub(state, turned);
  const { groups, firstSink } = planOf(update, build.sum(first, [0, 1]), build.dot(second, w));
  expect(groups.map(opsOf)).toEqual(['dot', 'sum', 'contiguous', 'dot', 'dot', 'sub']);
  expect(groups.slice(firstSink).map(opsOf)).toEqual(['dot', 'sub']);
});
