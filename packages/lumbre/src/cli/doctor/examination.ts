import { type CacheState, examineCache } from './cacheState.ts';
import { type CompilerFacts, examineCompiler } from './compiler.ts';
import { chosenDefault, type DefaultDevice, type DeviceState, examineDevices } from './devices.ts';
import { examineMachine, type Machine, variablesSet } from './machine.ts';
import { type EngineState, examineEngine } from './nativeEngine.ts';

/** All that is known of this place, but for how fast it is. */
export interface Examination {
  readonly devices: readonly DeviceState[];
  readonly default: DefaultDevice;
  readonly machine: Machine;
  readonly compiler: CompilerFacts | null;
  readonly engine: EngineState;
  readonly cache: CacheState;
  readonly variables: Readonly<Record<string, string>>;
}

export function examine(): Examination {
  const compiler = examineCompiler();
  const engine = examineEngine();
  return {
    devices: examineDevices(engine),
    default: chosenDefault(compiler !== null),
    machine: examineMachine(),
    compiler,
    engine,
    // After the engine, which has put something into it.
    cache: examineCache(),
    variables: variablesSet(),
  };
}
