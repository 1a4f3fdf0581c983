import type { OpArgs } from '../graph/node.ts';

/** Every check that a kernel can fail has a code; kernels report the code and the value that failed. */
const checks: OpArgs['checkIndex'][] = [];
const codes = new Map<string, number>();

/** The code of a check, from 1; equal checks share one, so that equal kernels do. */
export function failureCode(check: OpArgs['checkIndex']): number {
  const key = `${check.what} ${check.size}`;
  let code = codes.get(key);
  if (!code) {
    checks.push(check);
    code = checks.length;
    codes.set(key, code);
  }
  return code;
}

/** The check of a code that a kernel reported. */
export const failedCheck = (code: number): OpArgs['checkIndex'] => checks[code - 1] as OpArgs['checkIndex'];
