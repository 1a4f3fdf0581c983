/** What a formula of numbers comes to: the TeX that our rules write, read as JavaScript. NaN where it has dots. */
export function evaluate(numbers: string): number {
  const left = numbers;
  if (/dots|\\ell/.test(left)) return Number.NaN;
  let code = left
    .replace(/\\left\\lfloor|\\lfloor/g, 'Math.floor(')
    .replace(/\\right\\rfloor|\\rfloor/g, ')')
    .replace(/\\lceil/g, 'Math.ceil(')
    .replace(/\\rceil/g, ')')
    .replace(/\\left\|(.*?)\\right\|/g, 'Math.abs($1)')
    .replace(/\\left|\\right/g, '')
    .replace(/\\pi/g, 'Math.PI')
    .replace(/(\d)\\cdot 10\^\{(-?\d+)\}/g, '$1e$2')
    .replace(/\\cdot/g, '*');
  // Innermost braces first.
  for (let before = ''; before !== code; ) {
    before = code;
    code = code
      .replace(/\\log_\{10\} (\(?-?[\d.e-]+\)?)/, 'Math.log10($1)')
      .replace(/\\dfrac\{([^{}]*)\}\{([^{}]*)\}/, '(($1)/($2))')
      .replace(/\\sqrt\{([^{}]*)\}/, 'Math.sqrt($1)')
      .replace(/e\^\{([^{}]*)\}/, 'Math.exp($1)')
      .replace(/(\(-?[\d.e-]+\)|[\d.]+)\^\{([^{}]*)\}/, '(($1)**($2))');
  }
  code = code
    .replace(/(\((?:[^()]|\([^()]*\))*\)|[\d.]+)\^(\d)/g, '(($1)**$2)')
    .replace(/\\log_2 (\(?-?[\d.e-]+\)?)/g, 'Math.log2($1)')
    .replace(/\\ln ?(?=\()/g, 'Math.log')
    .replace(/\\(tanh|sin|cos|tan)(?=\()/g, 'Math.$1')
    .replace(
      /\\(ln|tanh|sin|cos|tan) (\(?-?[\d.e-]+\)?)/g,
      (_, name: string, x: string) => `Math.${name === 'ln' ? 'log' : name}(${x})`,
    )
    .replace(/\\(max|min)/g, 'Math.$1')
    .replace(/\\Phi/g, 'Phi')
    .replace(
      /^\[(.*)\]$/,
      (_, inside: string) =>
        `Number(${inside
          .replace(/\\neq/, '!==')
          .replace(/\\le/, '<=')
          .replace(/\\ge/, '>=')
          .replace(/ = /, ' === ')})`,
    );
  return new Function('Phi', `return ${code};`)(normalShare) as number;
}

/** The share of a normal distribution below x, by adding up its density. */
function normalShare(x: number): number {
  const steps = 20_000;
  const from = -9;
  const width = (x - from) / steps;
  let total = 0;
  for (let i = 0; i < steps; i++) {
    const at = from + (i + 0.5) * width;
    total += Math.exp((-at * at) / 2) * width;
  }
  return total / Math.sqrt(2 * Math.PI);
}
