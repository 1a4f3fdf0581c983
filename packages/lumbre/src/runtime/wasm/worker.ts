import { CALL_WORDS, CONTROL_ADDRESS, CONTROL_WORDS, call, commands, words } from './control.ts';

/** Looks at memory this many times before a worker goes to sleep: some tens of microseconds. */
const SPINS_BEFORE_SLEEP = 20_000;

/**
 * The program of a worker, as text, so that no bundler needs to find a file. It listens in shared memory rather than
 * for messages: a command reaches it within a fraction of a microsecond, and between two kernels of a program threads
 * meet without a system call.
 */
export const workerSource = `
receive(({ memory, thread, threads }) => {
  const control = new Int32Array(memory.buffer, ${CONTROL_ADDRESS}, ${CONTROL_WORDS});
  const kernels = [];
  const load = () => {
    const address = control[${words.address}] >>> 0;
    const bytes = new Uint8Array(memory.buffer).slice(address, address + control[${words.length}]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const first = control[${words.firstKernel}];
    for (let i = 0; i < control[${words.kernelCount}]; i++) kernels[first + i] = exports['kernel' + i];
  };
  const walk = () => {
    const calls = control[${words.length}];
    const table = new Int32Array(memory.buffer, control[${words.address}] >>> 0, calls * ${CALL_WORDS});
    const scratch = control[${words.scratch}] + thread * control[${words.scratchStride}];
    for (let row = 0; row < calls * ${CALL_WORDS}; row += ${CALL_WORDS}) {
      const parts = table[row + ${call.parts}];
      const extent = table[row + ${call.extent}];
      for (let part; (part = Atomics.add(table, row + ${call.next}, 1)) < parts; ) {
        const begin = Math.floor((extent * part) / parts);
        const end = Math.floor((extent * (part + 1)) / parts);
        kernels[table[row + ${call.kernel}]](table[row + ${call.arguments}], begin, end, scratch);
        Atomics.add(table, row + ${call.done}, 1);
      }
      while (Atomics.load(table, row + ${call.done}) < parts) {
        if (Atomics.load(control, ${words.failed})) throw new Error('Another thread failed.');
      }
    }
  };
  let seen = Atomics.load(control, ${words.command});
  Atomics.add(control, ${words.ready}, 1);
  for (;;) {
    for (let spins = 0; Atomics.load(control, ${words.command}) === seen; spins++) {
      if (spins > ${SPINS_BEFORE_SLEEP}) Atomics.wait(control, ${words.command}, seen);
    }
    seen = Atomics.load(control, ${words.command});
    try {
      if (control[${words.kind}] === ${commands.walk}) walk();
      else load();
      Atomics.add(control, ${words.arrived}, 1);
    } catch {
      // Quietly: an error that nobody listens for would end the process, and the calling thread reports this one.
      Atomics.store(control, ${words.failed}, 1);
      return;
    }
  }
});
`;
