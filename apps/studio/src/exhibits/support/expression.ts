// Formulas that learners write, `(a*b + c).tanh()` or `x**2 * sin(x)`: read by a grammar of our own, never evaluated as code.

export type Operator = '+' | '-' | '*' | '/' | '**';
export const functionNames = ['sin', 'cos', 'exp', 'log', 'sqrt', 'abs', 'tanh', 'sigmoid', 'relu'] as const;
export type FunctionName = (typeof functionNames)[number];

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly of: Expression };

/** What is wrong with a formula, and where, counted from 0; the words for it are the exhibit's. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly problem: 'unexpected' | 'unfinished' | 'unknownName' | 'unknownFunction' | 'tooLong';
  readonly found: string;
  readonly position: number;

  constructor(problem: ExpressionError['problem'], found: string, position: number) {
    super(`${problem} '${found}' at ${position}`);
    this.problem = problem;
    this.found = found;
    this.position = position;
  }
}

/** Signs that mean another. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['^', '**'],
  ['−', '-'],
  ['·', '*'],
]);

const MOST_LETTERS = 120;
const MOST_DEPTH = 40;
const token = /\s*(?:(\d+(?:\.\d+)?|\.\d+)|([a-zA-Z_]\w*)|(\*\*|[-+*/^().−·]))/y;

interface Token {
  readonly text: string;
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly position: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  let place = 0;
  while (text.slice(place).trim() !== '') {
    token.lastIndex = place;
    const match = token.exec(text);
    if (!match) {
      const at = place + (text.slice(place).length - text.slice(place).trimStart().length);
      throw new ExpressionError('unexpected', text[at] ?? '', at);
    }
    const [whole, number, name, sign] = match;
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
    const found = number ?? name ?? sign ?? '';
    tokens.push({
      text: spellings.get(found) ?? found,
      kind,
      position: token.lastIndex - found.length,
    });
    place += whole.length;
  }
  tokens.push({ text: '', kind: 'end', position: text.length });
  return tokens;
}

const isFunction = (name: string): name is FunctionName => functionNames.some((known) => known === name);

/**
 * Reads a formula with these names of variables. Powers bind as in Python: -x**2 is -(x²), and 2**3**2 is 2⁹.
 * @throws ExpressionError
 */
export function parseExpression(text: string, names: readonly string[]): Expression {
  if (text.length > MOST_LETTERS) throw new ExpressionError('tooLong', '', MOST_LETTERS);
  const tokens = tokensOf(text);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next] as Token;
  const take = (): Token => tokens[next++] as Token;
  const wrong = (
    at: Token,
    problem: 'unexpected' | 'unknownName' | 'unknownFunction' = 'unexpected',
  ): never => {
    throw new ExpressionError(at.kind === 'end' ? 'unfinished' : problem, at.text, at.position);
  };
  const expect = (sign: string) => {
    if (peek().text !== sign) wrong(peek());
    take();
  };
  const nested = (read: () => Expression): Expression => {
    if (++depth > MOST_DEPTH) throw new ExpressionError('tooLong', '', peek().position);
    const result = read();
    depth--;
    return result;
  };

  const sum = (): Expression => leftToRight(product, ['+', '-']);
  const product = (): Expression => leftToRight(signed, ['*', '/']);
  function leftToRight(part: () => Expression, operators: readonly string[]): Expression {
    let left = part();
    while (operators.includes(peek().text) && peek().kind === 'sign') {
      const operator = take().text as Operator;
      left = { kind: 'operation', operator, left, right: part() };
    }
    return left;
  }
  function signed(): Expression {
    if (peek().kind === 'sign' && peek().text === '-') {
      take();
      return { kind: 'negative', of: nested(signed) };
    }
    if (peek().kind === 'sign' && peek().text === '+') {
      take();
      return nested(signed);
    }
    const base = method();
    if (peek().text !== '**') return base;
    take();
    return { kind: 'operation', operator: '**', left: base, right: nested(signed) };
  }
  function method(): Expression {
    let of = atom();
    while (peek().text === '.') {
      take();
      const name = take();
      if (name.kind !== 'name') wrong(name);
      if (!isFunction(name.text)) wrong(name, 'unknownFunction');
      expect('(');
      expect(')');
      of = { kind: 'call', name: name.text as FunctionName, of };
    }
    return of;
  }
  function atom(): Expression {
    const first = take();
    if (first.kind === 'number') return { kind: 'number', value: Number(first.text) };
    if (first.kind === 'name') {
      if (peek().text === '(') {
        if (!isFunction(first.text)) wrong(first, 'unknownFunction');
        take();
        const of = nested(sum);
        expect(')');
        return { kind: 'call', name: first.text as FunctionName, of };
      }
      if (!names.includes(first.text)) wrong(first, 'unknownName');
      return { kind: 'name', name: first.text };
    }
    if (first.text !== '(') wrong(first);
    const inside = nested(sum);
    expect(')');
    return inside;
  }

  const result = sum();
  if (peek().kind !== 'end') wrong(peek());
  return result;
}

/** What a formula is computed with: numbers, numbers with their slopes, or tensors of the engine. */
export interface Algebra<Value> {
  number(value: number): Value;
  negative(of: Value): Value;
  operation(operator: Operator, left: Value, right: Value): Value;
  call(name: FunctionName, of: Value): Value;
}

export function interpret<Value>(
  expression: Expression,
  variables: Readonly<Record<string, Value>>,
  algebra: Algebra<Value>,
): Value {
  const go = (part: Expression): Value => {
    switch (part.kind) {
      case 'number':
        return algebra.number(part.value);
      case 'name': {
        const value = Object.hasOwn(variables, part.name) ? variables[part.name] : undefined;
        if (value === undefined) throw new Error(`interpret: there is no value for '${part.name}'.`);
        return value;
      }
      case 'negative':
        return algebra.negative(go(part.of));
      case 'operation':
        return algebra.operation(part.operator, go(part.left), go(part.right));
      case 'call':
        return algebra.call(part.name, go(part.of));
    }
  };
  return go(expression);
}

const operations: Readonly<Record<Operator, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '**': (x, y) => x ** y,
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const functions: Readonly<Record<FunctionName, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(0, x),
};

/** Plain numbers. */
export const numbers: Algebra<number> = {
  number: (value) => value,
  negative: (of) => -of,
  operation: (operator, left, right) => operations[operator](left, right),
  call: (name, of) => functions[name](of),
};

/** A value and its slope, by the rules of derivatives. */
export type Dual = readonly [value: number, slope: number];

const slopes: Readonly<Record<FunctionName, (x: number, y: number) => number>> = {
  sin: (x) => Math.cos(x),
  cos: (x) => -Math.sin(x),
  exp: (_, y) => y,
  log: (x) => 1 / x,
  sqrt: (_, y) => 1 / (2 * y),
  abs: (x) => Math.sign(x),
  tanh: (_, y) => 1 - y * y,
  sigmoid: (_, y) => y * (1 - y),
  relu: (x) => (x > 0 ? 1 : 0),
};

function dualPower([x, dx]: Dual, [y, dy]: Dual): Dual {
  const value = x ** y;
  const byBase = dx === 0 ? 0 : y * x ** (y - 1) * dx;
  return [value, byBase + (dy === 0 ? 0 : value * Math.log(x) * dy)];
}

/** Numbers with their slopes: the derivative comes out with the value, exact but for rounding. */
export const duals: Algebra<Dual> = {
  number: (value) => [value, 0],
  negative: ([x, dx]) => [-x, -dx],
  operation(operator, left, right) {
    const [[x, dx], [y, dy]] = [left, right];
    switch (operator) {
      case '+':
        return [x + y, dx + dy];
      case '-':
        return [x - y, dx - dy];
      case '*':
        return [x * y, dx * y + x * dy];
      case '/':
        return [x / y, (dx * y - x * dy) / (y * y)];
      case '**':
        return dualPower(left, right);
    }
  },
  call(name, [x, dx]) {
    const value = functions[name](x);
    return [value, dx === 0 ? 0 : slopes[name](x, value) * dx];
  },
};
