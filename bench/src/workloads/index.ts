import type { Case, Workload } from '../workload.ts';
import { w1 } from './w1.ts';
import { w2 } from './w2.ts';
import { w3 } from './w3.ts';
import { w4 } from './w4.ts';
import { w5 } from './w5.ts';
import { w6 } from './w6.ts';
import { w7 } from './w7.ts';

export const workloads: readonly Workload[] = [w1, w2, w3, w4, w5, w6, w7];

/** @throws RangeError that lists what there is. */
export function findWorkload(name: string): Workload {
  const workload = workloads.find((one) => one.name === name);
  if (workload) return workload;
  const known = workloads.map((one) => one.name).join(', ');
  throw new RangeError(`There is no workload '${name}'; choose one of: ${known}.`);
}

/** @throws RangeError that lists what there is. */
export function findCase(workload: string, name: string): Case {
  const { cases } = findWorkload(workload);
  const found = cases.find((one) => one.name === name);
  if (found) return found;
  const known = cases.map((one) => one.name).join(', ');
  throw new RangeError(`${workload} has no case '${name}'; choose one of: ${known}.`);
}
