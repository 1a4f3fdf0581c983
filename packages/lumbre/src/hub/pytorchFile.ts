import { sizeOf } from '../graph/shape.ts';
import { Unpickler } from './pickle.ts';
import { PickleTuple, type PickleValue } from './pickleValues.ts';
import type { RandomAccessFile } from './randomAccess.ts';
import { elementBytes, readElements, type StoredArray, type StoredFloatOptions } from './storedArray.ts';
import { gatherStrided, isContiguous, spanOf } from './strided.ts';
import { type TorchStorage, TorchTensor, torchMeaning } from './torchTensors.ts';
import type { WeightFile } from './weightFile.ts';
import { dataStartOf, readZipDirectory, type ZipMember } from './zipDirectory.ts';

/** A file of PyTorch that is damaged, or holds more than tensors. The message says what is wrong. */
export class PytorchError extends Error {
  override readonly name = 'PytorchError';
  readonly code = 'hub.pytorch';
}

const fail = (message: string): never => {
  throw new PytorchError(`pytorch: ${message}.`);
};

/** The pickles of the largest models have a few MB. */
const MOST_PICKLE_BYTES = 2 ** 26;
/** Nested dictionaries deeper than this hold no weights. */
const DEEPEST = 8;
const MOST_ENTRIES = 2 ** 20;
/** Tensors may share what is stored, two of them mostly; together they may be so many times the file. */
const MOST_SHARING = 16;

/** Where the bytes of a storage begin in the file. */
type PlaceOf = (storage: TorchStorage) => Promise<number>;

interface Found {
  readonly root: PickleValue;
  readonly placeOf: PlaceOf;
}

/**
 * Opens what `torch.save` wrote: a state dict, or dictionaries of them, whose names are joined by dots; numbers and texts
 * beside the tensors become metadata. Both of PyTorch's formats are read, the zip archive of 1.6 and later and the one before.
 * A pickle can ask for any function of Python; of those, the few that build tensors are known, nothing else is run or looked
 * up, and a file that names anything else is refused.
 * @throws PytorchError for a damaged file, and for one that holds other objects than tensors
 */
export async function openPytorch(
  file: RandomAccessFile,
  options: StoredFloatOptions = {},
): Promise<WeightFile> {
  const mark = await file.read(0, Math.min(4, file.size));
  const isZip = mark[0] === 0x50 && mark[1] === 0x4b;
  const { root, placeOf } = isZip ? await openArchive(file) : await openStream(file, mark);
  const { tensors, metadata } = flatten(root);
  checkSharing(tensors, file.size);
  return {
    format: 'pytorch',
    metadata,
    tensors: new Map(
      [...tensors].map(([name, { kind, shape }]) => [
        name,
        { kind, shape, bytes: sizeOf(shape) * elementBytes[kind] },
      ]),
    ),
    async *read(wanted = () => true): AsyncGenerator<readonly [string, StoredArray]> {
      for (const [name, tensor] of tensors) {
        if (wanted(name)) yield [name, await readTensor(file, name, tensor, placeOf, options)];
      }
    },
    close: () => file.close(),
  };
}

/** The format of PyTorch 1.6 and later: a zip archive with a pickle and a member for each storage. */
async function openArchive(file: RandomAccessFile): Promise<Found> {
  const members = await readZipDirectory(file, fail);
  const names = [...members.keys()];
  if (names.some((name) => /^[^/]*\/(constants\.pkl|code\/)/.test(name))) {
    fail('this is a program (TorchScript), not a file of weights; save model.state_dict() instead');
  }
  const pickles = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickles.length !== 1)
    fail('this is a zip archive without a data.pkl, which torch.save would have put there');
  const folder = (pickles[0] as string).slice(0, -'data.pkl'.length);
  const whole = async (member: ZipMember, most: number): Promise<Uint8Array> => {
    if (member.size > most)
      fail(`its ${member.name} has ${member.size} bytes, more than the ${most} that are allowed`);
    const start = await dataStartOf(file, member, fail);
    return await file.read(start, start + member.size);
  };
  const order = members.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(await whole(order, 64)).trim() !== 'little') {
    fail('it was written on a machine with the other order of bytes; save it again on one of today');
  }
  const pickle = await whole(members.get(pickles[0] as string) as ZipMember, MOST_PICKLE_BYTES);
  const root = new Unpickler(pickle, torchMeaning(fail)).read();
  return {
    root,
    async placeOf({ key, bytes }) {
      const member = members.get(`${folder}data/${key}`);
      if (!member) return fail(`its storage ${JSON.stringify(key)} is missing`);
      if (member.size < bytes)
        fail(`its storage ${JSON.stringify(key)} has ${member.size} bytes, expected ${bytes}`);
      return await dataStartOf(file, member, fail);
    },
  };
}

/** The number that a file of the older format begins with. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
const FIRST_HEAD_BYTES = 2 ** 20;

/** The format before: five pickles, then for each storage its number of elements and the elements. */
async function openStream(file: RandomAccessFile, mark: Uint8Array): Promise<Found> {
  if (mark[0] !== 0x80) {
    fail(
      'this is no file of torch.save: neither a zip archive nor a pickle. Files of before PyTorch 0.1.10 are tar archives, ' +
        'which are not read: load them in PyTorch and save them again',
    );
  }
  // How long the pickles are is known when they have been read.
  for (let length = FIRST_HEAD_BYTES; ; length *= 4) {
    const head = await file.read(0, Math.min(length, file.size));
    try {
      return await readStream(file, head);
    } catch (error) {
      if (!(error instanceof PytorchError) || head.length === file.size || length >= MOST_PICKLE_BYTES)
        throw error;
    }
  }
}

async function readStream(file: RandomAccessFile, head: Uint8Array): Promise<Found> {
  const storages = new Map<string, TorchStorage>();
  const meaning = torchMeaning(fail);
  let position = 0;
  const next = (): PickleValue => {
    const unpickler = new Unpickler(
      head,
      {
        ...meaning,
        persistent(id) {
          const storage = meaning.persistent(id) as TorchStorage;
          const known = storages.get(storage.key);
          if (known && (known.bytes !== storage.bytes || known.kind !== storage.kind)) {
            fail(`its storage ${JSON.stringify(storage.key)} has two sizes`);
          }
          storages.set(storage.key, known ?? storage);
          return known ?? storage;
        },
      },
      position,
    );
    const value = unpickler.read();
    position = unpickler.position;
    return value;
  };
  if (next() !== MAGIC) fail('this pickle was not written by torch.save');
  if (next() !== VERSION) fail('its version is not known');
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false) {
    fail('it was written on a machine with the other order of bytes; save it again on one of today');
  }
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) return fail('it has no list of storages');
  const places = new Map<string, number>();
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage || storage.kind === undefined) return fail('its list names a storage that no tensor has');
    const start = position + 8;
    if (start + storage.bytes > file.size) fail(`its storage ${JSON.stringify(key)} is cut short`);
    const count = new DataView((await file.read(position, start)).buffer).getBigInt64(0, true);
    if (count !== BigInt(storage.bytes / elementBytes[storage.kind])) {
      fail(`its storage ${JSON.stringify(key)} has ${count} elements, which its tensors deny`);
    }
    places.set(storage.key, start);
    position = start + storage.bytes;
  }
  return {
    root,
    placeOf: async ({ key }) => places.get(key) ?? fail(`its storage ${JSON.stringify(key)} is missing`),
  };
}

/** The tensors under their names, and what is said beside them. */
function flatten(root: PickleValue): {
  tensors: Map<string, TorchTensor>;
  metadata: Map<string, string>;
} {
  const tensors = new Map<string, TorchTensor>();
  const metadata = new Map<string, string>();
  let count = 0;
  const visit = (value: PickleValue, name: string, depth: number): void => {
    if (++count > MOST_ENTRIES) fail(`it has more than ${MOST_ENTRIES} entries`);
    if (value instanceof TorchTensor) {
      if (tensors.has(name)) fail(`two of its tensors are called ${JSON.stringify(name)}`);
      tensors.set(name, value);
      return;
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      metadata.set(name, String(value));
      return;
    }
    const entries = entriesOf(value);
    if (entries.length > 0 && depth >= DEEPEST) fail(`it is nested deeper than ${DEEPEST} levels`);
    for (const [key, inner] of entries) visit(inner, name === '' ? key : `${name}.${key}`, depth + 1);
  };
  visit(root, '', 0);
  if (tensors.size === 0) fail('it holds no tensors');
  return { tensors, metadata };
}

function entriesOf(value: PickleValue): [string, PickleValue][] {
  if (Array.isArray(value)) return value.map((item, i) => [String(i), item]);
  if (value instanceof PickleTuple) return value.items.map((item, i) => [String(i), item]);
  if (!(value instanceof Map)) return [];
  return [...value].flatMap(([key, item]): [string, PickleValue][] =>
    typeof key === 'string' || typeof key === 'number' ? [[String(key), item]] : [],
  );
}

function checkSharing(tensors: ReadonlyMap<string, TorchTensor>, fileBytes: number): void {
  let total = 0;
  for (const { kind, shape } of tensors.values()) total += sizeOf(shape) * elementBytes[kind];
  if (total > MOST_SHARING * fileBytes) {
    fail(
      `its tensors have ${total} bytes together, more than ${MOST_SHARING} times the file; save copies of them`,
    );
  }
}

async function readTensor(
  file: RandomAccessFile,
  name: string,
  tensor: TorchTensor,
  placeOf: PlaceOf,
  options: StoredFloatOptions,
): Promise<StoredArray> {
  const { kind, shape, strides, offset, storage } = tensor;
  const refuse = (what: string): never =>
    fail(`tensor ${JSON.stringify(name)} ${what}. Convert the file first`);
  const width = elementBytes[kind];
  const count = sizeOf(shape);
  const start = (count === 0 ? 0 : await placeOf(storage)) + offset * width;
  if (count === 0) return { shape, ...readElements(kind, new Uint8Array(), options, refuse) };
  if (isContiguous(shape, strides)) {
    return { shape, ...readElements(kind, await file.read(start, start + count * width), options, refuse) };
  }
  const { dtype, data } = readElements(
    kind,
    await file.read(start, start + spanOf(shape, strides) * width),
    options,
    refuse,
  );
  return { dtype, shape, data: gatherStrided(data, shape, strides) };
}
