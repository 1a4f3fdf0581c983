import { sizeIn } from '../commands/cache.ts';
import { type Context, printable, wrap } from '../io.ts';
import type { Messages } from '../messages/index.ts';
import type { CacheState } from './cacheState.ts';
import type { CompilerFacts } from './compiler.ts';
import type { DeviceState } from './devices.ts';
import type { Examination } from './examination.ts';
import type { Machine } from './machine.ts';
import type { EngineState } from './nativeEngine.ts';

/** A label and what stands beside it; a list is of features, with whether they are there. */
type Row = readonly [label: string, value: string | readonly (readonly [string, boolean])[]];

const WIDEST = 100;
const LABEL = 17;
const GIBIBYTE = 2 ** 30;

/** Lines of a text beside a label, those after the first below it. */
function besideLabel(label: string, text: string, { output, theme }: Context): string[] {
  const width = Math.min(WIDEST, output.columns || WIDEST) - 4 - LABEL;
  return wrap(printable(text), Math.max(20, width)).map(
    (line, i) => `    ${theme.muted((i === 0 ? label : '').padEnd(LABEL))}${line}`,
  );
}

const feature = ([name, there]: readonly [string, boolean]): string => `${name}\u00a0${there ? '✓' : '✗'}`;

function section(title: string, rows: readonly Row[], context: Context): string[] {
  const lines = rows.flatMap(([label, value]) =>
    besideLabel(label, typeof value === 'string' ? value : value.map(feature).join(' · '), context),
  );
  return [`  ${context.theme.strong(title)}`, ...lines, ''];
}

const about = (name: string, messages: Messages): string =>
  name === 'native' ? messages.doctorNative : name === 'wasm' ? messages.doctorWasm : messages.doctorJs;

function deviceLines(
  { name, works, problem }: DeviceState,
  { compiler, engine }: Examination,
  context: Context,
) {
  const { messages, theme } = context;
  // What a compiler has to say may be long, and stands beside the compiler.
  const isEngine = name === 'native' && compiler !== null && engine.problem !== null;
  const why = isEngine ? messages.doctorSeeTrial : problem?.(messages);
  const [first = '', ...rest] = besideLabel(
    name,
    why === undefined
      ? `${messages.doctorWorks}: ${about(name, messages)}`
      : `${messages.doctorFails}: ${why}`,
    context,
  );
  return [`  ${works ? theme.ember('●') : theme.error('✗')} ${first.slice(4)}`, ...rest];
}

function machineRows(machine: Machine, { messages, format }: Context): Row[] {
  const { processor, cores, threads, threadsProblem, memoryBytes, freeBytes, wasm } = machine;
  const { platform, arch, node } = machine;
  const gibibytes = (bytes: number) => `${format.number(bytes / GIBIBYTE, 1)}\u00a0GiB`;
  return [
    [
      messages.doctorProcessor,
      [processor || arch, messages.doctorCores(format.integer(cores), cores)].join(' · '),
    ],
    [
      messages.doctorThreads,
      threads === null
        ? (threadsProblem?.(messages) ?? '')
        : messages.doctorThreadCount(format.integer(threads), threads),
    ],
    [messages.doctorMemory, messages.doctorMemoryOf(gibibytes(memoryBytes), gibibytes(freeBytes))],
    [messages.doctorSystem, `${platform} ${arch} · Node ${node}`],
    [
      'WebAssembly',
      [
        [messages.doctorSimd, wasm.simd],
        [messages.doctorRelaxedSimd, wasm.relaxedSimd],
        [messages.doctorThreads, wasm.threads],
      ],
    ],
  ];
}

function compilerRows(compiler: CompilerFacts, { messages }: Context): Row[] {
  const { command, before, kind, version, vectorBits, lanes, fma, float16, int8 } = compiler;
  return [
    [messages.doctorCommand, [command, ...before].join(' ')],
    // clang begins its own with its name.
    [messages.doctorVersion, version.toLowerCase().includes(kind) ? version : `${kind} ${version}`],
    [messages.doctorVectors, messages.doctorVectorsOf(String(vectorBits), String(lanes))],
    [
      messages.doctorInstructions,
      [
        [messages.doctorFma, fma],
        [messages.doctorFloat16, float16],
        [messages.doctorInt8, int8],
      ],
    ],
  ];
}

const engineRow = ({ seconds, problem }: EngineState, { messages, format }: Context): Row => [
  messages.doctorEngine,
  problem
    ? `${messages.doctorEngineFails}: ${problem(messages)}`
    : messages.doctorEngineStarts(format.number(seconds ?? 0, 2)),
];

function cacheRows(cache: CacheState, context: Context): Row[] {
  const { messages, format } = context;
  const { folder, bytes, batches, kernels, maxBytes, problem } = cache;
  const holds =
    batches === 0
      ? messages.cacheEmpty
      : messages.doctorCacheHolds(
          messages.cacheHolds(
            format.integer(kernels),
            kernels,
            format.integer(batches),
            batches,
            sizeIn(context, bytes),
          ),
          sizeIn(context, maxBytes),
        );
  return [
    [messages.doctorFolder, folder],
    ...(batches === 0 && problem ? [] : [[messages.doctorContents, holds] as const]),
    [messages.doctorWriting, problem ? problem(messages) : messages.doctorWritable],
  ];
}

/** An examination as lines for people. */
export function describeExamination(examination: Examination, context: Context): string[] {
  const { messages, theme } = context;
  const { devices, default: chosen, machine, compiler, engine, cache, variables } = examination;
  const why =
    chosen.reason === 'LUMBRE_DEVICE'
      ? messages.doctorDefaultAsked(printable(chosen.name))
      : messages.doctorDefaultFastest(chosen.name);
  const names = Object.entries(variables);
  return [
    `  ${theme.strong(messages.doctorDevices)}`,
    ...devices.flatMap((device) => deviceLines(device, examination, context)),
    `    ${theme.muted(why)}`,
    '',
    ...section(messages.doctorMachine, machineRows(machine, context), context),
    ...(compiler
      ? section(
          messages.doctorCompiler,
          [...compilerRows(compiler, context), engineRow(engine, context)],
          context,
        )
      : [`  ${theme.strong(messages.doctorCompiler)}`, `    ${messages.doctorNone}`, '']),
    ...section(messages.doctorCache, cacheRows(cache, context), context),
    ...(names.length > 0 ? section(messages.doctorVariables, names, context) : []),
  ];
}
