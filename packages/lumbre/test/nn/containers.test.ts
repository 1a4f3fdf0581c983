import { describe, expect, test } from 'vitest';
import { compile, manualSeed, randn, scope, type Tensor, tensor } from '../../src/index.ts';
import {
  Dropout,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  QuantizedLinear,
  quantizeLinears,
  Sequential,
} from '../../src/nn/index.ts';
import { AdamW, SGD } from '../../src/optim/index.ts';

class Scale extends Module {
  readonly factor: number;

  constructor(factor: number) {
    super();
    this.factor = factor;
  }

  forward(x: Tensor): Tensor {
    return x.mul(this.factor);
  }
}

const network = () => new Sequential(new Linear(3, 4), new Scale(2), new Dropout(0), new Linear(4, 2));

describe('Sequential', () => {
  test('runs its layers in turn and names them by position', () => {
    manualSeed(1);
    const net = network();
    expect([...net.stateDict().keys()]).toEqual(['0.weight', '0.bias', '3.weight', '3.bias']);
    expect([net.length, [...net].length, net.at(-1), net.at(9)]).toEqual([4, 4, net[3], undefined]);
    const x = randn([5, 3]);
    const [first, last] = [net[0] as Linear, net[3] as Linear];
    const expected = last.forward(first.forward(x).mul(2));
    expect([...net.forward(x).dataSync()]).toEqual([...expected.dataSync()]);
    net.dispose();
  });

  test('grows, nests, and lends its layers to a slice', () => {
    const net = new Sequential(new Scale(1), new Sequential(new Linear(2, 2, { bias: false })));
    expect(net.push(new Scale(3), new Scale(5))).toBe(4);
    expect([...net.namedParameters().keys()]).toEqual(['1.0.weight']);
    const tail = net.slice(-2);
    expect(tail[0]).toBe(net[2]);
    expect([...tail.forward(tensor([1, 2])).dataSync()]).toEqual([15, 30]);
    expect([...new Sequential().forward(tensor([7])).dataSync()]).toEqual([7]);
    net.dispose();
  });

  test('refuses what is no module', () => {
    expect(() => new Sequential(new Scale(1), ((x: Tensor) => x) as unknown as Scale)).toThrow(
      'Sequential: item 1 is no Module',
    );
  });

  test('has its linear layers quantized in place, as arrays and dictionaries do', () => {
    class Parts extends Module {
      readonly row = network();
      readonly array = [new Linear(2, 2)];
      readonly named = new ModuleDict({ head: new Linear(2, 2) as Module });
    }
    const parts = quantizeLinears(new Parts());
    for (const layer of [parts.row[0], parts.row[3], parts.array[0], parts.named.get('head')]) {
      expect(layer).toBeInstanceOf(QuantizedLinear);
    }
    expect(parts.row.length).toBe(4);
    parts.dispose();
  });
});

describe('ModuleList and ModuleDict', () => {
  test('name what they hold as PyTorch does', () => {
    class Model extends Module {
      readonly h = new ModuleList([new Linear(1, 1), new Linear(1, 1, { bias: false })]);
      readonly heads = new ModuleDict({ train: new Linear(1, 1, { bias: false }), mlm: new Scale(1) });
    }
    const model = new Model();
    expect([...model.stateDict().keys()]).toEqual([
      'h.0.weight',
      'h.0.bias',
      'h.1.weight',
      'heads.train.weight',
    ]);
    expect(model.heads.get('mlm').factor).toBe(1);
    expect(model.heads.keys()).toEqual(['train', 'mlm']);
    expect([...model.heads].map(([name]) => name)).toEqual(['train', 'mlm']);
    expect([model.heads.has('train'), model.heads.has('toString')]).toEqual([true, false]);
    expect(model.h[1]?.bias).toBeNull();
    model.dispose();
  });

  test('refuse names that state dicts could not tell apart, and names that are not there', () => {
    expect(() => new ModuleDict({ 'a.b': new Scale(1) })).toThrow("the name 'a.b'");
    const heads = new ModuleDict<Record<string, Scale>>({ a: new Scale(1), b: new Scale(2) });
    expect(() => heads.get('c')).toThrow("there is no module 'c', only a, b");
  });
});

describe('Module', () => {
  test('apply() visits each module once, what is inside first', () => {
    const shared = new Scale(2);
    const net = new Sequential(shared, new Sequential(shared, new Scale(3)));
    const seen: Module[] = [];
    net.apply((module) => seen.push(module));
    expect(seen).toEqual([shared, (net[1] as Sequential)[1], net[1], net]);
  });

  test('a frozen part passes gradients on and stays as it is', () => {
    manualSeed(2);
    const net = network();
    const [first, last] = [net[0] as Linear, net[3] as Linear];
    const optimizer = new AdamW(net.parameters(), { lr: 0.1 });
    last.weight.grad = tensor([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    last.freeze();
    expect(last.weight.grad).toBeNull();
    const before = [...last.weight.dataSync()];
    scope(() =>
      net
        .forward(randn([2, 3]))
        .square()
        .sum()
        .backward(),
    );
    expect(first.weight.grad).not.toBeNull();
    expect(last.weight.grad).toBeNull();
    optimizer.step();
    expect([...last.weight.dataSync()]).toEqual(before);
    expect(() => new SGD(last.parameters(), { lr: 1 })).toThrow('requires no gradient');
    optimizer.dispose();
    net.dispose();
  });

  test('compiled steps notice what is frozen between calls', () => {
    const net = new Sequential(new Linear(1, 1, { bias: false }), new Linear(1, 1, { bias: false }));
    const [a, b] = [net[0] as Linear, net[1] as Linear];
    const optimizer = new SGD(net.parameters(), { lr: 0.1 });
    const step = compile((x: Tensor) => {
      const loss = net.forward(x).square().mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    });
    const x = tensor([[1]]);
    const moved = () => {
      a.weight.assign(tensor([[1]]));
      b.weight.assign(tensor([[1]]));
      step(x).dispose();
      return [a.weight.itemSync() !== 1, b.weight.itemSync() !== 1];
    };
    expect(moved()).toEqual([true, true]);
    b.freeze();
    expect(moved()).toEqual([true, false]);
    expect(moved()).toEqual([true, false]);
    b.unfreeze();
    a.freeze();
    expect(moved()).toEqual([false, true]);
    a.unfreeze();
    expect(moved()).toEqual([true, true]);
    expect(step.explain()).toHaveLength(1);
    step.dispose();
    optimizer.dispose();
    net.dispose();
  });

  test('a compiled step may freeze and unfreeze on its way, as a GAN does', () => {
    const net = new Sequential(new Linear(1, 1, { bias: false }), new Linear(1, 1, { bias: false }));
    const [a, b] = [net[0] as Linear, net[1] as Linear];
    const optimizer = new SGD(net.parameters(), { lr: 0.1 });
    let traces = 0;
    const step = compile((x: Tensor) => {
      traces++;
      b.freeze();
      const loss = net.forward(x).square().mean();
      loss.backward();
      b.unfreeze();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const x = tensor([[1]]);
    a.weight.assign(tensor([[1]]));
    b.weight.assign(tensor([[1]]));
    for (let i = 0; i < 3; i++) step(x).dispose();
    expect(traces).toBe(1);
    expect(a.weight.itemSync()).toBeCloseTo(0.8 ** 3, 6);
    expect([b.weight.itemSync(), b.weight.requiresGrad]).toEqual([1, true]);
    step.dispose();
    optimizer.dispose();
    net.dispose();
  });

  test('a parameter that two layers share is trained once', () => {
    const first = new Linear(2, 2, { bias: false });
    const net = new Sequential(first, new Linear(2, 2, { bias: false, weight: first.weight }));
    expect([...net.stateDict().keys()]).toEqual(['0.weight', '1.weight']);
    expect([...net.namedParameters().keys()]).toEqual(['0.weight']);
    const optimizer = new SGD(net.parameters(), { lr: 0.5 });
    first.weight.assign(
      tensor([
        [1, 0],
        [0, 1],
      ]),
    );
    net
      .forward(tensor([[1, 2]]))
      .sum()
      .backward();
    // d/dW of the sum of W·W·x at W = 1: x in every row, from the first layer and from the second.
    expect([...(first.weight.grad as Tensor).dataSync()]).toEqual([2, 4, 2, 4]);
    optimizer.step();
    expect([...first.weight.dataSync()]).toEqual([0, -2, -1, -1]);
    const other = new Linear(2, 2);
    expect(() => new Linear(3, 2, { weight: other.weight })).toThrow('the weight to share is [2, 2]');
    optimizer.dispose();
    net.dispose();
    other.dispose();
  });
});
