import type { Held, Step, Thing, Trace } from './trace.ts';

/** Reads the variables of a frame: names, and what they hold now. */
type Reader = () => readonly (readonly [string, () => unknown])[];

export interface Recorder {
  step(line: number, reader: Reader): void;
  enter(name: string): void;
  leave(): void;
  returned<Value>(line: number, value: Value, reader: Reader): Value;
  log(...values: unknown[]): void;
  /** The program came to its end: what blocks declared is gone. */
  settle(reader: Reader): void;
  end(error: unknown): Trace;
}

/**
 * Watches a program run. Travels to the sandbox as text, in front of the instrumented program: it uses nothing from outside.
 */
export function makeRecorder(mostSteps: number): Recorder {
  const ids = new Map<unknown, number>();
  const frames: { name: string; reader: Reader }[] = [{ name: '', reader: () => [] }];
  const steps: Step[] = [];
  const output: string[] = [];
  let cut = false;

  const quoted = (text: string): string => `'${text.length > 60 ? `${text.slice(0, 59)}…` : text}'`;

  function snapshot(line: number | null, returns: { value: unknown } | null): Step {
    const heap = new Map<number, Thing>();
    const hold = (value: unknown): Held => {
      if (typeof value === 'string') return { text: quoted(value) };
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
        return { text: Object.is(value, -0) ? '-0' : String(value) };
      let id = ids.get(value);
      if (id === undefined) {
        id = ids.size + 1;
        ids.set(value, id);
      }
      if (!heap.has(id) && heap.size < 80) {
        // In its place before what it holds: circles end here.
        const entries: [string, Held][] = [];
        const kind = Array.isArray(value)
          ? 'array'
          : value instanceof Map
            ? 'map'
            : value instanceof Set
              ? 'set'
              : typeof value === 'function'
                ? 'function'
                : 'object';
        const pairs: [unknown, unknown][] =
          kind === 'array'
            ? (value as unknown[]).map((item, i): [unknown, unknown] => [i, item])
            : kind === 'map'
              ? [...(value as Map<unknown, unknown>)]
              : kind === 'set'
                ? [...(value as Set<unknown>)].map((item, i): [unknown, unknown] => [i, item])
                : kind === 'function'
                  ? []
                  : Object.entries(value);
        heap.set(id, { id, kind, entries, size: pairs.length });
        for (const [key, item] of pairs.slice(0, 40)) {
          const name = kind === 'map' && typeof key === 'string' ? quoted(key) : String(key);
          entries.push([name.slice(0, 60), hold(item)]);
        }
      }
      return { ref: id };
    };
    const shown = frames.map(({ name, reader }) => {
      const variables: [string, Held][] = [];
      for (const [variable, read] of reader()) {
        try {
          const value = read();
          // Functions are where the code says that they are: only other values are worth a label.
          if (typeof value !== 'function') variables.push([variable, hold(value)]);
        } catch {
          // Declared further down: it has no value yet.
        }
      }
      return { name, variables: variables.slice(0, 60) };
    });
    const given = returns ? hold(returns.value) : null;
    return {
      line,
      returns: given,
      frames: shown.slice(-40),
      heap: [...heap.values()],
      printed: output.length,
    };
  }

  function record(line: number, returns: { value: unknown } | null): void {
    if (steps.length >= mostSteps) {
      cut = true;
      throw new Error('too many steps');
    }
    steps.push(snapshot(line, returns));
  }

  const write = (value: unknown): string => {
    if (typeof value === 'string') return value;
    if (value instanceof Map)
      return `Map {${[...value].map(([k, v]) => `${write(k)} → ${write(v)}`).join(', ')}}`;
    try {
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
    } catch {
      return String(value);
    }
  };

  return {
    step(line, reader) {
      (frames[frames.length - 1] as { reader: Reader }).reader = reader;
      record(line, null);
    },
    enter(name) {
      frames.push({ name, reader: () => [] });
    },
    leave() {
      frames.pop();
    },
    returned(line, value, reader) {
      (frames[frames.length - 1] as { reader: Reader }).reader = reader;
      record(line, { value });
      return value;
    },
    log(...values) {
      if (output.length < 100) output.push(values.map(write).join(' ').slice(0, 400));
    },
    settle(reader) {
      (frames[0] as { reader: Reader }).reader = reader;
    },
    end(error) {
      frames.length = 1;
      const failed = error === null || cut ? null : String(error).slice(0, 400);
      if (!cut) steps.push(snapshot(null, null));
      return { steps, output, error: failed, cut };
    },
  };
}
