/**
 * The program of a worker, as text, so that no bundler needs to find a file. It imports the dataset's module and answers
 * requests, one after another. Examples are packed: arrays of one kind lie one behind the other in one buffer, which is
 * transferred, and in their place stands where they are; `unpack` in `workerPool.ts` is the other end.
 */
export const workerSource = `
const pack = (values) => {
  const groups = new Map();
  const leaf = (data, rest) => {
    const kind = data.constructor.name;
    const group = groups.get(kind) ?? { constructor: data.constructor, length: 0, parts: [] };
    groups.set(kind, group);
    group.parts.push(data);
    const at = group.length;
    group.length += data.length;
    return { ...rest, kind, at, length: data.length };
  };
  const isArray = (value) => ArrayBuffer.isView(value) && typeof value.length === 'number';
  const walk = (value) => {
    if (isArray(value)) return leaf(value, { type: 'data' });
    if (Array.isArray(value)) return { type: 'tuple', items: value.map(walk) };
    if (typeof value !== 'object' || value === null) return { type: 'value', value };
    // A tensor, of whatever copy of the library the dataset uses.
    if (typeof value.dataSync === 'function') {
      return leaf(value.dataSync(), { type: 'array', shape: [...value.shape], dtype: value.dtype });
    }
    if (isArray(value.data) && Array.isArray(value.shape)) {
      return leaf(value.data, { type: 'array', shape: [...value.shape], dtype: value.dtype });
    }
    return { type: 'record', fields: Object.entries(value).map(([name, item]) => [name, walk(item)]) };
  };
  const packed = values.map(walk);
  const buffers = {};
  for (const [kind, group] of groups) {
    const joined = new group.constructor(group.length);
    let at = 0;
    for (const part of group.parts) {
      joined.set(part, at);
      at += part.length;
    }
    buffers[kind] = joined;
  }
  return { packed, buffers };
};

class ExampleFailure extends Error {
  constructor(index, cause) {
    super('example');
    this.index = index;
    this.cause = cause;
  }
}

let dataset;
let nextExample;
let streamBatch;

const open = async ({ url, exportName, args, stream }) => {
  const module = await import(/* @vite-ignore */ url);
  if (!(exportName in module)) {
    throw new Error("the module has no export '" + exportName + "', only: " + Object.keys(module).join(', '));
  }
  const made = module[exportName];
  dataset = await (typeof made === 'function' ? made(...args) : made);
  const isStream = typeof dataset?.iterate === 'function';
  if (!isStream && !(typeof dataset?.get === 'function' && Number.isInteger(dataset.length))) {
    throw new Error("export '" + exportName + "' gives no dataset: it needs length and get(index), or iterate(info)");
  }
  return { isStream, length: isStream ? -1 : dataset.length };
};

const beginStream = ({ worker, workers, epoch, seed, batchSize, first }) => {
  const mine = (index) => index >= first * batchSize && Math.floor(index / batchSize) % workers === worker;
  const examples = dataset.iterate({ worker, workers, epoch, seed, mine });
  const iterator = examples[Symbol.asyncIterator]?.() ?? examples[Symbol.iterator]();
  let count = 0;
  nextExample = async () => {
    for (;;) {
      const next = await iterator.next();
      if (next.done || dataset.sharded || mine(count++)) return next;
    }
  };
  streamBatch = batchSize;
};

const readStream = async ({ number }) => {
  const examples = [];
  while (examples.length < streamBatch) {
    let next;
    try {
      next = await nextExample();
    } catch (error) {
      throw new ExampleFailure(number * streamBatch + examples.length, error);
    }
    if (next.done) break;
    examples.push(next.value);
  }
  return examples.length === 0 ? null : { whole: false, ...pack(examples) };
};

const readDataset = async ({ indices, seeds, whole }) => {
  if (whole && dataset.getBatch) return { whole: true, ...pack([await dataset.getBatch(indices)]) };
  const read = async (index, i) => {
    try {
      return await dataset.get(index, { seed: seeds[i] });
    } catch (error) {
      throw new ExampleFailure(index, error);
    }
  };
  return { whole: false, ...pack(await Promise.all(indices.map(read))) };
};

const answer = async (request) => {
  if (request.type === 'open') return await open(request);
  if (request.type === 'begin') return beginStream(request);
  return await (nextExample ? readStream(request) : readDataset(request));
};

const describe = (error) => error instanceof Error
  ? { name: error.name, message: error.message, stack: error.stack }
  : { name: 'Error', message: String(error), stack: '' };

let before = Promise.resolve();
listen((request) => {
  before = before.then(async () => {
    try {
      const result = await answer(request);
      const buffers = Object.values(result?.buffers ?? {}).map((array) => array.buffer);
      post({ id: request.id, result }, buffers);
    } catch (error) {
      const index = error instanceof ExampleFailure ? error.index : undefined;
      post({ id: request.id, index, error: describe(index === undefined ? error : error.cause) });
    }
  });
});
`;
