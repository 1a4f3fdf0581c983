import { english } from '../messages/index.ts';
import type { Examination } from './examination.ts';
import type { Say } from './reasons.ts';
import type { Speed } from './speed.ts';

const inEnglish = (problem: Say | null): string | null => problem?.(english) ?? null;

/** An examination for programs: one object, its sentences in English. */
export function toJson(examination: Examination, speed: readonly Speed[] | null, version: string) {
  const { devices, default: chosen, machine, compiler, engine, cache, variables } = examination;
  return {
    type: 'doctor',
    version,
    default: chosen,
    devices: devices.map((device) => ({ ...device, problem: inEnglish(device.problem) })),
    machine: { ...machine, threadsProblem: inEnglish(machine.threadsProblem) },
    compiler,
    engine: { ...engine, problem: inEnglish(engine.problem) },
    cache: { ...cache, problem: inEnglish(cache.problem) },
    environment: variables,
    speed,
  };
}
