import { bare, type Element, elementAt, type Formula, formulaOf, literal, type Rule } from './tex.ts';

type Unary = readonly [write: (x: string) => string, compute: (x: number) => number];

const unaries: Readonly<Record<string, Unary>> = {
  neg: [(x) => `-${x}`, (a) => -a],
  abs: [(x) => `\\left|${bare(x)}\\right|`, Math.abs],
  square: [(x) => `${x}^2`, (a) => a * a],
  sqrt: [(x) => `\\sqrt{${bare(x)}}`, Math.sqrt],
  rsqrt: [(x) => `\\dfrac{1}{\\sqrt{${x}}}`, (a) => 1 / Math.sqrt(a)],
  reciprocal: [(x) => `\\dfrac{1}{${bare(x)}}`, (a) => 1 / a],
  exp: [(x) => `e^{${bare(x)}}`, Math.exp],
  exp2: [(x) => `2^{${bare(x)}}`, (a) => 2 ** a],
  expm1: [(x) => `e^{${bare(x)}} - 1`, Math.expm1],
  log: [(x) => `\\ln ${x}`, Math.log],
  log1p: [(x) => `\\ln(1 + ${x})`, Math.log1p],
  log2: [(x) => `\\log_2 ${x}`, Math.log2],
  log10: [(x) => `\\log_{10} ${x}`, Math.log10],
  sin: [(x) => `\\sin ${x}`, Math.sin],
  cos: [(x) => `\\cos ${x}`, Math.cos],
  tan: [(x) => `\\tan ${x}`, Math.tan],
  tanh: [(x) => `\\tanh ${x}`, Math.tanh],
  floor: [(x) => `\\lfloor ${bare(x)} \\rfloor`, Math.floor],
  ceil: [(x) => `\\lceil ${bare(x)} \\rceil`, Math.ceil],
  sigmoid: [(x) => `\\dfrac{1}{1 + e^{-${x}}}`, (a) => 1 / (1 + Math.exp(-a))],
  relu: [(x) => `\\max(0, ${bare(x)})`, (a) => Math.max(0, a)],
  relu6: [(x) => `\\min(\\max(0, ${bare(x)}), 6)`, (a) => Math.min(Math.max(0, a), 6)],
  silu: [(x) => `\\dfrac{${x}}{1 + e^{-${x}}}`, (a) => a / (1 + Math.exp(-a))],
  softsign: [(x) => `\\dfrac{${x}}{1 + \\left|${x}\\right|}`, (a) => a / (1 + Math.abs(a))],
  logSigmoid: [(x) => `-\\ln(1 + e^{-${x}})`, (a) => -Math.log1p(Math.exp(-a))],
  float: [bare, (a) => a],
};

type Binary = readonly [write: (a: string, b: string) => string, compute: (a: number, b: number) => number];

/** Whether something holds: 1 or 0, as Iverson's brackets. */
const comparison = (sign: string, holds: (a: number, b: number) => boolean): Binary => [
  (a, b) => `[${bare(a)} ${sign} ${bare(b)}]`,
  (a, b) => Number(holds(a, b)),
];

const binaries: Readonly<Record<string, Binary>> = {
  add: [(a, b) => `${a} + ${b}`, (a, b) => a + b],
  sub: [(a, b) => `${a} - ${b}`, (a, b) => a - b],
  mul: [(a, b) => `${a} \\cdot ${b}`, (a, b) => a * b],
  div: [(a, b) => `\\dfrac{${bare(a)}}{${bare(b)}}`, (a, b) => a / b],
  pow: [(a, b) => `${a}^{${bare(b)}}`, (a, b) => a ** b],
  floorDivide: [(a, b) => `\\left\\lfloor \\dfrac{${a}}{${b}} \\right\\rfloor`, (a, b) => Math.floor(a / b)],
  maximum: [(a, b) => `\\max(${bare(a)}, ${bare(b)})`, Math.max],
  minimum: [(a, b) => `\\min(${bare(a)}, ${bare(b)})`, Math.min],
  eq: comparison('=', (a, b) => a === b),
  ne: comparison('\\neq', (a, b) => a !== b),
  lt: comparison('<', (a, b) => a < b),
  le: comparison('\\le', (a, b) => a <= b),
  gt: comparison('>', (a, b) => a > b),
  ge: comparison('\\ge', (a, b) => a >= b),
};

const unary: Rule = ({ op, args, at }) => {
  const [write, compute] = unaries[op] as Unary;
  const x = elementAt(args[0], at);
  return x && formulaOf([x], ([text]) => write(text as string), compute(x.value));
};

const binary: Rule = ({ op, args, at }) => {
  const [write, compute] = binaries[op] as Binary;
  const [a, b] = [elementAt(args[0], at), elementAt(args[1], at)];
  if (!a || !b) return null;
  return formulaOf([a, b], ([x, y]) => write(x as string, y as string), compute(a.value, b.value));
};

/** Of what is one thing on one side and another on the other, the side where the element is. */
function sided(x: Element, scale: number, write: (x: string) => string, value: number): Formula {
  if (x.value > 0) return formulaOf([x], ([text]) => bare(text as string), x.value);
  const factor = literal(scale);
  return formulaOf([factor, x], ([a, text]) => `${a} \\cdot ${write(text as string)}`, value);
}

const leakyRelu: Rule = ({ args, at }) => {
  const x = elementAt(args[0], at);
  const slope = typeof args[1] === 'number' ? args[1] : 0.01;
  return x && sided(x, slope, (text) => text, slope * x.value);
};

const elu: Rule = ({ args, at }) => {
  const x = elementAt(args[0], at);
  const alpha = typeof args[1] === 'number' ? args[1] : 1;
  return x && sided(x, alpha, (text) => `(e^{${bare(text)}} - 1)`, alpha * Math.expm1(x.value));
};

/** The share of a normal distribution below x: by its series near 0, by a continued fraction in the tails. */
function normalShare(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) > 5) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / (Math.abs(x) + fraction);
    const tail = density / (Math.abs(x) + fraction);
    return x > 0 ? 1 - tail : tail;
  }
  let term = x;
  let total = x;
  for (let k = 3; Math.abs(term) > 1e-17 && k < 400; k += 2) {
    term *= (x * x) / k;
    total += term;
  }
  return 0.5 + density * total;
}

const gelu: Rule = ({ args, at }) => {
  const x = elementAt(args[0], at);
  if (!x) return null;
  const { approximate } = (args[1] ?? {}) as { approximate?: string };
  if (approximate !== 'tanh')
    return formulaOf([x], ([text]) => `${text} \\cdot \\Phi(${text})`, x.value * normalShare(x.value));
  const inside = Math.sqrt(2 / Math.PI) * (x.value + 0.044715 * x.value ** 3);
  return formulaOf(
    [x],
    ([text]) =>
      `\\dfrac{${text}}{2} \\cdot (1 + \\tanh(\\sqrt{2/\\pi} \\cdot (${text} + 0.044715 \\cdot ${text}^3)))`,
    (x.value / 2) * (1 + Math.tanh(inside)),
  );
};

const clamp: Rule = ({ args, at }) => {
  const x = elementAt(args[0], at);
  const { min, max } = (args[1] ?? {}) as { min?: unknown; max?: unknown };
  const [least, most] = [elementAt(min, at), elementAt(max, at)];
  if (!x) return null;
  const raised = least
    ? formulaOf(
        [x, least],
        ([a = '', b = '']) => `\\max(${bare(a)}, ${bare(b)})`,
        Math.max(x.value, least.value),
      )
    : formulaOf([x], ([a]) => a as string, x.value);
  if (!most) return raised;
  return {
    tex: `\\min(${raised.tex}, ${most.symbol})`,
    numbers: `\\min(${raised.numbers}, ${most.symbol})`,
    value: Math.min(raised.value, most.value),
  };
};

/** One of two, by a condition: the one that was taken. */
const choice =
  (condition: number, yes: number, no: number): Rule =>
  ({ args, at }) => {
    const holds = elementAt(args[condition], at);
    const taken = holds && elementAt(args[holds.value !== 0 ? yes : no], at);
    return taken && formulaOf([taken], ([text]) => bare(text as string), taken.value);
  };

/** Rules of what is computed element by element. A method's condition comes second, a function's first. */
export const elementwise: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.keys(unaries).map((op) => [op, unary])),
  ...Object.fromEntries(Object.keys(binaries).map((op) => [op, binary])),
  leakyRelu,
  elu,
  gelu,
  clamp,
  maskedFill: choice(1, 2, 0),
  where: (application) =>
    application.args.length < 3
      ? null
      : application.method
        ? choice(1, 0, 2)(application)
        : choice(0, 1, 2)(application),
};
