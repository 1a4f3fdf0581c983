import { type Tensor, tensor } from 'lumbre';
import { describe, expect, it } from 'vitest';
import {
  curveNames,
  curves,
  piecesOf,
  rangeOf,
  readCurve,
  secantAt,
  tangentAt,
  valueAt,
} from '../../src/exhibits/slope/curves.ts';
import {
  type Algebra,
  ExpressionError,
  functionNames,
  interpret,
  numbers,
  parseExpression,
} from '../../src/exhibits/support/expression.ts';

const evaluate = (text: string, variables: Record<string, number> = {}) =>
  interpret(parseExpression(text, Object.keys(variables)), variables, numbers);

describe('formulas that learners write', () => {
  it('bind as in Python', () => {
    expect(evaluate('1 + 2 * 3')).toBe(7);
    expect(evaluate('-2**2')).toBe(-4);
    expect(evaluate('2**3**2')).toBe(512);
    expect(evaluate('2**-1')).toBe(0.5);
    expect(evaluate('8 / 4 / 2 - 1 - 1')).toBe(-1);
    expect(evaluate('(a*b + c).tanh()', { a: 2, b: -3, c: 10 })).toBeCloseTo(Math.tanh(4), 12);
    expect(evaluate('a^2 · −1', { a: 3 })).toBe(-9);
    expect(evaluate('.5 + 1.25')).toBe(1.75);
  });

  it('what is wrong is told, and where', () => {
    const problem = (text: string) => {
      try {
        parseExpression(text, ['x']);
      } catch (error) {
        if (error instanceof ExpressionError) return [error.problem, error.found, error.position];
        throw error;
      }
      return null;
    };
    expect(problem('x +')).toEqual(['unfinished', '', 3]);
    expect(problem('')).toEqual(['unfinished', '', 0]);
    expect(problem('(x')).toEqual(['unfinished', '', 2]);
    expect(problem('x y')).toEqual(['unexpected', 'y', 2]);
    expect(problem('2 * y')).toEqual(['unknownName', 'y', 4]);
    expect(problem('foo(x)')).toEqual(['unknownFunction', 'foo', 0]);
    expect(problem('x.constructor()')).toEqual(['unknownFunction', 'constructor', 2]);
    expect(problem('x; alert(1)')).toEqual(['unexpected', ';', 1]);
    expect(problem('0,5')).toEqual(['unexpected', ',', 1]);
    expect(problem('('.repeat(100))?.[0]).toBe('tooLong');
    expect(problem('x+'.repeat(100))?.[0]).toBe('tooLong');
  });
});

/** The same formulas, computed by the engine. */
const engine: Algebra<Tensor> = {
  number: (value) => tensor(value, { device: 'js', dtype: 'float64' }),
  negative: (of) => of.neg(),
  operation: (operator, left, right) =>
    operator === '+'
      ? left.add(right)
      : operator === '-'
        ? left.sub(right)
        : operator === '*'
          ? left.mul(right)
          : operator === '/'
            ? left.div(right)
            : left.pow(right),
  call: (name, of) => of[name](),
};

describe('slope', () => {
  it('the tangent is the gradient of the engine, for every curve and function', async () => {
    const texts = [...Object.values(curves), ...functionNames.map((name) => `${name}(x*x + 0.3) / (x + 4)`)];
    for (const text of texts)
      for (const at of [-1.7, -0.4, 0.9, 2.2]) {
        const curve = readCurve(text);
        const x = tensor(at, { device: 'js', dtype: 'float64', requiresGrad: true });
        const y = interpret(curve, { x }, engine);
        y.backward();
        const [value, slope] = tangentAt(curve, at);
        expect(value).toBeCloseTo(await y.item(), 5);
        expect(slope).toBeCloseTo(await (x.grad as Tensor).item(), 5);
        expect(value).toBe(valueAt(curve, at));
      }
  });

  it('the secant comes near the tangent, until there are no digits left', () => {
    const curve = readCurve(curves.wave);
    const [, slope] = tangentAt(curve, 0.7);
    const wrong = (h: number) => Math.abs(secantAt(curve, 0.7, h) - slope);
    expect(wrong(1e-1)).toBeLessThan(wrong(1));
    expect(wrong(1e-4)).toBeLessThan(wrong(1e-1));
    expect(wrong(1e-7)).toBeLessThan(1e-6);
    expect(wrong(1e-16)).toBeGreaterThan(0.1);
  });

  it('poles are neither drawn through nor do they flatten the rest', () => {
    const curve = readCurve('1/x');
    const points = [-2, -1, -0.001, 0.001, 1, 2].map((x) => [x, valueAt(curve, x)] as const);
    expect(piecesOf(points, 5).length).toBeGreaterThan(1);
    const values = Array.from({ length: 301 }, (_, i) => valueAt(curve, -3 + i / 50));
    const [low, high] = rangeOf(values);
    expect(high - low).toBeLessThan(200);
    expect(rangeOf([Number.NaN])).toEqual([-1, 1]);
    expect(curveNames.length).toBe(6);
  });
});
