import { sizeOf } from '../graph/shape.ts';
import type { PickleMeaning } from './pickle.ts';
import { kindOf, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from './pickleValues.ts';
import { type ElementKind, elementBytes } from './storedArray.ts';

/** Elements that tensors look at, kept outside of the pickle under a key. */
export class TorchStorage extends PickleObject {
  readonly key: string;
  /** Unknown for untyped ones, of which only bytes are counted. */
  readonly kind: ElementKind | undefined;
  readonly bytes: number;

  constructor(key: string, kind: ElementKind | undefined, bytes: number) {
    super();
    this.key = key;
    this.kind = kind;
    this.bytes = bytes;
  }
}

/** How a tensor looks at a storage: elements are counted, not bytes. */
export class TorchTensor extends PickleObject {
  readonly storage: TorchStorage;
  readonly kind: ElementKind;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: TorchStorage,
    kind: ElementKind,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    super();
    this.storage = storage;
    this.kind = kind;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const storageKinds: Readonly<Record<string, ElementKind>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

const dtypeKinds: Readonly<Record<string, ElementKind>> = {
  'torch.float64': 'F64',
  'torch.float32': 'F32',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint8': 'U8',
  'torch.uint16': 'U16',
  'torch.uint32': 'U32',
  'torch.uint64': 'U64',
  'torch.bool': 'BOOL',
};

const UNTYPED = 'torch.storage.UntypedStorage';

/** The functions whose calls build tensors and what they lie in. */
const functions = [
  'collections.OrderedDict',
  'torch.Size',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_parameter',
  'torch._utils._rebuild_parameter_with_state',
] as const;

const allowed: ReadonlySet<string> = new Set([
  ...functions,
  UNTYPED,
  ...Object.keys(storageKinds),
  ...Object.keys(dtypeKinds),
]);

const MOST_DIMENSIONS = 64;

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** What pickles of PyTorch mean. @param fail throws the error of the format */
export function torchMeaning(fail: (message: string) => never): PickleMeaning {
  const counts = (value: PickleValue | undefined, what: string): number[] => {
    const items = value instanceof PickleTuple ? value.items : Array.isArray(value) ? value : [];
    if (!(value instanceof PickleTuple || Array.isArray(value)) || !items.every(isCount)) {
      return fail(`a tensor has ${what} that are not counts`);
    }
    if (items.length > MOST_DIMENSIONS) fail(`a tensor has more than ${MOST_DIMENSIONS} dimensions`);
    return [...items] as number[];
  };

  const tensorOf = (args: readonly PickleValue[], kind?: ElementKind): TorchTensor => {
    const [storage, offset] = args;
    if (!(storage instanceof TorchStorage)) return fail(`a tensor has ${kindOf(storage)} for a storage`);
    if (!isCount(offset)) return fail('a tensor begins at no place');
    const own = kind ?? storage.kind;
    if (own === undefined) return fail('a tensor has no dtype');
    const tensor = new TorchTensor(
      storage,
      own,
      offset,
      counts(args[2], 'sizes'),
      counts(args[3], 'strides'),
    );
    checkTensor(tensor, fail);
    return tensor;
  };

  const parameterOf = ([tensor]: readonly PickleValue[]): TorchTensor =>
    tensor instanceof TorchTensor ? tensor : fail(`a parameter has ${kindOf(tensor)} for a tensor`);

  const dictOf = ([pairs = []]: readonly PickleValue[]): Map<PickleValue, PickleValue> => {
    const map = new Map<PickleValue, PickleValue>();
    if (!Array.isArray(pairs)) return fail('an OrderedDict is made of what is no list');
    for (const pair of pairs) {
      const [key, value] = pair instanceof PickleTuple ? pair.items : Array.isArray(pair) ? pair : [];
      if (key === undefined || value === undefined)
        return fail('an OrderedDict has an entry that is no pair');
      map.set(key, value);
    }
    return map;
  };

  return {
    fail,
    allows: (name) => allowed.has(name),
    call(name, args) {
      switch (name as (typeof functions)[number]) {
        case 'collections.OrderedDict':
          return dictOf(args);
        case 'torch.Size':
          return new PickleTuple(counts(args[0], 'sizes'));
        case 'torch._utils._rebuild_tensor':
        case 'torch._utils._rebuild_tensor_v2':
          return tensorOf(args);
        case 'torch._utils._rebuild_tensor_v3': {
          const dtype = args[6];
          const kind = dtype instanceof PickleGlobal ? dtypeKinds[dtype.name] : undefined;
          return kind === undefined
            ? fail(`a tensor has ${kindOf(dtype)} for a dtype`)
            : tensorOf(args, kind);
        }
        case 'torch._utils._rebuild_parameter':
        case 'torch._utils._rebuild_parameter_with_state':
          return parameterOf(args);
        default:
          return fail(`it calls ${name}, which is no function`);
      }
    },
    persistent(id) {
      const [tag, type, key, , count, view] = id instanceof PickleTuple ? id.items : [];
      const typeName = type instanceof PickleGlobal ? type.name : '';
      const kind = Object.hasOwn(storageKinds, typeName) ? storageKinds[typeName] : undefined;
      if (tag !== 'storage' || (kind === undefined && typeName !== UNTYPED) || typeof key !== 'string') {
        return fail(`it refers to ${kindOf(id)} outside of it that is no storage of a known type`);
      }
      if (!isCount(count)) return fail(`storage ${JSON.stringify(key)} has no size`);
      if (view !== undefined && view !== null) return fail('it has a storage that is a part of another one');
      return new TorchStorage(key, kind, count * (kind === undefined ? 1 : elementBytes[kind]));
    },
  };
}

/** What a tensor looks at lies within its storage, and is no more than that has: no file grows by being read. */
function checkTensor(tensor: TorchTensor, fail: (message: string) => never): void {
  const { storage, kind, offset, shape, strides } = tensor;
  if (shape.length !== strides.length)
    fail(`a tensor has ${shape.length} sizes and ${strides.length} strides`);
  const available = Math.floor(storage.bytes / elementBytes[kind]);
  const count = sizeOf(shape);
  if (count === 0) return;
  const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] as number), offset);
  if (!Number.isSafeInteger(last) || last >= available) {
    fail(
      `a tensor of shape [${shape.join(', ')}] reaches element ${last} of a storage that has ${available}`,
    );
  }
  if (count > available) {
    fail(
      `a tensor of shape [${shape.join(', ')}] repeats the ${available} elements that are stored; save a copy: .contiguous()`,
    );
  }
}
