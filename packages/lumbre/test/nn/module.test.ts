import { describe, expect, test } from 'vitest';
import { compile, ones, randn, scope, type Tensor, tensor, zeros } from '../../src/index.ts';
import { buffer, Dropout, Linear, Module, parameter } from '../../src/nn/index.ts';

class Block extends Module {
  readonly scale = parameter(ones([2]));
  readonly inner = new Linear(2, 2);
}

class Network extends Module {
  readonly h = [new Block(), new Block()];
  readonly head: Linear;
  readonly tied: Tensor;
  readonly count = buffer(zeros([]));
  readonly scratch = buffer(zeros([1]), { persistent: false });
  readonly note = 'not a module';
  readonly plain = [1, 2];

  constructor() {
    super();
    this.head = new Linear(2, 3, { bias: false });
    this.tied = this.head.weight;
  }
}

describe('Module', () => {
  test('finds parameters and buffers by the names of properties', () => {
    const net = new Network();
    expect([...net.namedParameters().keys()]).toEqual([
      'tied',
      'h.0.scale',
      'h.0.inner.weight',
      'h.0.inner.bias',
      'h.1.scale',
      'h.1.inner.weight',
      'h.1.inner.bias',
    ]);
    expect([...net.namedBuffers().keys()]).toEqual(['count', 'scratch']);
    expect(net.parameterCount()).toBe(6 + 2 * (2 + 4 + 2));
    expect(net.parameters().every(({ requiresGrad }) => requiresGrad)).toBe(true);
    net.dispose();
  });

  test('lists a tied parameter once, and its state under both names', () => {
    const net = new Network();
    const state = net.stateDict();
    expect(state.get('head.weight')).toBe(state.get('tied'));
    expect(state.has('scratch')).toBe(false);
    expect(state.has('count')).toBe(true);
    expect(net.parameters().filter((p) => p === net.tied)).toHaveLength(1);
    net.dispose();
  });

  test('takes the state of another module', () => {
    const [a, b] = [new Network(), new Network()];
    b.loadStateDict(a.stateDict());
    for (const [name, value] of a.stateDict()) {
      expect([...(b.stateDict().get(name) as Tensor).dataSync()], name).toEqual([...value.dataSync()]);
    }
    expect(b.head.weight.requiresGrad).toBe(true);
    // Values are taken, not shared: what becomes of one module does not touch the other.
    a.head.weight.assign(zeros([3, 2]));
    expect([...b.head.weight.dataSync()].some((value) => value !== 0)).toBe(true);
    a.dispose();
    b.dispose();
  });

  test('needs one name of a tied parameter, and refuses two values for it', () => {
    const net = new Network();
    const state = new Map(net.stateDict());
    state.delete('head.weight');
    expect(net.loadStateDict(state).missing).toEqual([]);
    state.set('head.weight', zeros([3, 2]));
    expect(() => net.loadStateDict(state)).toThrow('tied and head.weight are one tensor here');
    net.dispose();
  });

  test('converts floats', () => {
    const layer = new Linear(1, 2, { bias: false, device: 'js' });
    const weight = tensor([[0.5], [0.25]], { dtype: 'float64', device: 'js' });
    layer.loadStateDict(new Map([['weight', weight]]));
    expect(layer.weight.dtype).toBe('float32');
    expect([...layer.weight.dataSync()]).toEqual([0.5, 0.25]);
    layer.dispose();
  });

  test('lists everything that does not fit, and changes nothing', () => {
    const net = new Network();
    const before = [...(net.h[0] as Block).scale.dataSync()];
    const state = new Map(net.stateDict());
    state.set('h.0.scale', tensor([5, 5]));
    state.delete('h.1.scale');
    state.set('h.2.scale', zeros([2]));
    state.set('h.0.inner.weight', zeros([4, 2]));
    state.set('count', tensor(1, { dtype: 'int32' }));
    expect(() => net.loadStateDict(state)).toThrow(
      /Network:\n {2}missing: h\.1\.scale\n {2}unexpected: h\.2\.scale\n {2}count: got int32\[\], .*\n {2}h\.0\.inner\.weight: got float32\[4, 2\], expected float32\[2, 2\]/,
    );
    expect([...(net.h[0] as Block).scale.dataSync()]).toEqual(before);
    net.dispose();
  });

  test('skips what is missing and unknown when it is not strict', () => {
    const net = new Network();
    const report = net.loadStateDict(
      new Map([
        ['h.0.scale', tensor([5, 6])],
        ['other', zeros([1])],
      ]),
      {
        strict: false,
      },
    );
    expect([...(net.h[0] as Block).scale.dataSync()]).toEqual([5, 6]);
    expect(report.unexpected).toEqual(['other']);
    expect(report.missing).toContain('h.1.scale');
    expect(report.missing).not.toContain('h.0.scale');
    net.dispose();
  });

  test('survives the scope that it was made in', () => {
    const layer = scope(() => {
      const made = new Linear(2, 2);
      made.forward(ones([1, 2]));
      return { made };
    }).made;
    expect(layer.weight.disposed).toBe(false);
    layer.dispose();
    expect(layer.weight.disposed).toBe(true);
  });

  test('passes on whether it trains, and compiled functions notice', () => {
    class WithDropout extends Module {
      readonly parts = [new Dropout(1)];

      forward(x: Tensor): Tensor {
        return this.parts.reduce((value, part) => part.forward(value), x);
      }
    }
    const net = new WithDropout();
    const run = compile((x: Tensor) => net.forward(x).add(1));
    const x = randn([4]);
    expect([...run(x).dataSync()]).toEqual([1, 1, 1, 1]);
    net.eval();
    expect([...run(x).dataSync()]).toEqual([...x.add(1).dataSync()]);
    net.train();
    expect([...run(x).dataSync()]).toEqual([1, 1, 1, 1]);
    run.dispose();
  });
});
